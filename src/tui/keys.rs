//! Keys as the command table and the help write them: `V`, `space`, `ctrl-d`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

const NAMED: [(&str, KeyCode); 14] = [
    ("space", KeyCode::Char(' ')),
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("backspace", KeyCode::Backspace),
];

/// The written form of a key; none for keys that nothing is ever bound to.
pub fn written(key: &KeyEvent) -> Option<String> {
    if key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::META) {
        return None;
    }
    let base = match NAMED.iter().find(|(_, code)| *code == key.code) {
        Some((name, _)) => (*name).to_owned(),
        None => match key.code {
            KeyCode::Char(c) => crate::text::screen(&c.to_string()),
            _ => return None,
        },
    };
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return Some(format!("ctrl-{}", base.to_lowercase()));
    }
    Some(base)
}

/// The key that is written so; of a longer text that names none, its first character's.
pub fn event(written: &str) -> KeyEvent {
    let (modifiers, base) = match written.strip_prefix("ctrl-").filter(|rest| !rest.is_empty()) {
        Some(base) => (KeyModifiers::CONTROL, base),
        None => (KeyModifiers::NONE, written),
    };
    let named = NAMED.iter().find(|(name, _)| *name == base).map(|(_, code)| *code);
    let first = || base.chars().next().map_or(KeyCode::Null, KeyCode::Char);
    KeyEvent::new(named.unwrap_or_else(first), modifiers)
}

/// Whether a written key can be produced by a keyboard: for the test of the table.
pub fn is_valid(written: &str) -> bool {
    let base = written.strip_prefix("ctrl-").filter(|rest| !rest.is_empty()).unwrap_or(written);
    NAMED.iter().any(|(name, _)| *name == base) || base.chars().count() == 1
}
