//! Which models the entries of feeds may be about: by their package URLs, or else by their names. What comes of it is what
//! documents say of each other, for people to triage. It must not conclude anything.

use super::affected::{Says, of_version};
use super::item::{Affects, Feed, Item, Severity};
use super::kind::FeedKind;
use super::purl::Purl;
use crate::error::{Code, Error, Result};
use crate::inventory::{Basis, FactKey, Model, ModelId, folded};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a model and an entry have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The package URL.
    Purl,
    /// Only a name: it has to be confirmed.
    Name,
}

/// What an entry says of the version of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OfVersion {
    /// It is among the affected ones.
    Affected,
    /// It is not known, or cannot be compared.
    Unclear,
}

/// An entry that may be about a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The model.
    pub model: ModelId,
    /// The entry's id.
    pub id: Untrusted,
    /// Its other ids.
    pub aliases: Vec<Untrusted>,
    /// What it is.
    pub title: Option<Untrusted>,
    /// How severe it is.
    pub severity: Option<Severity>,
    /// What they have in common.
    pub by: By,
    /// The package URL or name.
    pub common: Untrusted,
    /// How far to believe that the model has it.
    pub basis: Basis,
    /// The document that says so; none for the model's own name.
    pub source: Option<Untrusted>,
    /// The version of the model.
    pub version: Option<Untrusted>,
    /// What the entry says of it.
    pub of_version: OfVersion,
    /// Which feed.
    pub kind: FeedKind,
    /// The feed: the digest of what is kept of it.
    pub feed: EvidenceDigest,
    /// SHA-256 of the entry.
    pub sha256: EvidenceDigest,
}

/// What came of matching.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matches {
    /// The matches: by model, the most severe first.
    pub matches: Vec<Match>,
    /// How many entries name the package of a model, and leave out its version.
    pub spared: usize,
    /// How many models were looked at.
    pub models: usize,
    /// How many of them have neither a package URL nor a version: only names say anything of them.
    pub by_name_only: usize,
}

/// Where something that is affected stands: feed, entry, and which of those that it affects.
type Place = (usize, usize, usize);

/// What a model has that an entry may name.
struct Has<'m> {
    by: By,
    text: Untrusted,
    basis: Basis,
    source: Option<Untrusted>,
    version: Option<String>,
    model: &'m Model,
}

/// Finds the entries of feeds that may be about models.
///
/// # Errors
/// `E-INTERNAL`.
pub fn find<'m>(
    models: impl Iterator<Item = &'m Model>,
    feeds: &[(EvidenceDigest, Feed)],
) -> Result<Matches> {
    let index = Index::of(feeds);
    let mut found = Matches::default();
    for model in models {
        found.models += 1;
        let has = of_model(model);
        let mut best: BTreeMap<(usize, usize), Match> = BTreeMap::new();
        let mut spared = HashSet::new();
        let has_purl = has.iter().any(|one| one.by == By::Purl);
        found.by_name_only += usize::from(!has_purl);
        for one in &has {
            for (feed, item, affects) in index.places(one) {
                let Some((digest, of)) = feeds.get(feed) else { continue };
                let Some(entry) = of.items.get(item) else { continue };
                let Some(affects) = entry.affects.get(affects) else { continue };
                // Where both have a package URL, that decides.
                if one.by == By::Name && has_purl && affects.purl.is_some() {
                    continue;
                }
                let Some(of_version) = said(affects, one) else {
                    spared.insert((feed, item));
                    continue;
                };
                let fresh = one.meets(entry, of_version, of.kind, *digest)?;
                let rank = |known: &Match| (known.by, known.of_version);
                match best.get_mut(&(feed, item)) {
                    Some(known) if rank(known) <= rank(&fresh) => {}
                    Some(known) => *known = fresh,
                    None => drop(best.insert((feed, item), fresh)),
                }
            }
        }
        found.spared += spared.iter().filter(|place| !best.contains_key(*place)).count();
        found.matches.extend(best.into_values());
    }
    found.matches.sort_by(|a, b| {
        let key = |one: &Match| (one.severity.is_none(), one.severity);
        (&a.model, key(a), &a.id, a.feed).cmp(&(&b.model, key(b), &b.id, b.feed))
    });
    Ok(found)
}

