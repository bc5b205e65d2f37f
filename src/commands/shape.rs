//! The flags of the commands of the command line, as they are parsed: the command line hands them over, for completing
//! and explaining what is typed. Who parses them is not known here.

use super::value::Value;

/// A command of the command line and its flags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    /// The words that name it; empty for the flags that every command takes.
    pub path: String,
    /// Its flags.
    pub flags: Vec<Flag>,
    /// What each argument without a flag can be, where only some words can be; empty where any can.
    pub choices: Vec<Vec<String>>,
}

/// A flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// As typed: `--stage`.
    pub name: String,
    /// What its value is called; none when it takes no value.
    pub value: Option<String>,
    /// What its value can be, where only some words can be.
    pub choices: Vec<String>,
    /// What it does.
    pub about: String,
    /// Whether it has to be given.
    pub required: bool,
}

impl Flag {
    /// What its value stands for.
    pub fn stands_for(&self) -> Value {
        Value::of(&self.name, self.value.as_deref().unwrap_or_default())
    }

    /// As a usage line has it: `--stage <STAGE>`.
    pub fn usage(&self) -> String {
        match &self.value {
            Some(value) => format!("{} <{value}>", self.name),
            None => self.name.clone(),
        }
    }
}
