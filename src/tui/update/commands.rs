//! What each command does to the state. The table of commands says where it may, `enabled` when.

use crate::commands::{Cmd, Keys, Screen};
use crate::inventory::ModelId;
use crate::tui::state::app::App;
use crate::tui::state::enabled::enabled;
use crate::tui::state::popup::Popup;
use crate::tui::state::rows::Rows;
use crate::tui::state::saved::Saved;
use crate::tui::state::verifying::Tab;
use crate::tui::update::effect::Effect;
use crate::tui::update::{
    amending, cases, comparing, copying, editing, exporting, finding, looking, mouse, opening, outputs,
    palette, relatives, reporting, reviewing, sorting, surveying, working,
};
use crate::workbench::JobKind;

/// Lines that half a page moves by; drawing knows the real height, and state does not.
const HALF_PAGE: isize = 10;

/// Runs a command, or says why it cannot be run.
pub(super) fn run(app: &mut App, row: &Keys) -> Vec<Effect> {
    if let Err(why) = enabled(row, app) {
        return refuse(app, row, &why);
    }
    match row.cmd {
        Cmd::Inventory => visit(app, Screen::Inventory),
        Cmd::Lineage => visit(app, Screen::Lineage),
        Cmd::Open if app.screen == Screen::Inventory && sorting::fold_here(app) => {}
        Cmd::Verify | Cmd::Open => visit(app, Screen::Verify),
        Cmd::Maturity => visit(app, Screen::Maturity),
        Cmd::Survey => return surveying::turn(app),
        Cmd::ShowModels => surveying::show_models(app),
        Cmd::Policy => visit(app, Screen::Policy),
        Cmd::Incidents => visit(app, Screen::Incidents),
        Cmd::Reports => visit(app, Screen::Reports),
        Cmd::Jobs => visit(app, Screen::Jobs),
        Cmd::StartVerify => return renew(app),
        Cmd::VerifyInFull => return start(app, JobKind::VerifyInFull),
        Cmd::StartScore => return start(app, JobKind::Score),
        Cmd::Scan => return vec![Effect::Start(JobKind::Scan)],
        Cmd::Snapshot | Cmd::Diff => return palette::open(app, format!("{} ", row.name)),
        Cmd::OpenCase => cases::turn(app),
        Cmd::RecordStep => return cases::record_step(app),
        Cmd::CollectEvidence => return cases::collect(app),
        Cmd::NoteInCase => return cases::note(app),
        Cmd::NewIncident => return cases::report(app),
        Cmd::OpenJob => working::open_job(app),
        Cmd::OpenChange => working::open_change(app),
        Cmd::Retry => return app.job().map(|job| Effect::Retry(job.id)).into_iter().collect(),
        Cmd::AddSource => opening::ask_source(app),
        Cmd::Samples => opening::ask_samples(app),
        Cmd::Keep => return opening::keep(app, ""),
        Cmd::Tour => app.popup = Some(Popup::Tour { step: 0 }),
        Cmd::EditFault => return opening::edit(app),
        Cmd::ReadAgain => return opening::read_again(app),
        Cmd::LeaveStore => return vec![Effect::LeaveStore],
        Cmd::MakeWorkspace => return vec![Effect::MakeWorkspace],
        Cmd::Output if app.screen == Screen::Output => {
            app.tell("this is the output of commands typed after `:`", false)
        }
        Cmd::Output => app.go(Screen::Output),
        Cmd::OlderOutput => outputs::turn(app, -1),
        Cmd::NewerOutput => outputs::turn(app, 1),
        Cmd::Log => app.popup = app.job().map(|job| Popup::Log { job: job.id, scroll: 0 }),
        Cmd::Why => app.popup = app.subject().map(|model| Popup::Why { model, scroll: 0 }),
        Cmd::Mark => {
            let (id, view) = (app.subject(), app.view.clone());
            match (id, app.rows.current_group(), view) {
                (_, Some(place), Some(view)) => {
                    app.rows.toggle_group(&view, place);
                    app.tell(format!("{} marked", app.rows.marks()), false);
                }
                (Some(id), ..) => {
                    app.rows.toggle_mark(&id);
                    step(app, 1);
                }
                _ => {}
            }
        }
        Cmd::MarkAll => {
            if let Some(view) = app.view.clone() {
                app.rows.mark_shown(&view);
                let (verifies, reviews) = (app.key_of(Cmd::StartVerify), app.key_of(Cmd::Review));
                let (unmarks, marked) = (app.key_of(Cmd::Unmark), app.rows.marks());
                app.tell(
                    format!("{marked} marked · {verifies} verifies them · {reviews} reviews them · {unmarks} unmarks"),
                    false,
                );
            }
        }
        Cmd::Unmark => app.rows.unmark(),
        Cmd::Filter => return finding::filter(app),
        Cmd::SavedView => app.rearrange(Rows::next_saved),
        Cmd::Sort => return sorting::sort(app),
        Cmd::Reverse => return sorting::reverse(app),
        Cmd::Columns => return sorting::columns(app),
        Cmd::Group => return sorting::group(app),
        Cmd::FilterBy => return finding::filter_by(app),
        Cmd::KeepView => return finding::keep_view(app),
        Cmd::GoTo => return finding::go_to(app),
        Cmd::Undo => return reviewing::undo(app),
        Cmd::History => return reviewing::history(app),
        Cmd::Compare => return comparing::compare(app),
        Cmd::Copy if app.screen == Screen::Reports => return reporting::copy(app),
        Cmd::Copy => return copying::copy(app),
        Cmd::Export => return exporting::export(app),
        Cmd::Report => reporting::report(app),
        Cmd::ChooseReport => return reporting::choose(app),
        Cmd::WriteReport => return reporting::write(app),
        Cmd::NextChoice => reporting::change(app, 1),
        Cmd::EarlierChoice => reporting::change(app, -1),
        Cmd::TypeChoice => reporting::type_value(app),
        Cmd::Mouse => return mouse::toggle(app),
        Cmd::Review => return reviewing::review(app),
        Cmd::Bind => {
            let Some(model) = app.subject() else { return Vec::new() };
            app.tell(format!("writing what was verified of {}", model.screen()), false);
            return vec![Effect::Bind(model)];
        }
        Cmd::Details => {
            app.details = !app.details;
            let words = if app.details {
                "details are shown where there is room for them"
            } else {
                "details are hidden"
            };
            app.tell(words, false);
        }
        Cmd::Amend => return amending::amend(app),
        Cmd::Edit => return editing::open(app),
        Cmd::EditOutside => return app.policy_path().map(Effect::Edit).into_iter().collect(),
        Cmd::Reload => {
            app.tell("reading the policy again", false);
            return vec![Effect::ReloadPolicy];
        }
        Cmd::SavePolicy
        | Cmd::UndoEdit
        | Cmd::RedoEdit
        | Cmd::FindText
        | Cmd::FindAgain
        | Cmd::FindBefore
        | Cmd::Complete
        | Cmd::NextFault
        | Cmd::SelectAll
        | Cmd::CutText
        | Cmd::CopyText
        | Cmd::PasteText
        | Cmd::Revert => return editing::run(app, row.cmd),
        Cmd::Stage => return next_stage(app),
        Cmd::Cancel if app.screen == Screen::Output => return outputs::cancel(app),
        Cmd::Cancel => {
            let Some((id, title)) = app.job().map(|job| (job.id, job.title.clone())) else {
                return Vec::new();
            };
            app.tell(format!("cancelling: {title}"), false);
            return vec![Effect::Cancel(id)];
        }
        Cmd::Right if app.screen == Screen::Inventory => sorting::right(app),
        Cmd::Left if app.screen == Screen::Inventory => sorting::left(app),
        Cmd::NextTab if app.screen == Screen::Inventory => sorting::turn_pane(app, 1),
        Cmd::PreviousTab if app.screen == Screen::Inventory => sorting::turn_pane(app, -1),
        Cmd::Right if app.screen == Screen::Lineage => relatives::unfold(app),
        Cmd::Left if app.screen == Screen::Lineage => relatives::fold(app),
        Cmd::NextTab | Cmd::Right => return turn(app, 1),
        Cmd::PreviousTab | Cmd::Left => return turn(app, -1),
        Cmd::Refocus => relatives::refocus(app),
        Cmd::Blast => relatives::blast(app),
        Cmd::Path => relatives::path(app),
        Cmd::NextDifference => comparing::next_difference(app),
        Cmd::WholeFamily => relatives::turn_whole(app),
        Cmd::LookInto => looking::into(app),
        Cmd::NextFiles => looking::next_files(app),
        Cmd::Legend => app.popup = Some(Popup::Legend),
        Cmd::FocusBack => drop(relatives::back(app)),
        Cmd::Up => step(app, -1),
        Cmd::Down => step(app, 1),
        Cmd::PageUp => page(app, -HALF_PAGE),
        Cmd::PageDown => page(app, HALF_PAGE),
        Cmd::First => step(app, isize::MIN),
        Cmd::Last => step(app, isize::MAX),
        Cmd::Back => back(app),
        Cmd::Themes => {
            app.popup = Some(themes(app));
            return vec![Effect::Themes];
        }
        Cmd::Messages => {
            app.read_messages();
            // As far down as it goes: the newest stand last.
            app.popup = Some(Popup::Messages { scroll: usize::MAX });
        }
        Cmd::Palette => return palette::open(app, String::new()),
        Cmd::Help => app.popup = Some(Popup::Help { scroll: 0 }),
        Cmd::Redraw => return vec![Effect::Redraw],
        Cmd::Suspend => return vec![Effect::Suspend],
        Cmd::Quit => return quit(app),
    }
    Vec::new()
}

