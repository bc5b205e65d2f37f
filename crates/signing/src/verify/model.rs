//! A model against its bundle: all stages in their order. It judges none of them itself.

use crate::bundle::manifest::Statement;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::{Check, unknown_prose};
use crate::error::{Code, Error, Result};
use crate::files::enumerate::Listing;
use crate::hashing::remembered::Reuse;
use crate::progress::Progress;
use crate::trust::anchor::Trust;
use std::path::Path;

use super::options::VerifyOptions;
use super::parse::read;
use super::statement::{check_method, check_statement, check_subject, read_statement};
use super::verification::Verification;
use super::{files, signer, survey};

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
        result.set(Check::prose(stage, stage.name(), Outcome::NotApplicable, why));
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
                result.set(unknown_prose(stage, why));
            }
            result.set(*check);
            return Ok((result, None, Listing::default()));
        }
    };
    result.bundle_digest = Some(parsed.digest.clone());
    result.method = Some(parsed.method());
    result.set(
        Check::prose_pass(Stage::Parse, "The signature file can be read")
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
            result.set(unknown_prose(Stage::Subject, why));
            result.set(unknown_prose(Stage::Files, why));
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
