//! `--read-only`: refuses what would write, before anything else is done. Which commands write stands in the table of
//! commands.

use crate::commands::{Writes, by_path};
use crate::error::{Code, Error};
use clap::ArgMatches;
use clap::parser::ValueSource;

/// The command that was typed, and the arguments that were given to it.
pub(super) struct Asked {
    path: String,
    given: Vec<String>,
}

impl Asked {
    pub(super) fn of(matches: &ArgMatches) -> Self {
        let (mut at, mut words) = (matches, Vec::new());
        while let Some((word, below)) = at.subcommand() {
            words.push(word);
            at = below;
        }
        let is_given = |id: &&str| at.value_source(id) == Some(ValueSource::CommandLine);
        let given = at.ids().map(clap::Id::as_str).filter(is_given).map(str::to_owned).collect();
        Asked { path: words.join(" "), given }
    }

    /// Why it may not be done with `--read-only`; none when it may.
    pub(super) fn refusal(&self) -> Option<Error> {
        let (row, _) = by_path(&self.path)?;
        let what = match row.writes {
            Writes::Store => return None,
            Writes::Always => format!("`touchmark {}` writes, and --read-only allows no writing", self.path),
            Writes::With(arguments) => {
                let given = arguments.iter().find(|argument| self.given.iter().any(|id| id == *argument))?;
                format!(
                    "`touchmark {}` writes when `{given}` is given, and --read-only allows no writing",
                    self.path
                )
            }
        };
        Some(Error::new(Code::Usage, what).help("leave out --read-only; nothing was changed"))
    }
}
