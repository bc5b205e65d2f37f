//! Records judged again from the evidence in the store: by the recorded rules, those in force, or those of a file.

use super::anchors;
use super::door::Workbench;
use super::in_force::{LIMIT_POLICY_BYTES, invalid, parse_policy};
use crate::decision::{Again, Replayed, Rules, inputs_of};
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::store::{EvidenceDigest, LedgerEntry, RecordKind};
use std::path::{Path, PathBuf};

/// By which policy a record is judged again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayBy {
    /// The one that it was judged by.
    Recorded,
    /// One in a file, with its anchors as they are now.
    File(PathBuf),
    /// The one in force, with its anchors as they are now.
    InForce,
}

impl Workbench {
    /// Judges a recorded verification or decision again, from the evidence that it names and at its own time.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when there is no such record; `E-USAGE` for a record that nothing can be judged of;
    /// `E-EVIDENCE` when it does not name its evidence, or that is not in this store; `E-CONFIG`; `E-STORE`.
    pub fn replay(&self, number: u64, by: &ReplayBy) -> Result<Replayed> {
        let entry = self.store().entry(number)?.ok_or_else(|| {
            Error::new(Code::NotFound, "there is no such record in the ledger")
                .at(format!("ledger entry {number}"))
                .help("`touchmark ledger show` lists the records")
        })?;
        let rules = match matches!(entry.kind, RecordKind::Verification | RecordKind::Decision) {
            true => self.rules_for(&entry, by)?,
            false => None,
        };
        let kept = |digest: EvidenceDigest| self.store().evidence(digest);
        Again::new(&kept).record(entry, rules.as_ref())
    }

    /// Other rules than the recorded ones.
    fn rules_for(&self, entry: &LedgerEntry, by: &ReplayBy) -> Result<Option<Rules>> {
        Ok(match by {
            ReplayBy::Recorded => None,
            ReplayBy::InForce => {
                self.valid_policy()?;
                let view = self.view();
                Some(Rules { policy: view.policy.clone(), anchors: view.trust.clone() })
            }
            ReplayBy::File(path) => {
                let bytes = read_small(path, LIMIT_POLICY_BYTES)?;
                let text = String::from_utf8(bytes)
                    .map_err(|_| Error::new(Code::Config, "the policy is not UTF-8 text").at_path(path))?;
                let policy = parse_policy(&text, &path.to_string_lossy(), path).map_err(|faults| {
                    faults.first().map_or_else(|| odd_policy(path), |first| invalid(first, path))
                })?;
                let anchors = anchors::load(&policy, inputs_of(entry)?.at)?.0;
                Some(Rules { policy, anchors })
            }
        })
    }
}

fn odd_policy(path: &Path) -> Error {
    Error::new(Code::Config, "the policy is not valid").at_path(path)
}
