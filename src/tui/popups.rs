//! What lies over a screen: help, palette, confirmation, review, themes, messages, and texts that explain.

use super::actions;
use super::app::{App, Effect, Message};
use super::commands::{self, TABLE};
use super::inventory::{reason, standing};
use super::keys;
use super::paint::{Pen, bounded, choose, first_row, fit, lines};
use super::theme::{BUILT_IN, Role, Theme};
use crate::inventory::ModelId;
use crate::workbench::{JobId, JobKind, ReviewWord};
use ratatui::Frame;
use ratatui::text::Line;

/// A line that is typed grows no longer.
pub const MAX_INPUT_BYTES: usize = 1000;

/// A popup.
pub enum Popup {
    /// The keys of this screen.
    Help {
        /// Lines scrolled.
        scroll: usize,
    },
    /// Commands by name.
    Palette {
        /// What is typed.
        input: String,
        /// The chosen match.
        cursor: usize,
    },
    /// Quit although jobs run?
    ConfirmQuit,
    /// A review being written.
    Review {
        /// Of what.
        model: ModelId,
        /// The word, once chosen.
        word: Option<ReviewWord>,
        /// The reason as typed.
        reason: String,
    },
    /// Themes.
    Themes {
        /// The chosen one.
        cursor: usize,
        /// To go back to.
        before: Box<Theme>,
    },
    /// Messages so far.
    Messages {
        /// Lines scrolled.
        scroll: usize,
    },
    /// Why this decision and this level.
    Why {
        /// Of what.
        model: ModelId,
        /// Lines scrolled.
        scroll: usize,
    },
    /// The whole log of a job.
    Log {
        /// Which.
        job: JobId,
        /// Lines scrolled.
        scroll: usize,
    },
    /// The signs of the lineage.
    Legend,
}

impl Popup {
    /// The line that is being typed, for pasting into; what is chosen below it is then the best match.
    pub fn input(&mut self) -> Option<&mut String> {
        match self {
            Popup::Palette { input, cursor } => {
                *cursor = 0;
                Some(input)
            }
            Popup::Review { word: Some(_), reason, .. } => Some(reason),
            _ => None,
        }
    }
}

const REVIEWS: [(&str, ReviewWord, &str); 3] = [
    ("a", ReviewWord::Approve, "approve: it may be used"),
    ("x", ReviewWord::Reject, "reject: it may not be used"),
    ("p", ReviewWord::AskProducer, "the producer was asked"),
];

/// Why the subject is decided and levelled as it is.
pub fn why(app: &App) -> Option<Popup> {
    app.subject().map(|model| Popup::Why { model, scroll: 0 })
}

/// The legend.
pub fn legend() -> Popup {
    Popup::Legend
}

/// The theme picker, on the theme in force.
pub fn themes(app: &App) -> Popup {
    let cursor = BUILT_IN.iter().position(|(name, _)| *name == app.theme.name).unwrap_or(0);
    Popup::Themes { cursor, before: Box::new(app.theme.clone()) }
}

/// The log of messages, at its end.
pub fn messages(app: &App) -> Popup {
    Popup::Messages { scroll: app.messages.len().saturating_sub(10) }
}

/// A key while a popup is open.
pub fn popup_key(app: &mut App, key: &str) -> Vec<Effect> {
    let Some(popup) = app.popup.take() else { return Vec::new() };
    match popup {
        Popup::Help { scroll } => app.popup = scrolled(app, key, scroll).map(|scroll| Popup::Help { scroll }),
        Popup::Messages { scroll } => {
            app.popup = scrolled(app, key, scroll).map(|scroll| Popup::Messages { scroll })
        }
        Popup::Why { model, scroll } => {
            app.popup = scrolled(app, key, scroll).map(|scroll| Popup::Why { model, scroll })
        }
        Popup::Log { job, scroll } => {
            app.popup = scrolled(app, key, scroll).map(|scroll| Popup::Log { job, scroll })
        }
        Popup::Legend => {}
        Popup::ConfirmQuit => match key {
            "y" | "Y" => return vec![Effect::Quit],
            "n" | "N" | "esc" | "q" => {}
            _ => app.popup = Some(Popup::ConfirmQuit),
        },
        Popup::Themes { cursor, before } => theme_key(app, key, cursor, before),
        Popup::Review { model, word, reason } => return review_key(app, key, model, word, reason),
        Popup::Palette { input, cursor } => return palette_key(app, key, input, cursor),
    }
    Vec::new()
}

/// The new scroll position; none closes.
fn scrolled(app: &App, key: &str, scroll: usize) -> Option<usize> {
    let furthest = app.furthest.get();
    let scroll = scroll.min(furthest);
    let moved = match key {
        "j" | "down" => scroll.saturating_add(1),
        "k" | "up" => scroll.saturating_sub(1),
        "pgdn" | "ctrl-d" | "space" => scroll.saturating_add(10),
        "pgup" | "ctrl-u" => scroll.saturating_sub(10),
        "g" | "home" => 0,
        "G" | "end" => furthest,
        _ => return None,
    };
    Some(moved.min(furthest))
}

