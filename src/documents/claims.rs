//! Claims beside a signature as documents: what each says, whose it is, and what became of it.

use super::check::CheckDocument;
use super::names;
use crate::attest::{
    About, AppendedClaims, Change, ClaimForm, FormedClaim, History, JoinedBy, Judged, PredicateKind,
    Received, UnknownLine, UnreadClaims, Validity,
};
use crate::signing::{Identity, Method, Outcome, RootDigest};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// All lines of a file of claims.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClaimsDocument<'a> {
    /// The document's name.
    pub schema: names::Claims,
    /// The file.
    pub file: &'a str,
    /// Root digest of the model, computed from its files; none when it is not known.
    pub root_digest: Option<RootDigest>,
    /// The claims.
    pub claims: Vec<ClaimRow<'a>>,
    /// Lines that are no claims.
    pub unknown: &'a [UnknownLine],
    /// Files that were not read.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub unread: &'a [UnreadClaims],
}

/// One claim, and what became of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClaimRow<'a> {
    /// Its file, if not the claims file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<&'a Untrusted>,
    /// Its line, from 1.
    pub line: usize,
    /// SHA-256 over its bundle, hex.
    pub digest: &'a str,
    /// What it claims, as the statement says.
    pub predicate_type: &'a Untrusted,
    /// The kind of its predicate; none if unknown.
    pub kind: Option<PredicateKind>,
    /// Whether the predicate matches its schema; only then can it count.
    pub validity: &'a Validity,
    /// SHA-256 of its subjects, as the statement says.
    pub subjects: &'a [Untrusted],
    /// Whether one of them is this model.
    pub about: About,
    /// The digest by which it refers to this model.
    pub joined: Option<JoinedBy>,
    /// How it was signed.
    pub method: Method,
    /// Who signed, as the bundle says.
    pub claimed_signer: Option<&'a Identity>,
    /// Who signed, when that is proven.
    pub proven_signer: Option<&'a Identity>,
    /// When it was signed, if somebody who is trusted says so.
    pub signed_at: Option<Timestamp>,
    /// Other proven signers of the same envelope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cosigners: Vec<&'a Identity>,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether it is about this model, valid, and its signer is proven and expected.
    pub counts: bool,
    /// What kept it from passing.
    pub because: Option<CheckDocument<'a>>,
    /// Its content in words, by the registry's labels.
    pub says: Vec<SaysRow>,
    /// The statement, where whole claims were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<Value>,
}

/// One statement of a claim.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SaysRow {
    /// Its label.
    pub label: &'static str,
    /// Its value in the claim.
    pub value: Untrusted,
}

impl<'a> From<&'a Judged> for ClaimRow<'a> {
    fn from(judged: &'a Judged) -> Self {
        let claim = &judged.claim;
        ClaimRow {
            file: claim.file.as_ref(),
            line: claim.line,
            digest: &claim.bundle.digest,
            predicate_type: &claim.predicate_type,
            kind: judged.kind,
            validity: &judged.validity,
            subjects: &claim.subjects,
            about: judged.about,
            joined: judged.joined,
            method: claim.bundle.method(),
            claimed_signer: claim.signer.as_ref(),
            proven_signer: judged.signer.as_ref(),
            signed_at: judged.signed_at,
            cosigners: judged.cosigners.iter().filter_map(|one| one.signer.as_ref()).collect(),
            outcome: judged.outcome,
            counts: judged.counts(),
            because: judged.because.as_ref().map(CheckDocument::from),
            says: judged.says().into_iter().map(|(label, value)| SaysRow { label, value }).collect(),
            statement: None,
        }
    }
}

impl<'a> ClaimsDocument<'a> {
    /// Of a file, the root digest of its model, and what became of each line.
    pub fn of(
        file: &'a str,
        root_digest: Option<RootDigest>,
        judged: &'a [Judged],
        (unknown, unread): (&'a [UnknownLine], &'a [UnreadClaims]),
    ) -> Self {
        let claims = judged.iter().map(ClaimRow::from).collect();
        ClaimsDocument { schema: names::Claims, file, root_digest, claims, unknown, unread }
    }
}

/// Whole claims.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClaimDocument<'a> {
    /// The document's name.
    pub schema: names::Claim,
    /// The claims, each with its statement.
    pub claims: Vec<ClaimRow<'a>>,
}

impl<'a> ClaimDocument<'a> {
    /// Of claims.
    ///
    /// # Errors
    /// `E-MALFORMED`.
    pub fn of(judged: &[&'a Judged]) -> crate::error::Result<Self> {
        let whole = |judged: &&'a Judged| {
            let statement = Some(judged.claim.statement()?);
            Ok(ClaimRow { statement, ..ClaimRow::from(*judged) })
        };
        Ok(ClaimDocument {
            schema: names::Claim,
            claims: judged.iter().map(whole).collect::<crate::error::Result<_>>()?,
        })
    }
}

