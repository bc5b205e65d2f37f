//! Which function judges which control of the rubric.

use super::evidence::Evidence;
use super::finding::Finding;
use super::{level1, level1_use, level2, level2_data, level3, level3_policy};

pub(super) type Judge = fn(&Evidence<'_>) -> Finding;

/// How many controls there are.
pub(super) const MANY: usize = 57;

pub(super) const CONTROLS: [(&str, Judge); MANY] = [
    ("L1.01", level1::well_formed),
    ("L1.02", level1::signature_verifies),
    ("L1.03", level1::digests_match),
    ("L1.04", level1::no_unsigned_files),
    ("L1.05", level1::root_digest),
    ("L1.06", level1::identity_allowed),
    ("L1.07", level1::anchor_sound),
    ("L1.08", level1::trusted_time),
    ("L1.09", level1::log_inclusion),
    ("L1.10", level1_use::release_boundary),
    ("L1.11", level1::verified_at_pull),
    ("L1.12", level1_use::verified_at_load),
    ("L1.13", level1::no_code),
    ("L1.14", level1::aibom_binding),
    ("L1.15", level1::algorithms),
    ("L1.16", level1_use::key_custody),
    ("L1.17", level1_use::distributor_claim),
    ("L2.01", level2::derivation_declared),
    ("L2.02", level2::parents_pinned),
    ("L2.03", level2::derivation_signed),
    ("L2.04", level2::parents_verify),
    ("L2.05", level2::inputs_verified),
    ("L2.06", level2::transformation),
    ("L2.07", level2::lineage_complete),
    ("L2.08", level2::one_digest),
    ("L2.09", level2::plausible),
    ("L2.10", level2_data::datasets_pinned),
    ("L2.11", level2_data::datasets_signed),
    ("L2.12", level2_data::code_pinned),
    ("L2.13", level2::time_ordered),
    ("L2.14", level2::attester_in_role),
    ("L2.15", level2_data::parties_agree),
    ("L2.16", level2_data::bill_equals_claims),
    ("L2.17", level2_data::evidence_archived),
    ("L2.18", level2_data::descendants),
    ("L3.01", level3::process),
    ("L3.02", level3::data),
    ("L3.03", level3::configuration),
    ("L3.04", level3::evaluation),
    ("L3.05", level3::evaluator),
    ("L3.06", level3::card),
    ("L3.07", level3::infrastructure),
    ("L3.08", level3::slsa_floors),
    ("L3.09", level3::predicates_valid),
    ("L3.10", level3_policy::policy_applies),
    ("L3.11", level3_policy::decision_claimed),
    ("L3.12", level3_policy::summaries_checked),
    ("L3.13", level3_policy::gates_enforced),
    ("L3.14", level3_policy::failure_defined),
    ("L3.15", level3_policy::exceptions_governed),
    ("L3.16", level3_policy::ancestors_reach),
    ("L3.17", level3_policy::conflicts_settled),
    ("L3.18", level3_policy::claims_fresh),
    ("L3.19", level3_policy::incident_ready),
    ("L3.20", level3_policy::threats_triaged),
    ("L3.21", level3_policy::compliance_exported),
    ("L3.22", level3_policy::agents_signed),
];

/// Where a control stands in the table; none for those that this version does not evaluate. Ids of the bundled rubric are
/// found where they stand.
pub(super) fn place_of(id: &str) -> Option<usize> {
    CONTROLS.binary_search_by(|(known, _)| (*known).cmp(id)).ok()
}

/// Whether this version evaluates a control.
pub fn is_evaluated(id: &str) -> bool {
    place_of(id).is_some()
}
