//! The files: all with their state, those that are not as signed first; beneath, the chosen one, with expected over
//! found, the shards that differ, and the tensors that lie there. Only the rows in sight are built.

use super::shown::{Shown, foot};
use crate::signing::{ChangedFile, ChangedPart, FileSeen, FileWord, Outcome, Stage, hazard};
use crate::text::{clip, count, size, width};
use crate::tui::screens::digests::{compared, digest};
use crate::tui::screens::paint::{Pen, bounded, choose, first_row, fit, lines, put};
use crate::tui::state::verifying::{FileRow, tally};
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// Rows of the list that stay when the details need room.
const FEWEST: usize = 3;

/// Draws it; gives how far the details can be scrolled.
pub(super) fn draw(shown: &Shown<'_>, pen: Pen<'_>, frame: &mut Frame<'_>, body: Rect, area: Rect) -> usize {
    let (app, verified) = (shown.app, shown.verified);
    let files = app.verify.files(verified);
    let rows = app.verify.rows(verified);
    let mut head = vec![tallied(shown, files, pen)];
    if let Some(line) = owned(shown, pen) {
        head.push(line);
    }
    if let Some(Err(text)) = app.verify.read(verified).is_none().then(|| shown.read(pen)) {
        head.extend(text);
    }
    let heads = u16::try_from(head.len()).unwrap_or(1);
    let room = usize::from(body.height.saturating_sub(heads));
    let listed = rows.max(1).min((room / 3).max(FEWEST));
    let [top, list, rest] = Layout::vertical([
        Constraint::Length(heads),
        Constraint::Length(u16::try_from(listed).unwrap_or(1)),
        Constraint::Min(0),
    ])
    .areas(body);
    lines(frame, top, &head, 0);
    if rows == 0 {
        let text = match app.verify.only {
            Some(word) => format!("  no file is in this state: {} (f next, Esc all)", word.word()),
            None => "  no files were compared".to_owned(),
        };
        lines(frame, list, &[pen.line(Role::Muted, text)], 0);
        return 0;
    }
    let cursor = app.verify.file.min(rows - 1);
    let first = first_row(cursor, rows, list.height);
    for (y, at) in (list.y..list.bottom()).zip(first..rows) {
        let line = match app.verify.row(verified, at) {
            Some(FileRow::File(file)) => files.get(file).map(|file| row(file, shown, pen)),
            Some(FileRow::Matching(many)) => Some(Line::from(vec![
                pen.span(Role::Pass, "✓ "),
                pen.span(Role::Text, format!("{} match", count(many, "file"))),
                pen.span(Role::Muted, "   (Enter lists them)"),
            ])),
            None => None,
        };
        let Some(line) = line else { continue };
        put(frame, list.x + 1, y, &line, list.width.saturating_sub(1));
        if at == cursor {
            put(frame, list.x, y, &pen.line(Role::Accent, "▸"), 1);
            choose(frame, pen, list, y);
        }
    }
    let text = match app.verify.chosen(verified) {
        Some(file) => details(file, shown, pen),
        None => Vec::new(),
    };
    let [rule, below] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(rest);
    lines(frame, rule, &[pen.line(Role::Border, "─".repeat(shown.columns))], 0);
    let (start, furthest) = bounded(app.scroll, text.len(), below.height);
    lines(frame, below, &text, start);
    let mut place = format!("file {} of {rows}", cursor + 1);
    if furthest > 0 {
        let last = (start + usize::from(below.height)).min(text.len());
        place.push_str(&format!(" · lines {}–{last} of {}", start + 1, text.len()));
    }
    foot(pen, frame, area, &place);
    furthest
}

fn tallied(shown: &Shown<'_>, files: &[FileSeen], pen: Pen<'_>) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    for (word, many) in tally(files) {
        if !spans.is_empty() {
            spans.push(pen.span(Role::Muted, " · "));
        }
        let (role, _) = look(word, shown);
        spans.push(pen.span(role, format!("{many} {}", word.word())));
    }
    let report = &shown.v().files;
    // The others are known once the signature was read.
    if !files.iter().any(|file| file.word == FileWord::Match) && report.matched > 0 {
        spans.push(pen.span(Role::Muted, if spans.is_empty() { "" } else { " · " }));
        spans.push(pen.span(Role::Pass, format!("{} digests match", report.matched)));
    }
    if let Some(only) = shown.app.verify.only {
        spans.push(pen.span(Role::Accent, format!("   only: {} (f next, Esc all)", only.word())));
    }
    Line::from(spans)
}

/// Whose signature it is, where it is not about these files.
fn owned(shown: &Shown<'_>, pen: Pen<'_>) -> Option<Line<'static>> {
    let owner = shown.owner.as_ref()?;
    let text = format!("✗ signed for {owner}: the root digest is its");
    Some(pen.line(Role::Fail, text))
}