/// Claims that were appended.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClaimsAppendDocument<'a> {
    /// The document's name.
    pub schema: names::ClaimsAppend,
    /// The file of claims.
    pub file: &'a str,
    /// Root digest of the model, where claims were appended to those of a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_digest: Option<RootDigest>,
    /// One entry a claim.
    pub lines: Vec<AppendedLine<'a>>,
    /// The files whose claims were appended that lie in the model's folder and are not signed: remove them.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub in_model: &'a [Untrusted],
}

/// What a claim is, and where it stands now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AppendedLine<'a> {
    /// The file that it came in.
    pub bundle: &'a Untrusted,
    /// Its line in the file of claims.
    pub line: usize,
    /// Whether it stood there before.
    pub already: bool,
    /// Whether it is about the model.
    pub about: About,
    /// What it is.
    #[serde(flatten)]
    pub formed: FormedRow<'a>,
}

impl<'a> ClaimsAppendDocument<'a> {
    /// Of what was appended.
    pub fn of(file: &'a str, appended: &'a AppendedClaims) -> Self {
        let line = |(bundle, one, line, already): (&'a Untrusted, &'a Received, usize, bool)| AppendedLine {
            bundle,
            line,
            already,
            about: one.about,
            formed: FormedRow::from(&one.formed),
        };
        ClaimsAppendDocument {
            schema: names::ClaimsAppend,
            file,
            root_digest: appended.root,
            lines: appended.each().map(line).collect(),
            in_model: &appended.in_model,
        }
    }
}

/// What a claim is: its form, its predicate and its subjects. Nothing in it is proven.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FormedRow<'a> {
    /// Its line in the file that it came in, from 1.
    pub from_line: usize,
    /// SHA-256 over its bundle or envelope, hex.
    pub digest: &'a str,
    /// What it is written as.
    pub form: ClaimForm,
    /// What it claims, as the statement says.
    pub predicate_type: &'a Untrusted,
    /// The kind of its predicate; none if unknown.
    pub kind: Option<PredicateKind>,
    /// Whether the predicate matches its schema.
    pub validity: &'a Validity,
    /// SHA-256 of its subjects, as the statement says.
    pub subjects: &'a [Untrusted],
    /// Who signed, as the bundle says.
    pub claimed_signer: Option<&'a Identity>,
}

impl<'a> From<&'a FormedClaim> for FormedRow<'a> {
    fn from(formed: &'a FormedClaim) -> Self {
        let claim = &formed.claim;
        FormedRow {
            from_line: claim.line,
            digest: &claim.bundle.digest,
            form: formed.form,
            predicate_type: &claim.predicate_type,
            kind: formed.kind,
            validity: &formed.validity,
            subjects: &claim.subjects,
            claimed_signer: claim.signer.as_ref(),
        }
    }
}

/// Whether the lines of a file are claims, by their form and schema alone.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClaimsFormDocument<'a> {
    /// The document's name.
    pub schema: names::ClaimsForm,
    /// The file.
    pub file: &'a str,
    /// Whether it holds claims, every line is one, and none violates its schema.
    pub valid: bool,
    /// The claims.
    pub claims: Vec<FormedRow<'a>>,
    /// Lines that are no claims.
    pub unknown: &'a [UnknownLine],
}

/// Whether a file of claims was only appended to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClaimsCheckDocument {
    /// The document's name.
    pub schema: names::ClaimsCheck,
    /// Whether it was.
    pub append_only: bool,
    /// What happened to its lines.
    pub history: LinesDocument,
}

/// An earlier copy of a file against a later one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinesDocument {
    /// Lines of the earlier copy.
    pub old: usize,
    /// New lines after all of them.
    pub appended: usize,
    /// What is not an append.
    pub differences: Vec<LineDocument>,
}

/// A line that is not as an append would have left it.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct LineDocument {
    /// Line of the earlier copy, for an inserted one of the later; from 1.
    pub line: usize,
    /// What happened to it.
    pub change: LineChange,
    /// For a moved one, its line in the later copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<usize>,
}

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LineChange {
    /// Another line stands in its place.
    Changed,
    /// It is gone.
    Removed,
    /// It stands elsewhere.
    Moved,
    /// It is new and stands before old ones.
    Inserted,
}

impl From<&History> for ClaimsCheckDocument {
    fn from(history: &History) -> Self {
        let differences = history.differences.iter().map(|difference| {
            let (change, to) = match difference.change {
                Change::Changed => (LineChange::Changed, None),
                Change::Removed => (LineChange::Removed, None),
                Change::Moved { to } => (LineChange::Moved, Some(to)),
                Change::Inserted => (LineChange::Inserted, None),
            };
            LineDocument { line: difference.line, change, to }
        });
        ClaimsCheckDocument {
            schema: names::ClaimsCheck,
            append_only: history.is_append_only(),
            history: LinesDocument {
                old: history.old,
                appended: history.appended,
                differences: differences.collect(),
            },
        }
    }
}
