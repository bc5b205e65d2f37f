//! The head of a document about models: what it is, and what it rests on, by digest.

use super::types::{Metadata, Prop};
use crate::forms::set::Set;

pub(super) fn head(set: &Set<'_>, title: &str) -> Metadata {
    let document = &set.file.document;
    let (rests, population) = (&document.rests_on, &document.population);
    let title = format!("{title}: {}", set.about());
    let mut props = vec![
        Prop::new("stage", rests.stage),
        Prop::new("evidence-sha256", &rests.evidence.to_string()),
        Prop::new("policy", rests.policy.name),
        Prop::new("policy-sha256", rests.policy.digest),
        Prop::new("rubric", rests.rubric.version),
        Prop::new("rubric-sha256", rests.rubric.digest),
        Prop::new("trust-anchors-sha256", &rests.anchors.to_string()),
        Prop::new("ledger-records", &rests.ledger_records.to_string()),
        Prop::new("ledger-head", rests.ledger_head),
        Prop::new("models-in-inventory", &population.inventory.to_string()),
        Prop::new("models-covered", &population.covered.to_string()),
        Prop::new("models-which", population.filter.raw()),
        Prop::new("models-measured", &population.measured.to_string()),
        Prop::new("models-not-measured", &population.not_measured.to_string()),
    ];
    props.extend(rests.feeds.iter().map(|feed| Prop::new("feed-sha256", &feed.digest.to_string())));
    Metadata { props, ..Metadata::new(&title, set.at(), &rests.program, document.scope) }
}
