//! Patterns of Go programs, which match anywhere in a text unless they are anchored. Ours match the whole text.

/// The pattern of ours that matches the same texts.
pub(super) fn pattern(regex: &str) -> String {
    let is_anchored = regex.starts_with('^') && regex.ends_with('$') && !regex.ends_with("\\$");
    if is_anchored && !is_choice(regex) {
        format!("regex:{regex}")
    } else {
        format!("regex:^.*(?:{regex}).*$")
    }
}

/// Whether a bar stands outside of all groups, so that an anchor belongs to one side of it alone.
fn is_choice(regex: &str) -> bool {
    let (mut depth, mut is_class) = (0_i32, false);
    let mut chars = regex.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '[' => is_class = true,
            ']' => is_class = false,
            _ if is_class => {}
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

/// The one text that a pattern was meant to match, where it holds nothing but letters, digits, dots and the like.
pub(super) fn literal(regex: &str) -> Option<String> {
    let body = regex.strip_prefix('^').unwrap_or(regex);
    let body = body.strip_suffix('$').unwrap_or(body);
    let mut text = String::new();
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(char::is_ascii_punctuation)?),
            '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
            _ => text.push(c),
        }
    }
    Some(text).filter(|text| !text.is_empty())
}
