//! `[[require]]`: what a policy demands of claims of one predicate, as plain values. The operators are a
//! closed list, so that a demand can be explained, compared and inverted. Claims are read elsewhere.

use super::role::Role;
use super::text_pattern::TextPattern;
use crate::attest::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Whether a requirement binds.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It must be met.
    #[default]
    Must,
    /// It is recommended.
    Should,
}

/// The result of a claim whose signer made the model.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum SelfAttested {
    /// It is as good as another's.
    #[default]
    Pass,
    /// It meets the requirement in part.
    Warn,
    /// It does not meet it.
    Fail,
}

/// One `[[require]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Its id.
    pub id: Arc<str>,
    /// The predicate: its URI, or its id in the registry.
    pub predicate: String,
    /// All URIs of it.
    pub uris: Vec<String>,
    /// The role that its signer must have; none: any role for this kind of claim.
    pub from_role: Option<Role>,
    /// The domain that its signer must cover.
    pub domain: Option<String>,
    /// The verifier that a summary must name.
    pub verifier: Option<String>,
    /// The clauses, in the order of the file. One statement must meet all of them.
    pub clauses: Vec<Clause>,
    /// How many days it counts after it was signed.
    pub max_age_days: Option<u32>,
    /// Whether it binds.
    pub severity: Severity,
    /// The result for the producer's own claim.
    pub self_attested: SelfAttested,
}

impl Requirement {
    /// Whether it is about claims of this predicate, by its URI.
    pub fn is_for(&self, uri: &str) -> bool {
        self.uris.iter().any(|known| known == uri)
    }
}

/// One entry of `where`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Where in the predicate.
    pub path: ClausePath,
    /// The condition there.
    pub test: Test,
}

/// A step into a predicate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The member of that name.
    Member(String),
    /// Each entry of a list.
    Each,
}

/// A place in a predicate: `runDetails.builder.id`, `configuration[*].name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClausePath(pub(super) Vec<Step>);

impl ClausePath {
    /// The path that a text is; none when it is none. A member with a dot in its name is written in quotes: `a."b.c"`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = text;
        loop {
            let (name, after) = member(rest)?;
            steps.push(Step::Member(name));
            rest = after;
            while let Some(after) = rest.strip_prefix("[*]") {
                steps.push(Step::Each);
                rest = after;
            }
            match rest.strip_prefix('.') {
                Some(after) => rest = after,
                None if rest.is_empty() && steps.len() <= LIMIT_STEPS => return Some(ClausePath(steps)),
                None => return None,
            }
        }
    }

    /// The steps, from the predicate down.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

/// Deeper than any predicate is read.
const LIMIT_STEPS: usize = 32;

/// The member that a path begins with, and what follows.
fn member(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (name, after) = quoted.split_once('"')?;
        return Some((name.to_owned(), after));
    }
    let end = text.find(['.', '[', ']', '"', '*']).unwrap_or(text.len());
    let (name, after) = (text.get(..end)?, text.get(end..)?);
    let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control());
    is_name.then(|| (name.to_owned(), after))
}

impl fmt::Display for ClausePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Each => f.write_str("[*]")?,
                Step::Member(name) => {
                    let dot = if at == 0 { "" } else { "." };
                    match name.contains(['.', '[', ']', '*']) || name.is_empty() {
                        true => write!(f, "{dot}\"{name}\"")?,
                        false => write!(f, "{dot}{name}")?,
                    }
                }
            }
        }
        Ok(())
    }
}

/// A value without parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// A number.
    Number(Decimal),
    /// True or false.
    Flag(bool),
}

/// A value that has an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// A number.
    Number(Decimal),
    /// A time.
    Moment(jiff::Timestamp),
}

/// How a value compares with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

/// The condition for the values at a path. With `[*]`, each value must match; `contains`, `covers` and
/// `contains_level` examine all values together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// `==`
    Equal(Scalar),
    /// `!=`
    NotEqual(Scalar),
    /// `in`
    In(Vec<Scalar>),
    /// `not_in`
    NotIn(Vec<Scalar>),
    /// `<`, `<=`, `>=`, `>`
    Compare(Order, Measure),
    /// `matches`: an anchored pattern of text.
    Matches(TextPattern),
    /// `contains`: one of the values is this.
    Contains(Scalar),
    /// `covers`: each of these is one of the values.
    Covers(Vec<Scalar>),
    /// `covers` with `lineage.parents`: the digest of each parent is among the values.
    CoversParents,
    /// `contains_level`: one of the values is this level, or a higher one of its track.
    ContainsLevel(String),
    /// `exists`: whether there is a value at all.
    Exists(bool),
    /// `between_dates`: from the first to before the second.
    Between(jiff::Timestamp, jiff::Timestamp),
}

