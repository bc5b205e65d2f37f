//! Labelled lines about a file, each kind of them up to a bound: behind it they are counted.

use std::collections::BTreeMap;

use super::super::arrays::Tensor;
use crate::text::{Untrusted, count};

/// Lines of one label that are kept.
const SHOWN: usize = 40;
/// Longer texts are cut.
const MAX_TEXT: usize = 400;

/// A label in our own words, and what the file says.
pub(in crate::inventory) type Line = (String, Untrusted);

/// Lines in the making.
#[derive(Default)]
pub(in crate::inventory) struct Lines {
    lines: Vec<Line>,
    left_out: BTreeMap<&'static str, u64>,
}

impl Lines {
    /// One line.
    pub fn add(&mut self, label: &'static str, text: impl Into<String>) {
        let text: String = text.into().chars().take(MAX_TEXT).collect();
        self.lines.push((label.to_owned(), Untrusted::new(text)));
    }

    /// One of many lines of a label.
    pub fn add_counted(&mut self, label: &'static str, text: impl Into<String>) {
        let known = self.lines.iter().filter(|(known, _)| known == label).count();
        match known < SHOWN {
            true => self.add(label, text),
            false => *self.left_out.entry(label).or_default() += 1,
        }
    }

    /// Many of one label.
    pub fn add_all(&mut self, label: &'static str, texts: impl Iterator<Item = String>) {
        texts.for_each(|text| self.add_counted(label, text));
    }

    /// Names with their bytes.
    pub fn entries(&mut self, label: &'static str, entries: &[(String, u64)]) {
        self.add("holds", count(entries.len(), label));
        for (name, bytes) in entries.iter().take(SHOWN) {
            self.add(label, format!("{name}  {bytes} bytes"));
        }
        if let Some(more) = entries.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            self.add(label, format!("and {more} more"));
        }
    }

    /// Tensors with their shapes.
    pub fn tensors(&mut self, tensors: &[Tensor]) {
        if tensors.is_empty() {
            return;
        }
        let parameters = tensors.iter().fold(0_u64, |sum, tensor| {
            let elements = tensor.shape.iter().fold(1_u64, |product, size| product.saturating_mul(*size));
            sum.saturating_add(elements)
        });
        self.add("tensors", format!("{}, {parameters} parameters as their shapes say", tensors.len()));
        self.add_all(
            "tensor",
            tensors.iter().map(|tensor| shape_line(&tensor.name, &tensor.kind, &tensor.shape)),
        );
    }

    /// The lines, with what was left out at their end.
    pub fn take(mut self) -> Vec<Line> {
        for (label, more) in std::mem::take(&mut self.left_out) {
            self.add(label, format!("and {more} more"));
        }
        self.lines
    }
}

/// A tensor in one line.
pub(in crate::inventory) fn shape_line(name: &str, kind: &str, shape: &[u64]) -> String {
    let sizes: Vec<String> = shape.iter().map(u64::to_string).collect();
    let kind = if kind.is_empty() { String::new() } else { format!("{kind} ") };
    format!("{name}  {kind}[{}]", sizes.join(", "))
}
