//! The headings of a text in Markdown, as far as a card needs them.

/// More are not read.
const LIMIT: usize = 200;
/// A longer heading is cut.
const LIMIT_CHARS: usize = 200;

/// The headings of a text, in its order: those with `#`, and those with a line of `=` or `-` below them. What stands in
/// fences, and the front matter, has none.
pub fn headings(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut fence: Option<&str> = None;
    let mut above: Option<&str> = None;
    for line in without_front_matter(text).lines() {
        let trimmed = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        match (fence, mark) {
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, Some(mark)) => fence = Some(mark),
            _ => {}
        }
        if fence.is_some() || mark.is_some() {
            above = None;
            continue;
        }
        if let Some(heading) = atx(line) {
            found.push(heading.to_owned());
            above = None;
        } else if let (Some(heading), true) = (above, is_underline(trimmed)) {
            found.push(heading.to_owned());
            above = None;
        } else {
            above = Some(trimmed).filter(|text| !text.is_empty());
        }
    }
    found.truncate(LIMIT);
    found.iter().map(|heading| heading.chars().take(LIMIT_CHARS).collect()).collect()
}

fn without_front_matter(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(rest) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else { return text };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "---" {
            return rest.get(at..).unwrap_or_default();
        }
    }
    text
}

/// `## Intended use ##`
fn atx(line: &str) -> Option<&str> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let rest = line.trim_start_matches(' ').trim_start_matches('#');
    let marks = line.len() - indent - rest.len();
    if indent > 3 || !(1..=6).contains(&marks) || !rest.starts_with([' ', '\t']) {
        return None;
    }
    let rest = rest.trim();
    let bare = rest.trim_end_matches('#');
    let heading = if bare.ends_with([' ', '\t']) || bare.is_empty() { bare.trim() } else { rest };
    Some(heading).filter(|heading| !heading.is_empty())
}

fn is_underline(line: &str) -> bool {
    ['=', '-'].iter().any(|mark| line.len() >= 3 && line.chars().all(|c| c == *mark))
}
