//! What a check means: expected, found, evidence, details, what to do, and the same on the command line.

use super::shown::{Shown, ended};
use crate::signing::{Check, FileWord, Outcome, Stage};
use crate::text::count;
use crate::tui::screens::paint::{Pen, fit};
use crate::tui::screens::verdict::files;
use crate::tui::theme::Role;
use ratatui::text::Line;

/// What an outcome of a stage means to a person who has to act. A stage without a row explains itself.
const MEANINGS: &[(Stage, Outcome, &str)] = &[
    (
        Stage::Parse,
        Outcome::Fail,
        "The bundle is not a signature that can be read. Nothing in it was believed.",
    ),
    (
        Stage::Parse,
        Outcome::Missing,
        "There is no signature. That proves nothing against the model, and nothing for it.",
    ),
    (Stage::Method, Outcome::Fail, "It was signed in another way than was asked for."),
    (Stage::Trust, Outcome::Fail, "No trusted anchor matches this signer. Anyone can make such a signature."),
    (Stage::Trust, Outcome::Missing, "The policy names no anchor that matches this signer."),
    (
        Stage::Signature,
        Outcome::Fail,
        "The signature does not belong to the signed text: the bundle was altered, or is a forgery.",
    ),
    (
        Stage::Chain,
        Outcome::Fail,
        "The certificates do not lead to an anchor, or were not valid when it was signed.",
    ),
    (Stage::Time, Outcome::Partial, "There is no trusted signing time. Validity is judged as of now."),
    (Stage::Log, Outcome::Fail, "The transparency log does not hold this signature as the bundle says."),
    (
        Stage::Log,
        Outcome::Missing,
        "The signature is in no transparency log; a stolen key would leave no trace.",
    ),
    (
        Stage::Identity,
        Outcome::Fail,
        "The signature is valid, but the policy expects another signer for this model.",
    ),
    (
        Stage::Statement,
        Outcome::Fail,
        "What was signed is not a manifest of a model as the specification writes it.",
    ),
    (Stage::Subject, Outcome::Fail, "The signed list of files and the digest that names it do not agree."),
    (
        Stage::Files,
        Outcome::Fail,
        "The files are not the ones that were signed: replaced after signing, or a bad copy.",
    ),
    (Stage::Files, Outcome::Unknown, "Not all files could be read, so nothing can be said of the whole."),
    (
        Stage::Policy,
        Outcome::Fail,
        "The signature is in order, and the policy forbids something about the model.",
    ),
];

pub(super) fn explain(shown: &Shown<'_>, pen: Pen<'_>) -> Vec<Line<'static>> {
    let (v, columns) = (shown.v(), shown.columns);
    let Some(check) = shown.check else { return Vec::new() };
    let words = v.words_of(check);
    let text = format!("{} ({})", words.summary, check.code);
    let mut out = ended(pen, check, Role::Title, &text, columns);
    for (name, value) in
        [("expected", &words.expected), ("found", &words.found), ("evidence", &words.evidence)]
    {
        if let Some(value) = value {
            out.extend(pen.wrapped(
                vec![pen.span(Role::Muted, fit(name, 10))],
                Role::Text,
                &value.screen(),
                columns,
            ));
        }
    }
    if check.stage == Stage::Files {
        const LISTED_HERE: usize = 8;
        if let Some(owner) = &shown.owner {
            let text = format!("the root digest is that of {owner}");
            out.extend(pen.wrapped(
                vec![pen.span(Role::Muted, fit("signed for", 11))],
                Role::Text,
                &text,
                columns,
            ));
        }
        out.extend(files(v, pen, columns, LISTED_HERE));
        out.push(pen.line(Role::Muted, matching(shown)));
    }
    // The files of the report are listed above, with more to each.
    for detail in words.details.iter().take(200) {
        out.extend(pen.wrapped(vec![pen.span(Role::Muted, "· ")], Role::Text, &detail.screen(), columns));
    }
    let meaning = meaning(shown, pen);
    if !meaning.is_empty() {
        out.push(Line::default());
        out.push(pen.line(Role::Title, "What this means"));
        out.extend(meaning);
    }
    out
}

/// How many files match; digests, until all files are known: a file may have several.
fn matching(shown: &Shown<'_>) -> String {
    let files = shown.app.verify.files(shown.verified);
    match files.iter().filter(|file| file.word == FileWord::Match).count() {
        0 => format!("{} digests match", shown.v().files.matched),
        many => format!("{} match", count(many, "file")),
    }
}

/// Whether there is something to explain.
pub(super) fn is_explained(check: &Check) -> bool {
    !matches!(check.outcome, Outcome::Pass | Outcome::NotApplicable)
}

/// What the chosen check means, what to do, and the command that shows the same.
pub(super) fn meaning(shown: &Shown<'_>, pen: Pen<'_>) -> Vec<Line<'static>> {
    let Some(check) = shown.check else { return Vec::new() };
    let words = shown.v().words_of(check);
    let mut out = Vec::new();
    let meaning =
        MEANINGS.iter().find(|(stage, outcome, _)| *stage == check.stage && *outcome == check.outcome);
    if let Some((_, _, text)) = meaning {
        out.extend(pen.wrapped(Vec::new(), Role::Text, text, shown.columns));
    }
    if let Some(remedy) = &words.remedy {
        let arrow = vec![pen.span(Role::Accent, "→ ")];
        out.extend(pen.wrapped(arrow, Role::Text, &crate::text::screen(remedy), shown.columns));
    }
    if let Some(command) = command_line(&shown.id) {
        out.extend(pen.wrapped(vec![pen.span(Role::Muted, "$ ")], Role::Accent, &command, shown.columns));
    }
    out
}

/// The same on the command line; nothing for an id that no shell should be given.
fn command_line(id: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@+:".contains(c);
    (id.chars().all(plain) && !id.starts_with('-')).then(|| format!("touchmark verify {id} --explain"))
}
