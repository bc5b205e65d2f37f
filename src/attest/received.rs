//! Claims that others made: what each is, whether its form and its schema hold, and whom it is about, before it is appended
//! to a model's claims. It does not ask who signed one: anybody may append a claim, and only a proven one counts.

use super::append::{Appended, append_claims};
use super::claimed::Validity;
use super::claims::{Claim, LIMIT_CLAIMS, LIMIT_CLAIMS_BYTES, claims_in, lines_of};
use super::judge::content_of;
use super::kind::PredicateKind;
use super::said::NamedDigest;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::signing::{About, RootDigest};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

const HELP: &str =
    "a file of claims holds Sigstore bundles or DSSE envelopes of in-toto statements, one a line";

/// What a claim is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimForm {
    /// A Sigstore bundle.
    Bundle,
    /// A bare DSSE envelope.
    Envelope,
}

impl ClaimForm {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            ClaimForm::Bundle => "Sigstore bundle",
            ClaimForm::Envelope => "DSSE envelope",
        }
    }
}

/// A claim with what can be said of it without a model and without trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormedClaim {
    /// The claim.
    pub claim: Claim,
    /// What it is written as.
    pub form: ClaimForm,
    /// What kind of predicate it is, where the registry knows it.
    pub kind: Option<PredicateKind>,
    /// Whether the predicate matches its schema.
    pub validity: Validity,
}

impl FormedClaim {
    /// Reads the content of a claim.
    pub fn of(claim: Claim) -> Self {
        let form = if claim.bundle.is_bare() { ClaimForm::Envelope } else { ClaimForm::Bundle };
        let (kind, validity, _) = content_of(&claim);
        FormedClaim { claim, form, kind, validity }
    }
}

/// A claim that is to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The claim, with its line in the file that it came in.
    pub formed: FormedClaim,
    /// Whether it is about the model whose claims it is appended to.
    pub about: About,
    bytes: Vec<u8>,
}

/// A file of claims that others made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedFile {
    /// Its path, as it was given.
    pub name: Untrusted,
    /// Its claims, in their order.
    pub claims: Vec<Received>,
}

impl ReceivedFile {
    /// Reads a file: one claim, or one a line, and nothing else.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`; `E-MALFORMED` for anything that is not a claim.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = read_small(path, LIMIT_CLAIMS_BYTES)?;
        let claims = received(&bytes).map_err(|(line, error)| {
            let error = Error { at: None, ..error };
            let error = if error.help.is_some() { error } else { error.help(HELP) };
            match line {
                Some(line) => error.at(format!("{}, line {line}", path.display())),
                None => error.at_path(path),
            }
        })?;
        Ok(ReceivedFile { name: path.to_string_lossy().into_owned().into(), claims })
    }

    /// Reads files.
    ///
    /// # Errors
    /// As [`ReceivedFile::read`].
    pub fn read_all(files: &[PathBuf]) -> Result<Vec<Self>> {
        files.iter().map(|file| Self::read(file)).collect()
    }

    /// Says of each claim whether it is about the model with one of these root digests, or with another of these digests.
    pub fn hold_against(&mut self, roots: &[RootDigest], aliases: &[NamedDigest]) {
        for received in &mut self.claims {
            let claim = &received.formed.claim;
            let is_it = roots.iter().any(|root| claim.is_about(root))
                || claim.digests().any(|digest| aliases.contains(&digest));
            received.about = if is_it { About::ThisModel } else { About::AnotherModel };
        }
    }
}

/// The claims of a file, or what is wrong with it and in which line.
fn received(bytes: &[u8]) -> std::result::Result<Vec<Received>, (Option<usize>, Error)> {
    let found = claims_in(bytes).map_err(|_| {
        let what = format!("more than {LIMIT_CLAIMS} claims");
        (None, Error::new(Code::TooLarge, what).help("append them in several files"))
    })?;
    if let Some(unknown) = found.unknown.first() {
        return Err(match found.claims.is_empty() {
            // What is wrong with the whole says more than what is wrong with its first line.
            true => (None, Claim::parse(1, bytes).err().unwrap_or_else(|| malformed(unknown.fault.clone()))),
            false => (Some(unknown.line), malformed(format!("not a claim: {}", unknown.fault))),
        });
    }
    if found.claims.is_empty() {
        return Err((None, malformed("the file holds no claim")));
    }
    let lines: HashMap<usize, &[u8]> = lines_of(bytes).collect();
    let is_one = found.claims.len() < lines.len();
    let each = found.claims.into_iter().map(|claim| {
        let own = if is_one { bytes } else { lines.get(&claim.line).copied().unwrap_or(bytes) };
        Received { formed: FormedClaim::of(claim), about: About::Unknown, bytes: own.to_owned() }
    });
    Ok(each.collect())
}

fn malformed(what: impl Into<String>) -> Error {
    Error::new(Code::Malformed, what)
}

/// Claims that were appended to a file of claims.
#[derive(Debug, Clone)]
pub struct AppendedClaims {
    /// The file.
    pub file: PathBuf,
    /// The root digest of its model, where the file is that of a model.
    pub root: Option<RootDigest>,
    /// The files that the claims came in.
    pub received: Vec<ReceivedFile>,
    /// What became of their claims, in the same order.
    pub appended: Appended,
    /// Which of the files lie in the model's folder and are not among its signed files.
    pub in_model: Vec<Untrusted>,
}

impl AppendedClaims {
    /// Appends the claims of files to a file of claims, all of them or none. One that is there already is not written
    /// again.
    ///
    /// # Errors
    /// As [`append_claims`].
    pub fn to(file: &Path, received: Vec<ReceivedFile>) -> Result<Self> {
        let bundles = received.iter().flat_map(|one| &one.claims).map(|claim| claim.bytes.clone());
        let appended = append_claims(file, &bundles.collect::<Vec<_>>())?;
        Ok(AppendedClaims { file: file.to_owned(), root: None, received, appended, in_model: Vec::new() })
    }

    /// Each claim with its file, its line in the file of claims, and whether it stood there before.
    pub fn each(&self) -> impl Iterator<Item = (&Untrusted, &Received, usize, bool)> {
        let claims = self.received.iter().flat_map(|file| file.claims.iter().map(|one| (&file.name, one)));
        claims.zip(&self.appended.lines).map(|((name, one), (line, already))| (name, one, *line, *already))
    }
}
