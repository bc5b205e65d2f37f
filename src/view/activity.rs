//! What the ledger recorded in a period, in numbers: how many records of which kind, what was recorded of each model, which
//! changes of the policy were saved and what gates said. Plain values; who reads the ledger is not known here.

use crate::decision::{PolicyChangeRecord, RecordRef};
use crate::inventory::ModelId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// What was recorded in a period.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    /// How many records of each kind, by its word.
    pub kinds: BTreeMap<String, usize>,
    /// What was recorded of each model.
    pub models: BTreeMap<ModelId, ModelActivity>,
    /// Changes of the policy, oldest first.
    pub changes: Vec<PolicyChanged>,
    /// What gates said, by stage.
    pub gates: BTreeMap<String, GateWords>,
    /// Records that an earlier version wrote, of which nothing but the kind and the model was read.
    pub unread: usize,
}

/// What was recorded of a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ModelActivity {
    /// Verifications.
    pub verifications: usize,
    /// Decisions of gates.
    pub decisions: usize,
    /// Words of reviewers.
    pub reviews: usize,
    /// The last of these records.
    pub last: Option<Timestamp>,
}

/// What gates said at a stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GateWords {
    /// So many times a model was let in.
    pub let_in: usize,
    /// So many times it was kept out.
    pub kept_out: usize,
}

/// A change of the policy, with its record.
#[derive(Debug, Clone)]
pub struct PolicyChanged {
    /// The record.
    pub record: RecordRef,
    /// The policy file.
    pub file: ModelId,
    /// What it says.
    pub change: PolicyChangeRecord,
}