fn theme_key(app: &mut App, key: &str, cursor: usize, before: Box<Theme>) {
    let cursor = match key {
        "j" | "down" => (cursor + 1).min(BUILT_IN.len() - 1),
        "k" | "up" => cursor.saturating_sub(1),
        "enter" => return,
        "esc" | "q" => {
            app.theme = *before;
            return;
        }
        _ => cursor,
    };
    if let Some((name, _)) = BUILT_IN.get(cursor) {
        set_theme(app, name);
    }
    app.popup = Some(Popup::Themes { cursor, before });
}

fn set_theme(app: &mut App, name: &str) {
    match Theme::load(name, app.depth) {
        Ok(theme) => app.theme = theme,
        Err(error) => {
            let help = error.help.as_ref().map(|help| format!(" · {help}")).unwrap_or_default();
            app.tell(format!("{error}{help}"), true);
        }
    }
}

fn review_key(
    app: &mut App,
    key: &str,
    model: ModelId,
    word: Option<ReviewWord>,
    mut reason: String,
) -> Vec<Effect> {
    let Some(chosen) = word else {
        let word = REVIEWS.iter().find(|(name, _, _)| *name == key).map(|(_, word, _)| *word);
        if word.is_some() || !matches!(key, "esc" | "q") {
            app.popup = Some(Popup::Review { model, word, reason });
        }
        return Vec::new();
    };
    match key {
        "esc" => return Vec::new(),
        "enter" if reason.trim().is_empty() => app.tell("a review needs a reason", false),
        "enter" => return vec![Effect::Review(model, chosen, reason.trim().to_owned())],
        _ => type_into(&mut reason, key),
    }
    app.popup = Some(Popup::Review { model, word, reason });
    Vec::new()
}

fn type_into(input: &mut String, key: &str) {
    match key {
        "backspace" => {
            input.pop();
        }
        "ctrl-u" => input.clear(),
        _ if input.len() >= MAX_INPUT_BYTES => {}
        "space" => input.push(' '),
        typed if typed.chars().count() == 1 => input.push_str(typed),
        _ => {}
    }
}

/// Commands of this screen whose names or descriptions match, best first.
fn matches(app: &App, input: &str) -> Vec<&'static commands::Command> {
    let first = input.split_whitespace().next().unwrap_or_default();
    let mut found: Vec<(i64, &commands::Command)> = TABLE
        .iter()
        .filter(|row| row.is_on(app.screen))
        .filter_map(|row| super::filter::score(row.name, first).map(|score| (score, row)))
        .map(|(score, row)| (if row.name == first { i64::MAX } else { score }, row))
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, row)| row).collect()
}

fn palette_key(app: &mut App, key: &str, mut input: String, mut cursor: usize) -> Vec<Effect> {
    match key {
        "esc" => return Vec::new(),
        "enter" => return palette_run(app, &input, cursor),
        "down" | "tab" => cursor = (cursor + 1).min(matches(app, &input).len().saturating_sub(1)),
        "up" | "shift-tab" => cursor = cursor.saturating_sub(1),
        _ => {
            type_into(&mut input, key);
            cursor = 0;
        }
    }
    app.popup = Some(Popup::Palette { input, cursor });
    Vec::new()
}

fn palette_run(app: &mut App, input: &str, cursor: usize) -> Vec<Effect> {
    let (name, rest) =
        input.trim().split_once(' ').map_or((input.trim(), ""), |(name, rest)| (name, rest.trim()));
    let named = match name {
        "stage" if !rest.is_empty() => Some(commands::Cmd::Stage),
        "filter" if !rest.is_empty() => Some(commands::Cmd::Filter),
        "snapshot" => Some(commands::Cmd::Snapshot),
        "diff" => Some(commands::Cmd::Diff),
        _ => None,
    };
    if let Some(Err(why)) = named.map(|cmd| commands::enabled(cmd, app)) {
        app.tell(format!("{name}: {why}"), false);
        return Vec::new();
    }
    match (name, rest) {
        ("stage", stage) if !stage.is_empty() => return vec![Effect::SetStage(stage.to_owned())],
        ("themes" | "theme", theme) if !theme.is_empty() => {
            set_theme(app, theme);
            return Vec::new();
        }
        ("snapshot" | "diff", "") => {
            app.tell(format!("{name}: name a file, as in `{name} snapshot.json`"), false);
            return Vec::new();
        }
        ("snapshot", file) => return on_jobs(app, JobKind::Snapshot(file.into())),
        ("diff", file) => return on_jobs(app, JobKind::Diff(file.into())),
        ("filter", filter) if !filter.is_empty() => {
            app.go(super::app::Screen::Inventory);
            actions::rearrange(app, |rows| rows.set_filter(filter.to_owned()));
            return Vec::new();
        }
        _ => {}
    }
    match matches(app, input).get(cursor) {
        Some(row) => actions::run(app, row.cmd),
        None => {
            app.tell("there is no such command · ? lists them", false);
            Vec::new()
        }
    }
}

