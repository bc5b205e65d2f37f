//! Records that name what they affect: of OSV, of CVE and of AVID. Only members that are kept are read; others are passed
//! over without being held.

use super::few::{Few, items};
use super::item::{Affects, Event, Item, Range, Scheme, Severity};
use super::purl::{Purl, of_ecosystem};
use crate::text::Untrusted;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// A word where databases write other things too.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Else(IgnoredAny),
}

impl Word {
    fn text(&self) -> Option<&str> {
        match self {
            Word::Text(text) => Some(text),
            Word::Else(_) => None,
        }
    }
}

fn texts(list: Vec<String>) -> Vec<Untrusted> {
    list.into_iter().map(Untrusted::from).collect()
}

fn purl(text: Option<String>) -> Option<Untrusted> {
    text.filter(|text| Purl::parse(text).is_some()).map(Untrusted::from)
}

// OSV

#[derive(Deserialize)]
pub(super) struct Osv {
    id: String,
    summary: Option<String>,
    details: Option<String>,
    modified: Option<String>,
    withdrawn: Option<String>,
    aliases: Option<Few<String>>,
    affected: Option<Few<OsvAffected>>,
    database_specific: Option<OsvDatabase>,
}

#[derive(Deserialize)]
struct OsvDatabase {
    severity: Option<Word>,
}

#[derive(Deserialize)]
struct OsvAffected {
    package: Option<OsvPackage>,
    ranges: Option<Few<OsvRange>>,
    versions: Option<Few<String>>,
}

#[derive(Deserialize)]
struct OsvPackage {
    ecosystem: Option<String>,
    name: Option<String>,
    purl: Option<String>,
}

#[derive(Deserialize)]
struct OsvRange {
    #[serde(rename = "type")]
    kind: String,
    events: Option<Few<OsvEvent>>,
}

