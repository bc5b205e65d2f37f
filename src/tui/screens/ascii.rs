//! The last pass for terminals that show no Unicode: each sign becomes one of ASCII that is as wide. No screen knows of
//! it.

use ratatui::buffer::Buffer;

/// Signs, and what stands for them.
const SIGNS: &[(&str, &str)] = &[
    // status
    ("✓", "+"),
    ("✗", "x"),
    ("·", "."),
    ("●", "o"),
    ("○", "O"),
    ("◆", "*"),
    ("◇", "%"),
    ("⚠", "!"),
    // borders, rules and lanes
    ("─", "-"),
    ("│", "|"),
    ("┃", "#"),
    ("╭", "+"),
    ("╮", "+"),
    ("╰", "+"),
    ("╯", "+"),
    ("┌", "+"),
    ("┐", "+"),
    ("└", "+"),
    ("┘", "+"),
    ("├", "+"),
    ("┤", "+"),
    ("┬", "+"),
    ("┴", "+"),
    ("┼", "+"),
    ("╶", "-"),
    ("╴", "-"),
    ("╷", "|"),
    ("╵", "|"),
    ("═", "="),
    ("║", "H"),
    ("╠", "H"),
    ("╣", "H"),
    ("╔", "H"),
    ("╗", "H"),
    ("╚", "H"),
    ("╝", "H"),
    ("╦", "="),
    ("╩", "="),
    ("╬", "H"),
    ("╞", "|"),
    ("╡", "|"),
    ("╟", "H"),
    ("╢", "H"),
    ("┄", "."),
    ("┈", "."),
    ("╌", "."),
    ("┊", ":"),
    ("┆", ":"),
    ("╎", ":"),
    ("╳", "X"),
    // bars
    ("█", "#"),
    ("▓", "#"),
    ("▒", "="),
    ("░", "."),
    ("▉", "#"),
    ("▊", "#"),
    ("▋", "#"),
    ("▌", "#"),
    ("▍", "#"),
    ("▎", "#"),
    ("▏", "|"),
    ("▐", "#"),
    ("▁", "_"),
    ("▂", "_"),
    ("▃", "-"),
    ("▄", "-"),
    ("▅", "="),
    ("▆", "="),
    ("▇", "#"),
    ("▀", "#"),
    ("▮", "#"),
    ("▯", "."),
    ("▰", "#"),
    ("▱", "."),
    ("■", "#"),
    ("━", "#"),
    ("┃", "#"),
    // pointers
    ("▸", ">"),
    ("▶", ">"),
    ("▾", "v"),
    ("▼", "v"),
    ("▲", "^"),
    ("▴", "^"),
    ("◂", "<"),
    ("◀", "<"),
    ("→", ">"),
    ("←", "<"),
    ("↑", "^"),
    ("↓", "v"),
    ("↵", ">"),
    ("⤺", "@"),
    // writing
    ("…", "~"),
    ("–", "-"),
    ("—", "-"),
    ("−", "-"),
    ("×", "x"),
    ("§", "S"),
    ("•", "*"),
    ("≥", ">"),
    ("≤", "<"),
    ("≠", "#"),
    ("±", "+"),
    ("‘", "'"),
    ("’", "'"),
    ("“", "\""),
    ("”", "\""),
    ("\u{a0}", " "),
];

/// What stands for a sign; none for one that is not known.
fn stand_in(sign: &str) -> Option<&'static str> {
    // Control characters of untrusted text are shown as pictures.
    if sign.chars().all(|c| ('\u{2400}'..='\u{2426}').contains(&c)) {
        return Some("^");
    }
    SIGNS.iter().find(|(known, _)| *known == sign).map(|(_, ascii)| *ascii)
}

/// Leaves only ASCII; a letter that has no sign of its own becomes a question mark.
pub fn fall_back(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let sign = stand_in(cell.symbol()).unwrap_or("?");
            cell.set_symbol(sign);
        }
    }
}
