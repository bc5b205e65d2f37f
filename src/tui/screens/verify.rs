//! The verify screen: the checks in order, the one to tell first chosen; beside them what was expected and
//! found, what that means, what to do, and the same on the command line.

use crate::signing::{Check, Outcome, Stage, Verification};
use crate::text::size;
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, outcome_role, put, scrolled};
use crate::tui::screens::verdict::files;
use crate::tui::state::app::{App, TABS};
use crate::tui::theme::Role;
use crate::view::{Verified, View};
use crate::words::names::named;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

const MAX_FILES_LISTED: usize = 1000;
const CHECKS_ONLY: u16 = 24;

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
    (
        Stage::Trust,
        Outcome::Fail,
        "Nothing that the policy trusts answers for this signer. Anybody can make such a signature.",
    ),
    (Stage::Trust, Outcome::Missing, "The policy names no anchor that could answer for this signer."),
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
    (Stage::Time, Outcome::Partial, "Nobody trusted says when it was signed. Validity is judged as of now."),
    (Stage::Log, Outcome::Fail, "The transparency log does not hold this signature as the bundle says."),
    (
        Stage::Log,
        Outcome::Missing,
        "The signature is in no transparency log; a stolen key would leave no trace.",
    ),
    (
        Stage::Identity,
        Outcome::Fail,
        "The signature is good, but it is somebody else's than the policy expects for this model.",
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

/// Draws it; gives how far the right pane can be scrolled, when there is one.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Option<usize> {
    let Some((index, model)) = app.model() else {
        let inside = pen.boxed(frame, area, "Verify");
        lines(
            frame,
            inside,
            &[pen.line(Role::Muted, " no model is chosen: choose one in the inventory (1)")],
            0,
        );
        return None;
    };
    let Some(verified) = view.verified.get(index).and_then(Option::as_ref) else {
        let inside = pen.boxed(frame, area, &named(&model.name.screen(), view.name_mark(index)));
        let signed = match &model.signature {
            Some(path) => format!(" signature: {}", crate::text::screen(&path.to_string_lossy())),
            None => " no signature was found for it".to_owned(),
        };
        let text = [
            pen.line(Role::Unknown, " ? not verified yet: V verifies it"),
            Line::default(),
            pen.line(Role::Text, signed),
        ];
        lines(frame, inside, &text, 0);
        return None;
    };
    let [top, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    let name = named(&model.name.screen(), view.name_mark(index));
    let facts = match view.since(index).is_same() {
        true => pen.line(Role::Muted, facts(verified, &name)),
        false => pen.line(
            Role::Unknown,
            format!(" ? {name} changed since verified {}: V verifies it again", verified.verification.at),
        ),
    };
    lines(frame, top, &[facts], 0);
    // The summaries stand beside the stages where there is room for more than their first word.
    let left = if area.width >= 110 { 46 } else { CHECKS_ONLY };
    let [checks, right] = Layout::horizontal([Constraint::Length(left), Constraint::Min(0)]).areas(body);
    draw_checks(app, &verified.verification, pen, frame, checks);
    let owner = view.owner(index).map(|id| id.screen());
    Some(draw_right(app, &verified.verification, (&model.id.screen(), owner.as_deref()), pen, frame, right))
}

fn facts(verified: &Verified, name: &str) -> String {
    let v = &verified.verification;
    format!(
        " {name} · verified {} in {:.1} s · {} files, {}{}",
        v.at.strftime("%F %T UTC"),
        verified.took_ms as f64 / 1000.0,
        v.files.matched + v.files.changed.len() as u64,
        size(v.files.bytes),
        v.hash.map(|hash| format!(", {hash:?}").to_lowercase()).unwrap_or_default(),
    )
}

fn draw_checks(app: &App, verification: &Verification, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let inside = pen.boxed(frame, area, "Checks");
    let first = first_row(app.check, verification.checks.len(), inside.height);
    let rows = verification.checks.iter().enumerate().skip(first);
    for (y, (position, check)) in (inside.y..inside.bottom()).zip(rows) {
        let chosen = position == app.check;
        let mut line = Line::from(vec![
            pen.span(Role::Accent, if chosen { "▸" } else { " " }),
            pen.span(
                outcome_role(check.outcome),
                fit(&format!("{} {}", check.outcome.glyph(), check.outcome.word()), 10),
            ),
            pen.span(Role::Text, fit(check.stage.name(), 11)),
        ]);
        if area.width > CHECKS_ONLY {
            line.push_span(pen.span(Role::Muted, crate::text::screen(&verification.words_of(check).summary)));
        }
        put(frame, inside.x, y, &line, inside.width);
        if chosen {
            choose(frame, pen, inside, y);
        }
    }
}

fn draw_right(
    app: &App,
    verification: &Verification,
    (id, owner): (&str, Option<&str>),
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
) -> usize {
    let check = verification.checks.get(app.check);
    let title = match (app.verify_tab, check) {
        (0, Some(check)) => format!("{} · expected | found", check.stage.name()),
        (tab, _) => TABS.get(tab).copied().unwrap_or_default().to_owned(),
    };
    let inside = pen.boxed(frame, area, &title);
    let [tabs, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    let mut spans = Vec::new();
    for (number, tab) in TABS.iter().enumerate() {
        let role = if number == app.verify_tab { Role::TabCurrent } else { Role::Tab };
        spans.push(pen.span(role, format!(" {tab} ")));
    }
    lines(frame, tabs, &[Line::from(spans)], 0);
    let columns = usize::from(body.width);
    let text = match (app.verify_tab, check) {
        (0, Some(check)) => explain(check, verification, (id, owner), pen, columns),
        (1, _) => all_files(verification, pen, columns),
        (2, _) => identity(verification, pen, columns),
        (3, _) => statement(verification, pen, columns),
        _ => Vec::new(),
    };
    scrolled(frame, body, &text, app.scroll)
}

fn explain(
    check: &Check,
    v: &Verification,
    (id, owner): (&str, Option<&str>),
    pen: Pen<'_>,
    columns: usize,
) -> Vec<Line<'static>> {
    let words = v.words_of(check);
    let mut out = pen.wrapped(
        vec![pen.outcome(check.outcome), Span::raw("  ")],
        Role::Title,
        &format!("{} ({})", crate::text::screen(&words.summary), check.code),
        columns,
    );
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
        if let Some(owner) = owner {
            let text = format!("the root digest is that of {owner}");
            out.extend(pen.wrapped(
                vec![pen.span(Role::Muted, fit("signed for", 11))],
                Role::Text,
                &text,
                columns,
            ));
        }
        out.extend(files(v, pen, columns, LISTED_HERE));
        out.push(pen.line(Role::Muted, format!("{} files match", v.files.matched)));
    }
    // The files of the report are listed above, with more to each.
    for detail in words.details.iter().take(200) {
        out.extend(pen.wrapped(vec![pen.span(Role::Muted, "· ")], Role::Text, &detail.screen(), columns));
    }
    let meaning =
        MEANINGS.iter().find(|(stage, outcome, _)| *stage == check.stage && *outcome == check.outcome);
    if meaning.is_some() || words.remedy.is_some() {
        out.push(Line::default());
        out.push(pen.line(Role::Title, "What this means"));
    }
    if let Some((_, _, text)) = meaning {
        out.extend(pen.wrapped(Vec::new(), Role::Text, text, columns));
    }
    if let Some(remedy) = &words.remedy {
        out.extend(pen.wrapped(
            vec![pen.span(Role::Accent, "→ ")],
            Role::Text,
            &crate::text::screen(remedy),
            columns,
        ));
    }
    if let Some(command) = command_line(id) {
        out.push(Line::default());
        out.extend(pen.wrapped(vec![pen.span(Role::Muted, "$ ")], Role::Accent, &command, columns));
    }
    out
}