/// Starts a job and goes where its result will stand.
fn on_jobs(app: &mut App, kind: JobKind) -> Vec<Effect> {
    app.go(super::app::Screen::Jobs);
    app.job = 0;
    vec![Effect::Start(kind)]
}

/// Draws a popup.
pub fn draw(app: &App, popup: &Popup, pen: Pen<'_>, frame: &mut Frame<'_>) {
    let full = frame.area();
    let tall = full.height.saturating_sub(4);
    match popup {
        Popup::Help { scroll } => {
            let inside = pen.popup(
                frame,
                (84, tall),
                &format!("Keys · {} · j k scroll, Esc closes", app.screen.word()),
            );
            let text = help(app, pen);
            lines(frame, inside, &text, bounded(*scroll, text.len(), inside.height, &app.furthest));
        }
        Popup::Palette { input, cursor } => draw_palette(app, input, *cursor, pen, frame),
        Popup::ConfirmQuit => {
            let inside = pen.popup(frame, (52, 5), "Quit?");
            let text = [
                pen.line(
                    Role::Text,
                    format!(" {} still running; quitting cancels.", jobs_word(app.live_jobs())),
                ),
                Line::default(),
                pen.line(Role::Accent, " y quit · n stay"),
            ];
            lines(frame, inside, &text, 0);
        }
        Popup::Review { model, word, reason } => draw_review(model, *word, reason, pen, frame),
        Popup::Themes { cursor, .. } => {
            let height = u16::try_from(BUILT_IN.len()).unwrap_or(6) + 4;
            let inside = pen.popup(frame, (44, height), "Theme · Enter takes it");
            for (y, (position, (name, _))) in (inside.y..inside.bottom()).zip(BUILT_IN.iter().enumerate()) {
                let mark = if position == *cursor { "▸" } else { " " };
                let line = pen.line(Role::Text, format!("{mark} {name}"));
                frame.buffer_mut().set_line(inside.x, y, &line, inside.width);
                if position == *cursor {
                    choose(frame, pen, inside, y);
                }
            }
        }
        Popup::Messages { scroll } => {
            let inside = pen.popup(frame, (90, tall), "Messages · Esc closes");
            let columns = usize::from(inside.width);
            let row = |message: &Message| {
                let role = if message.bad { Role::Error } else { Role::Text };
                pen.wrapped(
                    vec![pen.span(role, if message.bad { "✗ " } else { "· " })],
                    role,
                    &message.text,
                    columns,
                )
            };
            let mut text: Vec<Line<'_>> = app.messages.iter().flat_map(row).collect();
            if text.is_empty() {
                text.push(pen.line(Role::Muted, " nothing has been said yet"));
            }
            lines(frame, inside, &text, bounded(*scroll, text.len(), inside.height, &app.furthest));
        }
        Popup::Why { model, scroll } => {
            let inside = pen.popup(frame, (90, tall), &format!("Why · {}", model.screen()));
            let text = explain(app, model, pen, usize::from(inside.width));
            lines(frame, inside, &text, bounded(*scroll, text.len(), inside.height, &app.furthest));
        }
        Popup::Log { job, scroll } => {
            let found = app.jobs.iter().find(|known| known.id == *job);
            let title = found.map(|job| crate::text::screen(&job.title)).unwrap_or_default();
            let inside = pen.popup(frame, (100, tall), &format!("Log · {title}"));
            let text = found.map(|job| super::jobs::log(job, 0, pen, usize::from(inside.width)));
            let text = text.unwrap_or_default();
            lines(frame, inside, &text, bounded(*scroll, text.len(), inside.height, &app.furthest));
        }
        Popup::Legend => draw_legend(pen, frame),
    }
}

fn jobs_word(live: usize) -> String {
    if live == 1 { "1 job is".to_owned() } else { format!("{live} jobs are") }
}

fn help(app: &App, pen: Pen<'_>) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    for (title, everywhere) in [("On this screen", false), ("Everywhere", true)] {
        out.push(pen.line(Role::Title, title));
        for row in TABLE.iter().filter(|row| row.is_on(app.screen) && row.screens.is_empty() == everywhere) {
            let written: Vec<String> = row.keys.iter().map(|key| keys::shown(key)).collect();
            let off = commands::enabled(row.cmd, app).err();
            let role = if off.is_some() { Role::Muted } else { Role::Text };
            let why = off.map(|why| format!(" (now: {why})")).unwrap_or_default();
            out.push(Line::from(vec![
                pen.span(Role::Accent, fit(&format!("  {}", written.join(" ")), 16)),
                pen.span(Role::Muted, fit(row.name, 14)),
                pen.span(role, format!("{}{why}", row.description)),
            ]));
        }
        out.push(Line::default());
    }
    out
}