impl Test {
    /// The operator, as a policy writes it.
    pub fn operator(&self) -> &'static str {
        match self {
            Test::Equal(_) => "==",
            Test::NotEqual(_) => "!=",
            Test::In(_) => "in",
            Test::NotIn(_) => "not_in",
            Test::Compare(Order::Less, _) => "<",
            Test::Compare(Order::AtMost, _) => "<=",
            Test::Compare(Order::AtLeast, _) => ">=",
            Test::Compare(Order::More, _) => ">",
            Test::Matches(_) => "matches",
            Test::Contains(_) => "contains",
            Test::Covers(_) | Test::CoversParents => "covers",
            Test::ContainsLevel(_) => "contains_level",
            Test::Exists(_) => "exists",
            Test::Between(..) => "between_dates",
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Text(text) => write!(f, "\"{text}\""),
            Scalar::Number(number) => write!(f, "{number}"),
            Scalar::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// With its value, as a policy writes them. It is not safe to show.
impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |scalars: &[Scalar]| {
            let all: Vec<String> = scalars.iter().map(Scalar::to_string).collect();
            format!("[{}]", all.join(", "))
        };
        let value = match self {
            Test::Equal(scalar) | Test::NotEqual(scalar) | Test::Contains(scalar) => scalar.to_string(),
            Test::In(scalars) | Test::NotIn(scalars) | Test::Covers(scalars) => listed(scalars),
            Test::Compare(_, Measure::Number(number)) => number.to_string(),
            Test::Compare(_, Measure::Moment(moment)) => moment.to_string(),
            Test::Matches(pattern) => pattern.as_written(),
            Test::CoversParents => "lineage.parents".to_owned(),
            Test::ContainsLevel(level) => level.clone(),
            Test::Exists(flag) => flag.to_string(),
            Test::Between(from, until) => format!("{from} and {until}"),
        };
        write!(f, "{} {value}", self.operator())
    }
}

/// Whether a level is the required one or a higher one of its track: `SLSA_BUILD_LEVEL_3` for
/// `SLSA_BUILD_LEVEL_2`. Those without a number at their end have to be the same.
pub fn reaches(level: &str, wanted: &str) -> bool {
    let parts = |text: &str| -> Option<(String, u32)> {
        let (track, number) = text.rsplit_once('_')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        Some((track.to_owned(), number.parse().ok().filter(|_| is_number)?))
    };
    match (parts(level), parts(wanted)) {
        (Some((track, has)), Some((wanted, least))) => track == wanted && has >= least,
        _ => level == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_whole_or_not_at_all() {
        for text in ["a", "a.b", "a[*].b", "a[*][*]", "a.\"b.c\".d", "scanner-result.x_1"] {
            assert_eq!(ClausePath::parse(text).map(|path| path.to_string()).as_deref(), Some(text));
        }
        for text in
            ["", ".", "a.", ".a", "a..b", "a[0]", "a[*", "a]b", "[*]", "a b", "a.*", "a\"b\"", "a[*]b", "\"a"]
        {
            assert_eq!(ClausePath::parse(text), None, "{text}");
        }
        assert!(ClausePath::parse(&["a"; 33].join(".")).is_none());
    }

    #[test]
    fn a_level_reaches_a_lower_one_of_its_own_track() {
        for (level, wanted, reaches_it) in [
            ("SLSA_BUILD_LEVEL_3", "SLSA_BUILD_LEVEL_2", true),
            ("SLSA_BUILD_LEVEL_1", "SLSA_BUILD_LEVEL_2", false),
            ("SLSA_SOURCE_LEVEL_3", "SLSA_BUILD_LEVEL_2", false),
            ("SLSA_BUILD_LEVEL_10", "SLSA_BUILD_LEVEL_9", true),
            ("ACME_L2_VERIFIED", "ACME_L2_VERIFIED", true),
            ("ACME_L3_VERIFIED", "ACME_L2_VERIFIED", false),
            ("SLSA_BUILD_LEVEL_+3", "SLSA_BUILD_LEVEL_2", false),
        ] {
            assert_eq!(reaches(level, wanted), reaches_it, "{level} {wanted}");
        }
    }
}
