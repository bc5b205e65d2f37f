//! Selecting among claims by what they say: never by where they stand, because anybody may append a line.

use super::beside::CLAIMS;
use super::claims::Claim;
use super::judge::Judged;
use crate::error::{Code, Error, Result};
use crate::signing::{Identity, RootDigest};
use crate::text::Untrusted;
use std::str::FromStr;

/// Digits of a digest that are enough to name a claim.
const MIN_DIGITS: usize = 8;

/// Which one of the claims of a file, or of a model, is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimPlace {
    /// The one in this line, from 1.
    Line {
        /// Its file, if not the file of claims.
        file: Option<String>,
        /// The line.
        line: usize,
    },
    /// The one whose digest begins so.
    Digest(String),
}

impl ClaimPlace {
    fn is(&self, claim: &Claim) -> bool {
        match self {
            ClaimPlace::Line { file, line } => {
                claim.line == *line && claim.file.as_ref().map(Untrusted::raw) == file.as_deref()
            }
            ClaimPlace::Digest(start) => claim.bundle.digest.starts_with(start),
        }
    }
}

impl FromStr for ClaimPlace {
    type Err = Error;

    /// `3`, `build.intoto.jsonl:3`, or digits of a digest, with or without `sha256:`.
    fn from_str(text: &str) -> Result<Self> {
        let digest = text.strip_prefix("sha256:").unwrap_or(text);
        if (MIN_DIGITS..=64).contains(&digest.len()) && digest.bytes().all(|digit| digit.is_ascii_hexdigit())
        {
            return Ok(ClaimPlace::Digest(digest.to_ascii_lowercase()));
        }
        let (file, line) = match text.rsplit_once(':') {
            Some((file, line)) => (Some(file), line),
            None => (None, text),
        };
        let line = line.parse().ok().filter(|line| *line > 0);
        let line = line.filter(|_| file.is_none_or(|file| !file.is_empty() && file != "sha256"));
        let line = line.ok_or_else(|| {
            Error::new(Code::Usage, "neither a line nor a digest of a claim").at(text).help(format!(
                "give its line (3, or FILE:3), or at least {MIN_DIGITS} hex digits of its digest; `touchmark claims \
                 list` shows the lines"
            ))
        })?;
        // The file of claims is the one that needs no name.
        Ok(ClaimPlace::Line { file: file.filter(|file| *file != CLAIMS).map(str::to_owned), line })
    }
}

/// Which claims are wanted. What is left open is not asked for.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The one that stands here.
    pub place: Option<ClaimPlace>,
    /// Exactly this predicate.
    pub predicate_type: Option<String>,
    /// About the model with this root digest.
    pub subject: Option<RootDigest>,
    /// Exactly this signer, by subject.
    pub identity: Option<String>,
    /// Exactly this issuer of the signer's identity.
    pub issuer: Option<String>,
}

impl Selection {
    /// The claims that say so themselves, in the order of their digests: the order of the lines tells nothing.
    pub fn claimed<'a>(&self, claims: &'a [Claim]) -> Vec<&'a Claim> {
        let mut found: Vec<&Claim> =
            claims.iter().filter(|claim| self.says(claim) && self.is_by(claim.signer.as_ref())).collect();
        found.sort_by(|a, b| a.bundle.digest.cmp(&b.bundle.digest));
        found
    }

    /// The claims that say so and whose signer is proven to be the one asked for, in the order of their digests.
    pub fn proven<'a>(&self, judged: &'a [Judged]) -> Vec<&'a Judged> {
        let mut found: Vec<&Judged> = judged
            .iter()
            .filter(|judged| judged.signer.is_some() && self.is_by(judged.signer.as_ref()))
            .filter(|judged| self.says(&judged.claim))
            .collect();
        found.sort_by(|a, b| a.claim.bundle.digest.cmp(&b.claim.bundle.digest));
        found
    }

    fn says(&self, claim: &Claim) -> bool {
        self.place.as_ref().is_none_or(|place| place.is(claim))
            && self.predicate_type.as_ref().is_none_or(|wanted| claim.predicate_type.raw() == wanted)
            && self.subject.as_ref().is_none_or(|root| claim.is_about(root))
    }

    fn is_by(&self, signer: Option<&Identity>) -> bool {
        let subject = signer.map(|signer| signer.subject.raw());
        let issuer = signer.and_then(|signer| signer.issuer.as_ref()).map(Untrusted::raw);
        self.identity.as_deref().is_none_or(|wanted| subject == Some(wanted))
            && self.issuer.as_deref().is_none_or(|wanted| issuer == Some(wanted))
    }
}