/// Goes to a screen, or says that it is open: no key is without a sign.
fn visit(app: &mut App, screen: Screen) {
    if app.screen == screen && app.view.is_some() {
        app.tell(format!("{} is already open", screen.word()), false);
    } else {
        app.go(screen);
    }
}

fn refuse(app: &mut App, row: &Keys, why: &str) -> Vec<Effect> {
    app.tell(format!("{}: {why}", row.name), false);
    Vec::new()
}

/// The theme picker, on the theme in force.
fn themes(app: &App) -> Popup {
    let cursor = app.themes.iter().position(|name| *name == app.theme.name).unwrap_or(0);
    Popup::Themes { cursor, before: Box::new(app.theme.clone()) }
}

fn start(app: &mut App, kind: fn(Vec<ModelId>) -> JobKind) -> Vec<Effect> {
    let marked = if app.screen == Screen::Inventory { app.rows.marked() } else { Vec::new() };
    let models = if marked.is_empty() { app.subject().into_iter().collect() } else { marked };
    if models.is_empty() {
        return Vec::new();
    }
    app.rows.unmark();
    vec![Effect::Start(kind(models))]
}

/// Verifies the marked models. Where none is marked, this one, and on the inventory's screen all whose verification on
/// record does not hold any more.
fn renew(app: &mut App) -> Vec<Effect> {
    if app.screen != Screen::Inventory || app.rows.marks() > 0 || app.rows.outdated() == 0 {
        return start(app, JobKind::Verify);
    }
    let Some(view) = &app.view else { return Vec::new() };
    let outdated = view.outdated().filter_map(|index| Some(view.models.get(index)?.id.clone()));
    let mut models: Vec<ModelId> = outdated.chain(app.subject()).collect();
    models.sort();
    models.dedup();
    vec![Effect::Start(JobKind::Verify(models))]
}

