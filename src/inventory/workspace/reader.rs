//! Reads keys of `touchmark.toml` and reports errors with their line. It is independent of the blocks of the
//! file.

use crate::error::{Code, Error, Result};
use crate::tables::{Misfit, Place, Table, Value};
use crate::text::Untrusted;
use std::path::{Component, PathBuf};

const MAX_FILES: usize = 100;
/// How the URLs of PostgreSQL servers begin.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// The file, and its text.
pub(super) struct Reader<'t> {
    pub text: &'t str,
    pub file: PathBuf,
}

impl Reader<'_> {
    pub(super) fn known(&self, table: Table<'_>, keys: &[&'static str]) -> Result<()> {
        let Some(unknown) = table.unknown(keys).next() else { return Ok(()) };
        let known = format!("Known: {}", keys.join(", "));
        let (what, help) = match unknown.near {
            Some(meant) => (
                format!("unknown key; the nearest known one is `{meant}`"),
                format!("did you mean `{meant}`? {known}"),
            ),
            None => ("unknown key".to_owned(), known),
        };
        Err(self.error(what, unknown.key.at).help(help))
    }

    /// A name for display.
    pub(super) fn name(&self, table: Table<'_>, key: &str) -> Result<Option<String>> {
        let Some((text, span)) = self.string(table, key)? else { return Ok(None) };
        if text.trim().is_empty() || Untrusted::new(text).is_hostile() {
            return Err(self
                .error(format!("`{key}` is empty or has characters that do not belong in a name"), span)
                .help("write one line of printable characters, with no spaces at either end"));
        }
        Ok(Some(text.to_owned()))
    }

    /// A path that stays in the workspace, so that the workspace can be handed on as one folder.
    pub(super) fn inside(&self, table: Table<'_>, key: &str) -> Result<Option<PathBuf>> {
        let Some((text, span)) = self.string(table, key)? else { return Ok(None) };
        self.path(key, text, span).map(Some)
    }

    /// The URL of a PostgreSQL server; none where the text is no such URL.
    pub(super) fn server(&self, table: Table<'_>, key: &str) -> Result<Option<String>> {
        const MAX: usize = 2048;
        let Some((text, span)) = self.string(table, key)? else { return Ok(None) };
        let Some(rest) = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme)) else { return Ok(None) };
        if text.len() > MAX || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(self
                .error(format!("`{key}` is not a URL of at most {MAX} printable characters"), span)
                .help("write `postgres://USER@HOST:PORT/DATABASE`"));
        }
        let (user, query) = (rest.rsplit_once('@'), rest.split_once('?'));
        let has_password = user.is_some_and(|(user, _)| user.contains(':'))
            || query.is_some_and(|(_, query)| query.split('&').any(|one| one.starts_with("password=")));
        if has_password {
            // Not even quoted: it is a secret.
            let file = self.file.to_string_lossy().into_owned();
            return Err(Error::new(Code::Config, format!("a password stands in `{key}`"))
                .at(file)
                .help("take it out: it belongs into PGPASSWORD or ~/.pgpass, and may be known already to who could read this file"));
        }
        Ok(Some(text.to_owned()))
    }

    /// A list of such paths; nothing where the key is absent.
    pub(super) fn files(&self, table: Table<'_>, key: &str) -> Result<Vec<PathBuf>> {
        let Some(value) = table.get(key) else { return Ok(Vec::new()) };
        let no_list = |misfit: Misfit| self.error(format!("`{key}` must be a list of paths"), misfit.at);
        let files = value.list().map_err(no_list)?;
        if files.len() == 0 || files.len() > MAX_FILES {
            return Err(self
                .error(format!("`{key}` must name from 1 to {MAX_FILES} files"), value.at())
                .help("name the public keys or certificate authorities, or leave it out"));
        }
        let path = |file: Value<'_>| {
            let no_text =
                |misfit: Misfit| self.error(format!("`{key}` must hold texts in quotes"), misfit.at);
            self.path(key, file.text().map_err(no_text)?, file.at())
        };
        files.map(path).collect()
    }

    fn path(&self, key: &str, text: &str, span: Place) -> Result<PathBuf> {
        let path = PathBuf::from(text);
        let stays = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !stays || path.file_name().is_none() || text.contains('\0') {
            return Err(self
                .error(format!("`{key}` must be a relative path inside the workspace"), span)
                .help("paths are relative to touchmark.toml; `..` and absolute paths are refused here"));
        }
        Ok(path)
    }

    pub(super) fn string<'v>(&self, table: Table<'v>, key: &str) -> Result<Option<(&'v str, Place)>> {
        let Some(value) = table.get(key) else { return Ok(None) };
        let no_text = |misfit: Misfit| self.error(format!("`{key}` must be text in quotes"), misfit.at);
        Ok(Some((value.text().map_err(no_text)?, value.at())))
    }

    /// An error at a place of the file. The quoted text is the file's, so it stays in `at`.
    pub(super) fn error(&self, what: impl Into<String>, place: Place) -> Error {
        let (line, quoted) = (place.line(self.text), place.first_line(self.text));
        let file = self.file.to_string_lossy();
        let place = if quoted.is_empty() { String::new() } else { format!(": {quoted}") };
        Error::new(Code::Config, what).at(format!("{file}, line {line}{place}")).spot(&self.file, line)
    }
}
