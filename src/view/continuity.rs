//! Who signed the models of each publisher, verification by verification: the first that another identity signed, and the
//! first without a signature. It reads no record and judges nothing.

use crate::decision::RecordRef;
use crate::inventory::ModelId;
use crate::signing::Method;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What stands between a workflow and what it ran for.
const REFS: &str = "@refs/";

/// A signature as a verification found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SignerSeen {
    /// The model.
    pub model: ModelId,
    /// The record of the verification.
    pub record: RecordRef,
    /// When it was recorded.
    pub at: Timestamp,
    /// The trusted time of signing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    /// How it was signed.
    pub method: Method,
    /// Who signed, as the signature says; for Sigstore, a workflow where one signed. None for a key that no trust anchor
    /// holds: a signature does not name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<Untrusted>,
    /// Who vouches for the signer, as the signature says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Untrusted>,
    /// Whether the verification proved that. Otherwise the signature only declares it.
    pub proven: bool,
    /// SHA-256 of the signature, hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
}

impl SignerSeen {
    /// What is the same as long as the same identity signs: what a workflow ran for differs with each release, but not
    /// whether that was a tag or a branch.
    fn identity(&self) -> (Method, Option<&str>, &str, &str) {
        let signer = self.named();
        let (name, kind) = match signer.split_once(REFS).filter(|_| self.method == Method::Sigstore) {
            Some((name, kept)) => (name, kept.split('/').next().unwrap_or_default()),
            None => (signer, ""),
        };
        (self.method, self.issuer.as_ref().map(Untrusted::raw), name, kind)
    }

    fn named(&self) -> &str {
        self.signer.as_ref().map(Untrusted::raw).unwrap_or_default()
    }

    fn is_workflow(&self) -> bool {
        self.method == Method::Sigstore && self.named().contains(REFS)
    }

    /// In what another one differs.
    fn differs(&self, other: &SignerSeen) -> Vec<SignerPart> {
        let (was, is) = (self.identity(), other.identity());
        let signer = match self.is_workflow() || other.is_workflow() {
            true => SignerPart::Workflow,
            false => SignerPart::Signer,
        };
        let parts = [
            (was.0 != is.0, SignerPart::Method),
            (was.1 != is.1, SignerPart::Issuer),
            ((was.2, was.3) != (is.2, is.3), signer),
        ];
        parts.into_iter().filter(|(differs, _)| *differs).map(|(_, part)| part).collect()
    }
}

/// A part of who signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignerPart {
    /// How it was signed.
    Method,
    /// Who vouches for the signer.
    Issuer,
    /// The signer: a name or a key.
    Signer,
    /// The workflow that signed, or whether it ran for a tag or a branch.
    Workflow,
}

/// The first signature by an identity that had not signed for the publisher before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SignerChange {
    /// In what they differ.
    pub differs: Vec<SignerPart>,
    /// The last signature before: of the same model, where it was signed before.
    pub before: SignerSeen,
    /// The first one by that identity.
    pub after: SignerSeen,
}

/// A model without a signature, of a publisher all of whose verified models were signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NoLongerSigned {
    /// The model.
    pub model: ModelId,
    /// The verification that found no signature; none where only the last scan found none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordRef>,
    /// When that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The last signature before: of the same model, where it was signed before.
    pub before: SignerSeen,
}

/// What changed in how a publisher signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PublisherTrend {
    /// The publisher: the first part of the names of its models, which only declares it.
    pub publisher: Untrusted,
    /// How many verifications found a signature, from the first record to the later side.
    pub signed: usize,
    /// Identities that signed for the first time, in the order of the records.
    pub changes: Vec<SignerChange>,
    /// Models without a signature, in the order of the records, those that only a scan found last.
    pub unsigned: Vec<NoLongerSigned>,
}

/// What a verification found.
pub(crate) enum SignatureSeen {
    /// A signature.
    Signed(SignerSeen),
    /// None.
    Unsigned {
        /// The model.
        model: ModelId,
        /// The record.
        record: RecordRef,
        /// When it was recorded.
        at: Timestamp,
    },
}

