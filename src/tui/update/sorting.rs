//! The order of the rows, their columns, their groups, and the pane beside them that the keys move.

use crate::commands::Cmd;
use crate::tui::state::app::App;
use crate::tui::state::choices::ALL_BY_WIDTH;
use crate::tui::state::columns::Column;
use crate::tui::state::popup::Popup;
use crate::tui::state::rows::Rows;
use crate::tui::update::effect::Effect;

/// Asks for the column.
pub(super) fn sort(app: &mut App) -> Vec<Effect> {
    app.popup = Some(Popup::Choose { of: Cmd::Sort });
    Vec::new()
}

/// Sorts by the column of a key; by the same one again the other way round.
pub(super) fn sort_by(app: &mut App, key: char) -> Vec<Effect> {
    let Some(column) = Column::of_key(key) else { return Vec::new() };
    app.rearrange(|rows| rows.sort_by(column.id));
    tell_order(app);
    missing(app)
}

/// Turns the order round.
pub(super) fn reverse(app: &mut App) -> Vec<Effect> {
    app.rearrange(Rows::reverse);
    tell_order(app);
    Vec::new()
}

fn tell_order(app: &mut App) {
    app.tell(format!("sorted: {}", app.rows.sort().word()), false);
}

/// What the order in force needs and nobody has read yet.
pub(super) fn missing(app: &mut App) -> Vec<Effect> {
    let is_missing = app.view.as_ref().is_some_and(|view| app.rows.needs_licences(view));
    if is_missing { vec![Effect::Licences] } else { Vec::new() }
}

/// Asks for the columns.
pub(super) fn columns(app: &mut App) -> Vec<Effect> {
    app.popup = Some(Popup::Choose { of: Cmd::Columns });
    Vec::new()
}

/// Shows or hides the column of a key, and asks again.
pub(super) fn toggle_column(app: &mut App, key: char) -> Vec<Effect> {
    app.popup = Some(Popup::Choose { of: Cmd::Columns });
    if key == ALL_BY_WIDTH {
        app.rows.reset_columns();
        return Vec::new();
    }
    let Some(column) = Column::of_key(key) else { return Vec::new() };
    let (with, _) = app.rows.columns();
    // What was asked for and found no room is given up again.
    let is_shown = app.table.columns.contains(column.id) || with.contains(column.id);
    app.rows.set_column(column.id, !is_shown);
    Vec::new()
}

/// Puts the models in groups, or one by one again.
pub(super) fn group(app: &mut App) -> Vec<Effect> {
    let is_grouped = !app.rows.is_grouped();
    app.rearrange(|rows| rows.set_grouped(is_grouped));
    if is_grouped {
        let publishers = crate::text::count(app.rows.group_count(), "publisher");
        app.tell(
            format!("{publishers} · h folds a group, l unfolds it · z shows the models one by one"),
            false,
        );
    } else {
        app.tell("not grouped: the models are listed one by one", false);
    }
    Vec::new()
}

/// Folds or unfolds the group whose head the cursor is on; says whether there was one.
pub(super) fn fold_here(app: &mut App) -> bool {
    let Some(place) = app.rows.current_group() else { return false };
    let is_folded = app.rows.group(place).is_some_and(|group| group.is_folded);
    app.rows.fold(place, !is_folded);
    true
}

/// Left: folds the group, or goes to its head first.
pub(super) fn left(app: &mut App) {
    match app.rows.group_here() {
        Some((place, true)) if app.rows.group(place).is_some_and(|group| group.is_folded) => {
            app.tell("this group is folded already · l unfolds it", false);
        }
        Some((place, _)) => app.rows.fold(place, true),
        None => not_grouped(app),
    }
    app.follow();
}

/// Right: unfolds the group, or goes to its first model.
pub(super) fn right(app: &mut App) {
    match app.rows.group_here() {
        Some((place, true)) if app.rows.group(place).is_some_and(|group| group.is_folded) => {
            app.rows.fold(place, false);
        }
        Some((_, true)) => app.rows.cursor += 1,
        Some((_, false)) => app.tell("this is a model: Enter opens it", false),
        None => not_grouped(app),
    }
    app.follow();
}

fn not_grouped(app: &mut App) {
    app.tell("z groups the models by publisher; h and l then fold a group", false);
}

/// The next pane that the keys move.
pub(super) fn turn_pane(app: &mut App, by: isize) {
    let panes = isize::try_from(app.table.panes).unwrap_or(1);
    if panes < 2 {
        app.tell("nothing stands beside the table here · d shows the details, where there is room", false);
        return;
    }
    let pane = isize::try_from(app.pane).unwrap_or(0) + by;
    app.pane = usize::try_from(pane.rem_euclid(panes)).unwrap_or(0);
    app.scroll = 0;
}
