//! What fits the command line into a system, as documents: completions for shells, and pages of the manual.

use super::names;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;

/// The script that completes the command line in a shell.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CompletionsDocument<'a> {
    /// The document's name.
    pub schema: names::Completions,
    /// The shell.
    pub shell: &'a str,
    /// The script.
    pub text: &'a str,
}

/// Pages of the manual.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ManDocument<'a> {
    /// The document's name.
    pub schema: names::Man,
    /// The folder that they were written to; none when they were only printed.
    pub folder: Option<&'a Untrusted>,
    /// The pages.
    pub pages: Vec<ManPageDocument<'a>>,
}

/// A page of the manual.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ManPageDocument<'a> {
    /// The name of its file.
    pub file: &'a str,
    /// Its text, in the form that `man` reads.
    pub text: &'a str,
}
