//! What the parts of a line of TOML are, for their colours: comments, heads of tables, keys, values. A line is looked at
//! by itself; a string of several lines is not known as one.

use crate::tui::theme::Role;

/// The roles of a line's parts, each with the byte behind it.
pub fn roles(line: &str) -> Vec<(usize, Role)> {
    if is_head(line) {
        let end = comment(line).unwrap_or(line.len());
        return vec![(end, Role::Title), (line.len(), Role::Muted)];
    }
    let mut parts: Vec<(usize, Role)> = Vec::new();
    let mut add = |end: usize, role: Role| match parts.last_mut() {
        Some((last, known)) if *known == role => *last = end,
        _ => parts.push((end, role)),
    };
    let mut quote = None;
    let mut is_escaped = false;
    let mut is_value = false;
    for (at, c) in line.char_indices() {
        let end = at + c.len_utf8();
        if let Some(open) = quote {
            add(end, if is_value { Role::Accent } else { Role::Text });
            match c {
                _ if is_escaped => is_escaped = false,
                '\\' if open == '"' => is_escaped = true,
                _ if c == open => quote = None,
                _ => {}
            }
            continue;
        }
        match c {
            '#' => {
                add(line.len(), Role::Muted);
                return parts;
            }
            '"' | '\'' => {
                quote = Some(c);
                // A text in a list is a value, too.
                is_value |= !line.get(end..).is_some_and(|rest| rest.contains('='));
                add(end, if is_value { Role::Accent } else { Role::Text });
            }
            '=' => {
                is_value = true;
                add(end, Role::Muted);
            }
            '{' | '}' | ',' => {
                is_value = false;
                add(end, Role::Text);
            }
            _ => add(end, if is_value { Role::Accent } else { Role::Text }),
        }
    }
    parts
}

fn is_head(line: &str) -> bool {
    let before = line.get(..comment(line).unwrap_or(line.len())).unwrap_or_default().trim();
    before.starts_with('[') && before.ends_with(']') && !before.contains(['=', ',', '"'])
}

/// Where the comment of a line begins, outside of texts.
fn comment(line: &str) -> Option<usize> {
    let mut quote = None;
    line.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (None, '#') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            _ => {}
        }
        None
    })
}
