//! The levels of the inventory, own and effective side by side with how exposed they are; the coverage; whose turn it
//! is.

use super::shown::Shown;
use crate::report::survey::{covered, left_open, open_musts, percent, shared, unmeasured};
use crate::text::{count, width};
use crate::tui::screens::paint::{Pen, choose, fit, lines};
use crate::tui::state::hit::{Drawn, Hit};
use crate::tui::state::surveying::SurveyPane;
use crate::tui::theme::Role;
use crate::view::{Exposure, Survey};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The longest name of a row of the coverage.
const NAME: usize = 16;
/// From this width on what a share leaves open is said in words.
const WORDS: usize = 62;
const DEPLOYED: &str = "deployed";
const DESCENDANTS: &str = "descendants";

/// Draws it.
pub(super) fn draw(shown: &Shown<'_>, pen: Pen<'_>, frame: &mut Frame<'_>, inside: Rect) -> Drawn {
    let columns = usize::from(inside.width).saturating_sub(1);
    let is_focused = shown.is_focused(SurveyPane::Levels);
    let chosen = is_focused.then(|| shown.chosen(SurveyPane::Levels));
    let (mut text, at) = distribution(shown.survey, chosen, pen, columns);
    text.push(pen.rule("coverage", columns));
    text.extend(coverage(shown.survey, pen, columns));
    text.push(pen.rule("whose turn it is", columns));
    // The scope of a level is said wherever levels are shown; who waits for whom may be said in short.
    let room = usize::from(inside.height).saturating_sub(text.len());
    let scope = pen.wrapped(Vec::new(), Role::Muted, crate::maturity::SCOPE, columns);
    let long = turns(shown.survey, pen, columns);
    match long.len() + scope.len() <= room {
        true => text.extend(long),
        false => {
            let mut short = turns_in_short(shown.survey, pen, columns);
            if short.iter().map(Vec::len).sum::<usize>() + scope.len() > room {
                short.pop();
            }
            text.extend(short.into_iter().flatten());
        }
    }
    if text.len() + scope.len() < usize::from(inside.height) {
        text.push(Line::default());
    }
    text.extend(scope);
    lines(frame, inside, &text, 0);
    let mut drawn = Drawn::default();
    if let Some(at) = at.and_then(|at| u16::try_from(at).ok()).filter(|at| *at < inside.height) {
        choose(frame, pen, inside, inside.y + at);
        // The rows begin below the head.
        let rows = Rect { y: inside.y + 1, height: 5.min(inside.height.saturating_sub(1)), ..inside };
        drawn.hits.push(Hit::list(rows, inside.y + at));
    }
    drawn
}

/// A row for each level and for what was not measured, and the line of the chosen one.
fn distribution(
    survey: &Survey,
    chosen: Option<usize>,
    pen: Pen<'_>,
    columns: usize,
) -> (Vec<Line<'static>>, Option<usize>) {
    let weigh = |own: usize, effective: usize| match own == effective {
        true => own.to_string(),
        false => format!("{own}→{effective}"),
    };
    let weights: Vec<(String, String)> = survey
        .levels
        .iter()
        .map(|level| {
            let (own, after) = (level.own, level.effective);
            (weigh(own.deployments, after.deployments), weigh(own.descendants, after.descendants))
        })
        .collect();
    let widest = |head: &str, of: &dyn Fn(&(String, String)) -> usize| {
        weights.iter().map(of).max().unwrap_or(0).max(width(head)) + 2
    };
    let deployed = widest(DEPLOYED, &|(deployed, _)| width(deployed));
    let descendants = widest(DESCENDANTS, &|(_, descendants)| width(descendants));
    let most = survey.levels.iter().map(|l| l.own.models.max(l.effective.models)).max().unwrap_or(0);
    let number = most.to_string().len();
    let cells = (columns.saturating_sub(4 + 2 * (number + 2) + deployed + descendants) / 2).max(3);
    let half = number + 2 + cells;
    let head = format!(
        "    {}{}{DEPLOYED:>deployed$}{DESCENDANTS:>descendants$}",
        fit(&format!("{:>number$} own", ""), half),
        fit(&format!("{:>number$} effective", ""), half),
    );
    let mut text = vec![pen.line(Role::Muted, head)];
    let mut at = None;
    for (row, (level, (runs, below))) in survey.levels.iter().zip(&weights).rev().enumerate() {
        let role = match level.level {
            0 => Role::Fail,
            1 => Role::Accent,
            _ => Role::Pass,
        };
        let is_chosen = chosen == Some(row);
        let mut line = Line::from(vec![
            pen.span(Role::Accent, if is_chosen { "▸" } else { " " }),
            pen.span(Role::Title, format!("L{} ", level.level)),
        ]);
        for Exposure { models, .. } in [level.own, level.effective] {
            let bar = pen.bar(role, models, most, cells);
            let fill = cells.saturating_sub(bar.width()) + 1;
            line.push_span(pen.span(Role::Text, format!("{models:>number$} ")));
            line.push_span(bar);
            line.push_span(Span::raw(" ".repeat(fill)));
        }
        line.push_span(pen.span(Role::Text, format!("{runs:>deployed$}{below:>descendants$}")));
        at = if is_chosen { Some(text.len()) } else { at };
        text.push(line);
    }
    let not = survey.not_measured;
    if not.all.models > 0 {
        let is_chosen = chosen == Some(survey.levels.len());
        let head =
            vec![pen.span(Role::Accent, if is_chosen { "▸" } else { " " }), pen.span(Role::Muted, "·  ")];
        let why = unmeasured(&not).join(", ");
        let words = format!("{} not measured{}: {why}", not.all.models, exposed(not.all));
        at = if is_chosen { Some(text.len()) } else { at };
        text.extend(pen.wrapped(head, Role::Muted, &words, columns));
    }
    let capped = match survey.capped.models {
        0 => (Role::Muted, "no model loses a level to an ancestor".to_owned()),
        many => {
            let all = survey.measured.models;
            let loses = if many == 1 { "loses" } else { "lose" };
            (
                Role::Warn,
                format!("! {many} of {all} {loses} a level to an ancestor{}", exposed(survey.capped)),
            )
        }
    };
    if survey.measured.models > 0 {
        text.extend(pen.wrapped(vec![Span::raw("    ")], capped.0, &capped.1, columns));
    }
    (text, at)
}