fn next_stage(app: &App) -> Vec<Effect> {
    let Some(view) = &app.view else { return Vec::new() };
    let stages = app.stages();
    let at = stages.iter().position(|stage| stage.name == view.stage).map_or(0, |at| at + 1);
    stages
        .get(at % stages.len().max(1))
        .map(|stage| Effect::SetStage(stage.name.clone()))
        .into_iter()
        .collect()
}

fn moved(at: usize, by: isize, len: usize) -> usize {
    at.saturating_add_signed(by).min(len.saturating_sub(1))
}

pub(super) fn step(app: &mut App, by: isize) {
    match app.screen {
        Screen::Inventory if app.pane > 0 => app.scroll = app.scrolled(app.scroll, by),
        Screen::Inventory => {
            app.rows.cursor = moved(app.rows.cursor, by, app.rows.rows());
            app.follow();
        }
        Screen::Verify => {
            if looking::step(app, by) {
                return;
            }
            let checks = app.verified().map_or(0, |v| v.verification.checks.len());
            app.check = moved(app.check, by, checks);
            app.verify.tab = Tab::Check;
            app.scroll = 0;
        }
        Screen::Lineage => app.lineage.cursor = moved(app.lineage.cursor, by, app.lineage.rows.len()),
        Screen::Maturity if app.whole => surveying::step(app, by),
        Screen::Maturity => {
            app.control = moved(app.control, by, app.controls().len());
            app.scroll = 0;
        }
        Screen::Policy if app.side.is_some() => {
            app.side = app.side.map(|at| app.scrolled(at, by));
        }
        Screen::Policy => app.scroll = app.scrolled(app.scroll, by),
        Screen::Editor => editing::scroll(app, by),
        Screen::Incidents => cases::step(app, by),
        Screen::Reports => reporting::step(app, by),
        Screen::Jobs => match app.opened_job().map(|job| job.rows.len()) {
            Some(rows) => app.job_row = moved(app.job_row, by, rows),
            None => app.job = moved(app.job, by, app.jobs.len()),
        },
        Screen::Compare => comparing::step(app, by),
        Screen::Changes => app.changes.step(by),
        Screen::Output | Screen::Fault => app.scroll = app.scrolled(app.scroll, by),
    }
}

