//! What the tabs of the verify screen draw from, and brushes that several of them use.

use crate::signing::{Anatomy, Check, Verification};
use crate::tui::screens::paint::{Pen, fit, put};
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use crate::view::{Verified, View};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::sync::Arc;

/// What the tabs draw from.
pub(super) struct Shown<'a> {
    pub(super) app: &'a App,
    pub(super) view: &'a View,
    pub(super) verified: &'a Verified,
    pub(super) check: Option<&'a Check>,
    /// The model's id, safe to show.
    pub(super) id: String,
    /// The model that owns the signature, where that is another.
    pub(super) owner: Option<String>,
    pub(super) columns: usize,
}

impl Shown<'_> {
    pub(super) fn v(&self) -> &Verification {
        &self.verified.verification
    }

    /// What was read of the signature, or a line that says why it is not there.
    pub(super) fn read(&self, pen: Pen<'_>) -> Result<&Arc<Anatomy>, Vec<Line<'static>>> {
        match self.app.verify.read(self.verified) {
            Some(Ok(anatomy)) => Ok(anatomy),
            Some(Err(why)) => {
                let head = vec![pen.span(Role::Unknown, "? ")];
                let text = format!("what the signature holds cannot be shown: {why}");
                Err(pen.wrapped(head, Role::Text, &text, self.columns))
            }
            None => Err(vec![pen.line(Role::Muted, "reading the signature …")]),
        }
    }

    /// The same, for what is only there when the bundle could be taken apart.
    pub(super) fn apart(&self, pen: Pen<'_>) -> Result<&Arc<Anatomy>, Vec<Line<'static>>> {
        let anatomy = self.read(pen)?;
        let Some(fault) = &anatomy.fault else { return Ok(anatomy) };
        let head = vec![pen.span(Role::Fail, "✗ ")];
        let text = format!("the bundle cannot be taken apart: {}", fault.screen());
        Err(pen.wrapped(head, Role::Text, &text, self.columns))
    }
}

/// Rows of a table with labels at the left.
pub(super) fn labelled(
    pen: Pen<'_>,
    out: &mut Vec<Line<'static>>,
    label: &str,
    value: &str,
    role: Role,
    columns: usize,
) {
    out.extend(pen.wrapped(vec![pen.span(Role::Muted, fit(label, 15))], role, value, columns));
}

/// Whether what follows is proven, or only what the bundle says.
pub(super) fn held(
    pen: Pen<'_>,
    out: &mut Vec<Line<'static>>,
    is_held: bool,
    (proven, claimed): (&str, &str),
    columns: usize,
) {
    let (role, text) = match is_held {
        true => (Role::Pass, format!("✓ {proven}")),
        false => (Role::Warn, format!("! {claimed}")),
    };
    out.extend(pen.wrapped(Vec::new(), role, &text, columns));
}

/// How a check ended, and what is said of it.
pub(super) fn ended(
    pen: Pen<'_>,
    check: &Check,
    role: Role,
    text: &str,
    columns: usize,
) -> Vec<Line<'static>> {
    let head = vec![pen.outcome(check.outcome), Span::raw("  ")];
    pen.wrapped(head, role, &crate::text::screen(text), columns)
}

/// A word at the right of a box's lower border.
pub(super) fn foot(pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect, text: &str) {
    let text = format!(" {text} ");
    let columns = u16::try_from(crate::text::width(&text)).unwrap_or(u16::MAX);
    if columns.saturating_add(4) > area.width || area.height == 0 {
        return;
    }
    let x = area.right().saturating_sub(columns + 2);
    put(frame, x, area.bottom() - 1, &pen.line(Role::Muted, text), columns);
}