fn exposed(exposure: Exposure) -> String {
    match exposure.deployments {
        0 => String::new(),
        many => format!(" (in {})", count(many, "deployment")),
    }
}

fn coverage(survey: &Survey, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let rows = covered(&survey.coverage, survey.days);
    let counts = rows.iter().map(|(_, share)| width(&shared(share))).max().unwrap_or(0);
    let percents = rows.iter().map(|(_, share)| width(&percent(share))).max().unwrap_or(0);
    let open = |share: &crate::view::Share| match columns >= WORDS {
        true => left_open(share),
        false => {
            let parts = [("?", share.unknown), ("·", share.not_applicable)];
            let parts = parts.into_iter().filter(|(_, many)| *many > 0);
            parts.map(|(glyph, many)| format!("{glyph}{many}")).collect::<Vec<_>>().join(" ")
        }
    };
    let opens = rows.iter().map(|(_, share)| width(&open(share))).max().unwrap_or(0);
    let taken = 1 + NAME + 1 + counts + 1 + percents + 2 + opens;
    let gauge = columns.saturating_sub(taken).clamp(3, 30);
    let row = |(name, share): &(String, crate::view::Share)| {
        let [full, rest] = pen.gauge(Role::Accent, share.yes, share.of(), gauge);
        Line::from(vec![
            pen.span(Role::Text, format!(" {}", fit(name, NAME))),
            full,
            rest,
            pen.span(Role::Text, format!(" {:>counts$}", shared(share))),
            pen.span(Role::Title, format!(" {:>percents$}", percent(share))),
            pen.span(Role::Unknown, format!("  {}", open(share))),
        ])
    };
    rows.iter().map(row).collect()
}

fn waiting(survey: &Survey) -> [(&'static str, usize); 4] {
    let duties = &survey.duties;
    [
        ("producer alone", duties.models_producer),
        ("us alone", duties.models_us),
        ("both", duties.models_both),
        ("nobody", duties.models_none),
    ]
}

fn turns(survey: &Survey, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let all = survey.measured.models;
    if all == 0 {
        return vec![pen.line(Role::Muted, " nothing is measured yet")];
    }
    let counts = format!("{all} of {all}").len();
    let gauge = columns.saturating_sub(1 + NAME + 1 + counts).clamp(3, 30);
    let row = |(who, models): (&str, usize)| {
        let [full, rest] = pen.gauge(Role::Accent, models, all, gauge);
        let many = format!("{models} of {all}");
        Line::from(vec![
            pen.span(Role::Text, format!(" {}", fit(who, NAME))),
            full,
            rest,
            pen.span(Role::Text, format!(" {many:>counts$}")),
        ])
    };
    let mut text: Vec<Line<'static>> = waiting(survey).into_iter().map(row).collect();
    let musts = format!("open musts: {}", open_musts(&survey.duties));
    text.extend(pen.wrapped(vec![Span::raw(" ")], Role::Muted, &musts, columns));
    text
}

fn turns_in_short(survey: &Survey, pen: Pen<'_>, columns: usize) -> Vec<Vec<Line<'static>>> {
    let parts = waiting(survey).map(|(who, models)| format!("{who} {models}"));
    let words = format!("{} · of {}", parts.join(" · "), survey.measured.models);
    let musts = format!("open musts: {}", open_musts(&survey.duties));
    [(Role::Text, words), (Role::Muted, musts)]
        .map(|(role, words)| pen.wrapped(vec![Span::raw(" ")], role, &words, columns))
        .into()
}
