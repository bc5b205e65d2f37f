//! What was signed: predicate, subject, root digest, hash, ignored paths, serialization.

use super::shown::{Shown, ended, held, labelled};
use crate::signing::{Outcome, Stage};
use crate::tui::screens::digests::{compared, digest};
use crate::tui::screens::paint::Pen;
use crate::tui::theme::Role;
use ratatui::text::Line;

pub(super) fn lines(shown: &Shown<'_>, pen: Pen<'_>) -> Vec<Line<'static>> {
    let v = shown.v();
    let mut out = Vec::new();
    for stage in [Stage::Statement, Stage::Subject] {
        let Some(check) = v.check(stage) else { continue };
        let words = v.words_of(check);
        let text = format!("{}: {}", stage.name(), words.summary);
        out.extend(ended(pen, check, Role::Text, &text, shown.columns));
        if check.outcome == Outcome::Fail {
            let value = |value: &Option<crate::text::Untrusted>| {
                value.as_ref().map(|text| text.screen()).unwrap_or_default()
            };
            let (expected, found) = (value(&words.expected), value(&words.found));
            let is_hex = |text: &str| text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_hex(&expected) && is_hex(&found) {
                out.extend(compared(pen, &expected, &found, shown.columns));
            } else {
                for (label, text) in [("expected", expected), ("found", found)] {
                    if !text.is_empty() {
                        labelled(pen, &mut out, label, &text, Role::Text, shown.columns);
                    }
                }
            }
            for detail in &words.details {
                labelled(pen, &mut out, "", &detail.screen(), Role::Text, shown.columns);
            }
        }
    }
    out.push(Line::default());
    let anatomy = match shown.apart(pen) {
        Ok(anatomy) => anatomy,
        Err(text) => {
            out.extend(text);
            return out;
        }
    };
    let says =
        ("proven: this is what the signer signed", "according to the bundle: its signature is not proven");
    held(pen, &mut out, v.signer_proven(), says, shown.columns);
    for (label, value) in &anatomy.statement {
        let text = value.screen();
        if label.starts_with("root") && !text.is_empty() {
            out.extend(digest(pen, &crate::tui::screens::paint::fit(label, 15), &text, shown.columns));
            continue;
        }
        labelled(pen, &mut out, label, &text, Role::Text, shown.columns);
    }
    if let Some(bundle) = &v.bundle_digest {
        out.push(Line::default());
        out.extend(digest(pen, "bundle sha256  ", bundle, shown.columns));
    }
    out
}
