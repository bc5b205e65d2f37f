//! The pins on files of one model, as lines.

use crate::inventory::{Basis, Model, Pin};

/// The pins on files of a model, and whether the last scan saw them as pinned.
pub fn of_model(model: &Model) -> Vec<(String, Basis)> {
    let line = |pin: &Pin| {
        let file = pin.file.screen();
        let changes = pin.changes(&model.descriptors);
        let Some(first) = changes.first() else { return (format!("{file}: as pinned"), Basis::Observed) };
        let more = match changes.len() {
            1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        (format!("{file}: not as pinned, {}{more}", first.line().screen()), Basis::Contradicted)
    };
    model.pins.iter().map(line).collect()
}
