//! What the imported feeds say of the models of a view, put to how they are used. Feeds are read again only where one was
//! imported, something was triaged, or the models are others.

use super::door::Workbench;
use crate::decision::{FeedInput, Feeds};
use crate::error::{Code, Result};
use crate::feed::{By, Imported, Match, OfVersion, find};
use crate::inventory::ModelId;
use crate::maturity::{FeedAge, Likeness, Threat, Usage};
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whether what feeds say counts in a view.
pub(super) fn feed_age(view: &View) -> FeedAge {
    FeedAge::of(view.feeds.newest(), view.at)
}

impl Workbench {
    /// Brings what feeds say up to date, and says of which models it is something else now, by their indices. Where a feed
    /// cannot be read, what all of them say is unknown.
    pub(super) fn renew_threats(&self, before: &View, view: &mut View, came: bool) -> Result<Vec<usize>> {
        if !came && Arc::ptr_eq(&before.models, &view.models) {
            return Ok(Vec::new());
        }
        let said = self.feeds()?;
        let asked: Vec<Imported> =
            said.in_force().filter(|one| one.import.kind.names_what_is_affected()).cloned().collect();
        let kept = match self.kept_feeds(&asked) {
            Err(error) if matches!(error.code, Code::Evidence | Code::Store) => None,
            kept => Some(kept?),
        };
        let input = |one: &Imported| FeedInput {
            name: one.import.source.raw().to_owned(),
            digest: one.import.kept,
            imported: one.at,
        };
        let mut feeds: Vec<FeedInput> = match kept {
            Some(_) => asked.iter().map(input).collect(),
            None => Vec::new(),
        };
        feeds.sort();
        view.feeds = Arc::new(Feeds { feeds });
        let mut threats: BTreeMap<ModelId, Vec<Threat>> = BTreeMap::new();
        let kept = kept.unwrap_or_default();
        let matches = if kept.is_empty() { Vec::new() } else { find(view.models.iter(), &kept)?.matches };
        for one in matches {
            let said = said.triage(&one.model, &one.id, one.sha256).map(|triaged| triaged.triage.state);
            let threat = Threat { id: one.id.clone(), likeness: likeness(&one), said };
            threats.entry(one.model).or_default().push(threat);
        }
        threats.values_mut().for_each(|threats| threats.sort());
        let known = |usage: &BTreeMap<ModelId, Usage>, id: &ModelId| -> Vec<Threat> {
            usage.get(id).map(|usage| usage.threats.clone()).unwrap_or_default()
        };
        let ids: BTreeSet<ModelId> = view.usage.keys().chain(threats.keys()).cloned().collect();
        for id in &ids {
            let now = threats.remove(id).unwrap_or_default();
            if known(&view.usage, id) == now {
                continue;
            }
            let usage = Arc::make_mut(&mut view.usage);
            let of_model = usage.entry(id.clone()).or_default();
            of_model.threats = now;
            if of_model.is_empty() {
                usage.remove(id);
            }
        }
        let differs = |id: &&ModelId| known(&before.usage, id) != known(&view.usage, id);
        Ok(ids.iter().filter(differs).filter_map(|id| Some(view.model(id)?.0)).collect())
    }
}

fn likeness(of: &Match) -> Likeness {
    match (of.by, of.of_version) {
        (By::Purl, OfVersion::Affected) => Likeness::Affected,
        (By::Purl, OfVersion::Unclear) => Likeness::Package,
        (By::Name, _) => Likeness::Name,
    }
}
