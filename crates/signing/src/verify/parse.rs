//! PARSE: reading the file of a signature, and telling apart what is wrong with one that cannot be read: absent, empty,
//! cut off, too large and malformed each have another remedy.

use crate::bundle::document::{Bundle, LIMIT_BUNDLE_BYTES, later_version, read_bundle};
use crate::check::codes::CheckCode;
use crate::check::fault::DocumentFault;
use crate::check::other::OtherFile;
use crate::check::outcome::Outcome;
use crate::check::step::Check;
use crate::check::why::{ForeignBeside, ParseFound, ParseWhy};
use crate::error::{Code, Error, ReadFault};
use crate::foreign::other;
use crate::hashing::job::sha256_hex;
use crate::text::Untrusted;
use std::io::ErrorKind;
use std::path::Path;

use super::observed::{Observed, SignatureSeen, SignatureState};

/// Reads the file, and judges nothing.
pub(super) fn read(bundle: &Path) -> (SignatureState, Option<Vec<u8>>) {
    let absent = |cause: std::io::Error| cause.kind() == ErrorKind::NotFound;
    if std::fs::symlink_metadata(bundle).is_err_and(absent) {
        return (SignatureState::Absent, None);
    }
    match read_bundle(bundle) {
        Ok(raw) => (state_of(&raw), Some(raw)),
        Err(error) => {
            let state = match error.code {
                Code::Malformed => SignatureState::NotABundle,
                Code::TooLarge => SignatureState::TooLarge { limit: LIMIT_BUNDLE_BYTES },
                _ => SignatureState::Unreadable(error.fault.unwrap_or(ReadFault::System { code: None })),
            };
            (state, None)
        }
    }
}

/// What these bytes are called that were read.
pub(super) fn state_of(raw: &[u8]) -> SignatureState {
    SignatureState::Read { digest: sha256_hex(raw), bytes: raw.len() as u64 }
}

/// The bundle that was seen, from its bytes.
pub(super) fn parse_seen(seen: &SignatureState, raw: Option<&[u8]>) -> Result<Bundle, ParseFound> {
    if let (SignatureState::Read { digest, bytes }, Some(raw)) = (seen, raw)
        && (*bytes != raw.len() as u64 || *digest != sha256_hex(raw))
    {
        return Err(ParseFound::OtherBytes);
    }
    parse_read(seen, raw)
}

/// As [`parse_seen`], of bytes that were just read.
pub(super) fn parse_read(seen: &SignatureState, raw: Option<&[u8]>) -> Result<Bundle, ParseFound> {
    let (digest, raw) = match (seen, raw) {
        (SignatureState::Read { digest, .. }, Some(raw)) => (digest, raw),
        (SignatureState::Read { .. }, None) => return Err(ParseFound::NotKept),
        (_, Some(_)) => return Err(ParseFound::OtherBytes),
        (SignatureState::Absent, None) => return Err(ParseFound::Absent),
        (SignatureState::Unreadable(fault), None) => return Err(ParseFound::Unreadable(*fault)),
        (SignatureState::TooLarge { limit }, None) => return Err(ParseFound::TooLarge { limit: *limit }),
        (SignatureState::NotABundle, None) => return Err(ParseFound::NotABundle),
    };
    Bundle::parse_with(raw, || digest.clone()).map_err(|error| what_it_is(raw, error))
}

fn what_it_is(raw: &[u8], error: Error) -> ParseFound {
    let is_cut_off =
        || serde_json::from_slice::<serde::de::IgnoredAny>(raw).is_err_and(|cause| cause.is_eof());
    let is_too_complex = error.code == Code::TooLarge;
    let fault = DocumentFault::from(error);
    if raw.iter().all(u8::is_ascii_whitespace) {
        ParseFound::Empty
    } else if let Some(other) = other::recognise(raw) {
        ParseFound::Other(other)
    } else if let Some(version) = later_version(raw) {
        ParseFound::LaterVersion { version: version.into() }
    } else if is_too_complex {
        ParseFound::TooComplex(fault)
    } else if is_cut_off() {
        ParseFound::Truncated(fault)
    } else {
        ParseFound::Malformed(fault)
    }
}

/// PARSE of a signature that can be read.
pub(super) fn passed(signature: &SignatureSeen) -> Check {
    check(Some(signature.name.clone()), ParseFound::Bundle, ForeignBeside::None, Vec::new())
}

/// PARSE of a claim.
pub(super) fn claim() -> Check {
    check(None, ParseFound::Claim, ForeignBeside::None, Vec::new())
}

/// PARSE of one that cannot be read. What lies beside it may have been taken for it.
pub(super) fn failed(observed: &Observed, found: ParseFound) -> Check {
    let signature = &observed.signature;
    let is_foreign = matches!(found, ParseFound::Other(OtherFile::Foreign(_)));
    let foreign = if is_foreign || observed.foreign.iter().any(|one| one.file == signature.name) {
        ForeignBeside::Itself
    } else if observed.foreign.is_empty() {
        ForeignBeside::None
    } else {
        ForeignBeside::Beside
    };
    check(Some(signature.name.clone()), found, foreign, signature.others.clone())
}

fn check(
    file: Option<Untrusted>,
    found: ParseFound,
    foreign: ForeignBeside,
    others: Vec<Untrusted>,
) -> Check {
    let (code, outcome) = match &found {
        ParseFound::Bundle | ParseFound::Claim => (CheckCode::Parse, Outcome::Pass),
        ParseFound::Absent => (CheckCode::ParseAbsent, Outcome::Missing),
        ParseFound::Unreadable(_) | ParseFound::NotKept | ParseFound::OtherBytes => {
            (CheckCode::ParseUnreadable, Outcome::Unknown)
        }
        ParseFound::Empty => (CheckCode::ParseEmpty, Outcome::Fail),
        ParseFound::TooLarge { .. } | ParseFound::TooComplex(_) => (CheckCode::ParseTooLarge, Outcome::Fail),
        ParseFound::Truncated(_) => (CheckCode::ParseTruncated, Outcome::Fail),
        ParseFound::NotABundle
        | ParseFound::LaterVersion { .. }
        | ParseFound::Other(_)
        | ParseFound::Malformed(_) => (CheckCode::ParseMalformed, Outcome::Fail),
    };
    Check::new(code, outcome, ParseWhy { file, found, foreign, others })
}
