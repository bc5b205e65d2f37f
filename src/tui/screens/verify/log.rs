//! The transparency log: what the bundle brings of it, what was checked of that without a network, or why there is
//! nothing to check.

use super::shown::{Shown, ended, held, labelled};
use crate::signing::{InclusionProof, LoggedEntry, Outcome, Stage};
use crate::text::count;
use crate::tui::screens::digests::digest;
use crate::tui::screens::paint::{Pen, fit};
use crate::tui::theme::Role;
use ratatui::text::Line;

pub(super) fn lines(shown: &Shown<'_>, pen: Pen<'_>) -> Vec<Line<'static>> {
    let v = shown.v();
    let mut out = Vec::new();
    if let Some(check) = v.check(Stage::Log) {
        let words = v.words_of(check);
        out.extend(ended(pen, check, Role::Title, &words.summary, shown.columns));
        for (label, value) in
            [("expected", &words.expected), ("found", &words.found), ("evidence", &words.evidence)]
        {
            if let Some(value) = value {
                labelled(pen, &mut out, label, &value.screen(), Role::Text, shown.columns);
            }
        }
        for detail in &words.details {
            labelled(pen, &mut out, "", &detail.screen(), Role::Text, shown.columns);
        }
    }
    out.push(Line::default());
    let anatomy = match shown.apart(pen) {
        Ok(anatomy) => anatomy,
        Err(text) => {
            out.extend(text);
            return out;
        }
    };
    if anatomy.log.is_empty() {
        out.push(pen.line(Role::NotApplicable, "· the bundle brings no log entry"));
        let why = "A signature with a key or a certificate needs none (OMS v1.0). Only keyless signatures are kept in \
                   a log; for the others a timestamp says when.";
        out.extend(pen.wrapped(Vec::new(), Role::Muted, why, shown.columns));
    } else {
        let says = (
            "checked offline: the entry is about this signature, its proof leads to the root of the checkpoint, and \
             the log of the trusted root signed that",
            "according to the bundle: not proven",
        );
        held(pen, &mut out, v.outcome_of(Stage::Log) == Outcome::Pass, says, shown.columns);
    }
    for (number, entry) in (1..).zip(&anatomy.log) {
        out.push(Line::default());
        out.push(pen.line(Role::Title, format!("entry {number} of {}", anatomy.log.len())));
        entry_lines(entry, shown, pen, &mut out);
    }
    if !anatomy.timestamps.is_empty() {
        out.push(Line::default());
        out.push(pen.line(Role::Title, count(anatomy.timestamps.len(), "timestamp")));
        for stamp in &anatomy.timestamps {
            labelled(pen, &mut out, "as it says", &stamp.screen(), Role::Text, shown.columns);
        }
    }
    out
}

fn entry_lines(entry: &LoggedEntry, shown: &Shown<'_>, pen: Pen<'_>, out: &mut Vec<Line<'static>>) {
    let mut row = |label: &str, value: String| labelled(pen, out, label, &value, Role::Text, shown.columns);
    row("kind", entry.kind.screen());
    row("index", entry.index.screen());
    row("log id", entry.log_id.screen());
    row(
        "integrated",
        match entry.integrated {
            Some(at) => at.strftime("%F %T UTC").to_string(),
            None => "no time: this kind of log leaves it to a timestamp".to_owned(),
        },
    );
    row("promise", if entry.has_promise { "a signed entry timestamp" } else { "none" }.to_owned());
    match &entry.proof {
        Some(proof) => proof_lines(proof, shown, pen, out),
        None => row("inclusion", "the entry brings no proof of inclusion".to_owned()),
    }
}

fn proof_lines(proof: &InclusionProof, shown: &Shown<'_>, pen: Pen<'_>, out: &mut Vec<Line<'static>>) {
    let said = format!(
        "entry {} of a tree of {}, {}",
        proof.index.screen(),
        proof.tree_size.screen(),
        count(proof.hashes.len(), "hash").replace("hashs", "hashes")
    );
    labelled(pen, out, "inclusion", &said, Role::Text, shown.columns);
    out.extend(digest(pen, &fit("root", 15), &proof.root, shown.columns));
    for (at, hash) in proof.hashes.iter().enumerate() {
        let label = if at == 0 { "hashes" } else { "" };
        out.extend(digest(pen, &fit(label, 15), hash, shown.columns));
    }
    for (at, line) in proof.checkpoint.iter().enumerate() {
        let label = if at == 0 { "checkpoint" } else { "" };
        labelled(pen, out, label, &line.screen(), Role::Text, shown.columns);
    }
}
