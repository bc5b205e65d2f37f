//! Verification: every independent stage runs, even after one failed, and each leaves a [`Check`].

use crate::bundle::document::{Bundle, read_bundle};
use crate::bundle::manifest::{
    PAYLOAD_TYPE, PREDICATE_TYPE, PREDICATE_TYPE_V02, STATEMENT_TYPE, Statement, outline,
};
use crate::check::identity::Method;
use crate::check::step::{Check, Outcome, Stage};
use crate::error::{Code, Error, Result};
use crate::files::enumerate::Listing;
use crate::hashing::remembered::Reuse;
use crate::progress::Progress;
use crate::trust::anchor::Trust;
use std::path::{Path, PathBuf};

use super::verification::Verification;
use super::{files, signer, survey};

/// How to verify.
#[derive(Debug, Clone)]
pub struct VerifyOptions {
    /// The method that the caller asked for; a bundle of another method fails METHOD.
    pub method: Option<Method>,
    /// Paths to leave out: absolute, or relative to the current folder; besides what the bundle records.
    pub ignore_paths: Vec<PathBuf>,
    /// Whether `.git`, `.gitattributes`, `.github`, `.gitignore` at the top are left out.
    pub ignore_git_paths: bool,
    /// Do not fail on files that are not signed.
    pub ignore_unsigned_files: bool,
    /// The time of the verification: validity of certificates without a trusted signing time, ages.
    pub at: jiff::Timestamp,
}

impl VerifyOptions {
    /// The defaults of the specification, at a time.
    pub fn at(at: jiff::Timestamp) -> Self {
        VerifyOptions {
            method: None,
            ignore_paths: Vec::new(),
            ignore_git_paths: true,
            ignore_unsigned_files: false,
            at,
        }
    }
}

/// Verifies `model` against the bundle in the file `bundle`.
///
/// A bundle that is absent, malformed, too large or about something else is a failed (or missing) check.
/// TIME without a trusted time is `partial`, never a failure by itself. IDENTITY under
/// [`crate::IdentityRule::Later`], PREDICATES and POLICY are left for others: `unknown`, `not applicable`,
/// `not applicable`.
///
/// # Errors
/// Only what stops us from looking: `E-READ` when the model itself cannot be listed, `E-CANCELLED`.
pub fn verify(
    model: &Path,
    bundle: &Path,
    trust: &Trust,
    options: &VerifyOptions,
    progress: &Progress,
) -> Result<Verification> {
    verify_with(model, bundle, trust, options, None, progress)
}

/// As [`verify`], with digests that were computed before where `reuse` allows it: FILES then says so.
///
/// # Errors
/// As [`verify`].
pub fn verify_with(
    model: &Path,
    bundle: &Path,
    trust: &Trust,
    options: &VerifyOptions,
    reuse: Option<Reuse<'_>>,
    progress: &Progress,
) -> Result<Verification> {
    progress.check()?;
    check_model(model)?;
    let (mut result, statement, listing) = look(model, bundle, trust, options, reuse, progress)?;
    survey::look_around(&mut result, model, bundle, statement.as_ref(), &listing, progress)?;
    Ok(result)
}

fn look(
    model: &Path,
    bundle: &Path,
    trust: &Trust,
    options: &VerifyOptions,
    reuse: Option<Reuse<'_>>,
    progress: &Progress,
) -> Result<(Verification, Option<Statement>, Listing)> {
    let mut result = Verification::not_looked(options.at, "Not looked at");
    for stage in [Stage::Predicates, Stage::Policy] {
        let why = "Not part of this verification; whoever asked for it decides";
        result.set(Check::new(stage, stage.name(), Outcome::NotApplicable, why));
    }
    let parsed = match read(bundle) {
        Ok(parsed) => parsed,
        Err(check) => {
            let why = if check.outcome == Outcome::Missing {
                "There is no signature to look at"
            } else {
                "The signature could not be read; see PARSE"
            };
            for stage in Stage::ALL.into_iter().filter(|stage| *stage < Stage::Predicates) {
                result.set(unknown(stage, why));
            }
            result.set(*check);
            return Ok((result, None, Listing::default()));
        }
    };
    result.bundle_digest = Some(parsed.digest.clone());
    result.method = Some(parsed.method());
    result.set(
        Check::pass(Stage::Parse, "The signature file can be read")
            .evidence(bundle.to_string_lossy().as_ref()),
    );
    result.set(check_method(parsed.method(), options.method));

    let statement = read_statement(&parsed);
    signer::check(&mut result, &parsed, statement.as_ref().ok(), trust, options);
    match statement {
        Ok(statement) => {
            result.subject_name = (!statement.legacy).then(|| statement.subject_name.clone());
            result.hash = Some(statement.manifest.serialization.hash);
            result.allow_symlinks = Some(statement.manifest.serialization.allow_symlinks);
            result.root_digest = Some(statement.manifest.root_digest());
            result.set(check_statement(&statement));
            result.set(check_subject(&statement));
            drop(parsed); // a million files have a payload of hundreds of megabytes, and it was read
            let (check, files, listing) =
                files::compare(model, bundle, &statement, options, reuse, progress)?;
            result.set(check);
            result.files = files;
            Ok((result, Some(statement), listing))
        }
        Err(check) => {
            let why = "The statement could not be read, so it is not known what was signed; see STATEMENT";
            result.set(unknown(Stage::Subject, why));
            result.set(unknown(Stage::Files, why));
            result.set(*check);
            Ok((result, None, Listing::default()))
        }
    }
}

