//! SPDX 2 in tag-value form as the tree that its JSON form would be, so that one view reads both. Places in findings
//! are pointers into that tree. Tags that no fact is read from are passed over.

use serde_json::{Map, Value, json};

use crate::json::Item;

const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Lines without an indent in which the version must stand.
const MAX_LINES_BEFORE: usize = 1000;
/// What every such document has.
const VERSION: &str = "SPDXVersion";
const OPEN: &str = "<text>";
const CLOSE: &str = "</text>";

/// Whose the tags that follow are.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    Document,
    Package,
    Relationship,
    /// Files, snippets, licences, annotations and reviews: none of them is a model.
    Other,
}

/// Tags that begin a section.
const BEGIN: [(&str, Section); 8] = [
    ("PackageName", Section::Package),
    ("Relationship", Section::Relationship),
    ("FileName", Section::Other),
    ("SnippetSPDXID", Section::Other),
    ("LicenseID", Section::Other),
    ("ExternalDocumentRef", Section::Document),
    ("Annotator", Section::Other),
    ("Reviewer", Section::Other),
];

/// What a tag of a section is called in JSON.
const TEXTS: [(Section, &str, &str); 16] = [
    (Section::Document, VERSION, "spdxVersion"),
    (Section::Document, "SPDXID", "SPDXID"),
    (Section::Document, "DocumentName", "name"),
    (Section::Package, "PackageName", "name"),
    (Section::Package, "SPDXID", "SPDXID"),
    (Section::Package, "PackageVersion", "versionInfo"),
    (Section::Package, "PackageSupplier", "supplier"),
    (Section::Package, "PackageOriginator", "originator"),
    (Section::Package, "PackageDownloadLocation", "downloadLocation"),
    (Section::Package, "PackageHomePage", "homepage"),
    (Section::Package, "PackageSummary", "summary"),
    (Section::Package, "PackageDescription", "description"),
    (Section::Package, "PackageLicenseDeclared", "licenseDeclared"),
    (Section::Package, "PackageLicenseConcluded", "licenseConcluded"),
    (Section::Package, "PackageSourceInfo", "sourceInfo"),
    (Section::Relationship, "RelationshipComment", "comment"),
];
/// The same of dates, whose older names are in use as well.
const DATES: [(&str, &str); 4] = [
    ("BuiltDate", "builtDate"),
    ("PackageBuiltDate", "builtDate"),
    ("ReleaseDate", "releaseDate"),
    ("PackageReleaseDate", "releaseDate"),
];

/// A document in the making.
#[derive(Default)]
pub(super) struct Tags {
    /// The document without its lists.
    pub root: Map<String, Value>,
    /// Its packages.
    pub packages: Vec<Item<'static>>,
    /// Its relationships.
    pub relationships: Vec<Item<'static>>,
    /// The package or relationship that is being read.
    open: Map<String, Value>,
    creators: Vec<Value>,
    /// The package that a file belongs to which follows it.
    package: Option<String>,
}

/// Whether a document is one.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.split(|byte| *byte == b'\n')
        .filter(|line| line.first().is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b'#'))
        .take(MAX_LINES_BEFORE)
        .any(|line| line.strip_prefix(VERSION.as_bytes()).is_some_and(|rest| rest.first() == Some(&b':')))
}

/// Parses a whole document.
///
/// # Errors
/// Our own words, with the line.
pub(super) fn parse(bytes: &[u8]) -> Result<Tags, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("larger than {MAX_BYTES} bytes; not read as SPDX tag-value"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "SPDX tag-value that is not valid UTF-8".to_owned())?;
    let mut tags = Tags::default();
    let mut section = Section::Document;
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let place = |words: &str| format!("SPDX tag-value: {words}, at line {}", number + 1);
        let (tag, value) = line.split_once(':').ok_or_else(|| place("neither a tag nor a comment"))?;
        let (tag, mut value) = (tag.trim(), value.trim().to_owned());
        // Text of several lines.
        if let Some(rest) = value.strip_prefix(OPEN) {
            let mut whole = rest.to_owned();
            while !whole.contains(CLOSE) {
                let (_, more) = lines.next().ok_or_else(|| place("a text that does not end"))?;
                whole.push('\n');
                whole.push_str(more);
            }
            value = whole.split_once(CLOSE).map_or(whole.clone(), |(text, _)| text.trim().to_owned());
        }
        if let Some((_, begins)) = BEGIN.iter().find(|(known, _)| *known == tag) {
            tags.close(section);
            section = *begins;
            tags.begin(tag, &value);
        }
        tags.take(section, tag, value);
    }
    tags.close(section);
    tags.root.insert("creationInfo".to_owned(), json!({ "creators": std::mem::take(&mut tags.creators) }));
    Ok(tags)
}

impl Tags {
    fn begin(&mut self, tag: &str, value: &str) {
        if tag == "Relationship" {
            let mut words = value.split_whitespace();
            for key in ["spdxElementId", "relationshipType", "relatedSpdxElement"] {
                if let Some(word) = words.next() {
                    self.open.insert(key.to_owned(), word.into());
                }
            }
        }
    }

    fn close(&mut self, section: Section) {
        let open = std::mem::take(&mut self.open);
        match section {
            Section::Package => {
                self.package = open.get("SPDXID").and_then(Value::as_str).map(str::to_owned);
                self.packages.push(Item::of(Value::Object(open)));
            }
            Section::Relationship => self.relationships.push(Item::of(Value::Object(open))),
            Section::Document | Section::Other => {}
        }
    }

    fn take(&mut self, section: Section, tag: &str, value: String) {
        match (section, tag) {
            (Section::Document, "Creator") => self.creators.push(value.into()),
            (Section::Package, "PackageChecksum") => {
                let (algorithm, content) = value.split_once(':').unwrap_or((&value, ""));
                let sum = json!({ "algorithm": algorithm.trim(), "checksumValue": content.trim() });
                self.push("checksums", sum);
            }
            (Section::Package, "ExternalRef") => {
                let mut words = value.split_whitespace();
                if let (Some(category), Some(kind), Some(locator)) =
                    (words.next(), words.next(), words.next())
                {
                    let reference = json!({
                        "referenceCategory": category, "referenceType": kind, "referenceLocator": locator,
                    });
                    self.push("externalRefs", reference);
                }
            }
            // A file that stands after a package is one of its files.
            (Section::Other, "SPDXID") => {
                if let Some(package) = &self.package {
                    let contains = json!({
                        "spdxElementId": package, "relationshipType": "CONTAINS", "relatedSpdxElement": value,
                    });
                    self.relationships.push(Item::of(contains));
                }
            }
            _ => {
                let date = || {
                    let date = DATES.iter().find(|(known, _)| *known == tag)?;
                    (section == Section::Package).then_some(date.1)
                };
                let text = TEXTS.iter().find(|(of, known, _)| *of == section && *known == tag);
                let key = text.map(|(.., key)| *key).or_else(date);
                // Of several the first counts.
                if let Some(key) = key {
                    let holder = if section == Section::Document { &mut self.root } else { &mut self.open };
                    holder.entry(key).or_insert(Value::from(value));
                }
            }
        }
    }

    fn push(&mut self, list: &str, value: Value) {
        let items = self.open.entry(list).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = items {
            items.push(value);
        }
    }
}