/// None where the version is spared. A name alone does not say that versions are counted alike.
fn said(affects: &Affects, one: &Has<'_>) -> Option<OfVersion> {
    match of_version(affects, one.version.as_deref()) {
        Says::Affected => Some(OfVersion::Affected),
        Says::Unclear => Some(OfVersion::Unclear),
        Says::Spared if one.by == By::Name => Some(OfVersion::Unclear),
        Says::Spared => None,
    }
}

impl Has<'_> {
    fn meets(
        &self,
        entry: &Item,
        of_version: OfVersion,
        kind: FeedKind,
        feed: EvidenceDigest,
    ) -> Result<Match> {
        let bytes = crate::json::canonical(entry).map_err(|error| {
            Error::new(Code::Internal, format!("an entry cannot be written as JSON ({error})"))
        })?;
        Ok(Match {
            model: self.model.id.clone(),
            id: entry.id.clone(),
            aliases: entry.aliases.clone(),
            title: entry.title.clone(),
            severity: entry.severity,
            by: self.by,
            common: self.text.clone(),
            basis: self.basis,
            source: self.source.clone(),
            version: self.version.as_deref().map(Untrusted::new),
            of_version,
            kind,
            feed,
            sha256: EvidenceDigest::of(&bytes)?,
        })
    }
}

/// Package URLs first, then names.
fn of_model(model: &Model) -> Vec<Has<'_>> {
    let facts: Vec<_> = model.facts.each().collect();
    let of = |keys: &'static [FactKey]| facts.iter().filter(move |fact| keys.contains(&fact.key));
    let stated = of(&[FactKey::Version]).next().map(|fact| fact.value.raw().to_owned());
    let mut has: Vec<Has<'_>> = Vec::new();
    for fact in of(&[FactKey::Purl]) {
        let Some(purl) = Purl::parse(fact.value.raw()) else { continue };
        let (basis, source) = (fact.basis, Some(fact.source.clone()));
        let version = purl.version.or_else(|| stated.clone());
        has.push(Has { by: By::Purl, text: fact.value.clone(), basis, source, version, model });
    }
    let name = |text: Untrusted, basis, source| Has {
        by: By::Name,
        text,
        basis,
        source,
        version: stated.clone(),
        model,
    };
    has.push(name(model.id.called().into(), Basis::Declared, None));
    let named = of(&[FactKey::Name, FactKey::Alias]);
    has.extend(named.map(|fact| name(fact.value.clone(), fact.basis, Some(fact.source.clone()))));
    has
}

/// Everything that entries affect, by what it is called.
#[derive(Default)]
struct Index {
    purls: HashMap<String, Vec<Place>>,
    names: HashMap<String, Vec<Place>>,
}

impl Index {
    fn of(feeds: &[(EvidenceDigest, Feed)]) -> Self {
        let mut index = Index::default();
        for (feed, (_, of)) in feeds.iter().enumerate() {
            for (at, item) in of.items.iter().enumerate().filter(|(_, item)| !item.withdrawn) {
                for (which, affects) in item.affects.iter().enumerate() {
                    let place = (feed, at, which);
                    if let Some(purl) = affects.purl.as_ref().and_then(|purl| Purl::parse(purl.raw())) {
                        index.purls.entry(purl.key).or_default().push(place);
                    }
                    for name in &affects.names {
                        index.names.entry(folded(name.raw()).into_owned()).or_default().push(place);
                    }
                }
            }
        }
        index
    }

    /// The whole name counts, and what stands behind its last slash.
    fn places(&self, one: &Has<'_>) -> Vec<Place> {
        let mut places = Vec::new();
        match one.by {
            By::Purl => {
                let key = Purl::parse(one.text.raw()).map(|purl| purl.key).unwrap_or_default();
                places.extend(self.purls.get(&key).into_iter().flatten());
            }
            By::Name => {
                let whole = folded(one.text.raw());
                let last = whole.rsplit('/').next().unwrap_or_default();
                for name in [&*whole, last].iter().take(1 + usize::from(last.len() < whole.len())) {
                    places.extend(self.names.get(*name).into_iter().flatten());
                }
            }
        }
        places
    }
}
