//! Signed words about a whole: how far a ledger was, and what a snapshot held. Each is an in-toto statement in a bundle,
//! as a model's signature is. What a ledger holds comes from outside; no file is read here.

use crate::error::{Code, Error, Result};
use crate::policy::Policy;
use crate::signing::{
    Bundle, Identity, Outcome, Stage, Trust, Verification, VerifyOptions, read_head, verify_claim,
};
use crate::store::{EvidenceDigest, LedgerEntry};
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

use super::apply::denied;
use super::made::{RecordRef, WorkspaceId};

/// What a checkpoint claims.
pub const CHECKPOINT_TYPE: &str = "urn:touchmark:ledger-checkpoint:1";
/// What the signature of a snapshot claims.
pub const SNAPSHOT_TYPE: &str = "urn:touchmark:snapshot:1";
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// So many of the newest records have a mark each; further back the marks get sparse.
const DENSE: u64 = 64;
const MAX_MARKS: usize = 256;
const MAX_DEPTH: usize = 16;

/// The schema of [`Checkpoint`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckpointSchema {
    /// `touchmark.ledger-checkpoint/1`
    #[default]
    #[serde(rename = "touchmark.ledger-checkpoint/1")]
    V1,
}

impl JsonSchema for CheckpointSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "CheckpointSchema".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": "touchmark.ledger-checkpoint/1" })
    }
}

/// How far a ledger was: the predicate of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checkpoint {
    /// `touchmark.ledger-checkpoint/1`.
    pub schema: CheckpointSchema,
    /// The id of the workspace; none where records of earlier versions gave it none.
    pub workspace: Option<WorkspaceId>,
    /// How many records there were.
    pub records: u64,
    /// The hash of the last.
    pub head: EvidenceDigest,
    /// Some records and their hashes, the last among them, by their numbers: they say where another ledger parts.
    pub marks: Vec<RecordRef>,
    /// The root of the tree of hashes over all records (RFC 6962), for proofs; none in checkpoints of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<EvidenceDigest>,
    /// When it was made, by the clock.
    pub at: Timestamp,
    /// SHA-256 of the checkpoint before it, where one was kept.
    pub previous: Option<EvidenceDigest>,
}

/// The numbers of the records that a checkpoint of a ledger of this length marks.
pub fn marked(records: u64) -> Vec<u64> {
    let mut numbers: Vec<u64> = (records.saturating_sub(DENSE - 1).max(1)..=records).collect();
    let mut back = DENSE;
    while back < records {
        numbers.push(records - back);
        back = back.saturating_mul(2);
    }
    if records > 0 {
        numbers.push(1);
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

impl Checkpoint {
    /// The statement to sign.
    ///
    /// # Errors
    /// `E-INTERNAL`.
    pub fn statement(&self) -> Result<Vec<u8>> {
        let predicate = serde_json::to_value(self).map_err(unwritten)?;
        statement_of("ledger", self.head, CHECKPOINT_TYPE, &predicate)
    }

    /// How a ledger stands against it; `entry` gives the ledger's record of a number.
    ///
    /// # Errors
    /// What `entry` gives.
    pub fn against(
        &self,
        ledger: &LedgerFound,
        entry: &dyn Fn(u64) -> Result<Option<LedgerEntry>>,
    ) -> Result<Anchored> {
        if let (Some(said), Some(found)) = (self.workspace, ledger.workspace)
            && said != found
        {
            return Ok(Anchored::OtherWorkspace);
        }
        let mut same = 0;
        for mark in &self.marks {
            if mark.number > ledger.records {
                break;
            }
            let found = entry(mark.number)?;
            if found.is_some_and(|found| found.hash == mark.hash.to_string()) {
                same = mark.number;
                continue;
            }
            let from = same + 1;
            // Who goes on from an old copy appends what is younger than the checkpoint; who rewrites pretends that it is
            // older.
            let is_younger = entry(from)?.is_some_and(|first| first.at > self.at);
            return Ok(if is_younger { Anchored::Forked { from } } else { Anchored::Rewritten { from } });
        }
        if ledger.records < self.records {
            return Ok(Anchored::Cut { from: ledger.records + 1 });
        }
        Ok(Anchored::Whole)
    }
}

/// What a ledger is, as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerFound {
    /// The id of the workspace, as its first record says.
    pub workspace: Option<WorkspaceId>,
    /// How many records there are.
    pub records: u64,
}

/// How a ledger stands against a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchored {
    /// It is what was checkpointed, or goes on from it.
    Whole,
    /// Its end was cut off.
    Cut {
        /// The first record that is not there.
        from: u64,
    },
    /// Records were replaced by others that pretend to be as old.
    Rewritten {
        /// The first record that may be another one.
        from: u64,
    },
    /// It goes on from an old copy, with records made after the checkpoint.
    Forked {
        /// The first record that may be another one.
        from: u64,
    },
    /// It is the ledger of another workspace.
    OtherWorkspace,
}

