//! Something that does not load: a workspace, a policy, a theme or a file of keys. Which line is at fault, what stands
//! around it, and what rules meanwhile. It reads no file.

use crate::error::{Code, Error};
use crate::policy::PolicyError;
use crate::text::{block, screen};
use std::path::{Path, PathBuf};

/// Lines shown before and after the one at fault.
const AROUND: usize = 4;

/// What does not load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Faulty {
    /// The workspace: nothing is open.
    Workspace,
    /// A folder in which there is nothing to open.
    EmptyFolder,
    /// The store of the workspace: nothing is open.
    Store,
    /// The policy: nothing is judged.
    Policy,
    /// The theme.
    Theme,
    /// The file of keys.
    Keymap,
}

impl Faulty {
    /// What a title says.
    pub fn title(self) -> &'static str {
        match self {
            Faulty::Workspace => "could not open the workspace",
            Faulty::EmptyFolder => "nothing to open",
            Faulty::Store => "could not open the store",
            Faulty::Policy => "the policy does not load",
            Faulty::Theme => "the theme does not load",
            Faulty::Keymap => "the keymap does not load",
        }
    }

    /// What rules until it is corrected.
    pub fn meanwhile(self) -> &'static str {
        match self {
            Faulty::Workspace | Faulty::EmptyFolder => {
                "Meanwhile nothing is open, nothing is admitted, and nothing was changed."
            }
            Faulty::Store => {
                "Meanwhile nothing is open and nothing is admitted. The store was not changed; its ledger is inside."
            }
            Faulty::Policy => {
                "Meanwhile nothing is judged and no model is admitted. The inventory can be browsed: Esc goes there."
            }
            Faulty::Theme => "Meanwhile the default theme is used.",
            Faulty::Keymap => "Meanwhile the default keys hold.",
        }
    }

    /// Whether there is no workspace to go on with.
    pub fn is_unopened(self) -> bool {
        matches!(self, Faulty::Workspace | Faulty::EmptyFolder | Faulty::Store)
    }
}

/// One fault in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spotted {
    /// Its line, counted from 1.
    pub line: Option<usize>,
    /// What is wrong, safe to show.
    pub what: String,
    /// What to do, safe to show.
    pub help: Option<String>,
}

/// A line of the file around a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its number, counted from 1.
    pub number: usize,
    /// Its text, safe to show.
    pub text: String,
    /// Whether it is at fault.
    pub is_faulty: bool,
}

/// What does not load, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub of: Faulty,
    /// The file to correct, where it is one.
    pub file: Option<PathBuf>,
    /// What it is about, where there is no file to correct.
    pub place: Option<String>,
    /// What is wrong, the first is told first.
    pub spots: Vec<Spotted>,
    /// The lines around the first.
    pub around: Vec<Shown>,
}

impl Fault {
    /// Of a workspace that could not be opened; `text` is what the file at fault says, where it could be read.
    pub fn of_opening(error: &Error, text: Option<&str>, is_empty: bool) -> Self {
        let of = match error.code {
            _ if error.spot.is_some() => Faulty::Workspace,
            _ if is_empty => Faulty::EmptyFolder,
            Code::Store | Code::Newer | Code::Write => Faulty::Store,
            _ => Faulty::Workspace,
        };
        Fault::of_error(of, error, text)
    }

    /// Of any file whose error names a line, or none.
    pub fn of_error(of: Faulty, error: &Error, text: Option<&str>) -> Self {
        let line = error.spot.as_ref().map(|spot| spot.line);
        let spot = Spotted { line, what: screen(&error.what), help: error.help.as_deref().map(screen) };
        let around = text.zip(line).map(|(text, line)| lines_around(text, &[line])).unwrap_or_default();
        Fault {
            of,
            file: error.spot.as_ref().map(|spot| spot.file.clone()),
            place: error.at.as_ref().map(crate::text::Untrusted::screen),
            spots: vec![spot],
            around,
        }
    }

    /// Of a theme file.
    pub fn of_theme(name: &str, error: &Error, text: Option<&str>) -> Self {
        let fault = Fault::of_error(Faulty::Theme, error, text);
        Fault { file: Some(PathBuf::from(name)), place: Some(name.to_owned()), ..fault }
    }

    /// Of a policy, by its faults.
    pub fn of_policy(file: Option<&Path>, text: &str, faults: &[PolicyError]) -> Self {
        let spots: Vec<Spotted> = faults
            .iter()
            .map(|fault| Spotted {
                line: fault.line,
                what: screen(&fault.message),
                help: fault.help.as_deref().map(screen),
            })
            .collect();
        let lines: Vec<usize> = spots.iter().filter_map(|spot| spot.line).collect();
        Fault {
            of: Faulty::Policy,
            file: file.map(Path::to_owned),
            place: None,
            around: lines_around(text, &lines),
            spots,
        }
    }
}

/// The lines around the first of some lines; others of them that lie there are marked too.
fn lines_around(text: &str, faulty: &[usize]) -> Vec<Shown> {
    let Some(first) = faulty.first() else { return Vec::new() };
    let from = first.saturating_sub(AROUND + 1);
    let lines = (1..).zip(text.lines()).skip(from).take(2 * AROUND + 1);
    lines
        .map(|(number, line)| Shown {
            number,
            text: block(line).replace('\n', " "),
            is_faulty: faulty.contains(&number),
        })
        .collect()
}
