//! The rubric: a TOML file that is validated when it loads.

use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// How much a control weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Blocks the level.
    Must,
    /// Counts.
    Should,
    /// Is told.
    May,
}

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Duty {
    /// Who makes the model.
    Producer,
    /// Who uses it.
    Consumer,
    /// Both.
    Both,
}

/// One control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// `L1.01` …
    pub id: String,
    /// 1 to 3.
    pub level: u8,
    /// How much it weighs.
    pub severity: Severity,
    /// Whether it is a must only under a condition.
    #[serde(default)]
    pub conditional: bool,
    /// Whether a policy may raise it to must.
    #[serde(default)]
    pub policy_can_raise: bool,
    /// Who has to act.
    pub duty: Duty,
    /// What it asks.
    pub title: String,
    /// Which kind of source it derives from.
    pub basis: String,
    /// The clauses it derives from.
    pub clause: String,
    /// What satisfies it.
    pub evidence: String,
    /// When it passes.
    pub pass: String,
    /// When it passes in part.
    pub partial: String,
    /// When it fails or is missing.
    pub fail: String,
    /// When it does not apply.
    #[serde(default)]
    pub not_applicable: Option<String>,
    /// What to do.
    pub remediation: String,
}

/// The rubric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rubric {
    /// Its schema, `rubric/0.1`.
    pub schema: String,
    /// Names of levels 1, 2, 3.
    pub level_names: Vec<String>,
    /// Weight of must, should, may.
    pub weights: (u32, u32, u32),
    /// The controls in order.
    pub controls: Vec<Control>,
    /// SHA-256 over the file's bytes, hex.
    pub digest: String,
}

impl Rubric {
    /// The rubric inside the program.
    ///
    /// # Errors
    /// `E-CONFIG`; a test proves that it never does.
    pub fn bundled() -> Result<Self> {
        Rubric::parse(include_str!("../../policies/rubric/aimm.toml"))
    }

    /// Parses and validates a rubric.
    ///
    /// # Errors
    /// `E-CONFIG` with the line.
    pub fn parse(text: &str) -> Result<Self> {
        let _ = text;
        Err(Error::new(Code::Internal, "skeleton"))
    }

    /// The control of that id.
    pub fn control(&self, id: &str) -> Option<&Control> {
        self.controls.iter().find(|control| control.id == id)
    }
}
