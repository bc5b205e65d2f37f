//! Commands as a shell takes them: words that are quoted where they have to be, and variables for what only the user
//! knows. A word that cannot be shown as it is makes no command.

use crate::maturity::Blank;
use crate::text::shell_word;
use schemars::JsonSchema;
use serde::Serialize;

/// A value that the user has to supply, and the variable of the shell that stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it stands for.
    pub blank: Blank,
}

/// A command that is being written.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    text: String,
    blanks: Vec<Variable>,
    /// Whose keys are asked for.
    owner: String,
    is_lost: bool,
}

impl Line {
    /// `touchmark` and the words of a command.
    pub fn touchmark(words: &[&str]) -> Self {
        Line::default().bare("touchmark").words(words)
    }

    /// As it stands: signs of the shell.
    pub fn bare(mut self, text: &str) -> Self {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self
    }

    /// Words, each quoted where it has to be.
    pub fn words(mut self, words: &[&str]) -> Self {
        for word in words {
            match shell_word(word) {
                Some(word) => self = self.bare(&word),
                None => self.is_lost = true,
            }
        }
        self
    }

    /// A file or a name that may begin like an option.
    pub fn operand(self, word: &str) -> Self {
        if word.starts_with('-') { self.words(&["--", word]) } else { self.words(&[word]) }
    }

    /// An option with a value that the user has to supply.
    pub fn asking(self, option: &str, blank: Blank) -> Self {
        self.words(&[option]).blank(blank)
    }

    /// The same, with keys of this owner: each has its own.
    pub fn of(self, owner: &str) -> Self {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        Line { owner: owner.chars().map(letter).collect(), ..self }
    }

    /// A value that the user has to supply.
    pub fn blank(mut self, blank: Blank) -> Self {
        let name = match blank.is_of_signer() && !self.owner.is_empty() {
            true => format!("{}_{}", blank.variable(), self.owner),
            false => blank.variable().to_owned(),
        };
        let variable = format!("\"${{{name}:?}}\"");
        let value = Variable { name, blank };
        if !self.blanks.contains(&value) {
            self.blanks.push(value);
        }
        self.bare(&variable)
    }

    /// A word, and a value after it that the user has to supply, without a gap.
    pub fn word_and_blank(mut self, word: &str, blank: Blank) -> Self {
        self = self.words(&[word]).blank(blank);
        if let Some(at) = self.text.rfind(" \"${") {
            self.text.remove(at);
        }
        self
    }

    /// The next command, if this one works.
    pub fn and(mut self, next: Line) -> Self {
        self = self.bare("&&").bare(&next.text);
        for blank in next.blanks {
            if !self.blanks.contains(&blank) {
                self.blanks.push(blank);
            }
        }
        self.is_lost |= next.is_lost;
        self
    }

    /// The command, and what the user has to supply.
    pub fn done(self) -> (Option<String>, Vec<Variable>) {
        if self.is_lost { (None, Vec::new()) } else { (Some(self.text), self.blanks) }
    }
}

/// Appends lines to a file.
pub(super) fn appending(lines: &[String], file: &str) -> Line {
    let mut line = Line::default().bare("printf").words(&["%s\\n"]).bare("''");
    for text in lines {
        line = line.words(&[text]);
    }
    line.bare(">>").words(&[file])
}

/// A text as TOML writes it.
pub(super) fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A list of texts as TOML writes it.
pub(super) fn toml_list<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    format!("[{}]", texts.map(toml_text).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Line, appending, toml_list};
    use crate::maturity::Blank;

    #[test]
    fn hostile_words_are_quoted_and_what_cannot_be_shown_makes_no_command() {
        let line = Line::touchmark(&["verify"]).operand("a'b; rm -rf $HOME");
        assert_eq!(line.done().0.unwrap(), r"touchmark verify 'a'\''b; rm -rf $HOME'");
        assert_eq!(Line::touchmark(&["verify"]).operand("a\u{202e}b").done(), (None, Vec::new()));
        assert_eq!(
            Line::touchmark(&["verify"]).operand("--all").done().0.unwrap(),
            "touchmark verify -- --all"
        );
    }

    #[test]
    fn a_value_that_the_user_supplies_is_a_variable_and_is_named_once() {
        let line = Line::touchmark(&["x"]).of("my-lab").asking("--key", Blank::Key);
        let line = line.word_and_blank("a@sha256:", Blank::Key);
        let (command, blanks) = line.done();
        assert_eq!(command.unwrap(), r#"touchmark x --key "${KEY_MY_LAB:?}" a@sha256:"${KEY_MY_LAB:?}""#);
        assert_eq!(blanks.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["KEY_MY_LAB"]);
    }

    #[test]
    fn lines_are_appended_as_they_are() {
        let line = appending(&["[a]".to_owned(), "b = 'c'".to_owned()], "my policy.toml");
        assert_eq!(line.done().0.unwrap(), r"printf '%s\n' '' '[a]' 'b = '\''c'\''' >> 'my policy.toml'");
        assert_eq!(toml_list(["a\"b", "c"].into_iter()), r#"['a"b', "c"]"#);
    }
}