impl Anchored {
    /// From which record on it is another ledger than the one checkpointed; none when it is that one.
    pub fn from(self) -> Option<u64> {
        match self {
            Anchored::Whole => None,
            Anchored::Cut { from } | Anchored::Rewritten { from } | Anchored::Forked { from } => Some(from),
            Anchored::OtherWorkspace => Some(1),
        }
    }
}

/// A checkpoint as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCheckpoint {
    /// SHA-256 of its bytes.
    pub digest: EvidenceDigest,
    /// What it says.
    pub checkpoint: Checkpoint,
    /// Its signature; none of a statement that nobody signed.
    pub bundle: Option<Bundle>,
}

impl KeptCheckpoint {
    /// Reads a checkpoint: a bundle, or the bare statement.
    ///
    /// # Errors
    /// `E-MALFORMED`, `E-TOO-LARGE`.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let digest = EvidenceDigest::of(bytes)?;
        let is_statement = parsed(bytes).is_some_and(|value| value.get("_type").is_some());
        let (bundle, payload) = match is_statement {
            true => (None, Cow::Borrowed(bytes)),
            false => {
                let bundle = Bundle::parse(bytes)?;
                read_head(&bundle).map_err(|why| Error::new(Code::Malformed, why))?;
                let payload = bundle.envelope.payload.clone();
                (Some(bundle), Cow::Owned(payload))
            }
        };
        let (subject, predicate) = said(&payload, CHECKPOINT_TYPE)
            .ok_or_else(|| Error::new(Code::Malformed, "not a checkpoint of a ledger").help(HELP))?;
        let checkpoint: Checkpoint = serde_json::from_value(predicate).map_err(|cause| {
            Error::new(Code::Malformed, format!("not a checkpoint that this version reads ({cause})"))
                .help(HELP)
        })?;
        let last = RecordRef { number: checkpoint.records, hash: checkpoint.head };
        let is_sound = subject == checkpoint.head.to_string()
            && checkpoint.marks.len() <= MAX_MARKS
            && checkpoint.marks.last() == Some(&last)
            && checkpoint.marks.first().is_some_and(|first| first.number > 0)
            && checkpoint.marks.is_sorted_by(|one, other| one.number < other.number);
        if !is_sound {
            let error = Error::new(Code::Malformed, "the checkpoint does not say the same in all its parts");
            return Err(error.help(HELP));
        }
        Ok(KeptCheckpoint { digest, checkpoint, bundle })
    }
}

const HELP: &str = "`touchmark ledger checkpoint` makes one";

/// The statement to sign about a snapshot of this digest.
///
/// # Errors
/// `E-INTERNAL`.
pub fn snapshot_statement(digest: EvidenceDigest, taken: Timestamp, models: u64) -> Result<Vec<u8>> {
    statement_of("snapshot", digest, SNAPSHOT_TYPE, &json!({ "at": taken, "models": models }))
}

/// The digest of the snapshot that a bundle is about; none when it is about no snapshot.
pub fn snapshot_of(bundle: &Bundle) -> Option<EvidenceDigest> {
    subject_of(bundle, SNAPSHOT_TYPE)
}

/// The digest of what a bundle is about; none when its statement is of another kind.
pub fn subject_of(bundle: &Bundle, kind: &str) -> Option<EvidenceDigest> {
    said(&bundle.envelope.payload, kind)?.0.parse().ok()
}

/// What became of a signature over a statement.
#[derive(Debug, Clone)]
pub struct Vouched {
    /// The checks of the signature.
    pub verification: Verification,
    /// Whether the signer is proven and may vouch.
    pub counts: bool,
}

