//! What can be done to bring evidence, as data: which questions each step answers, who takes it, what it takes and what
//! has to be there before. It knows no model.

use crate::error::{Code, Error, Result};
use crate::tables::{Closed, parse_as};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

const SCHEMA: &str = "steps/0.1";

/// Something that somebody can do to bring evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Add the anchor of a signer to the policy.
    TrustSigner,
    /// Name the publisher of the model in the policy.
    NamePublisher,
    /// Add a timestamp authority to the policy.
    TrustStamps,
    /// Let a signer say in the policy how models are built.
    GrantBuild,
    /// Let a signer say what data they were trained on.
    GrantData,
    /// Let a signer say what their cards are.
    GrantCard,
    /// Let an evaluator say how they perform.
    GrantEvaluation,
    /// Let a verifier say what was decided.
    GrantVerifier,
    /// Require an evaluation in the policy, and say how old it may be.
    Require,
    /// Say in the policy who prevails when claims disagree.
    DeclareStrategy,
    /// Close the production stages in the policy.
    CloseStages,
    /// Name in the workspace who may sign the policy.
    TrustPolicySigner,
    /// Sign the policy.
    SignPolicy,
    /// Add a source with the files of ancestors.
    AddParents,
    /// Have ancestors signed.
    SignParents,
    /// Have ancestors signed again, with a trusted time.
    StampParents,
    /// Verify ancestors.
    VerifyParents,
    /// Have claimed of ancestors where they come from.
    ProveParents,
    /// Raise the level of ancestors.
    RaiseParents,
    /// Sign the model with a key.
    SignByKey,
    /// Sign the model with a certificate.
    SignByCertificate,
    /// Sign the model as an identity.
    SignKeyless,
    /// Claim how the model was made.
    Provenance,
    /// The same with a trusted time.
    TimedProvenance,
    /// Claim its data.
    Data,
    /// Claim its training configuration.
    Config,
    /// Claim how it performs.
    Evaluation,
    /// Claim its card.
    Card,
    /// Read the sources again, to find a new signature.
    Scan,
    /// Verify the model.
    Verify,
    /// Write what was verified into an AIBOM.
    Bind,
    /// Ask the gate of a stage.
    Gate,
    /// Claim what was decided.
    Summary,
    /// Record where it runs.
    Deploy,
    /// What the control says: nothing that this program does.
    AsSaid,
}

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// Whoever uses the model: this workspace.
    Us,
    /// Whoever makes the model, or the ancestor.
    Producer,
}

/// What an open control asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// A verification.
    Verification,
    /// A signature.
    Signature,
    /// A publisher in the policy, and an anchor for its signer.
    Publisher,
    /// An AIBOM that states the signature.
    Binding,
    /// A claim of how it was made.
    Provenance,
    /// The same with a trusted time.
    TimedProvenance,
    /// A role for the signer of a claim about how it was made.
    BuildRole,
    /// The same for a claim about data.
    DataRole,
    /// The same for a claim about the card.
    CardRole,
    /// The same for an evaluation.
    EvaluationRole,
    /// A claim about its data.
    Data,
    /// A claim about its configuration.
    Config,
    /// An evaluation.
    Evaluation,
    /// A claim about its card.
    Card,
    /// A requirement for evaluations in the policy.
    Requirement,
    /// An age limit for claims in the policy.
    Age,
    /// A claim of what was decided.
    Summary,
    /// The parents' files.
    Parents,
    /// The parents' signatures.
    ParentsSigned,
    /// A trusted time of the parents' signatures.
    ParentsTimed,
    /// A verification of the parents.
    ParentsVerified,
    /// Claims of where the ancestors come from.
    ParentsProved,
    /// A higher level of the parents.
    ParentsRaised,
    /// A strategy for conflicts.
    Strategy,
    /// A signature of the policy.
    PolicySignature,
    /// Closed production stages.
    ClosedStages,
    /// An admitting decision of a gate.
    Gate,
    /// A record of where it runs.
    Deployment,
    /// What the control says.
    AsSaid,
}