/// What is known of one publisher.
#[derive(Default)]
struct Known {
    signed: usize,
    /// The last signature of each model.
    of_model: BTreeMap<ModelId, SignerSeen>,
    /// The last of all.
    last: Option<SignerSeen>,
    identities: BTreeSet<(&'static str, Option<String>, String, String)>,
    /// Models of which a verification found no signature.
    unsigned: BTreeSet<ModelId>,
    /// Whether one was found without before the period.
    not_always: bool,
    changes: Vec<SignerChange>,
    gone: Vec<NoLongerSigned>,
}

/// How publishers sign, as the records go on.
#[derive(Default)]
pub(crate) struct Continuity(BTreeMap<String, Known>);

/// The publisher that a model's name declares.
pub(crate) fn publisher_named(id: &ModelId) -> Option<&str> {
    id.raw().split_once('/').map(|(owner, _)| owner)
}

impl Continuity {
    /// Takes in what the next record says; what is within the period is told.
    pub fn take(&mut self, seen: SignatureSeen, is_within: bool) {
        let (SignatureSeen::Signed(SignerSeen { model, .. }) | SignatureSeen::Unsigned { model, .. }) = &seen;
        let Some(publisher) = publisher_named(model) else { return };
        let known = self.0.entry(publisher.to_owned()).or_default();
        match seen {
            SignatureSeen::Signed(seen) => known.signed(seen, is_within),
            SignatureSeen::Unsigned { model, record, at } => {
                known.unsigned(model, Some((record, at)), is_within);
            }
        }
    }

    /// Takes in a model that nobody verified, and that has no signature.
    pub fn found(&mut self, model: &ModelId) {
        let known = publisher_named(model).and_then(|publisher| self.0.get_mut(publisher));
        if let Some(known) = known {
            known.unsigned(model.clone(), None, true);
        }
    }

    /// The publishers that sign otherwise than before.
    pub fn done(self, is_asked: impl Fn(&str) -> bool) -> Vec<PublisherTrend> {
        let told = self
            .0
            .into_iter()
            .filter(|(name, known)| is_asked(name) && !(known.changes.is_empty() && known.gone.is_empty()));
        let publisher = |(name, known): (String, Known)| PublisherTrend {
            publisher: Untrusted::new(name),
            signed: known.signed,
            changes: known.changes,
            unsigned: known.gone,
        };
        told.map(publisher).collect()
    }
}

impl Known {
    fn before(&self, model: &ModelId) -> Option<SignerSeen> {
        self.of_model.get(model).or(self.last.as_ref()).cloned()
    }

    fn signed(&mut self, seen: SignerSeen, is_within: bool) {
        self.signed += 1;
        let (method, issuer, name, kind) = seen.identity();
        let identity = (method.as_str(), issuer.map(str::to_owned), name.to_owned(), kind.to_owned());
        let is_new = self.identities.insert(identity);
        if let Some(before) = self.before(&seen.model).filter(|_| is_new && is_within) {
            self.changes.push(SignerChange { differs: before.differs(&seen), before, after: seen.clone() });
        }
        self.unsigned.remove(&seen.model);
        self.of_model.insert(seen.model.clone(), seen.clone());
        self.last = Some(seen);
    }

    fn unsigned(&mut self, model: ModelId, record: Option<(RecordRef, Timestamp)>, is_within: bool) {
        self.not_always |= !is_within || self.last.is_none();
        let is_new = self.unsigned.insert(model.clone());
        if let Some(before) = self.before(&model).filter(|_| is_new && !self.not_always) {
            let (record, at) = record.unzip();
            self.gone.push(NoLongerSigned { model, record, at, before });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::EvidenceDigest;

    const WORKFLOW: &str = "https://ci.example/a/release.yml@refs/tags/v1";

    fn seen(number: u64, method: Method, signer: &str, issuer: &str) -> SignatureSeen {
        SignatureSeen::Signed(SignerSeen {
            model: ModelId::new("a/one"),
            record: RecordRef { number, hash: EvidenceDigest([0; 32]) },
            at: Timestamp::UNIX_EPOCH,
            signed_at: None,
            method,
            signer: Some(Untrusted::new(signer)),
            issuer: Some(Untrusted::new(issuer)),
            proven: true,
            bundle: None,
        })
    }

    #[test]
    fn another_release_is_no_other_workflow() {
        let told = |method: Method, signer: &str, issuer: &str| {
            let mut signers = Continuity::default();
            signers.take(seen(1, Method::Sigstore, WORKFLOW, "https://ci.example"), false);
            signers.take(seen(2, method, signer, issuer), true);
            let publishers = signers.done(|_| true);
            let changes = publishers.into_iter().flat_map(|one| one.changes);
            changes.map(|change| change.differs).collect::<Vec<_>>()
        };
        let (sigstore, ci) = (Method::Sigstore, "https://ci.example");
        let workflow = vec![vec![SignerPart::Workflow]];
        assert!(told(sigstore, "https://ci.example/a/release.yml@refs/tags/v2", ci).is_empty());
        assert_eq!(told(sigstore, "https://ci.example/a/release.yml@refs/heads/x", ci), workflow);
        assert_eq!(told(sigstore, "https://ci.example/a/other.yml@refs/tags/v1", ci), workflow);
        assert_eq!(told(sigstore, WORKFLOW, "https://other.example"), [[SignerPart::Issuer]]);
        let by_key = [[SignerPart::Method, SignerPart::Workflow]];
        assert_eq!(told(Method::Key, "sha256:00", ci), by_key);
    }
}
