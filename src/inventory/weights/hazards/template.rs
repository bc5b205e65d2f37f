//! Templates that a tokenizer runs (Jinja): read whole, for names by which one gets out of a template and into the
//! interpreter. What a template prints is text, and no name in it counts.

use std::collections::BTreeSet;

use super::found::Hazards;
use crate::inventory::model::hazard::{HazardKind, Tier};

/// Different names told of one template.
const MAX_NAMES: usize = 16;
/// Names that no chat template has a use for: they lead to classes, frames, modules or files.
const GADGETS: [&str; 33] = [
    "ag_code",
    "ag_frame",
    "attr",
    "autoescape",
    "compile",
    "cr_code",
    "cr_frame",
    "cycler",
    "debug",
    "environ",
    "eval",
    "exec",
    "extends",
    "f_back",
    "f_builtins",
    "f_globals",
    "f_locals",
    "format_map",
    "func_code",
    "func_globals",
    "getattr",
    "gi_code",
    "gi_frame",
    "import",
    "include",
    "joiner",
    "lipsum",
    "modules",
    "mro",
    "os",
    "popen",
    "self",
    "subprocess",
];
/// Names between two underscores on each side, when they are put together from pieces.
const INNER: [&str; 14] = [
    "base",
    "bases",
    "builtins",
    "class",
    "code",
    "dict",
    "getattribute",
    "getitem",
    "globals",
    "import",
    "init",
    "loader",
    "mro",
    "subclasses",
];
/// A letter written by its number.
const ESCAPES: [&str; 6] = ["\\x", "\\u", "\\U", "\\N", "\\1", "\\0"];

/// Looks through a template.
pub(super) fn look(text: &str, place: &str, found: &mut Hazards) {
    let why = "a template that the tokenizer runs (Jinja)";
    found.add(Tier::Noted, HazardKind::Template, place, "", why);
    for name in gadgets(text) {
        let why = "a name by which a template gets at the interpreter; no ordinary template has it";
        found.add(Tier::Suspicious, HazardKind::Template, place, &name, why);
    }
}

/// What of these is in the parts of a template that are run.
fn gadgets(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let inner = rest.get(open + 1..).unwrap_or_default();
        rest = match inner.strip_prefix(['{', '%']) {
            Some(inner) => expression(inner, &mut names),
            None => inner,
        };
        if names.len() >= MAX_NAMES {
            break;
        }
    }
    names
}

/// Reads to the end of an expression or statement; what follows it.
fn expression<'t>(text: &'t str, names: &mut BTreeSet<String>) -> &'t str {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("}}").or_else(|| rest.strip_prefix("%}")) {
            return after;
        }
        let length = match first {
            '\'' | '"' => {
                let length = quoted(rest, first);
                literal(rest.get(..length).unwrap_or(rest), names);
                length
            }
            _ if first.is_alphabetic() || first == '_' => {
                let end = rest.find(|next: char| !next.is_alphanumeric() && next != '_');
                let length = end.unwrap_or(rest.len());
                let name = rest.get(..length).unwrap_or(rest);
                if GADGETS.contains(&name) || is_inner(name) {
                    names.insert(name.to_owned());
                }
                length
            }
            _ => first.len_utf8(),
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    ""
}

/// How long a text in quotes is, with them.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, next) in text.char_indices().skip(1) {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if next == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn is_inner(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

/// A text may name an attribute, too: whole, in pieces, or with letters by their numbers.
fn literal(text: &str, names: &mut BTreeSet<String>) {
    let inner = text.trim_matches(['\'', '"']);
    let mut words = inner.split(|next: char| !next.is_alphanumeric() && next != '_');
    if let Some(name) = words.find(|word| is_inner(word)) {
        names.insert(name.chars().take(64).collect());
    }
    let bare = inner.trim_matches('_');
    let is_piece = inner != bare && (INNER.contains(&bare) || bare.is_empty() && inner.len() > 1);
    if is_piece {
        names.insert(inner.chars().take(64).collect());
    }
    if inner.len() < 256
        && ESCAPES.iter().any(|escape| inner.contains(escape))
        && decoded(inner).contains('_')
        && !inner.contains('_')
    {
        names.insert(inner.chars().take(64).collect());
    }
}

/// Letters by their numbers, as Python reads them: enough of them to see an underscore.
fn decoded(text: &str) -> String {
    let underscores =
        ["\\x5f", "\\x5F", "\\u005f", "\\u005F", "\\U0000005f", "\\U0000005F", "\\137", "\\N{LOW LINE}"];
    underscores.iter().fold(text.to_owned(), |text, escape| text.replace(escape, "_"))
}
