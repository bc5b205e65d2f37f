//! Ledgers of other workspaces, by where they ended: what is kept of a checkpoint, and how a later one stands to it. A
//! writer's records are not taken over; that they were cut, replaced or forked shows all the same.

use super::checkpoint::Checkpoint;
use super::made::{Making, RecordRef, WorkspaceId};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Sealed runs of fleets that are named in one record; the others are counted.
pub const MOST_RUNS: usize = 1000;

/// The schema of an [`AnchorRecord`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnchorRecordSchema {
    /// `touchmark.anchor-record/1`
    #[default]
    #[serde(rename = "touchmark.anchor-record/1")]
    V1,
}

impl JsonSchema for AnchorRecordSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AnchorRecordSchema".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": "touchmark.anchor-record/1" })
    }
}

/// The body of a record of kind `anchor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnchorRecord {
    /// `touchmark.anchor-record/1`.
    pub schema: AnchorRecordSchema,
    /// Who, when and where.
    pub made: Making,
    /// Whose ledger: the id of the workspace.
    pub writer: WorkspaceId,
    /// SHA-256 of the checkpoint, which is kept as evidence.
    pub checkpoint: EvidenceDigest,
    /// When the checkpoint was made, as it says.
    pub at: Timestamp,
    /// How many records there were.
    pub records: u64,
    /// The hash of the last.
    pub head: EvidenceDigest,
    /// Some records and their hashes, the last among them.
    pub marks: Vec<RecordRef>,
    /// Who signed the checkpoint, as the bundle says; none where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<Untrusted>,
    /// Whether that signature counts. What does not count is kept, and no later one is held against it.
    pub counts: bool,
    /// How it stood to what was anchored before.
    pub standing: HeadStanding,
    /// The records of the writer were read, and their chain is whole up to the head.
    pub read: bool,
    /// Runs of fleets that the writer sealed, as far as their records were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<RunRoot>,
    /// How many more there are.
    #[serde(default)]
    pub more_runs: u64,
}

/// A sealed run of a fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunRoot {
    /// The number of its record in the writer's ledger.
    pub record: u64,
    /// Its id.
    pub run: EvidenceDigest,
    /// The root over its records.
    pub root: EvidenceDigest,
}

/// How the end of a ledger stands to the ends that were anchored before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "is", deny_unknown_fields)]
pub enum HeadStanding {
    /// Nothing of this writer that counts was anchored before.
    First,
    /// It is where it was.
    Same,
    /// It goes on from what was anchored.
    GoesOn {
        /// How many records were anchored.
        from: u64,
    },
    /// It is longer than what was anchored, and nothing shows that it goes on from there.
    NotShown {
        /// How many records were anchored.
        from: u64,
    },
    /// It is shorter than what was anchored.
    RolledBack {
        /// How many records were anchored.
        from: u64,
    },
    /// It is another ledger.
    Forked {
        /// The first record that is known to be another one.
        at: u64,
    },
}

