//! Keys on the lineage screen: another focus and back, fold and unfold, the blast radius, a path.

use crate::lineage::path as find_path;
use crate::text::count;
use crate::tui::state::app::App;
use crate::tui::state::popup::Popup;
use crate::view::Blamed;
use std::sync::Arc;

/// Draws the family around the chosen row; of a row that stands for what is left out, shows that.
pub(super) fn refocus(app: &mut App) {
    let Some(row) = app.lane() else { return };
    if row.left_out.is_some() {
        return unfold(app);
    }
    let id = row.id.clone();
    app.lineage.trail.extend(app.lineage.focus.clone());
    // What is not in the inventory has no other screen.
    app.current = app.subject().or_else(|| app.current.clone());
    app.refocus(Some(id));
}

/// Back to the focus before; false where there is none.
pub(super) fn back(app: &mut App) -> bool {
    let Some(before) = app.lineage.trail.pop() else { return false };
    app.refocus(Some(before));
    app.follow();
    true
}

pub(super) fn turn_whole(app: &mut App) {
    let view = app.view.clone();
    app.lineage.turn_whole(view.as_deref());
    let drawn = if app.lineage.whole { "the whole family" } else { "the nearest rows" };
    app.tell(format!("{drawn}: {} of it", count(app.lineage.rows.len(), "row")), false);
}

pub(super) fn unfold(app: &mut App) {
    let view = app.view.clone();
    if !app.lineage.unfold(view.as_deref()) {
        app.tell("nothing to unfold here", false);
    }
}

pub(super) fn fold(app: &mut App) {
    let view = app.view.clone();
    if !app.lineage.fold(view.as_deref()) {
        app.tell("nothing to fold here", false);
    }
}

/// What would be struck if the model under the cursor went bad.
pub(super) fn blast(app: &mut App) {
    let (Some(view), Some(id)) = (app.view.clone(), app.named()) else { return };
    let blast = view.blast(&Blamed::Model(id), None);
    app.popup = Some(Popup::Blast { blast: Arc::new(blast), cursor: 0 });
}

/// The path from the chosen row to a marked model. Where none is marked, this one is marked.
pub(super) fn path(app: &mut App) {
    let (Some(view), Some(here)) = (app.view.clone(), app.named()) else { return };
    let marked = app.rows.marked();
    let other = app.lineage.marked.take().or_else(|| marked.into_iter().find(|id| *id != here));
    match other.filter(|other| *other != here) {
        Some(other) => {
            let chain = find_path(&view.graph, &here, &other);
            app.popup = Some(Popup::Path { from: here, to: other, chain, scroll: 0 });
        }
        None => {
            let key = app.key_of(crate::commands::Cmd::Path);
            app.tell(format!("{} is one end · {key} on another row shows the path", here.screen()), false);
            app.lineage.marked = Some(here);
        }
    }
}
