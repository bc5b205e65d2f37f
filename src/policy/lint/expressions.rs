//! What a pattern of subjects lets in beyond what its author most likely meant. It knows no policy.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The end of a pattern at which anything may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Start,
    End,
}

/// What stands between `regex:^` and `$`.
pub(super) fn body(written: &str) -> Option<&str> {
    written.strip_prefix("regex:^")?.strip_suffix('$')
}

/// Whether any text at all may stand at an end of the pattern, in one of its alternatives.
pub(super) fn is_open(body: &str, side: Side) -> bool {
    let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(body);
    parsed.is_ok_and(|hir| opens(&hir, side))
}

fn opens(hir: &Hir, side: Side) -> bool {
    match hir.kind() {
        HirKind::Repetition(repeated) => repeated.max.is_none() && is_any(&repeated.sub),
        HirKind::Capture(capture) => opens(&capture.sub, side),
        HirKind::Alternation(ways) => ways.iter().any(|way| opens(way, side)),
        HirKind::Concat(parts) => {
            let outer = match side {
                Side::Start => parts.first(),
                Side::End => parts.last(),
            };
            outer.is_some_and(|outer| opens(outer, side))
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

/// Whether it is a class in which the characters that separate the parts of a subject are, too.
fn is_any(hir: &Hir) -> bool {
    let has = |class: &Class, byte: u8| match class {
        Class::Bytes(bytes) => {
            bytes.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte))
        }
        Class::Unicode(all) => {
            all.ranges().iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte)))
        }
    };
    match hir.kind() {
        HirKind::Class(class) => b"/@a:".iter().all(|byte| has(class, *byte)),
        HirKind::Capture(capture) => is_any(&capture.sub),
        _ => false,
    }
}

/// The places, as the parts around them, where a dot stands for any character and a plain one was most likely meant:
/// between two letters or digits, or after one and before an escaped character.
pub(super) fn bare_dots(body: &str) -> usize {
    let characters: Vec<char> = body.chars().collect();
    let (mut in_class, mut is_escaped, mut dots) = (false, false, 0);
    for (at, character) in characters.iter().enumerate() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        let around = |there: Option<usize>| {
            there.and_then(|there| characters.get(there)).is_some_and(|c| c.is_alphanumeric())
        };
        match character {
            '\\' => is_escaped = true,
            '[' if !in_class => in_class = true,
            ']' if in_class => in_class = false,
            '.' if !in_class && around(at.checked_sub(1)) && around(at.checked_add(1)) => dots += 1,
            _ => {}
        }
    }
    dots
}

/// Whether any branch or tag may stand where a workflow's subject names the one that it ran from.
pub(super) fn takes_any_ref(body: &str) -> bool {
    const PLACES: [&str; 4] = ["@refs/heads/", "@refs/tags/", "@refs/", "@"];
    let Some((_, after)) = body.rsplit_once('@') else { return false };
    let after = format!("@{after}");
    let Some(rest) = PLACES.iter().find_map(|place| after.strip_prefix(place)) else { return false };
    let is_workflow = body.contains('/');
    is_workflow && (rest == ".*" || rest == ".+" || rest.starts_with("[^") && rest.ends_with(['*', '+']))
}

#[cfg(test)]
mod tests {
    use super::{Side, bare_dots, is_open, takes_any_ref};

    #[test]
    fn a_pattern_is_open_where_anything_may_stand() {
        for (body, start, end) in [
            (".*@acme\\.example", true, false),
            ("[^@]+@acme\\.example", false, false),
            ("https://git\\.acme\\.example/.*", false, true),
            ("https://git\\.acme\\.example/.+", false, true),
            ("https://git\\.acme\\.example/[a-z]+", false, false),
            ("(a|.*b)", true, false),
            ("(a|b.*)", false, true),
            ("(.*)x", true, false),
            (".?x", false, false),
            (".{3}x", false, false),
            ("ci", false, false),
        ] {
            assert_eq!(is_open(body, Side::Start), start, "{body}");
            assert_eq!(is_open(body, Side::End), end, "{body}");
        }
    }

    #[test]
    fn a_dot_between_letters_is_bare() {
        for (body, dots) in [
            ("ci@acme.example", 1),
            ("git.acme.example", 2),
            ("ci@acme\\.example", 0),
            ("[a.b]x", 0),
            ("a.*b", 0),
            ("v[0-9.]+", 0),
            ("a\\\\.b", 0),
            ("\\[a.b", 1),
        ] {
            assert_eq!(bare_dots(body), dots, "{body}");
        }
    }

    #[test]
    fn a_ref_is_any_where_nothing_limits_it() {
        for (body, is_any) in [
            ("https://ci/a/b\\.yml@refs/tags/.*", true),
            ("https://ci/a/b\\.yml@refs/heads/.+", true),
            ("https://ci/a/b\\.yml@refs/.*", true),
            ("https://ci/a/b\\.yml@.*", true),
            ("https://ci/a/b\\.yml@refs/tags/[^/]+", true),
            ("https://ci/a/b\\.yml@refs/tags/v[0-9.]+", false),
            ("https://ci/a/b\\.yml@refs/heads/main", false),
            ("ci@.*", false),
            ("https://ci/.*", false),
        ] {
            assert_eq!(takes_any_ref(body), is_any, "{body}");
        }
    }
}
