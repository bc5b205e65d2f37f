//! The rubric: a TOML file that is validated when it loads.

use crate::error::{Code, Error, Result};
use crate::signing::sha256_hex;
use crate::tables::{Place, parse_as};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;

/// The schema that this program reads.
const SCHEMA: &str = "rubric/0.1";
const LIMIT_BYTES: usize = 1 << 20;
const LIMIT_CONTROLS: usize = 500;
/// Levels that a rubric describes; level 0 is the absence of level 1.
const LEVELS: u8 = 3;

/// How much a control weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
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
    /// `L1.01` …; results share it.
    pub id: Arc<str>,
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
    /// When it fails: evidence contradicts.
    pub fail: String,
    /// When it is missing: looked for, and not there. None where absence cannot be told from not looking.
    #[serde(default)]
    pub missing: Option<String>,
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
    /// The text that it was read from.
    pub text: Arc<str>,
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
        if text.len() > LIMIT_BYTES {
            return Err(invalid("the rubric is larger than 1 MiB"));
        }
        let document: Document = parse_as(text).map_err(|error| {
            let place = format!("line {}: {}", error.line(text), error.message);
            invalid("the rubric is not valid").at(place)
        })?;
        let mistake = |span: Range<usize>, what: &str| {
            Err(invalid(what).at(format!("line {}", Place::from(span).line(text))))
        };
        if document.schema.as_ref() != SCHEMA {
            return mistake(document.schema.span(), "the schema is not rubric/0.1");
        }
        let weights = document.weights.as_ref();
        if weights.must == 0 || weights.must < weights.should || weights.should < weights.may {
            return mistake(document.weights.span(), "a must weighs at least a should, and a should a may");
        }
        if weights.must > 1000 {
            return mistake(document.weights.span(), "a weight is larger than 1000");
        }
        let levels = document.levels.as_ref();
        let in_order = levels.iter().map(|level| level.n).eq(1..=LEVELS);
        if !in_order || levels.iter().any(|level| level.name.trim().is_empty()) {
            return mistake(
                document.levels.span(),
                "levels 1, 2 and 3 are wanted, in order, each with a name",
            );
        }
        if document.control.len() > LIMIT_CONTROLS {
            return Err(invalid("the rubric has more than 500 controls"));
        }
        let mut seen = HashSet::new();
        for control in &document.control {
            if let Some(what) = fault(control.as_ref()) {
                return mistake(control.span(), what);
            }
            if !seen.insert(&*control.as_ref().id) {
                return mistake(control.span(), "the id of this control stands twice");
            }
        }
        // A level without a must would be awarded for nothing.
        let blocks = |n: u8| {
            document.control.iter().any(|c| c.as_ref().level == n && c.as_ref().severity == Severity::Must)
        };
        if !(1..=LEVELS).all(blocks) {
            return Err(invalid("a level of the rubric has no must control"));
        }
        Ok(Rubric {
            schema: SCHEMA.to_owned(),
            weights: (weights.must, weights.should, weights.may),
            level_names: document.levels.into_inner().into_iter().map(|level| level.name).collect(),
            controls: document.control.into_iter().map(Spanned::into_inner).collect(),
            digest: sha256_hex(text.as_bytes()),
            text: text.into(),
        })
    }

    /// The control of that id.
    pub fn control(&self, id: &str) -> Option<&Control> {
        self.controls.iter().find(|control| &*control.id == id)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: Spanned<String>,
    levels: Spanned<Vec<Level>>,
    weights: Spanned<Weights>,
    control: Vec<Spanned<Control>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Level {
    n: u8,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    must: u32,
    should: u32,
    may: u32,
}

/// What is wrong with one control by itself.
fn fault(control: &Control) -> Option<&'static str> {
    let &[b'L', level, b'.', tens, ones] = control.id.as_bytes() else {
        return Some("the id of a control is not like L1.01");
    };
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() || !(b'1'..=b'0' + LEVELS).contains(&level) {
        return Some("the id of a control is not like L1.01");
    }
    if level - b'0' != control.level {
        return Some("the level of this control is not the one in its id");
    }
    if control.conditional && (control.severity != Severity::Must || control.not_applicable.is_none()) {
        return Some("only a must that says when it does not apply is conditional");
    }
    if control.policy_can_raise && control.severity == Severity::Must {
        return Some("a must cannot be raised");
    }
    let texts = [&control.title, &control.clause, &control.evidence, &control.pass, &control.remediation];
    texts.iter().any(|text| text.trim().is_empty()).then_some("a text of this control is empty")
}

fn invalid(what: &str) -> Error {
    Error::new(Code::Config, what).help("correct the rubric, or use the one inside the program")
}