fn draw_palette(app: &App, input: &str, cursor: usize, pen: Pen<'_>, frame: &mut Frame<'_>) {
    let inside = pen.popup(frame, (76, 16), "Command");
    let found = matches(app, input);
    let line =
        pen.line(Role::Input, fit(&format!(": {}▏", crate::text::screen(input)), usize::from(inside.width)));
    lines(frame, inside, &[line], 0);
    let list = ratatui::layout::Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
    if found.is_empty() {
        lines(frame, list, &[pen.line(Role::Muted, " no command of this screen has such a name")], 0);
    }
    let first = first_row(cursor, found.len(), list.height);
    for (y, (position, row)) in (list.y..list.bottom()).zip(found.iter().enumerate().skip(first)) {
        let role = if commands::enabled(row.cmd, app).is_ok() { Role::Text } else { Role::Muted };
        let key = row.keys.first().map(|key| keys::shown(key)).unwrap_or_default();
        let line = Line::from(vec![
            pen.span(Role::Accent, fit(&format!(" {key}"), 9)),
            pen.span(role, fit(row.name, 15)),
            pen.span(Role::Muted, row.description),
        ]);
        frame.buffer_mut().set_line(list.x, y, &line, list.width);
        if position == cursor {
            choose(frame, pen, list, y);
        }
    }
}

fn draw_review(model: &ModelId, word: Option<ReviewWord>, reason: &str, pen: Pen<'_>, frame: &mut Frame<'_>) {
    let inside = pen.popup(frame, (72, 9), &format!("Review · {}", model.screen()));
    let mut text = Vec::new();
    for (key, each, words) in REVIEWS {
        let role = if word == Some(each) { Role::TabCurrent } else { Role::Text };
        text.push(Line::from(vec![pen.span(Role::Accent, format!(" {key} ")), pen.span(role, words)]));
    }
    text.push(Line::default());
    if word.is_some() {
        text.push(pen.line(Role::Input, format!(" reason: {}▏", crate::text::screen(reason))));
        text.push(pen.line(Role::Muted, " Enter records it · Esc leaves"));
    } else {
        text.push(pen.line(Role::Muted, " choose one · Esc leaves"));
    }
    lines(frame, inside, &text, 0);
}

fn explain(app: &App, id: &ModelId, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let Some((index, view)) = app.view.as_ref().and_then(|view| Some((view.model(id)?.0, view))) else {
        return vec![pen.line(Role::Muted, "it is no longer in the inventory")];
    };
    let Some(verdict) = view.verdict(index) else { return Vec::new() };
    let mut out = standing(&verdict, pen, columns);
    out.push(Line::default());
    if verdict.reasons.is_empty() {
        out.push(pen.line(Role::Pass, "✓ nothing stands against it at this stage"));
    }
    out.extend(verdict.told().iter().flat_map(|(codes, one)| reason(codes, one, pen, columns)));
    let musts: Vec<String> =
        verdict.assessment.score.open_musts.iter().map(|id| crate::text::screen(id)).collect();
    if !musts.is_empty() {
        out.push(Line::default());
        let head = vec![pen.span(Role::Title, format!("open for L{}: ", verdict.assessment.score.next))];
        out.extend(pen.wrapped(head, Role::Text, &musts.join(", "), columns));
    }
    out
}

fn draw_legend(pen: Pen<'_>, frame: &mut Frame<'_>) {
    const SIGNS: [(&str, &str); 8] = [
        ("●", "a model; above the focus its ancestors, below its descendants"),
        ("══", "attested by a signed claim, and pinned by digest"),
        ("──", "attested by a signed claim, or observed in the bytes"),
        ("┄┄", "declared only: an unsigned document says so"),
        ("╳╳", "contradicted: two sources disagree"),
        ("L2→1", "own level, and what its ancestors leave of it"),
        ("? …", "named by a document and not in this inventory"),
        ("✗ …", "tainted: an ancestor's evidence contradicts"),
    ];
    let inside = pen.popup(frame, (74, 11), "Legend · any key closes");
    let text: Vec<Line<'_>> = SIGNS
        .iter()
        .map(|(sign, words)| {
            Line::from(vec![
                pen.span(Role::Accent, fit(&format!(" {sign}"), 8)),
                pen.span(Role::Text, *words),
            ])
        })
        .collect();
    lines(frame, inside, &text, 0);
}
