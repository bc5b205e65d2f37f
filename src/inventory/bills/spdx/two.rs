//! SPDX 2.3, whatever form it was written in. It has no word for a model: a package is one when its address is on the
//! hub, when it descends from such a package, or when its generator says so in its own way.

use serde_json::{Map, Value};

use crate::inventory::bills::dialects;
use crate::inventory::bills::parts::{Parts, Take};
use crate::inventory::model::facts::FactKey;
use crate::inventory::model::finding::Finding;
use crate::inventory::model::models::Kind;
use crate::inventory::model::names;
use crate::text::Untrusted;

use super::bill::{Bill, MAX_ELEMENTS, each, kind_by_address, text};

const VERSIONS: [&str; 2] = ["SPDX-2.3", "SPDX-2.2"];
/// The tool that puts a package's type into its id.
const SYFT: &str = "Tool: syft";
const SYFT_MODEL: &str = "SPDXRef-Package-model-";
const FACTS: [(&str, FactKey); 5] = [
    ("versionInfo", FactKey::Version),
    ("description", FactKey::Description),
    ("summary", FactKey::Description),
    ("builtDate", FactKey::Made),
    ("releaseDate", FactKey::Made),
];

/// Reads one document.
pub(in crate::inventory::bills) fn view(
    parts: &Parts<'_>,
    source: &Untrusted,
    take: Take<'_>,
) -> Vec<Finding> {
    let mut bill = Bill::new(source);
    let version = parts.root.get("spdxVersion").and_then(Value::as_str);
    if !version.is_some_and(|version| VERSIONS.contains(&version)) {
        bill.note(
            "F-BOM-VERSION",
            "/spdxVersion",
            "not an SPDX version that is read here (2.3 and 3.0.1 are)",
        );
        return bill.findings;
    }
    let creators = each(parts.root.pointer("/creationInfo/creators"), "");
    let by_syft = creators.iter().any(|(_, tool)| tool.as_str().is_some_and(|tool| tool.starts_with(SYFT)));
    for (list, name) in [("packages", "package"), ("relationships", "relationship")] {
        let pointer = format!("/{list}");
        let Some(items) = parts.list(list) else {
            if parts.root.get(list).is_some() {
                bill.note("F-BOM-TYPE", &pointer, "must be a list");
            }
            continue;
        };
        if items.len() > MAX_ELEMENTS {
            bill.note("F-BOM-COMPONENTS", &pointer, format!("only the first {MAX_ELEMENTS} are read"));
        }
        for (index, item) in items.take(MAX_ELEMENTS).enumerate() {
            let at = format!("{pointer}/{index}");
            match item.as_object() {
                Some(node) if list == "packages" => package(&mut bill, node, &at, by_syft),
                Some(node) => relationship(&mut bill, node, &at),
                None => bill.note("F-BOM-TYPE", &at, format!("a {name} must be an object")),
            }
        }
    }
    bill.finish(take)
}

fn package(bill: &mut Bill<'_>, node: &Map<String, Value>, at: &str, by_syft: bool) {
    let source = bill.source;
    let purls = each(node.get("externalRefs"), &format!("{at}/externalRefs"));
    let purl = purls.iter().find_map(|(place, link)| {
        let is_purl = link.get("referenceType")?.as_str()?.ends_with("purl");
        let locator = link.get("referenceLocator")?.as_str()?;
        is_purl.then(|| (format!("{place}/referenceLocator"), locator))
    });
    let links = || ["downloadLocation", "homepage"].into_iter().filter_map(|key| text(node, key));
    // `git+https://…` is SPDX's way to name a repository.
    fn plain(link: &str) -> &str {
        link.strip_prefix("git+").unwrap_or(link)
    }
    let kind = kind_by_address(purl.iter().map(|(_, purl)| *purl).chain(links().map(plain)));
    let id = text(node, "SPDXID").unwrap_or_default();
    let kind = kind.or_else(|| (by_syft && id.starts_with(SYFT_MODEL)).then_some(Kind::Model));
    let shown = text(node, "name").unwrap_or_default();
    let address = purl.as_ref().map(|(_, purl)| *purl);
    let sums = each(node.get("checksums"), "");
    let sha256 = sums.iter().find(|(_, sum)| sum.get("algorithm").and_then(Value::as_str) == Some("SHA256"));
    let sha256 = sha256.and_then(|(_, sum)| sum.get("checksumValue")?.as_str());
    let name = names::identity(address, None, shown, links().map(plain), false)
        .map(|name| dialects::told_apart(name, sha256));
    let mut package = bill.element(id, kind, name, shown, at);
    if let Some((place, purl)) = &purl {
        package.fact(FactKey::Purl, purl, source, place);
    }
    for (key, fact) in FACTS {
        if let Some((place, value)) = package.text(node, key, at, source) {
            package.fact(fact, value, source, &place);
        }
    }
    if package.record.model.fact(FactKey::Version).is_none()
        && let Some((place, purl)) = &purl
        && let Some(revision) = names::hub_purl(purl).and_then(|purl| purl.revision)
    {
        package.fact(FactKey::Version, &revision, source, place);
    }
    let publisher = ["supplier", "originator"].iter().find_map(|key| {
        let value = text(node, key).filter(|value| *value != "NOASSERTION")?;
        // "Organization: name (address)", "Person: name ()"
        let name = value.split_once(": ").map_or(value, |(_, name)| name);
        let plain = name.strip_suffix(')').and_then(|name| name.rsplit_once(" (")).map(|(name, _)| name);
        Some((format!("{at}/{key}"), plain.unwrap_or(name)))
    });
    if let Some((place, publisher)) = publisher {
        package.fact(FactKey::Publisher, publisher, source, &place);
    }
    for key in ["licenseDeclared", "licenseConcluded"] {
        if let Some((place, value)) = package.text(node, key, at, source) {
            package.licence(value, source, &place);
        }
    }
    for (place, sum) in each(node.get("checksums"), &format!("{at}/checksums")) {
        package.hash(sum.get("algorithm"), sum.get("checksumValue"), source, &place);
    }
    for (place, file) in each(node.get("hasFiles"), &format!("{at}/hasFiles")) {
        if let Some(file) = file.as_str() {
            bill.relate(("CONTAINS", ""), (id, file), &place, None);
        }
    }
    bill.add(package);
}

fn relationship(bill: &mut Bill<'_>, node: &Map<String, Value>, at: &str) {
    let part = |key| text(node, key);
    let ends = part("spdxElementId").zip(part("relatedSpdxElement")).zip(part("relationshipType"));
    match ends {
        Some(((from, to), kind)) => {
            bill.relate((kind, part("comment").unwrap_or_default()), (from, to), at, None);
        }
        None => bill.note("F-BOM-TYPE", at, "a relationship has two elements and a type, all text"),
    }
}