/// On the verify screen the page keys scroll what is said of the chosen check, on that of reports the preview.
fn page(app: &mut App, by: isize) {
    let scrolls_details = app.screen == Screen::Maturity && !app.whole;
    if matches!(app.screen, Screen::Verify | Screen::Reports) || scrolls_details {
        app.scroll = app.scrolled(app.scroll, by);
    } else {
        step(app, by);
    }
}

fn turn(app: &mut App, by: isize) -> Vec<Effect> {
    if app.screen == Screen::Policy {
        app.side = if app.side.is_none() { Some(0) } else { None };
    } else if app.screen == Screen::Reports {
        reporting::turn(app, by);
    } else if app.screen == Screen::Maturity {
        let tabs = isize::try_from(surveying::TABS).unwrap_or(1);
        let at = isize::try_from(surveying::tab(app)).unwrap_or(0);
        return maturity_tab(app, usize::try_from((at + by).rem_euclid(tabs)).unwrap_or(0));
    } else {
        looking::turn(app, by);
    }
    Vec::new()
}

/// The tabs of the maturity screen: the three levels of a model, then the panes of the whole inventory.
pub(super) fn maturity_tab(app: &mut App, tab: usize) -> Vec<Effect> {
    app.control = 0;
    app.scroll = 0;
    if let Some(place) = tab.checked_sub(surveying::LEVELS) {
        return surveying::open(app, place);
    }
    app.whole = false;
    app.level = u8::try_from(tab + 1).unwrap_or(1);
    Vec::new()
}

/// Esc: the filter, then the screen; it never quits.
fn back(app: &mut App) {
    if app.read_bad_news() {
        return;
    }
    if app.screen == Screen::Jobs && app.opened.take().is_some() {
        return;
    }
    if app.screen == Screen::Reports && reporting::out(app) {
        return;
    }
    if app.screen == Screen::Incidents && cases::out(app) {
        return;
    }
    if app.screen == Screen::Verify && looking::out(app) {
        return;
    }
    if app.screen == Screen::Lineage && relatives::back(app) {
        return;
    }
    if app.screen == Screen::Editor && app.is_unsaved() {
        let edit = app.key_of(Cmd::Edit);
        app.tell(format!("the edited policy is not saved: {edit} goes on editing it"), false);
    }
    if app.screen == Screen::Fault && app.view.is_none() {
        app.tell("nothing is open to go back to · q quits", false);
    } else if app.screen != Screen::Inventory {
        app.go_back();
    } else if app.pane > 0 {
        app.pane = 0;
    } else if app.rows.shown().is_empty() && app.rows.total() > 0 {
        app.rearrange(|rows| {
            rows.set_filter(String::new());
            rows.show_all();
        });
    } else if !app.rows.filter.is_empty() {
        app.rearrange(|rows| rows.set_filter(String::new()));
    } else if app.rows.saved() != Saved::All {
        app.rearrange(Rows::show_all);
    } else {
        app.tell("this is the first screen · q quits", false);
    }
}

fn quit(app: &mut App) -> Vec<Effect> {
    let is_unopened = app.screen == Screen::Fault && app.view.is_none();
    if app.screen != Screen::Inventory && !is_unopened {
        app.go_back();
        return Vec::new();
    }
    if app.live_jobs() + app.outputs.running().count() > 0 || app.is_unsaved() {
        app.popup = Some(Popup::ConfirmQuit);
        return Vec::new();
    }
    vec![Effect::Quit]
}
