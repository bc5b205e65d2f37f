//! What a folder's model is called where a layout of folders says so: ModelScope's cache, publisher and repository
//! below `models` as LM Studio and Jan keep them. It goes by paths, and never guesses an owner elsewhere.

use std::path::{Component, Path};

use super::entry::{Entry, extension, is_file, is_weights};
use super::flat;

/// ModelScope writes a dot as this.
const DOT: &str = "___";
/// The file by which ModelScope marks a model that it keeps under its owner.
const MARK: &str = ".mdl";
/// The file in which it keeps the revision, as `Revision:NAME,CreatedAt:TIME`.
pub(super) const REVISION: &str = ".mv";
/// The folder below which publishers lie.
const LIBRARY: &str = "models";
/// So deep below a source such a folder is looked for.
const MAX_ABOVE: usize = 3;
/// Folders of applications that keep such a library, in lower case, with the folder above it.
const LIBRARIES: [(&str, &str); 7] = [
    (".lmstudio", LIBRARY),
    ("lmstudio", LIBRARY),
    ("lm-studio", LIBRARY),
    ("lm studio", LIBRARY),
    ("llamacpp", LIBRARY),
    ("mlx", LIBRARY),
    ("jan", LIBRARY),
];

/// `owner/name` of what lies at this canonical path, `below` the source; none where only the path tells.
pub(super) fn owner_name(real: &Path, below: &Path, entries: &[Entry]) -> Option<String> {
    model_scope(real, entries).or_else(|| library(real, below, entries))
}

/// Parts of a path from its end, as text.
fn part(path: &Path, from_end: usize) -> Option<&str> {
    path.ancestors().nth(from_end)?.file_name()?.to_str()
}

fn model_scope(real: &Path, entries: &[Entry]) -> Option<String> {
    let (name, owner) = (part(real, 0)?, part(real, 1)?);
    let above = |from_end: usize| part(real, from_end).unwrap_or_default().to_ascii_lowercase();
    // `hub/models/OWNER/NAME`, and before that `modelscope/hub/OWNER/NAME`.
    let is_in_cache = above(2) == LIBRARY && matches!(above(3).as_str(), "hub" | "modelscope")
        || above(2) == "hub" && above(3) == "modelscope";
    let is_marked = entries.iter().any(|entry| entry.name == MARK && is_file(entry));
    let named = || format!("{}/{}", owner.replace(DOT, "."), name.replace(DOT, "."));
    (is_in_cache || is_marked).then(named)
}

fn library(real: &Path, below: &Path, entries: &[Entry]) -> Option<String> {
    let has = |test: &dyn Fn(&str) -> bool| entries.iter().any(|entry| test(&entry.name) && is_file(entry));
    if !has(&is_weights) {
        return None;
    }
    let parts: Vec<&str> = below
        .components()
        .map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let at = parts.iter().take(MAX_ABOVE + 1).rposition(|part| part.eq_ignore_ascii_case(LIBRARY));
    if let (Some(at), [.., owner, name]) = (at, parts.as_slice())
        && parts.len() == at + 3
        && !flat::is_kind(owner)
    {
        return Some(format!("{owner}/{name}"));
    }
    // The source itself lies in a library.
    let (name, owner, above) = (part(real, 0)?, part(real, 1)?, part(real, 2)?.to_ascii_lowercase());
    let application = part(real, 3).unwrap_or_default().to_ascii_lowercase();
    let is_known = LIBRARIES.contains(&(application.as_str(), above.as_str()));
    let is_plain = above == LIBRARY && has(&|name| extension(name) == "gguf");
    (parts.len() < 2 && (is_known || is_plain) && !flat::is_kind(owner)).then(|| format!("{owner}/{name}"))
}

/// The revision in a line that ModelScope writes; a branch is none.
pub(super) fn revision(line: &str) -> Option<&str> {
    let first = line.trim().split(',').next()?;
    let revision = first.strip_prefix("Revision:").unwrap_or(first).trim();
    (!revision.is_empty() && !matches!(revision, "master" | "main")).then_some(revision)
}