#[derive(Deserialize)]
struct OsvEvent {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

impl From<Osv> for Item {
    fn from(record: Osv) -> Item {
        let severity = record.database_specific.and_then(|database| database.severity);
        Item {
            id: record.id.into(),
            title: record.summary.or(record.details).map(Untrusted::from),
            aliases: texts(items(record.aliases)),
            modified: record.modified.map(Untrusted::from),
            severity: severity.as_ref().and_then(Word::text).and_then(Severity::parse),
            withdrawn: record.withdrawn.is_some(),
            affects: items(record.affected).into_iter().map(Affects::from).collect(),
            ..Item::default()
        }
    }
}

impl From<OsvAffected> for Affects {
    fn from(affected: OsvAffected) -> Affects {
        let package = affected.package.unwrap_or(OsvPackage { ecosystem: None, name: None, purl: None });
        let by_registry =
            || of_ecosystem(package.ecosystem.as_deref().unwrap_or_default(), package.name.as_deref()?);
        Affects {
            purl: purl(package.purl.or_else(by_registry)),
            names: texts(package.name.into_iter().collect()),
            versions: texts(items(affected.versions)),
            ranges: items(affected.ranges).into_iter().map(Range::from).collect(),
            ..Affects::default()
        }
    }
}

impl From<OsvRange> for Range {
    fn from(range: OsvRange) -> Range {
        let scheme = match range.kind.as_str() {
            "SEMVER" => Scheme::Semver,
            "GIT" => Scheme::Git,
            _ => Scheme::Other,
        };
        let event = |event: OsvEvent| {
            let from = event.introduced.map(|version| Event::Introduced(version.into()));
            let before = event.fixed.or(event.limit).map(|version| Event::Fixed(version.into()));
            let to = event.last_affected.map(|version| Event::LastAffected(version.into()));
            from.or(before).or(to)
        };
        Range { scheme, events: items(range.events).into_iter().filter_map(event).collect() }
    }
}

// CVE

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cve {
    cve_metadata: CveMetadata,
    containers: CveContainers,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CveMetadata {
    cve_id: String,
    state: Option<String>,
    date_updated: Option<String>,
}

#[derive(Deserialize)]
struct CveContainers {
    cna: CveContainer,
    adp: Option<Few<CveContainer>>,
}

#[derive(Deserialize)]
struct CveContainer {
    title: Option<String>,
    descriptions: Option<Few<CveText>>,
    affected: Option<Few<CveAffected>>,
    metrics: Option<Few<BTreeMap<String, Score>>>,
}

#[derive(Deserialize)]
struct CveText {
    value: String,
}

/// A metric in any version of CVSS, or something else.
#[derive(Deserialize)]
#[serde(untagged)]
enum Score {
    Cvss {
        #[serde(rename = "baseSeverity")]
        severity: String,
    },
    Else(IgnoredAny),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CveAffected {
    vendor: Option<String>,
    product: Option<String>,
    package_name: Option<String>,
    #[serde(rename = "packageURL")]
    package_url: Option<String>,
    default_status: Option<String>,
    versions: Option<Few<CveVersion>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CveVersion {
    version: String,
    status: String,
    version_type: Option<String>,
    less_than: Option<String>,
    less_than_or_equal: Option<String>,
    changes: Option<Few<CveChange>>,
}

#[derive(Deserialize)]
struct CveChange {
    at: String,
    status: String,
}

/// The statuses that a version can have; any other is unclear, and so counts as the first.
const UNAFFECTED: &str = "unaffected";
/// Where no version ends a range.
const NO_END: &str = "*";

impl From<Cve> for Item {
    fn from(record: Cve) -> Item {
        let containers = record.containers;
        let mut item = Item {
            id: record.cve_metadata.cve_id.into(),
            modified: record.cve_metadata.date_updated.map(Untrusted::from),
            withdrawn: record.cve_metadata.state.is_some_and(|state| state == "REJECTED"),
            ..Item::default()
        };
        for container in [containers.cna].into_iter().chain(items(containers.adp)) {
            let text = items(container.descriptions).into_iter().next().map(|text| text.value);
            item.title = item.title.or(container.title.or(text).map(Untrusted::from));
            let severities =
                items(container.metrics).into_iter().flatten().filter_map(|(_, score)| match score {
                    Score::Cvss { severity } => Severity::parse(&severity),
                    Score::Else(_) => None,
                });
            item.severity = item.severity.into_iter().chain(severities).min();
            item.affects.extend(items(container.affected).into_iter().map(Affects::from));
        }
        item
    }
}

impl From<CveAffected> for Affects {
    fn from(affected: CveAffected) -> Affects {
        let with_vendor = match (&affected.vendor, &affected.product) {
            (Some(vendor), Some(product)) => Some(format!("{vendor}/{product}")),
            _ => None,
        };
        let names = [with_vendor, affected.product, affected.package_name];
        let mut affects = Affects {
            purl: purl(affected.package_url),
            names: texts(names.into_iter().flatten().collect()),
            others: affected.default_status.is_some_and(|status| status == "affected"),
            ..Affects::default()
        };
        for version in items(affected.versions) {
            version.add_to(&mut affects);
        }
        affects
    }
}

impl CveVersion {
    fn add_to(self, affects: &mut Affects) {
        let is_spared = self.status == UNAFFECTED;
        let is_one = self.less_than.is_none() && self.less_than_or_equal.is_none() && self.changes.is_none();
        let scheme = match self.version_type.as_deref() {
            Some("semver") => Scheme::Semver,
            Some("git") => Scheme::Git,
            _ => Scheme::Other,
        };
        let mut events = vec![Event::Introduced(self.version.as_str().into())];
        if is_one {
            // Of `n/a` and the like no version is told apart.
            let is_number = self.version.contains(|c: char| c.is_ascii_digit());
            if is_number && !is_spared {
                affects.versions.push(self.version.into());
                return;
            }
            if is_number {
                events.push(Event::LastAffected(self.version.into()));
            }
        }
        let change = |change: CveChange| match (change.status == UNAFFECTED) == is_spared {
            true => Event::Introduced(change.at.into()),
            false => Event::Fixed(change.at.into()),
        };
        events.extend(items(self.changes).into_iter().map(change));
        events.extend(self.less_than.filter(|end| end != NO_END).map(|end| Event::Fixed(end.into())));
        let to = self.less_than_or_equal.filter(|end| end != NO_END);
        events.extend(to.map(|end| Event::LastAffected(end.into())));
        let ranges = if is_spared { &mut affects.spared } else { &mut affects.ranges };
        ranges.push(Range { scheme, events });
    }
}

// AVID

#[derive(Deserialize)]
pub(super) struct Avid {
    metadata: Option<AvidMetadata>,
    affects: Option<AvidAffects>,
    problemtype: Option<AvidProblem>,
    impact: Option<AvidImpact>,
    reported_date: Option<String>,
    last_modified_date: Option<String>,
}

#[derive(Deserialize)]
struct AvidMetadata {
    vuln_id: Option<String>,
    report_id: Option<String>,
}

#[derive(Deserialize)]
struct AvidAffects {
    artifacts: Option<Few<AvidArtifact>>,
}

#[derive(Deserialize)]
struct AvidArtifact {
    name: Option<String>,
}

#[derive(Deserialize)]
struct AvidProblem {
    description: Option<CveText>,
}

#[derive(Deserialize)]
struct AvidImpact {
    cvss: Option<Score>,
}

impl Avid {
    /// None for a draft: it has no id yet.
    pub(super) fn into_item(self) -> Option<Item> {
        let record = self;
        let AvidMetadata { vuln_id, report_id } = record.metadata?;
        let id = [vuln_id, report_id].into_iter().flatten().find(|id| !id.is_empty())?;
        let severity = match record.impact.and_then(|impact| impact.cvss) {
            Some(Score::Cvss { severity }) => Severity::parse(&severity),
            Some(Score::Else(_)) | None => None,
        };
        let artifacts = items(record.affects.and_then(|affects| affects.artifacts));
        let affects = |artifact: AvidArtifact| {
            let names = artifact.name.into_iter().map(Untrusted::from).collect();
            Affects { names, ..Affects::default() }
        };
        let described = record.problemtype.and_then(|problem| problem.description);
        Some(Item {
            id: id.into(),
            title: described.map(|text| text.value.into()),
            modified: record.last_modified_date.or(record.reported_date).map(Untrusted::from),
            severity,
            affects: artifacts.into_iter().map(affects).collect(),
            ..Item::default()
        })
    }
}
