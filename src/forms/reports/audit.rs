//! A report as rows for auditors: one a control and model, in columns that stay. Programs that collect evidence map them
//! once; a column is never renamed, moved or removed.

use super::super::csv::line;
use super::relevant;
use crate::disk::slashed;
use crate::documents::ReportedMapping;
use crate::dossier::{Piece, PieceKind, Pieces};
use crate::error::Result;
use crate::store::EvidenceDigest;
use crate::text::screen;
use crate::view::View;
use std::collections::HashMap;
use std::path::Path;

/// The columns.
pub const AUDIT_COLUMNS: [&str; 8] = [
    "control id",
    "subject",
    "result",
    "evidence URL",
    "sha256",
    "collected at",
    "collector",
    "evidence relevant to",
];

/// Rows are handed on when they have come to so many bytes.
const AT_ONCE: usize = 1 << 16;

/// The rows of these models, by their indices, each with the digest of what is known of it; head first.
///
/// # Errors
/// What `out` gives.
pub fn audit_rows(
    view: &View,
    mappings: &[ReportedMapping<'_>],
    models: impl Iterator<Item = (usize, Option<EvidenceDigest>)>,
    out: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let clauses = view.rubric.controls.iter();
    let clauses = clauses.map(|control| (&*control.id, relevant::line(mappings, control))).collect();
    let mut text = String::new();
    line(AUDIT_COLUMNS.into_iter(), &mut text);
    for (index, whole) in models {
        rows(view, (index, whole), &clauses, &mut text);
        if text.len() >= AT_ONCE {
            out(text.as_bytes())?;
            text.clear();
        }
    }
    out(text.as_bytes())
}

fn rows(
    view: &View,
    (index, whole): (usize, Option<EvidenceDigest>),
    clauses: &HashMap<&str, String>,
    text: &mut String,
) {
    let found = view.models.get(index).zip(view.verdict(index)).zip(Pieces::of_model(view, index));
    let Some(((model, verdict), pieces)) = found else { return };
    let subject = model.id.screen();
    let collector = format!("touchmark {}", env!("CARGO_PKG_VERSION"));
    let looked = view.standing(index).map(|verified| verified.verification.at);
    for result in &verdict.assessment.controls {
        let piece = pieces.of(&result.fact).into_iter().next();
        let (url, sha256) = match &piece {
            Some(piece) => (url(piece), piece.sha256.clone()),
            None => whole.map(of_whole).unwrap_or_default(),
        };
        let at = piece.and_then(|piece| piece.at).or(looked).unwrap_or(view.at).to_string();
        let relevant = clauses.get(&*result.id).map(String::as_str).unwrap_or_default();
        let outcome = result.outcome.key();
        let cells: [&str; 8] = [&result.id, &subject, outcome, &url, &sha256, &at, &collector, relevant];
        line(cells.into_iter(), text);
    }
}

/// Where a piece of evidence is found: a file of the workspace, or the store by the digest.
pub(in crate::forms) fn url(piece: &Piece) -> String {
    let line = piece.line.map(|line| format!("#L{line}")).unwrap_or_default();
    match (&piece.file, piece.kind) {
        // What the inventory made of a document is not the bytes of that document.
        (_, PieceKind::Documents) => format!("urn:touchmark:evidence:{}", piece.sha256),
        (Some(file), _) => encoded(&slashed(Path::new(file.raw()))) + &line,
        (None, PieceKind::Record) => format!("urn:touchmark:record:{}", piece.sha256),
        (None, PieceKind::Policy) => format!("urn:touchmark:policy:{}", piece.sha256),
        (None, _) => format!("urn:touchmark:evidence:{}", piece.sha256),
    }
}

/// What rests on all that is known of a model.
fn of_whole(digest: EvidenceDigest) -> (String, String) {
    (format!("urn:touchmark:evidence:{digest}"), digest.to_string())
}

/// A path as a relative URL: what a URL cannot hold is written as `%XX`.
pub(in crate::forms) fn encoded(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match is_plain(byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    screen(&out)
}