fn check_model(model: &Path) -> Result<()> {
    let unreadable = |cause: std::io::Error| Error::read(model, &cause);
    let metadata = std::fs::metadata(model).map_err(unreadable)?;
    if metadata.is_dir() {
        std::fs::read_dir(model).map_err(unreadable)?;
    } else if !metadata.is_file() {
        return Err(Error::new(Code::Model, "neither a regular file nor a folder").at_path(model));
    }
    Ok(())
}

/// Helps of errors begin in lower case, remedies of checks do not.
pub(crate) fn sentence(help: &str) -> String {
    let mut chars = help.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

pub(crate) fn unknown(stage: Stage, why: &str) -> Check {
    Check::new(stage, stage.name(), Outcome::Unknown, why)
}

/// PARSE. Absent, empty, cut off, too large and malformed are told apart: each has another remedy.
fn read(bundle: &Path) -> std::result::Result<Bundle, Box<Check>> {
    const NO_BUNDLE: &str = "The signature file is not a Sigstore bundle as OMS asks for";
    const AGAIN: &str = "Get the signature again from the publisher";
    let place = bundle.to_string_lossy().into_owned();
    let no = |code: &str, outcome: Outcome, summary: &str| {
        Box::new(Check::new(Stage::Parse, code, outcome, summary).evidence(place.as_str()))
    };
    match std::fs::symlink_metadata(bundle) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            let mut check =
                no("PARSE-ABSENT", Outcome::Missing, "There is no signature file: the model is unsigned");
            check.expected = Some("a signature file, by custom model.sig in the model's folder".into());
            check.remedy = Some("Ask the publisher to sign the model, or name the signature file".to_owned());
            return Err(check);
        }
        _ => {}
    }
    let raw = match read_bundle(bundle) {
        Ok(raw) => raw,
        Err(error) => {
            let mut check = match error.code {
                Code::Malformed => no("PARSE-MALFORMED", Outcome::Fail, NO_BUNDLE),
                Code::TooLarge => {
                    no("PARSE-TOO-LARGE", Outcome::Fail, "The signature file is too large to be one")
                }
                _ => no("PARSE-UNREADABLE", Outcome::Unknown, "The signature file cannot be read"),
            };
            check.found = Some(error.what.into());
            check.remedy = error.help.as_deref().map(sentence);
            return Err(check);
        }
    };
    Bundle::parse(&raw).map_err(|error| {
        let cut_off =
            serde_json::from_slice::<serde::de::IgnoredAny>(&raw).is_err_and(|cause| cause.is_eof());
        let mut check = if raw.iter().all(u8::is_ascii_whitespace) {
            no("PARSE-EMPTY", Outcome::Fail, "The signature file is empty")
        } else if error.code == Code::TooLarge {
            no(
                "PARSE-TOO-LARGE",
                Outcome::Fail,
                "The signature file is larger or deeper than a signature can be",
            )
        } else if cut_off {
            no("PARSE-TRUNCATED", Outcome::Fail, "The signature file is cut off before its end")
        } else {
            no("PARSE-MALFORMED", Outcome::Fail, NO_BUNDLE)
        };
        check.expected = Some("a Sigstore bundle (JSON) with one DSSE envelope".into());
        check.found = Some(match error.at {
            Some(at) => format!("{}: {}", at.raw(), error.what).into(),
            None => error.what.into(),
        });
        check.remedy = Some(AGAIN.to_owned());
        check
    })
}

pub(crate) fn check_method(found: Method, asked: Option<Method>) -> Check {
    match asked {
        Some(asked) if asked != found => Check::new(
            Stage::Method,
            "METHOD-MISMATCH",
            Outcome::Fail,
            "The model was signed by another method than was asked for",
        )
        .expected(asked.as_str())
        .found(found.as_str())
        .evidence(match found {
            Method::Key => "verificationMaterial.publicKey",
            Method::Certificate => "verificationMaterial.x509CertificateChain",
            Method::Sigstore => "verificationMaterial.certificate",
        })
        .remedy(format!(
            "If you hold something to trust for it: touchmark verify {} MODEL {}",
            found.as_str(),
            match found {
                Method::Key => "--public-key KEY.pem",
                Method::Certificate => "--certificate-chain CA.pem",
                Method::Sigstore => "--identity WHO --identity-provider URL",
            }
        )),
        _ => Check::pass(Stage::Method, format!("Signed by method {}", found.as_str())),
    }
}