impl HeadStanding {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            HeadStanding::First => "first",
            HeadStanding::Same => "same",
            HeadStanding::GoesOn { .. } => "goes on",
            HeadStanding::NotShown { .. } => "not shown",
            HeadStanding::RolledBack { .. } => "rolled back",
            HeadStanding::Forked { .. } => "forked",
        }
    }

    /// Whether it contradicts what was anchored.
    pub fn contradicts(self) -> bool {
        matches!(self, HeadStanding::RolledBack { .. } | HeadStanding::Forked { .. })
    }

    /// How a checkpoint stands to those that were anchored of its writer and count. `entry` gives the hashes of records
    /// that were read besides.
    pub fn of<'a>(
        checkpoint: &Checkpoint,
        anchored: impl Iterator<Item = &'a AnchorRecord>,
        entry: &dyn Fn(u64) -> Option<EvidenceDigest>,
    ) -> Self {
        let marked = |number: u64| {
            let mark = checkpoint.marks.iter().find(|mark| mark.number == number);
            mark.map(|mark| mark.hash).or_else(|| entry(number))
        };
        let (mut standing, mut newest) = (HeadStanding::First, 0);
        let mut forked = None::<u64>;
        for known in anchored {
            let differs = |mark: &&RecordRef| marked(mark.number).is_some_and(|hash| hash != mark.hash);
            let at = known.marks.iter().filter(differs).map(|mark| mark.number).min();
            forked = [forked, at].into_iter().flatten().min();
            if known.records < newest {
                continue;
            }
            newest = known.records;
            standing = match checkpoint.records {
                records if records < newest => HeadStanding::RolledBack { from: newest },
                records if records == newest => HeadStanding::Same,
                _ if marked(newest).is_some() => HeadStanding::GoesOn { from: newest },
                _ => HeadStanding::NotShown { from: newest },
            };
        }
        forked.map_or(standing, |at| HeadStanding::Forked { at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::{CheckpointSchema, marked};
    use proptest::prelude::*;

    fn hash(chain: u8, number: u64) -> EvidenceDigest {
        EvidenceDigest::of(format!("{chain} {number}").as_bytes()).unwrap()
    }

    /// The hash of a record in a ledger that is another one from `parts` on.
    fn at(parts: u64, number: u64) -> EvidenceDigest {
        hash(u8::from(number >= parts), number)
    }

    fn checkpoint(records: u64, parts: u64) -> Checkpoint {
        let mark = |number| RecordRef { number, hash: at(parts, number) };
        Checkpoint {
            schema: CheckpointSchema::V1,
            workspace: None,
            records,
            head: at(parts, records),
            marks: marked(records).into_iter().map(mark).collect(),
            root: None,
            at: Timestamp::UNIX_EPOCH,
            previous: None,
        }
    }

    fn anchored(records: u64, parts: u64) -> AnchorRecord {
        let Checkpoint { marks, head, .. } = checkpoint(records, parts);
        AnchorRecord {
            schema: AnchorRecordSchema::V1,
            made: Making {
                recorded: Timestamp::UNIX_EPOCH,
                asked: None,
                by: crate::decision::Actor::default(),
                program: String::new(),
                workspace: WorkspaceId([1; 16]),
            },
            writer: WorkspaceId([2; 16]),
            checkpoint: head,
            at: Timestamp::UNIX_EPOCH,
            records,
            head,
            marks,
            signer: None,
            counts: true,
            standing: HeadStanding::First,
            read: false,
            runs: Vec::new(),
            more_runs: 0,
        }
    }

    const NEVER: u64 = u64::MAX;

    proptest! {
        #[test]
        fn a_ledger_that_was_read_is_told_for_what_it_is(before in 1..300_u64, now in 1..300_u64, parts in 1..400_u64) {
            let known = anchored(before, NEVER);
            let stands = HeadStanding::of(&checkpoint(now, parts), [&known].into_iter(), &|number| {
                (number <= now).then(|| at(parts, number))
            });
            // Another record that no mark of the anchor names is not known to be another one.
            let seen = known.marks.iter().map(|mark| mark.number).filter(|number| (parts..=now).contains(number)).min();
            let expected = match seen {
                Some(at) => HeadStanding::Forked { at },
                None if now < before => HeadStanding::RolledBack { from: before },
                None if now == before => HeadStanding::Same,
                None => HeadStanding::GoesOn { from: before },
            };
            prop_assert_eq!(stands, expected);
        }

        #[test]
        fn without_its_records_it_is_never_told_to_go_on_where_it_does_not(before in 1..300_u64, more in 1..300_u64, parts in 1..600_u64) {
            let (known, now) = (anchored(before, NEVER), before + more);
            let stands = HeadStanding::of(&checkpoint(now, parts), [&known].into_iter(), &|_| None);
            if parts <= before {
                let told = matches!(stands, HeadStanding::Forked { .. } | HeadStanding::NotShown { .. });
                prop_assert!(told, "{stands:?}");
            } else {
                let told = matches!(stands, HeadStanding::GoesOn { .. } | HeadStanding::NotShown { .. });
                prop_assert!(told, "{stands:?}");
            }
        }
    }

    #[test]
    fn the_longest_that_was_anchored_is_what_counts() {
        let known = [anchored(3, NEVER), anchored(9, NEVER), anchored(5, NEVER)];
        let stands = |records| HeadStanding::of(&checkpoint(records, NEVER), known.iter(), &|_| None);
        assert_eq!(stands(5), HeadStanding::RolledBack { from: 9 });
        assert_eq!(stands(9), HeadStanding::Same);
        assert_eq!(stands(10), HeadStanding::GoesOn { from: 9 });
        assert_eq!(HeadStanding::of(&checkpoint(1, NEVER), [].into_iter(), &|_| None), HeadStanding::First);
    }
}
