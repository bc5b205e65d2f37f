//! What was found of a model and what follows from it, in lines: the failing check with its files, the level and
//! decision, the reasons. Several screens and popups show them.

use crate::decision::{Decision, Verdict};
use crate::signing::{ChangedFile, Outcome, Verification};
use crate::text::{count, size};
use crate::tui::screens::paint::Pen;
use crate::tui::theme::Role;
use crate::words::reasons::{Told, line};
use crate::words::{caps, levels};
use ratatui::text::{Line, Span};

/// The failing check, at most `limit` of the files it is about, and what to do.
pub fn headline(
    verification: &Verification,
    pen: Pen<'_>,
    columns: usize,
    limit: usize,
) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let Some(check) = verification.headline() else {
        let head = vec![pen.outcome(Outcome::Pass), Span::raw("  ")];
        let text = format!("every check passes · {} files match", verification.files.matched);
        return pen.wrapped(head, Role::Text, &text, columns);
    };
    let head = vec![pen.outcome(check.outcome), pen.span(Role::Title, format!("  {}  ", check.stage.name()))];
    let text = format!("{} ({})", crate::text::screen(&verification.words_of(check).summary), check.code);
    out.extend(pen.wrapped(head, Role::Text, &text, columns));
    out.extend(files(verification, pen, columns, limit));
    if let Some(remedy) = &verification.words_of(check).remedy {
        out.extend(pen.wrapped(
            vec![pen.span(Role::Accent, "→ ")],
            Role::Text,
            &crate::text::screen(remedy),
            columns,
        ));
    }
    out
}

/// Files that differ, are gone or are extra; at most `limit` of them, and not a word where none is asked for.
pub fn files(verification: &Verification, pen: Pen<'_>, columns: usize, limit: usize) -> Vec<Line<'static>> {
    if limit == 0 {
        return Vec::new();
    }
    let report = &verification.files;
    let mut all: Vec<(Role, &str, String, Option<&ChangedFile>)> = Vec::new();
    for file in &report.changed {
        let told = [file.note.map(|note| note.words()), file.place().map(|p| p.screen())];
        let told: String = told.into_iter().flatten().map(|text| format!(" · {text}")).collect();
        let gone = if file.found.is_empty() { ", of which those bytes are not here" } else { "" };
        let text = format!("{} {}{gone}{told}", file.name.screen(), size(file.size));
        all.push((Role::Fail, "✗ changed ", text, Some(file)));
    }
    all.extend(report.moved.iter().map(|file| (Role::Fail, "→ moved ", file.line().screen(), None)));
    all.extend(report.truly_missing().map(|name| (Role::Fail, "− missing ", name.screen(), None)));
    all.extend(report.truly_extra().map(|name| {
        let hazard = crate::signing::hazard(name.raw()).map(|what| format!(" · {what}")).unwrap_or_default();
        (Role::Fail, "+ unsigned ", name.screen() + &hazard, None)
    }));
    for (name, why) in &report.unreadable {
        all.push((Role::Unknown, "? unreadable ", format!("{}: {}", name.screen(), why.words()), None));
    }
    let rest = all.len().saturating_sub(limit);
    let mut out: Vec<Line<'static>> = Vec::new();
    for (role, mark, text, changed) in all.into_iter().take(limit) {
        out.extend(pen.wrapped(vec![pen.span(role, mark)], Role::Text, &text, columns));
        let digests = changed.map(|file| [("  signed ", &file.expected), ("  found  ", &file.found)]);
        for (name, digest) in digests.into_iter().flatten().filter(|(_, digest)| !digest.is_empty()) {
            out.extend(pen.digest(vec![pen.span(Role::Muted, name)], Role::Text, digest, columns));
        }
    }
    if rest > 0 {
        out.push(pen.line(Role::Muted, format!("  and {} (Enter)", count(rest, "more file"))));
    }
    out
}

/// Level, decision, and the cap.
pub fn standing(verdict: &Verdict, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let score = &verdict.assessment.score;
    let level = if verdict.decision == Decision::NotJudged {
        "level not judged".to_owned()
    } else {
        let progress = levels::progress(score);
        let gap = if progress.is_empty() { "" } else { "  " };
        format!("{}{gap}{progress}", score.star.level(score.own))
    };
    let level = pen.span(Role::Title, level + &verdict.adjective());
    let gate = pen.span(Role::Text, format!("gate {}: ", crate::text::screen(&verdict.stage)));
    let decision = pen.decision(verdict.decision);
    let between = pen.span(Role::Text, " · ");
    // What was decided is never cut off.
    let mut out = match level.width() + between.width() + gate.width() + decision.width() <= columns {
        true => vec![Line::from(vec![level, between, gate, decision])],
        false => vec![Line::from(level), Line::from(vec![gate, decision])],
    };
    if verdict.tainted {
        let head = vec![pen.span(Role::Fail, "✗ tainted: ")];
        out.extend(pen.wrapped(head, Role::Text, &caps::taint(verdict).screen(), columns));
    }
    if let Some(cap) = &verdict.cap {
        let head =
            vec![pen.span(Role::Warn, format!("! effective {}  ", score.star.level(verdict.effective)))];
        out.extend(pen.wrapped(head, Role::Text, &caps::cap(cap).screen(), columns));
    }
    out
}

/// Reasons that say the same, and what would lift them.
pub fn reason(told: &Told<'_>, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let codes = match told.codes.as_slice() {
        [first, others @ ..] if others.len() > 1 => format!("{first} and {} more", others.len()),
        codes => codes.join(", "),
    };
    let head = vec![pen.span(Role::Accent, format!("{} ", crate::text::screen(&codes)))];
    let mut out = pen.wrapped(head, Role::Text, &line(told), columns);
    if !told.remedy.is_empty() {
        let remedy = crate::text::screen(&told.remedy);
        out.extend(pen.wrapped(vec![pen.span(Role::Accent, "→ ")], Role::Text, &remedy, columns));
    }
    out
}