/// What has to be there before a step can be taken, or before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// The model is signed.
    Signature,
    /// The policy names no publisher for it.
    Unnamed,
    /// The policy names one.
    Publisher,
    /// Its publisher's signatures count by key.
    Key,
    /// They count by certificate.
    Authority,
    /// They count by identity.
    Sigstore,
    /// Claims about how the model was made get a trusted time.
    Time,
    /// Evaluations get one.
    EvaluationTime,
    /// A signer may say how the model was made.
    BuildRole,
    /// A signer may say what data it was trained on.
    DataRole,
    /// A signer may say what its card is.
    CardRole,
    /// A signer may evaluate it.
    EvaluationRole,
    /// A verifier may say what was decided.
    VerifierRole,
    /// The policy requires an evaluation.
    Requirement,
    /// The workspace names who may sign the policy.
    PolicySigner,
}

impl Closed for Means {
    const ALL: &'static [Self] = &[
        Means::Signature,
        Means::Unnamed,
        Means::Publisher,
        Means::Key,
        Means::Authority,
        Means::Sigstore,
        Means::Time,
        Means::EvaluationTime,
        Means::BuildRole,
        Means::DataRole,
        Means::CardRole,
        Means::EvaluationRole,
        Means::VerifierRole,
        Means::Requirement,
        Means::PolicySigner,
    ];
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepKind {
    /// What is done.
    pub deed: Deed,
    /// By whom.
    pub party: Party,
    /// How much it takes, in steps of about a quarter of an hour; it orders the ways.
    pub effort: u32,
    /// What it brings.
    #[serde(default)]
    pub brings: Vec<Ask>,
    /// The controls that can pass by it, where nothing contradicts.
    #[serde(default)]
    pub meets: Vec<String>,
    /// What has to be there.
    #[serde(default)]
    pub needs: Vec<Means>,
    /// What is there afterwards.
    #[serde(default)]
    pub gives: Vec<Means>,
    /// What has to follow before it counts.
    #[serde(default)]
    pub then: Vec<Deed>,
}

/// All steps, in the order in which they are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps(Vec<StepKind>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    step: Vec<StepKind>,
}

impl Steps {
    /// Those inside the program; none if they are not valid, which a test excludes.
    pub fn bundled() -> &'static Self {
        static STEPS: OnceLock<Steps> = OnceLock::new();
        STEPS.get_or_init(|| {
            Steps::parse(include_str!("../../policies/rubric/steps.toml")).unwrap_or(Steps(Vec::new()))
        })
    }

    /// Reads and validates them.
    ///
    /// # Errors
    /// `E-CONFIG`.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |what: String| Error::new(Code::Config, "the steps are not valid").at(what);
        let document: Document = parse_as(text)
            .map_err(|error| invalid(format!("line {}: {}", error.line(text), error.message)))?;
        if document.schema != SCHEMA {
            return Err(invalid(format!("the schema is not {SCHEMA}")));
        }
        let steps = Steps(document.step);
        for (at, step) in steps.0.iter().enumerate() {
            let name = format!("{:?}", step.deed);
            if steps.0.iter().take(at).any(|known| known.deed == step.deed) {
                return Err(invalid(format!("{name} stands twice")));
            }
            if step.then.iter().any(|deed| steps.place(*deed).is_none_or(|place| place <= at)) {
                return Err(invalid(format!("what follows {name} does not stand after it")));
            }
            let given = |means: &Means| steps.0.iter().take(at).any(|step| step.gives.contains(means));
            let later = |means: &Means| steps.0.iter().skip(at).any(|step| step.gives.contains(means));
            if step.needs.iter().any(|means| later(means) && !given(means)) {
                return Err(invalid(format!("what {name} needs is given after it")));
            }
        }
        Ok(steps)
    }

    /// All of them, in their order.
    pub fn all(&self) -> &[StepKind] {
        &self.0
    }

    /// Where a deed stands.
    pub fn place(&self, deed: Deed) -> Option<usize> {
        self.0.iter().position(|step| step.deed == deed)
    }

    /// The step of a deed.
    pub fn of(&self, deed: Deed) -> Option<&StepKind> {
        self.0.iter().find(|step| step.deed == deed)
    }

    /// The controls that rest on ancestors.
    pub fn of_ancestors(&self) -> impl Iterator<Item = &str> {
        let steps = self.0.iter().filter(|step| step.deed.is_of_ancestors());
        steps.flat_map(|step| &step.meets).map(String::as_str)
    }
}

impl Deed {
    /// Whether it is done for ancestors.
    pub fn is_of_ancestors(self) -> bool {
        matches!(
            self,
            Deed::AddParents
                | Deed::SignParents
                | Deed::StampParents
                | Deed::VerifyParents
                | Deed::ProveParents
                | Deed::RaiseParents
        )
    }
}

