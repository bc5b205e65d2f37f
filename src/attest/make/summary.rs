//! Drafts of what a verifier found: a verification summary of SLSA, which can say that something failed, and a simple
//! verification result of in-toto, which lists only what holds.

use super::super::said::NamedDigest;
use super::draft::Draft;
use super::parts::{digests, time};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The policy that was verified by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyNamed {
    /// Its address.
    pub uri: String,
    /// Its digests.
    pub digest: NamedDigest,
}

impl PolicyNamed {
    fn resource(&self) -> Value {
        json!({ "uri": self.uri, "digest": digests(std::slice::from_ref(&self.digest)) })
    }
}

/// An attestation that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attested {
    /// Where it lies, as a relative address; none where that is not known.
    pub uri: Option<String>,
    /// SHA-256 over its bytes, hex.
    pub digest: String,
}

/// A verification summary (VSA v1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryDraft {
    /// Who verified, as a URI.
    pub verifier: String,
    /// The program and its version.
    pub version: (String, String),
    /// When.
    pub at: Timestamp,
    /// Of what, as a URI.
    pub resource: String,
    /// By which policy.
    pub policy: PolicyNamed,
    /// What it rests on.
    pub inputs: Vec<Attested>,
    /// What was reached; none where verification failed.
    pub levels: Option<Vec<String>>,
    /// What those reached that it depends on, and how many of them.
    pub dependencies: Vec<(String, u64)>,
}

impl SummaryDraft {
    /// The type of the predicate.
    pub const TYPE: &'static str = "https://slsa.dev/verification_summary/v1";

    /// The predicate.
    pub fn draft(&self) -> Draft {
        let (result, levels) = match &self.levels {
            Some(levels) => ("PASSED", levels.clone()),
            None => ("FAILED", vec!["FAILED".to_owned()]),
        };
        let input = |input: &Attested| {
            let mut one = Map::new();
            super::parts::put(&mut one, "uri", input.uri.as_deref());
            one.insert("digest".to_owned(), json!({ "sha256": input.digest }));
            Value::from(one)
        };
        let (program, version) = &self.version;
        let mut predicate = json!({
            "verifier": { "id": self.verifier, "version": { program.as_str(): version } },
            "timeVerified": time(self.at),
            "resourceUri": self.resource,
            "policy": self.policy.resource(),
            "inputAttestations": self.inputs.iter().map(input).collect::<Vec<_>>(),
            "verificationResult": result,
            "verifiedLevels": levels,
        });
        if let (false, Value::Object(members)) = (self.dependencies.is_empty(), &mut predicate) {
            let counts: Map<String, Value> =
                self.dependencies.iter().map(|(level, many)| (level.clone(), (*many).into())).collect();
            members.insert("dependencyLevels".to_owned(), counts.into());
        }
        Draft { predicate_type: Self::TYPE.to_owned(), predicate }
    }
}

/// A simple verification result (SVR v0.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultDraft {
    /// Who verified, as a URI.
    pub verifier: String,
    /// When.
    pub at: Timestamp,
    /// By which policy.
    pub policy: PolicyNamed,
    /// What holds.
    pub properties: Vec<String>,
}

impl ResultDraft {
    /// The type of the predicate.
    pub const TYPE: &'static str = "https://in-toto.io/attestation/svr/v0.2";

    /// The predicate.
    pub fn draft(&self) -> Draft {
        Draft {
            predicate_type: Self::TYPE.to_owned(),
            predicate: json!({
                "verifier": { "id": self.verifier, "policies": [self.policy.resource()] },
                "timeCreated": time(self.at),
                "properties": self.properties,
            }),
        }
    }
}