impl Vouched {
    /// Who signed, as the bundle says.
    pub fn signer(&self) -> Option<&Identity> {
        self.verification.signer.as_ref()
    }

    /// What became of it, as the signature of a certain thing: unknown when nobody whom an anchor vouches for signed.
    pub fn outcome(&self, is_about_it: bool) -> Outcome {
        match self.counts {
            _ if !is_about_it => Outcome::Fail,
            true => Outcome::Pass,
            // Of a signer whom nobody knows, nothing is known of the signature either.
            false if self.verification.outcome_of(Stage::Signature) == Outcome::Fail => Outcome::Fail,
            false => Outcome::Unknown,
        }
    }

    /// Judges a signature by what is trusted for it alone: it counts when it does under one of these.
    pub fn by_trust(bundle: &Bundle, trusts: &[Trust], now: Timestamp) -> Self {
        let judged = |trust: &Trust| {
            let verification = verify_claim(bundle, trust, &VerifyOptions::at(now));
            let counts = holds(&verification) && verification.outcome_of(Stage::Identity) == Outcome::Pass;
            Vouched { verification, counts }
        };
        let (mut all, mut first) = (trusts.iter().map(judged), None);
        if let Some(counting) = all.find_map(|vouched| match vouched.counts {
            true => Some(vouched),
            false => {
                first.get_or_insert(vouched);
                None
            }
        }) {
            return counting;
        }
        first.unwrap_or_else(|| judged(&Trust::new(Vec::new())))
    }

    /// Judges a signature by a policy, its anchors, and whom it lets vouch for a ledger.
    pub fn by_policy(bundle: &Bundle, trust: &Trust, policy: &Policy, now: Timestamp) -> Self {
        let verification = verify_claim(bundle, trust, &VerifyOptions::at(now));
        let may = match (&verification.signer, &verification.anchor) {
            (Some(signer), Some(anchor)) => policy.ledger.grants(signer, anchor),
            _ => false,
        };
        let counts = holds(&verification) && may && denied(&verification, policy).is_none();
        Vouched { verification, counts }
    }
}

fn holds(verification: &Verification) -> bool {
    verification.signer_proven() && verification.outcome_of(Stage::Time) != Outcome::Fail
}

/// A statement of a kind about one thing.
///
/// # Errors
/// `E-INTERNAL`.
pub fn statement_of(name: &str, digest: EvidenceDigest, kind: &str, predicate: &Value) -> Result<Vec<u8>> {
    let statement = json!({
        "_type": STATEMENT_TYPE,
        "subject": [{ "name": name, "digest": { "sha256": digest } }],
        "predicateType": kind,
        "predicate": predicate,
    });
    serde_json::to_vec(&statement).map_err(unwritten)
}

fn unwritten(cause: serde_json::Error) -> Error {
    Error::new(Code::Internal, format!("a statement cannot be written as JSON ({cause})"))
}

fn parsed(bytes: &[u8]) -> Option<Value> {
    crate::json::parse(bytes, MAX_DEPTH).ok()
}

/// The digest of the one subject of a statement of a kind, and its predicate.
fn said(payload: &[u8], kind: &str) -> Option<(String, Value)> {
    let mut statement = parsed(payload)?;
    let is_kind = statement.get("_type").and_then(Value::as_str) == Some(STATEMENT_TYPE)
        && statement.get("predicateType").and_then(Value::as_str) == Some(kind);
    let [subject] = statement.get("subject")?.as_array()?.as_slice() else { return None };
    let digest = subject.pointer("/digest/sha256")?.as_str()?.to_owned();
    is_kind.then_some((digest, statement.get_mut("predicate")?.take()))
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn marks_are_dense_at_the_end_and_reach_to_the_first_record() {
        assert!(marked(0).is_empty());
        assert_eq!(marked(1), [1]);
        assert_eq!(marked(3), [1, 2, 3]);
        let many = marked(1_000_000);
        assert_eq!((many[0], many[many.len() - 1]), (1, 1_000_000));
        assert!(many.len() < 96 && many.contains(&999_937) && many.is_sorted(), "{}", many.len());
    }
}
