//! Words for how a name looks. They judge nothing.

use crate::policy::NameMark;
use crate::text::{Untrusted, screen};

/// A name that is safe to show, and what is odd about it: `асме/bot  ! looks like acme/bot (Cyrillic letters)`.
pub fn named(name: &str, odd: Option<&NameMark>) -> String {
    match odd {
        Some(odd) => format!("{}  ! {}", written(name, odd), mark(odd).screen()),
        None => name.to_owned(),
    }
}

/// The same where there is little room: the sign comes first, and the words are cut off.
pub fn cell(name: &str, odd: &NameMark) -> String {
    format!("! {}  {}", written(name, odd), mark(odd).screen())
}

/// A name with hidden characters is shown as it was written, where they are to be seen.
fn written(name: &str, odd: &NameMark) -> String {
    odd.written.as_ref().map_or_else(|| name.to_owned(), Untrusted::screen)
}

/// A value that can be taken for a name of the policy: `асме  ! looks like acme, and is not`.
pub fn taken_for(value: &str, other: Option<&str>) -> String {
    match other {
        Some(other) => format!("{value}  ! looks like {}, and is not", screen(other)),
        None => value.to_owned(),
    }
}

/// `looks like acme/bot (Cyrillic letters)`.
pub fn mark(mark: &NameMark) -> Untrusted {
    let scripts = mark.scripts.join(" and ");
    let mut parts = Vec::new();
    if let Some(other) = &mark.looks_like {
        let how = match (mark.scripts.is_empty(), mark.styled_letters) {
            (false, _) => format!(" ({scripts} letters)"),
            (true, true) => " (fullwidth or styled letters)".to_owned(),
            (true, false) => " (confusable letters)".to_owned(),
        };
        parts.push(format!("looks like {}{how}", other.raw()));
    } else {
        if mark.mixed_scripts {
            let scripts = if scripts.is_empty() { String::new() } else { format!(" ({scripts} letters)") };
            parts.push(format!("mixed scripts{scripts}"));
        }
        if mark.styled_letters {
            parts.push("fullwidth or styled letters".to_owned());
        }
    }
    if mark.hidden_characters {
        parts.push("hidden characters".to_owned());
    }
    Untrusted::new(parts.join("; "))
}