/// Role and glyph of a state.
fn look(word: FileWord, shown: &Shown<'_>) -> (Role, &'static str) {
    let fails = shown.v().outcome_of(Stage::Files) == Outcome::Fail;
    match word {
        FileWord::Changed => (Role::Fail, "✗"),
        FileWord::Moved => (Role::Fail, "→"),
        FileWord::Missing => (Role::Fail, "−"),
        FileWord::Unsigned if fails => (Role::Fail, "+"),
        FileWord::Unsigned => (Role::Warn, "+"),
        FileWord::Unreadable | FileWord::NotFetched => (Role::Unknown, "?"),
        FileWord::NotCompared => (Role::NotApplicable, "·"),
        FileWord::Ignored => (Role::Warn, "!"),
        FileWord::Claim => (Role::Muted, "·"),
        FileWord::Match => (Role::Pass, "✓"),
    }
}

fn row(file: &FileSeen, shown: &Shown<'_>, pen: Pen<'_>) -> Line<'static> {
    const WORD: usize = 15;
    const SIZE: usize = 10;
    let (role, glyph) = look(file.word, shown);
    let room = shown.columns.saturating_sub(WORD + SIZE + 2);
    let name = fit(&middle(&file.name.screen(), room), room);
    let bytes = file.size.map(size).unwrap_or_default();
    Line::from(vec![
        pen.span(role, fit(&format!("{glyph} {}", file.word.word()), WORD)),
        pen.span(Role::Text, name),
        pen.span(Role::Muted, format!("{bytes:>SIZE$}")),
    ])
}

/// Cut in the middle: paths differ at their ends.
fn middle(text: &str, columns: usize) -> String {
    if width(text) <= columns || columns < 5 {
        return clip(text, columns);
    }
    let tail_room = columns * 2 / 3;
    let mut tail = text;
    while width(tail) > tail_room {
        let mut letters = tail.chars();
        letters.next();
        tail = letters.as_str();
    }
    let head = clip(text, columns - width(tail));
    format!("{head}{tail}")
}

fn details(file: &FileSeen, shown: &Shown<'_>, pen: Pen<'_>) -> Vec<Line<'static>> {
    let columns = shown.columns;
    let report = &shown.v().files;
    let (role, glyph) = look(file.word, shown);
    let head = vec![pen.span(role, format!("{glyph} "))];
    let mut out = pen.wrapped(head, Role::Title, &file.name.screen(), columns);
    let mut say = |text: &str| out.extend(pen.wrapped(vec![Span::raw("  ")], Role::Text, text, columns));
    match file.word {
        FileWord::Changed => {
            if let Some(changed) = file.at.and_then(|at| report.changed.get(at)) {
                out.extend(change(changed, pen, columns));
            }
            return out;
        }
        FileWord::Moved => {
            if let Some(moved) = file.at.and_then(|at| report.moved.get(at)) {
                say(&moved.line().screen());
            }
        }
        FileWord::Missing => say("it was signed and is not here"),
        FileWord::Unsigned => {
            let what = hazard(file.name.raw()).map(|what| format!(" · {what}")).unwrap_or_default();
            say(&format!("not signed: added after signing, or not included{what}"));
            if let Some(oddity) = shown.v().files.oddity(&file.name) {
                say(&crate::text::screen(&oddity));
            }
            if report.leftovers.contains(&file.name) {
                say("an interrupted signing left it behind");
            }
            if report.claims.contains(&file.name) {
                say("add them with `touchmark claims append MODEL FILE`, then remove the file");
            }
        }
        FileWord::Unreadable => {
            let why = report.unreadable.iter().find(|(name, _)| *name == file.name);
            say(&why.map(|(_, why)| why.words()).unwrap_or_default());
        }
        FileWord::NotFetched => {
            say("it was signed and not downloaded: another making of the same file is here")
        }
        FileWord::NotCompared => say(match report.part.is_some() {
            true => "it is no part of what was asked for: nothing is said of it",
            false => "nothing was compared: the checks before FILES say why",
        }),
        FileWord::Ignored => say("not signed: excluded by the signature (ignore_paths)"),
        FileWord::Claim => say("a claim or a signature, added after signing: it is no part of the model"),
        FileWord::Match => say("its bytes are the signed ones"),
    }
    if file.shards > 0 {
        out.push(pen.line(Role::Muted, format!("  signed in {}", shards(file.shards))));
    }
    if let Some(hex) = &file.digest {
        let label = if file.shards > 0 { "  together" } else { "  signed" };
        out.extend(digest(pen, &fit(label, 12), hex, columns));
    }
    out
}

fn shards(many: u64) -> String {
    count(usize::try_from(many).unwrap_or(usize::MAX), "shard")
}

