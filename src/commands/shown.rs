//! How a key is shown to people.

/// How a key is shown: `Space`, `Ctrl-d`, `V`.
pub fn shown(written: &str) -> String {
    let arrow = [("up", "↑"), ("down", "↓"), ("left", "←"), ("right", "→")];
    if let Some((_, glyph)) = arrow.iter().find(|(name, _)| *name == written) {
        return (*glyph).to_owned();
    }
    if written.chars().count() == 1 {
        return written.to_owned();
    }
    let mut chars = written.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
