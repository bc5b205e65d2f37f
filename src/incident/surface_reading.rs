//! What surrounds a model where it runs, from TOML, strictly. The files that it names are for the caller to read.

use super::library::Library;
use super::parts::id_of;
use super::surface::{Contact, Log, Part, Surface};
use crate::tables::{At, Document, Fault, Faults, Hints, Section, Table, quote, values};
use crate::text::{Untrusted, nearest};

/// The schema that this program reads.
const SCHEMA: &str = "surface/0.1";
const KEYS: &[&str] = &["schema", "owners", "contact", "tool", "mcp", "dataset", "log"];
const HINTS: Hints = &[
    ("owner", "write owners = [\"…\"]"),
    ("contacts", "write [[contact]]"),
    ("tools", "write [[tool]]"),
    ("datasets", "write [[dataset]]"),
    ("logs", "write [[log]]"),
    ("evidence", "write [[log]]"),
];
const CONTACT_KEYS: &[&str] = &["role", "name", "reach"];
const PART_KEYS: &[&str] = &["name", "file", "digest"];
const LOG_KEYS: &[&str] = &["fields", "where", "days"];
const LOG_HINTS: Hints = &[("retention_days", "write `days`"), ("profiles", "write `fields`")];
/// The longest that something is kept, in days.
const MOST_DAYS: u32 = 36_500;
const DIGEST: &str = "sha256:";

/// Reads what surrounds a model; all faults at once. Of what names a file, the digest is still open.
pub fn read_surface(text: &str, library: &Library) -> Result<Surface, Vec<Fault>> {
    let mut faults = Faults::new(text);
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            faults.add(error.at, format!("not valid TOML: {}", quote(&error.message)), "");
            return Err(faults.into_errors());
        }
    };
    let top = faults.open(document.top(), "the file", KEYS, HINTS);
    if let Some(schema) = faults.required(top, "schema") {
        faults.one_of("schema", &schema, &[(SCHEMA, ())]);
    }
    let owners = faults.texts(top, "owners").unwrap_or_default();
    owners.iter().for_each(|owner| plain(&mut faults, "owners", owner));
    let surface = Surface {
        owners: values(Some(owners)).iter().map(Untrusted::new).collect(),
        contacts: faults
            .tables(top, "contact")
            .into_iter()
            .filter_map(|one| contact(&mut faults, one))
            .collect(),
        tools: parts(&mut faults, top, "tool", "[[tool]]"),
        mcp: parts(&mut faults, top, "mcp", "[[mcp]]"),
        datasets: parts(&mut faults, top, "dataset", "[[dataset]]"),
        logs: faults
            .tables(top, "log")
            .into_iter()
            .filter_map(|one| log(&mut faults, one, library))
            .collect(),
    };
    match faults.is_empty() {
        true => Ok(surface),
        false => Err(faults.into_errors()),
    }
}

fn contact(faults: &mut Faults<'_>, table: Table<'_>) -> Option<Contact> {
    let section = faults.open(table, "[[contact]]", CONTACT_KEYS, &[]);
    let role = name(faults, section, "role", true);
    let called = name(faults, section, "name", true);
    let reach = name(faults, section, "reach", false);
    Some(Contact { role: role?, name: called?, reach })
}

fn parts(faults: &mut Faults<'_>, top: Section<'_>, key: &str, label: &'static str) -> Vec<Part> {
    let tables = faults.tables(top, key);
    tables.into_iter().filter_map(|table| part(faults, table, label)).collect()
}

fn part(faults: &mut Faults<'_>, table: Table<'_>, label: &'static str) -> Option<Part> {
    let section = faults.open(table, label, PART_KEYS, &[]);
    let called = name(faults, section, "name", true);
    let file = name(faults, section, "file", false);
    let digest = faults.text(section, "digest");
    if let Some(digest) = digest.as_ref().filter(|_| file.is_some()) {
        let message = format!("{label} has `file` and `digest`");
        faults.add(
            Some(digest.at),
            message,
            "leave out `digest`: that of the file is taken when it is declared",
        );
    }
    let sha256 = digest.and_then(|digest| {
        let read = digest.value.strip_prefix(DIGEST).and_then(|digits| digits.parse().ok());
        if read.is_none() {
            let message = format!("`digest` in {label} is not a digest: `{}`", quote(&digest.value));
            faults.add(Some(digest.at), message, "write `sha256:` and 64 lower-case hexadecimal digits");
        }
        read
    });
    Some(Part { name: called?, file, sha256 })
}

fn log(faults: &mut Faults<'_>, table: Table<'_>, library: &Library) -> Option<Log> {
    let section = faults.open(table, "[[log]]", LOG_KEYS, LOG_HINTS);
    let place = name(faults, section, "where", true);
    if section.table.get("days").is_none() {
        faults.add(Some(section.table.at), "[[log]] has no `days`", "add `days = 365`");
    }
    let days = faults.number(section, "days", 1, MOST_DAYS);
    let written = faults.texts(section, "fields").unwrap_or_default();
    if written.is_empty() {
        let help = "add `fields = [\"…\"]`: fields of evidence profiles, or profiles for all of their fields";
        faults.add(Some(section.table.at), "[[log]] names no `fields`", help);
    }
    let profiles = library.profiles();
    let mut fields: Vec<String> = Vec::new();
    for text in &written {
        let Some(id) = id_of(faults, "fields", text) else { continue };
        let all = profiles.iter().flat_map(|profile| profile.required.iter().chain(&profile.recommended));
        let ids: Vec<&str> = all.map(|field| field.id.as_str()).collect();
        let named: Vec<String> = match profiles.iter().find(|profile| profile.id == id) {
            _ if ids.contains(&id.as_str()) => vec![id],
            Some(profile) => profile.required.iter().map(|field| field.id.clone()).collect(),
            None => {
                let known: Vec<&str> =
                    ids.into_iter().chain(profiles.iter().map(|profile| profile.id.as_str())).collect();
                let near = nearest(&id, &known).map(|near| format!(" — did you mean `{near}`?"));
                let message = format!("no evidence profile has the field `{id}`{}", near.unwrap_or_default());
                let help = "`touchmark incident runbook TYPE` lists the fields of its profiles";
                faults.add(Some(text.at), message, help);
                continue;
            }
        };
        fields.extend(named.into_iter().filter(|id| !fields.contains(id)).collect::<Vec<_>>());
    }
    Some(Log { fields, place: place?, days: days? })
}

/// A name that can be shown in a line.
fn name(faults: &mut Faults<'_>, section: Section<'_>, key: &str, is_required: bool) -> Option<Untrusted> {
    let text = match is_required {
        true => faults.required(section, key),
        false => faults.text(section, key),
    }?;
    plain(faults, key, &text);
    Some(Untrusted::new(text.value))
}

fn plain(faults: &mut Faults<'_>, key: &str, text: &At<String>) {
    if Untrusted::new(&text.value).is_hostile() {
        let message =
            format!("`{key}` has characters that do not belong in a name: `{}`", quote(&text.value));
        faults.add(Some(text.at), message, "write one line of printable characters");
    }
}
