//! Imported feeds and their matches, as documents.

use super::names;
use crate::feed::{
    By, Cited, FeedKind, Feeds, Import, Imported, Lint, LintFault, LintFinding, Match, Matches, NotChecked,
    OfVersion, Severity, TriageState, Triaged,
};
use crate::inventory::{Basis, ModelId};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The feeds in force.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeedsDocument<'a> {
    /// The document's name.
    pub schema: names::Feeds,
    /// The feeds, by kind and source.
    pub feeds: Vec<FeedRow<'a>>,
    /// Records of feeds that cannot be read, and count for nothing.
    pub unread: &'a [u64],
}

/// A feed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeedRow<'a> {
    /// The record of the import.
    pub record: u64,
    /// When it was imported.
    pub imported: Timestamp,
    /// The feed.
    #[serde(flatten)]
    pub import: &'a Import,
}

impl<'a> From<&'a Imported> for FeedRow<'a> {
    fn from(imported: &'a Imported) -> Self {
        FeedRow { record: imported.record, imported: imported.at, import: &imported.import }
    }
}

impl<'a> FeedsDocument<'a> {
    /// From what the ledger says.
    pub fn of(feeds: &'a Feeds) -> Self {
        FeedsDocument {
            schema: names::Feeds,
            feeds: feeds.in_force().map(FeedRow::from).collect(),
            unread: feeds.unread(),
        }
    }
}

/// A feed that was imported.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeedImportDocument<'a> {
    /// The document's name.
    pub schema: names::FeedImport,
    /// The feed.
    pub feed: FeedRow<'a>,
}

impl<'a> FeedImportDocument<'a> {
    /// From an import.
    pub fn of(imported: &'a Imported) -> Self {
        FeedImportDocument { schema: names::FeedImport, feed: imported.into() }
    }
}

/// Which entries of feeds may be about models: what documents say of each other, and no verdict.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeedMatchesDocument<'a> {
    /// The document's name.
    pub schema: names::FeedMatches,
    /// Whether any feed in force names what it affects. If none does, nothing is known of any model.
    pub known: bool,
    /// The feeds that were asked.
    pub feeds: Vec<FeedRow<'a>>,
    /// How many models were looked at.
    pub models: usize,
    /// How many of them have no package URL: only names say anything of them.
    pub by_name_only: usize,
    /// How many entries name the package of a model, and leave out its version.
    pub spared: usize,
    /// The matches: by model, the most severe first.
    pub matches: Vec<FeedMatchRow<'a>>,
}

/// An entry that may be about a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeedMatchRow<'a> {
    /// The model.
    pub model: &'a ModelId,
    /// The entry's id.
    pub id: &'a Untrusted,
    /// Its other ids.
    pub aliases: &'a [Untrusted],
    /// What it is.
    pub title: Option<&'a Untrusted>,
    /// How severe it is, by its own word.
    pub severity: Option<Severity>,
    /// What they have in common. A name has to be confirmed.
    pub by: By,
    /// The package URL or name.
    pub common: &'a Untrusted,
    /// How far to believe that the model has it.
    pub basis: Basis,
    /// The document that says so; none for the model's own name.
    pub source: Option<&'a Untrusted>,
    /// The version of the model.
    pub version: Option<&'a Untrusted>,
    /// What the entry says of this version.
    pub of_version: OfVersion,
    /// Which feed.
    pub kind: FeedKind,
    /// The feed: the digest of what is kept of it.
    pub feed: EvidenceDigest,
    /// SHA-256 of the entry.
    pub sha256: EvidenceDigest,
    /// What was said last of it, as it is now; none: it is not triaged.
    pub triage: Option<FeedTriaged<'a>>,
}

/// What somebody said of a match.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeedTriaged<'a> {
    /// The record.
    pub record: u64,
    /// When.
    pub at: Timestamp,
    /// What the match comes to.
    pub state: TriageState,
    /// Why.
    pub reason: &'a Untrusted,
    /// Who says so.
    pub by: &'a Untrusted,
}