/// A value that only whoever takes a step knows: a variable of the shell stands for it in a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Blank {
    /// The private key of whoever signs.
    Key,
    /// The certificate of whoever signs.
    Certificate,
    /// The certificates between that and the authority.
    Chain,
    /// The timestamp authority's address.
    TsaUrl,
    /// The timestamp authority's certificates.
    TsaCertificate,
    /// The public key of a model's signer.
    SignerPublicKey,
    /// The evaluator's private key.
    EvaluatorKey,
    /// The evaluator's public key.
    EvaluatorPublicKey,
    /// The verifier's private key.
    VerifierKey,
    /// The verifier's public key.
    VerifierPublicKey,
    /// The private key that signs the policy.
    PolicyKey,
    /// The public key that the policy is checked with.
    PolicyPublicKey,
    /// The builder.
    Builder,
    /// A parent's digest.
    ParentDigest,
    /// A dataset.
    Dataset,
    /// Where the data comes from.
    Source,
    /// How it was collected.
    Collection,
    /// How it was prepared.
    Preprocessing,
    /// Its licence.
    Licence,
    /// Whether it holds personal data.
    PersonalData,
    /// Who governs it.
    Owner,
    /// A hyperparameter.
    Parameter,
    /// The commit of the code.
    Commit,
    /// The framework.
    Framework,
    /// The seed.
    Seed,
    /// The hardware class.
    Hardware,
    /// The benchmark.
    Benchmark,
    /// What was measured.
    Metric,
    /// The result.
    Value,
    /// What it has to reach.
    Threshold,
    /// How many samples.
    Samples,
    /// The harness.
    Harness,
    /// Its digest.
    HarnessDigest,
    /// The card.
    Card,
    /// A folder of models.
    Folder,
    /// Where the model runs.
    Place,
}

impl Blank {
    /// Whether every signer has its own.
    pub fn is_of_signer(self) -> bool {
        matches!(
            self,
            Blank::Key | Blank::Certificate | Blank::Chain | Blank::SignerPublicKey | Blank::Builder
        )
    }

    /// The name of its variable.
    pub fn variable(self) -> &'static str {
        match self {
            Blank::Key => "KEY",
            Blank::Certificate => "CERTIFICATE",
            Blank::Chain => "CHAIN",
            Blank::TsaUrl => "TSA_URL",
            Blank::TsaCertificate => "TSA_CERTIFICATE",
            Blank::SignerPublicKey => "SIGNER_PUBLIC_KEY",
            Blank::EvaluatorKey => "EVALUATOR_KEY",
            Blank::EvaluatorPublicKey => "EVALUATOR_PUBLIC_KEY",
            Blank::VerifierKey => "VERIFIER_KEY",
            Blank::VerifierPublicKey => "VERIFIER_PUBLIC_KEY",
            Blank::PolicyKey => "POLICY_KEY",
            Blank::PolicyPublicKey => "POLICY_PUBLIC_KEY",
            Blank::Builder => "BUILDER",
            Blank::ParentDigest => "PARENT_DIGEST",
            Blank::Dataset => "DATASET",
            Blank::Source => "SOURCE",
            Blank::Collection => "COLLECTION",
            Blank::Preprocessing => "PREPROCESSING",
            Blank::Licence => "LICENCE",
            Blank::PersonalData => "PERSONAL_DATA",
            Blank::Owner => "OWNER",
            Blank::Parameter => "PARAMETER",
            Blank::Commit => "COMMIT",
            Blank::Framework => "FRAMEWORK",
            Blank::Seed => "SEED",
            Blank::Hardware => "HARDWARE",
            Blank::Benchmark => "BENCHMARK",
            Blank::Metric => "METRIC",
            Blank::Value => "VALUE",
            Blank::Threshold => "THRESHOLD",
            Blank::Samples => "SAMPLES",
            Blank::Harness => "HARNESS",
            Blank::HarnessDigest => "HARNESS_DIGEST",
            Blank::Card => "CARD",
            Blank::Folder => "FOLDER",
            Blank::Place => "PLACE",
        }
    }
}

/// What a command takes for granted that the user has to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Assumed {
    /// The model was trained from scratch: nothing names a parent.
    FromScratch,
    /// The age limit for claims.
    AgeLimit,
    /// The evaluation states what the policy demands of it.
    Demands,
}
