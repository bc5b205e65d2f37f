//! What runs where, as text.

use super::text::{Row, decision_word, table};
use crate::decision::Decision;
use crate::inventory::{Deployment, Running};
use crate::text::{Untrusted, count};
use crate::view::{RunsHere, View};

/// The deployments, one per line; `total` is their full number.
pub fn list(view: &View, rows: &[RunsHere<'_>], total: usize) -> String {
    if total == 0 {
        return "No deployment is known. `touchmark deploy add MODEL --where PLACE` adds one, and `touchmark deploy \
                import FILE` reads them from a document.\n"
            .to_owned();
    }
    let head = ["state", "model", "stage", "where", "owner", "since", "until", "level", "gate"];
    let mut lines: Vec<Row> = vec![head.map(str::to_owned).to_vec()];
    // Where nobody declared anything, a column would only take room.
    let with_surfaces = rows.iter().any(|row| row.surface.is_some());
    lines.iter_mut().for_each(|line| line.extend(with_surfaces.then(|| "declared".to_owned())));
    let dash = || "–".to_owned();
    for row in rows {
        let Deployment { model, stage, place, owner, since, until } = row.deployment;
        let summaries: Vec<_> = row.models.iter().map(|index| view.summary(*index)).collect();
        let worst = summaries.iter().max_by_key(|summary| summary.decision);
        let is_judged = |decision: Decision| decision != Decision::NotJudged;
        let state = match (row.running, summaries.is_empty()) {
            (Running::Now, true) => "? not in the inventory".to_owned(),
            (Running::Now, false) => "✓ runs".to_owned(),
            (other, _) => format!("· {}", other.word()),
        };
        lines.push(vec![
            state,
            model.screen(),
            stage.screen(),
            place.screen(),
            owner.as_ref().map_or_else(dash, Untrusted::screen),
            since.map_or_else(dash, |at| at.to_string()),
            until.map_or_else(dash, |at| at.to_string()),
            worst
                .filter(|worst| is_judged(worst.decision))
                .map_or_else(dash, |worst| worst.effective_level()),
            worst.map_or_else(dash, |worst| decision_word(worst.decision)),
        ]);
        let declared = || row.surface.map_or_else(dash, |declared| format!("version {}", declared.version));
        lines.iter_mut().last().into_iter().for_each(|line| line.extend(with_surfaces.then(declared)));
    }
    table(&lines) + &format!("{} of {}\n", rows.len(), count(total, "deployment"))
}

/// One deployment as a line.
pub fn line(done: &str, deployment: &Deployment) -> String {
    let Deployment { model, stage, place, owner, .. } = deployment;
    let owner = owner.as_ref().map(|owner| format!("  owner {}", owner.screen())).unwrap_or_default();
    format!("{done}  {}  {}  at {}{owner}\n", model.screen(), stage.screen(), place.screen())
}