impl<'a> From<&'a Triaged> for FeedTriaged<'a> {
    fn from(said: &'a Triaged) -> Self {
        let triage = &said.triage;
        FeedTriaged {
            record: said.record,
            at: said.at,
            state: triage.state,
            reason: &triage.reason,
            by: &triage.by,
        }
    }
}

impl<'a> FeedMatchRow<'a> {
    fn of(found: &'a Match, triage: Option<&'a Triaged>) -> Self {
        FeedMatchRow {
            model: &found.model,
            id: &found.id,
            aliases: &found.aliases,
            title: found.title.as_ref(),
            severity: found.severity,
            by: found.by,
            common: &found.common,
            basis: found.basis,
            source: found.source.as_ref(),
            version: found.version.as_ref(),
            of_version: found.of_version,
            kind: found.kind,
            feed: found.feed,
            sha256: found.sha256,
            triage: triage.map(FeedTriaged::from),
        }
    }
}

impl<'a> FeedMatchesDocument<'a> {
    /// From what was found in the feeds that were asked.
    pub fn of(feeds: &'a Feeds, asked: &'a [Imported], found: &'a Matches) -> Self {
        let row = |one: &'a Match| FeedMatchRow::of(one, feeds.triage(&one.model, &one.id, one.sha256));
        FeedMatchesDocument {
            schema: names::FeedMatches,
            known: !asked.is_empty(),
            feeds: asked.iter().map(FeedRow::from).collect(),
            models: found.models,
            by_name_only: found.by_name_only,
            spared: found.spared,
            matches: found.matches.iter().map(row).collect(),
        }
    }
}

/// What was recorded of a match.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeedTriageDocument<'a> {
    /// The document's name.
    pub schema: names::FeedTriage,
    /// The match.
    #[serde(rename = "match")]
    pub found: FeedMatchRow<'a>,
}

impl<'a> FeedTriageDocument<'a> {
    /// From a match, and what was said of it.
    pub fn of(found: &'a Match, said: &'a Triaged) -> Self {
        FeedTriageDocument { schema: names::FeedTriage, found: FeedMatchRow::of(found, Some(said)) }
    }
}

/// Ids of techniques, risks and controls that do not stand.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeedLintDocument<'a> {
    /// The document's name.
    pub schema: names::FeedLint,
    /// How many ids were checked.
    pub checked: usize,
    /// Ids that could not be checked: no feed of their kind is imported.
    pub not_checked: Vec<FeedNotChecked>,
    /// Those that do not stand, in the order of the documents.
    pub findings: Vec<FeedLintRow<'a>>,
}

/// Ids that could not be checked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeedNotChecked {
    /// The feed that is missing.
    pub kind: FeedKind,
    /// How many ids.
    pub ids: usize,
}

/// An id that does not stand.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeedLintRow<'a> {
    /// The document that names it.
    pub place: &'a Untrusted,
    /// The id.
    pub id: &'a Untrusted,
    /// Which feed it belongs to.
    pub kind: FeedKind,
    /// What is wrong.
    pub fault: LintFault,
    /// An id of the feed that looks like it.
    pub near: Option<&'a Untrusted>,
    /// The version that the document was made of.
    pub version: Option<&'a Untrusted>,
    /// The versions of the feeds that were asked.
    pub imported: &'a [Untrusted],
    /// These feeds: the digests of what is kept of them.
    pub feeds: &'a [EvidenceDigest],
}

impl<'a> FeedLintDocument<'a> {
    /// From what was found.
    pub fn of(lint: &'a Lint) -> Self {
        let row = |finding: &'a LintFinding| {
            let Cited { place, id, kind, version } = &finding.cited;
            FeedLintRow {
                place,
                id,
                kind: *kind,
                fault: finding.fault,
                near: finding.near.as_ref(),
                version: version.as_ref(),
                imported: &finding.versions,
                feeds: &finding.feeds,
            }
        };
        let not_checked = |one: &NotChecked| FeedNotChecked { kind: one.kind, ids: one.ids };
        FeedLintDocument {
            schema: names::FeedLint,
            checked: lint.checked,
            not_checked: lint.not_checked.iter().map(not_checked).collect(),
            findings: lint.findings.iter().map(row).collect(),
        }
    }
}
