//! Words for the way up: what each step does, who takes it, and what the user has to supply. It judges nothing.

use crate::maturity::{Assumed, Blank, Deed, Party};

/// Who has to act.
pub fn party(party: Party) -> &'static str {
    match party {
        Party::Us => "us",
        Party::Producer => "producer",
    }
}

/// What a step does with this model, without a full stop; `said` is the remedy of its control, where no step has one of
/// its own.
pub fn what(deed: Deed, on: &str, is_ancestor: bool, said: Option<String>) -> String {
    match deed {
        Deed::TrustSigner => format!("Add the public key that signs {on} to the policy, after checking it"),
        Deed::NamePublisher => format!("Name the publisher of {on} in the policy"),
        Deed::TrustStamps => "Add a timestamp authority to the policy".to_owned(),
        Deed::GrantBuild => format!("Let the policy accept claims about how {on} was made"),
        Deed::GrantData => format!("Let the policy accept claims about the data of {on}"),
        Deed::GrantCard => format!("Let the policy accept claims about the card of {on}"),
        Deed::GrantEvaluation => "Add an evaluator to the policy".to_owned(),
        Deed::GrantVerifier => "Add the key that signs our decisions to the policy".to_owned(),
        Deed::Require => "Require an evaluation in the policy, with an age limit".to_owned(),
        Deed::DeclareStrategy => "Declare in the policy what happens when claims disagree".to_owned(),
        Deed::CloseStages => {
            "Set on_contradicted and on_missing to \"closed\" for the production stages in the policy"
                .to_owned()
        }
        Deed::TrustPolicySigner => "Name the key that signs the policy in touchmark.toml".to_owned(),
        Deed::SignPolicy => "Sign the policy file".to_owned(),
        Deed::Scan => "Read the sources again, to find the new signature".to_owned(),
        Deed::AddParents => format!("Add a source that holds the files of {on}"),
        Deed::SignParents | Deed::SignByKey | Deed::SignByCertificate => format!("Sign {on}"),
        Deed::SignKeyless => format!("Sign {on} as an identity (keyless)"),
        Deed::StampParents => format!("Sign {on} again, with a trusted timestamp"),
        Deed::VerifyParents | Deed::Verify => format!("Verify {on}"),
        Deed::ProveParents | Deed::Provenance => format!("Claim how {on} was made"),
        Deed::TimedProvenance => format!("Claim how {on} was made, with a trusted time"),
        Deed::RaiseParents => format!("Raise the level of {on}"),
        Deed::Data => format!("Claim the training data of {on}"),
        Deed::Config => format!("Claim the training configuration of {on}"),
        Deed::Evaluation => format!("Evaluate {on}, and claim the result"),
        Deed::Card => format!("Claim the card of {on}"),
        Deed::Bind => format!("Write what was verified of {on} into an AIBOM"),
        Deed::Gate => format!("Ask the gate about {on}"),
        Deed::Summary => format!("Claim what was decided about {on}"),
        Deed::Deploy => format!("Record where {on} runs"),
        Deed::AsSaid => match said {
            Some(said) if !said.is_empty() => said,
            _ if is_ancestor => format!("Fix what fails of {on}, or build on another model"),
            _ => "Raise `max_depth` in the policy's [lineage]".to_owned(),
        },
    }
}

/// What a step takes for granted.
pub fn assumed(assumed: Assumed) -> &'static str {
    match assumed {
        Assumed::FromScratch => {
            "only if it was trained from scratch; otherwise give the build type, and its parents with --base"
        }
        Assumed::AgeLimit => "half a year; choose the limit that suits you",
        Assumed::Demands => "only if the evaluation meets each `where` of the policy's requirements for it",
    }
}

/// What a value stands for that the user has to supply.
pub fn blank(blank: Blank) -> &'static str {
    match blank {
        Blank::Key => "file of the signer's private key",
        Blank::Certificate => "file of the signer's certificate",
        Blank::Chain => "file of its CA certificates",
        Blank::TsaUrl => "address of a timestamp authority that the policy trusts",
        Blank::TsaCertificate => "file of the timestamp authority's certificates",
        Blank::SignerPublicKey => "file of the signer's public key, checked with the producer",
        Blank::EvaluatorKey => "file of the evaluator's private key",
        Blank::EvaluatorPublicKey => "file of the evaluator's public key",
        Blank::VerifierKey => "file of our private key for decisions",
        Blank::VerifierPublicKey => "file of our public key for decisions",
        Blank::PolicyKey => "file of the private key that signs the policy",
        Blank::PolicyPublicKey => "its public key: a path inside the workspace",
        Blank::Builder => "who built it, as a URI",
        Blank::ParentDigest => "the parent's root digest in hex",
        Blank::Dataset => "the dataset: one in the inventory, or NAME@sha256:HEX",
        Blank::Source => "where the data comes from",
        Blank::Collection => "how it was collected",
        Blank::Preprocessing => "how it was prepared",
        Blank::Licence => "its licence, an SPDX id",
        Blank::PersonalData => "none, removed, pseudonymised, present or unknown",
        Blank::Owner => "who governs the data",
        Blank::Parameter => "a hyperparameter: NAME=VALUE",
        Blank::Commit => "the commit of the code, or ADDRESS@COMMIT",
        Blank::Framework => "the framework: NAME=VERSION",
        Blank::Seed => "the random seed",
        Blank::Hardware => "the hardware class, such as H100",
        Blank::Benchmark => "the benchmark: NAME=VERSION",
        Blank::Metric => "what was measured",
        Blank::Value => "the result, a decimal number",
        Blank::Threshold => "what it has to reach, a decimal number",
        Blank::Samples => "the number of samples",
        Blank::Harness => "the harness: NAME=VERSION",
        Blank::HarnessDigest => "the digest of the harness: sha256:HEX",
        Blank::Card => "the card file",
        Blank::Folder => "the folder that holds the files",
        Blank::Place => "where it runs: a cluster, a host, a service",
    }
}
