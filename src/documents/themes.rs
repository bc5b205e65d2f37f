//! The themes of the workbench.

use super::names;
use schemars::JsonSchema;
use serde::Serialize;

/// The themes of the workbench, or one of them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ThemesDocument {
    /// The document's name.
    pub schema: names::Themes,
    /// All of them, or the one that was named.
    pub themes: Vec<ThemeEntry>,
}

/// A theme.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ThemeEntry {
    /// Its name, or the path that it was named by.
    pub name: String,
    /// Its file; absent of a built-in theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Why it cannot be used, with the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Its text, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Text that is hard to read, when it was checked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faint: Vec<FaintRole>,
}

/// A role that stands out too little from a ground that it is drawn on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FaintRole {
    /// The role's name.
    pub role: String,
    /// The ground's.
    pub ground: String,
    /// The contrast by WCAG 2.2.
    pub contrast: f64,
    /// What it has to be at least.
    pub least: f64,
}