/// STATEMENT, when it fails. The payload is only read as what the envelope says it is.
pub(crate) fn read_statement(bundle: &Bundle) -> std::result::Result<Statement, Box<Check>> {
    let no = |code: &str, summary: &str| Check::new(Stage::Statement, code, Outcome::Fail, summary);
    if bundle.envelope.payload_type != PAYLOAD_TYPE {
        return Err(no(
            "STATEMENT-PAYLOAD-TYPE",
            "What was signed does not say that it is an in-toto statement",
        )
        .expected(PAYLOAD_TYPE)
        .found(bundle.envelope.payload_type.as_str())
        .evidence("dsseEnvelope.payloadType")
        .remedy("This is not a model signature; get the one that belongs to the model")
        .into());
    }
    Statement::parse(&bundle.envelope.payload).map_err(|error| {
        if let Some(check) = other_type(&bundle.envelope.payload) {
            return check.into();
        }
        let check = if error.code == Code::TooLarge {
            no("STATEMENT-TOO-LARGE", "The signed statement is larger than can be looked at")
        } else {
            no("STATEMENT-MALFORMED", "The signed statement is not a manifest as OMS asks for")
        };
        let check = check
            .expected("an in-toto statement v1 with one subject and an OMS manifest")
            .found(error.what)
            .remedy(error.help.as_deref().map(sentence).unwrap_or_else(|| {
                "Tell the publisher: the signing tool wrote a statement that no verifier should accept"
                    .to_owned()
            }));
        match error.at {
            Some(at) => check.evidence(at).into(),
            None => check.into(),
        }
    })
}

/// A statement about something else is told by its types.
fn other_type(payload: &[u8]) -> Option<Check> {
    let statement = outline(payload)?;
    let said = |field: &str| statement.get(field).and_then(serde_json::Value::as_str);
    let no = |field: &str, expected: &str, found: &str| {
        Check::new(
            Stage::Statement,
            "STATEMENT-TYPE",
            Outcome::Fail,
            "The signed statement is of another type: it does not sign a model",
        )
        .expected(expected)
        .found(found)
        .evidence(field)
        .remedy("Name the file that holds the model signature; this one may be a claim of another kind")
    };
    match (said("_type"), said("predicateType")) {
        (Some(found), _) if found != STATEMENT_TYPE => Some(no("_type", STATEMENT_TYPE, found)),
        (_, Some(found)) if !found.starts_with("https://model_signing/") => {
            Some(no("predicateType", PREDICATE_TYPE, found))
        }
        (_, Some(found)) if is_other_version(found) => {
            let mut check = no("predicateType", PREDICATE_TYPE, found);
            check.code = "STATEMENT-VERSION".to_owned();
            check.summary = "The model was signed by a version of OMS that is not known here".to_owned();
            check.remedy =
                Some("Get a newer Touchmark, or ask the publisher for a signature of OMS v1".to_owned());
            Some(check)
        }
        _ => None,
    }
}

fn is_other_version(predicate_type: &str) -> bool {
    let version = predicate_type.strip_prefix("https://model_signing/signature/v");
    version.is_some_and(|version| !version.starts_with("1."))
}

pub(crate) fn check_statement(statement: &Statement) -> Check {
    let manifest = &statement.manifest;
    let count = manifest.resources.len();
    if statement.legacy {
        return Check::new(
            Stage::Statement,
            "STATEMENT-LEGACY",
            Outcome::Partial,
            format!("A statement of version 0.2.0, before OMS, over {count} files: it has no root digest"),
        )
        .expected(PREDICATE_TYPE)
        .found(PREDICATE_TYPE_V02)
        .remedy("Ask the publisher to sign again with a current tool");
    }
    let hash = manifest.serialization.hash.as_str();
    Check::pass(
        Stage::Statement,
        match manifest.serialization.shard_size {
            Some(size) => {
                format!("An OMS manifest of {count} shards of up to {size} bytes, hashed with {hash}")
            }
            None => format!("An OMS manifest of {count} files, hashed with {hash}"),
        },
    )
}

/// SUBJECT: the statement's own root digest against the resources it lists (rulings 10).
pub(crate) fn check_subject(statement: &Statement) -> Check {
    let root = statement.manifest.root_digest();
    match statement.subject_digest {
        None => Check::new(
            Stage::Subject,
            Stage::Subject.name(),
            Outcome::NotApplicable,
            "Statements of version 0.2.0 name no root digest",
        ),
        Some(digest) if digest == root => {
            Check::pass(Stage::Subject, "The root digest is that of the files it lists")
                .found(root.to_string())
        }
        Some(digest) => Check::new(
            Stage::Subject,
            "SUBJECT-DIGEST",
            Outcome::Fail,
            "The statement contradicts itself: its root digest is not that of the files it lists",
        )
        .expected(root.to_string())
        .found(digest.to_string())
        .evidence("subject[0].digest.sha256")
        .remedy(
            "Refuse the signature and tell the publisher: the signing tool is wrong, or was tampered with",
        ),
    }
}
