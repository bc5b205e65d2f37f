//! Which models of a view were measured. Nothing is judged here.

use super::View;

impl View {
    /// Whether each model's level was measured, in their order.
    pub fn measured(&self) -> Vec<bool> {
        let earned = self.earned();
        let of = |index| self.judgement.kind(index).and_then(|kind| earned.get(kind));
        (0..self.models.len()).map(|index| of(index).is_some_and(|earned| earned.measured)).collect()
    }
}
