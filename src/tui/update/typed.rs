//! Commands of the workbench with something typed after their names.

use crate::commands::{Cmd, Keys, REVIEW_WORDS, Screen, Typed};
use crate::inventory::ModelId;
use crate::query::Order;
use crate::text::nearest;
use crate::tui::state::app::App;
use crate::tui::state::columns::COLUMNS;
use crate::tui::state::enabled::enabled_for_typed;
use crate::tui::state::popup::Popup;
use crate::tui::update::effect::Effect;
use crate::tui::update::sorting::missing;
use crate::tui::update::{opening, reviewing, working};
use crate::workbench::JobKind;

/// Runs a command with what was typed after its name, or says why it cannot be run. `rest` is the same as it was
/// written.
pub(super) fn run_with(
    app: &mut App,
    row: &Keys,
    typed: &Typed,
    arguments: &[String],
    rest: &str,
) -> Vec<Effect> {
    if let Err(why) = enabled_for_typed(row, app) {
        return refuse(app, row, &why);
    }
    if let (Some(missing), true) = (typed.missing, rest.is_empty()) {
        return refuse(app, row, missing);
    }
    let first = arguments.first().cloned().unwrap_or_default();
    match row.cmd {
        Cmd::Stage => vec![Effect::SetStage(first)],
        Cmd::Themes => vec![Effect::Theme(first)],
        Cmd::Snapshot => on_jobs(app, JobKind::Snapshot(first.into())),
        Cmd::Diff => working::compare(app, rest),
        Cmd::AddSource => opening::add_source(app, rest),
        Cmd::Samples => opening::samples(app, rest),
        Cmd::Keep => opening::keep(app, rest),
        Cmd::Filter => {
            app.go(Screen::Inventory);
            app.rearrange(|rows| rows.set_filter(rest.to_owned()));
            app.line.look(rest, app.rows.made().index());
            app.line.remember(rest);
            app.line.rest();
            Vec::new()
        }
        Cmd::Sort => sort(app, arguments),
        Cmd::Review => review(app, arguments),
        _ => about_model(app, row, &first),
    }
}

fn refuse(app: &mut App, row: &Keys, why: &str) -> Vec<Effect> {
    app.tell(format!("{}: {why}", row.name), false);
    Vec::new()
}

/// Starts a job and goes where its result will stand.
fn on_jobs(app: &mut App, kind: JobKind) -> Vec<Effect> {
    app.go(Screen::Jobs);
    app.job = 0;
    vec![Effect::Start(kind)]
}

/// `sort level`, `sort level reverse`.
fn sort(app: &mut App, arguments: &[String]) -> Vec<Effect> {
    let name = arguments.first().map(String::as_str).unwrap_or_default();
    let headed = || COLUMNS.iter().find(|column| column.title == name || column.id.heading() == name);
    let wanted = Order::named(name).or_else(|| headed().map(|column| column.id));
    let turned = match arguments.get(1).map(String::as_str) {
        None => Some(false),
        Some("reverse") => Some(true),
        Some(_) => None,
    };
    let (Some(wanted), Some(turned)) = (wanted, turned) else {
        let names = Order::ALL.map(Order::word);
        app.tell(format!("sort by one of {}; `reverse` after it turns the order", names.join(", ")), false);
        return Vec::new();
    };
    app.go(Screen::Inventory);
    app.rearrange(|rows| {
        if rows.sort().by != wanted {
            rows.sort_by(wanted);
        }
        if rows.sort().is_reversed != turned {
            rows.reverse();
        }
    });
    app.tell(format!("sorted: {}", app.rows.sort().word()), false);
    missing(app)
}

/// `review approve because…`, of the marked models, or this one.
fn review(app: &mut App, arguments: &[String]) -> Vec<Effect> {
    const KEYS: [char; 4] = ['a', 'x', 'p', 'b'];
    let word = arguments.first().map(String::as_str).unwrap_or_default();
    let key = REVIEW_WORDS.iter().zip(KEYS).find(|(known, _)| **known == word).map(|(_, key)| key);
    let Some(key) = key else {
        app.tell(format!("say one of {}, then why", REVIEW_WORDS.join(", ")), false);
        return Vec::new();
    };
    let reason = arguments.get(1..).unwrap_or_default().join(" ");
    reviewing::typed(app, key, reason.trim())
}

/// A command about a model that is named.
fn about_model(app: &mut App, row: &Keys, name: &str) -> Vec<Effect> {
    let model = match named(app, name) {
        Ok(model) => model,
        Err(why) => return refuse(app, row, &why),
    };
    match row.cmd {
        Cmd::StartVerify => return vec![Effect::Start(JobKind::Verify(vec![model]))],
        Cmd::VerifyInFull => return vec![Effect::Start(JobKind::VerifyInFull(vec![model]))],
        Cmd::StartScore => return vec![Effect::Start(JobKind::Score(vec![model]))],
        Cmd::Why => app.popup = Some(Popup::Why { model, scroll: 0 }),
        Cmd::Lineage => app.go_about(Screen::Lineage, model),
        Cmd::Maturity => app.go_about(Screen::Maturity, model),
        Cmd::Open | Cmd::Verify => app.go_about(Screen::Verify, model),
        _ => go_to(app, &model),
    }
    Vec::new()
}

/// To the row of a model, whatever hides it.
fn go_to(app: &mut App, model: &ModelId) {
    app.go_about(Screen::Inventory, model.clone());
    if app.subject().as_ref() == Some(model) {
        return;
    }
    app.rows.show_all();
    app.go_about(Screen::Inventory, model.clone());
    if app.subject().as_ref() != Some(model) {
        app.rows.set_grouped(false);
        app.go_about(Screen::Inventory, model.clone());
    }
    app.tell("all models are shown: it was hidden", false);
}

/// The model that a person means: by its id, or by a part of it that only one has.
fn named(app: &App, name: &str) -> Result<ModelId, String> {
    let Some(view) = &app.view else { return Err("the workspace is still being opened".to_owned()) };
    let id = ModelId::new(name);
    if let Some((_, model)) = view.model(&id) {
        return Ok(model.id.clone());
    }
    let tail = format!("/{}", id.raw());
    let of = |holds: &dyn Fn(&str) -> bool| {
        let mut found = view.models.iter().filter(|model| holds(model.id.raw()));
        match (found.next(), found.next()) {
            (Some(only), None) => Some(only.id.clone()),
            _ => None,
        }
    };
    let found = of(&|raw| raw.ends_with(&tail)).or_else(|| of(&|raw| raw.contains(id.raw())));
    found.ok_or_else(|| {
        let known: Vec<&str> = view.models.iter().map(|model| model.id.raw()).collect();
        let shown = crate::text::screen(name);
        match nearest(id.raw(), &known) {
            Some(near) => format!("no model is called {shown}: did you mean {}?", crate::text::screen(near)),
            None if known.iter().any(|known| known.contains(id.raw())) => {
                format!("several models have {shown} in their names: type more of it")
            }
            None => format!("no model is called {shown}"),
        }
    })
}