/// A file whose bytes are not the signed ones.
fn change(file: &ChangedFile, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let row = |out: &mut Vec<Line<'static>>, label: &str, role: Role, text: &str| {
        out.extend(pen.wrapped(vec![pen.span(Role::Muted, fit(label, 10))], role, text, columns));
    };
    if file.parts.is_empty() {
        out.extend(compared(pen, &file.expected, &file.found, columns));
    } else {
        out.extend(strip(file, pen, columns));
    }
    for part in &file.parts {
        out.extend(shard(part, file, pen, columns));
    }
    let more = file.parts_changed.saturating_sub(file.parts.len() as u64);
    if more > 0 && !file.parts.is_empty() {
        let many = count(usize::try_from(more).unwrap_or(usize::MAX), "more shard");
        let text = format!("! {many} differ: a record keeps the first {}", file.parts.len());
        out.push(pen.line(Role::Warn, text));
    }
    row(&mut out, "size", Role::Text, &sizes(file));
    if let Some(note) = file.note {
        row(&mut out, "so", Role::Text, &note.words());
    }
    if let Some(other) = &file.same_as {
        row(&mut out, "", Role::Text, &format!("it holds the signed bytes of {}", other.screen()));
    }
    out
}

fn sizes(file: &ChangedFile) -> String {
    let found = format!("{} ({} bytes)", size(file.size), file.size);
    match (file.signed_size, file.promised_size) {
        (Some(signed), _) if signed == file.size => {
            format!("{found}, as signed: the bytes changed and not the length")
        }
        (Some(signed), _) => format!("{found}, signed with {signed} bytes"),
        (None, Some(promised)) if promised == file.size => format!("{found}, as its header says"),
        (None, Some(promised)) => format!("{found}, its header says {promised} bytes"),
        (None, None) => format!("{found}; the signature does not say how long it was"),
    }
}

/// All shards in a strip, those that differ marked; scaled when there are more than cells.
fn strip(file: &ChangedFile, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    const LABEL: usize = 10;
    let total = usize::try_from(file.parts_total.max(1)).unwrap_or(usize::MAX);
    let cells = total.min(columns.saturating_sub(LABEL).max(8));
    let mut differs = vec![false; cells];
    for part in &file.parts {
        let at = usize::try_from(part.number.saturating_sub(1)).unwrap_or(0);
        let cell = (at as u128 * cells as u128 / total as u128) as usize;
        if let Some(slot) = differs.get_mut(cell) {
            *slot = true;
        }
    }
    let mut spans = vec![pen.span(Role::Muted, fit("shards", LABEL))];
    let mut run = (false, String::new());
    for differs in differs {
        if differs != run.0 && !run.1.is_empty() {
            let text = std::mem::take(&mut run.1);
            spans.push(pen.span(if run.0 { Role::Fail } else { Role::Pass }, text));
        }
        run.0 = differs;
        run.1.push(if differs { '█' } else { '▁' });
    }
    spans.push(pen.span(if run.0 { Role::Fail } else { Role::Pass }, run.1));
    let scaled = if cells < total { format!(", {} a cell", total.div_ceil(cells)) } else { String::new() };
    let said = format!("{} of {total} differ{scaled}", file.parts_changed);
    // Beside the strip where there is room.
    if LABEL + cells + 2 + width(&said) <= columns {
        spans.push(pen.span(Role::Fail, format!("  {said}")));
        return vec![Line::from(spans)];
    }
    vec![
        Line::from(spans),
        Line::from(vec![pen.span(Role::Muted, fit("", LABEL)), pen.span(Role::Fail, said)]),
    ]
}

/// One shard that differs, and what lies there.
fn shard(part: &ChangedPart, file: &ChangedFile, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let range = format!("{}–{}", size(part.start), size(part.end));
    let head = vec![pen.span(Role::Fail, format!("▲ shard {} of {}  ", part.number, file.parts_total))];
    let text = format!("{range}, bytes {} to {}", part.start, part.end);
    let mut out = pen.wrapped(head, Role::Text, &text, columns);
    if let Some(hit) = &part.tensors {
        let mut names: Vec<String> = hit.names.iter().map(|name| name.screen()).collect();
        if hit.header {
            names.insert(0, "the header".to_owned());
        }
        let more = hit.total.saturating_sub(hit.names.len() as u64);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let said = if names.is_empty() { "no tensor: padding".to_owned() } else { names.join(", ") + &more };
        out.extend(pen.wrapped(vec![pen.span(Role::Accent, fit("  → ", 10))], Role::Warn, &said, columns));
        if hit.header {
            let text = "names are as the changed file says: its header may be what changed";
            out.extend(pen.wrapped(vec![Span::raw(" ".repeat(10))], Role::Muted, text, columns));
        }
    }
    out.extend(compared(pen, &part.expected, &part.found, columns));
    out
}
