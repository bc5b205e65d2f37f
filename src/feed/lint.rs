//! Which ids of techniques, risks and controls no imported feed knows, or are of another version.

use super::item::Feed;
use super::kind::FeedKind;
use crate::store::EvidenceDigest;
use crate::text::{Untrusted, nearest};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// An id that a document names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// The document.
    pub place: Untrusted,
    /// The id, maybe with a version behind an `@`.
    pub id: Untrusted,
    /// The feed that it belongs to.
    pub kind: FeedKind,
    /// The version that the document was made of.
    pub version: Option<Untrusted>,
}

/// What is wrong with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LintFault {
    /// No imported feed of its kind has it.
    Unknown,
    /// It is of another version than the imported feeds.
    OtherVersion,
}

/// An id that does not stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintFinding {
    /// What names it.
    pub cited: Cited,
    /// What is wrong.
    pub fault: LintFault,
    /// An id that looks like it, where ids are words: of numbers the next one is about something else.
    pub near: Option<Untrusted>,
    /// The feeds that were asked: digests of what is kept of them.
    pub feeds: Vec<EvidenceDigest>,
    /// Their versions.
    pub versions: Vec<Untrusted>,
}

/// Ids that nobody could check: no feed of their kind is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotChecked {
    /// The kind.
    pub kind: FeedKind,
    /// How many ids.
    pub ids: usize,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lint {
    /// Ids that do not stand, in the order of the documents.
    pub findings: Vec<LintFinding>,
    /// How many ids were checked.
    pub checked: usize,
    /// Those that could not be.
    pub not_checked: Vec<NotChecked>,
}

/// Checks ids against the feeds that are in force.
pub fn lint(cited: Vec<Cited>, feeds: &[(EvidenceDigest, Feed)]) -> Lint {
    let mut done = Lint::default();
    let mut not_checked: BTreeMap<FeedKind, usize> = BTreeMap::new();
    let known = by_kind(feeds);
    for cited in cited {
        let Some(items) = known.get(&cited.kind) else {
            *not_checked.entry(cited.kind).or_default() += 1;
            continue;
        };
        done.checked += 1;
        let (id, at) = match cited.id.raw().split_once('@') {
            Some((id, version)) => (id, Some(version)),
            None => (cited.id.raw(), cited.version.as_ref().map(Untrusted::raw)),
        };
        let asked = feeds.iter().filter(|(_, feed)| feed.kind == cited.kind);
        let versions: Vec<Untrusted> = asked.clone().filter_map(|(_, feed)| feed.version.clone()).collect();
        let is_other = |at: &str| !versions.is_empty() && versions.iter().all(|version| version.raw() != at);
        let fault = if !items.contains(id) {
            Some(LintFault::Unknown)
        } else {
            at.is_some_and(is_other).then_some(LintFault::OtherVersion)
        };
        if let Some(fault) = fault {
            let is_a_word = fault == LintFault::Unknown && cited.kind == FeedKind::CosaiRm;
            let words: Vec<&str> = items.iter().copied().filter(|_| is_a_word).collect();
            let near = nearest(id, &words).map(Untrusted::new);
            let feeds = asked.map(|(digest, _)| *digest).collect();
            done.findings.push(LintFinding { cited, fault, near, feeds, versions });
        }
    }
    done.not_checked = not_checked.into_iter().map(|(kind, ids)| NotChecked { kind, ids }).collect();
    done
}

fn by_kind(feeds: &[(EvidenceDigest, Feed)]) -> BTreeMap<FeedKind, BTreeSet<&str>> {
    let mut known: BTreeMap<FeedKind, BTreeSet<&str>> = BTreeMap::new();
    for (_, feed) in feeds {
        known.entry(feed.kind).or_default().extend(feed.items.iter().map(|item| item.id.raw()));
    }
    known
}

/// The ids of ATLAS and of SAFE-MCP in a text, each with its kind.
pub fn ids_in(text: &str) -> impl Iterator<Item = (Untrusted, FeedKind)> {
    let is_of_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '@');
    text.split(move |c| !is_of_id(c)).map(|word| word.trim_end_matches(['.', '-', '@'])).filter_map(|word| {
        let is_numbered = |prefix: &str| {
            word.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        let atlas = ["AML.T", "AML.TA", "AML.M", "AML.CS"].into_iter().any(is_numbered);
        let safe = ["SAFE-T", "SAFE-M-"].into_iter().any(is_numbered);
        let kind = atlas.then_some(FeedKind::Atlas).or(safe.then_some(FeedKind::SafeMcp))?;
        Some((word.into(), kind))
    })
}