/// The same on the command line; nothing for an id that no shell should be given.
fn command_line(id: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@+:".contains(c);
    (id.chars().all(plain) && !id.starts_with('-')).then(|| format!("touchmark verify {id} --explain"))
}

fn all_files(v: &Verification, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = vec![pen.line(
        Role::Text,
        format!(
            "{} match · {} changed · {} missing · {} unsigned · {} unreadable",
            v.files.matched,
            v.files.changed.len(),
            v.files.missing.len(),
            v.files.extra.len(),
            v.files.unreadable.len()
        ),
    )];
    out.extend(files(v, pen, columns, MAX_FILES_LISTED));
    for name in v.files.ignored.iter().take(MAX_FILES_LISTED) {
        let head = vec![pen.span(Role::Warn, "! hidden ")];
        out.extend(pen.wrapped(
            head,
            Role::Text,
            &format!("{} (by the bundle's ignore_paths)", name.screen()),
            columns,
        ));
    }
    out
}

fn identity(v: &Verification, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let mut row = |name: &str, value: String| {
        out.extend(pen.wrapped(vec![pen.span(Role::Muted, fit(name, 14))], Role::Text, &value, columns));
    };
    match &v.signer {
        None => row("signer", "the bundle names none that could be read".to_owned()),
        Some(signer) => {
            let proven = if v.signer_proven() { "attested" } else { "claimed by the bundle, not proven" };
            row("signer", format!("{}  {proven}", signer.subject.screen()));
            if signer.subject.is_hostile() || !signer.subject.raw().is_ascii() {
                row("", "! holds characters that can be mistaken for others".to_owned());
            }
            if let Some(issuer) = &signer.issuer {
                row("issuer", issuer.screen());
            }
            if let Some(fingerprint) = &signer.fingerprint {
                row("key", crate::text::screen(fingerprint));
            }
            row("method", signer.method.as_str().to_owned());
        }
    }
    row(
        "expected",
        match v.check(Stage::Identity).and_then(|check| check.words().expected) {
            Some(expected) => expected.screen(),
            None => "the policy does not say".to_owned(),
        },
    );
    row(
        "signed at",
        match &v.signed_at {
            Some((at, source)) => format!("{}, says {}", at.strftime("%F %T UTC"), source.words()),
            None => "no trusted signing time".to_owned(),
        },
    );
    if let Some(log) = &v.log {
        row("log entry", format!("{} of log {}", log.index, log.log_id.screen()));
    }
    out
}

fn statement(v: &Verification, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let mut row = |name: &str, value: String| {
        out.extend(pen.wrapped(vec![pen.span(Role::Muted, fit(name, 14))], Role::Text, &value, columns));
    };
    let none = || "not established".to_owned();
    row(
        "subject",
        v.subject_name.as_ref().map_or_else(none, |name| format!("{}  informative", name.screen())),
    );
    row("hash", v.hash.map_or_else(none, |hash| format!("{hash:?}").to_lowercase()));
    row("method", v.method.map_or_else(none, |method| method.as_str().to_owned()));
    let root = v.root_digest.map(|digest| digest.to_string());
    let bundle = v.bundle_digest.as_deref().map(|digest| format!("sha256:{digest}"));
    for (name, digest) in [("root digest", root), ("bundle", bundle)] {
        let head = vec![pen.span(Role::Muted, fit(name, 14))];
        out.extend(pen.digest(head, Role::Text, &digest.unwrap_or_else(none), columns));
    }
    out
}
