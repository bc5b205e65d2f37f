//! Looking at a model and its signature: everything that reads files, and nothing that decides.

use crate::bundle::document::Bundle;
use crate::bundle::manifest::Statement;
use crate::check::why::{ParseFound, Why};
use crate::error::{Code, Error, Result};
use crate::files::enumerate::Listing;
use crate::files::listed::Listed;
use crate::files::report::FilesReport;
use crate::hashing::digesting::Digesting;
use crate::hashing::remembered::Reuse;
use crate::progress::Progress;
use crate::trust::anchor::Trust;
use std::path::Path;
use std::sync::Arc;

use super::compare::compare;
use super::find::signatures_around;
use super::lines::signature_line;
use super::observed::{Comparison, Observed, Seen, SignatureSeen, SignatureState};
use super::options::VerifyOptions;
use super::parse;
use super::statement::read_statement;
use super::survey::survey;
use super::verification::Verification;
use super::{card, judge, listed};

/// A larger bundle is dropped once it was judged: a million files have hundreds of megabytes.
const LIMIT_KEPT_BYTES: u64 = 64 * 1024 * 1024;

/// Looks at `model` and at the bundle in the file `bundle`, and judges nothing: [`crate::judge`] does.
///
/// # Errors
/// Only what stops us from looking: `E-READ` when the model itself cannot be listed, `E-CANCELLED`.
pub fn observe(
    model: &Path,
    bundle: &Path,
    options: &VerifyOptions,
    reuse: Option<Reuse<'_>>,
    progress: &Progress,
) -> Result<Seen> {
    Ok(look(Place::Files(model), bundle, None, options, reuse.into(), progress)?.0)
}

/// Verifies `model` against the bundle in the file `bundle`.
///
/// A bundle that is absent, malformed, too large or about something else is a failed (or missing) check.
/// TIME without a trusted time is `partial`, never a failure by itself. IDENTITY under
/// [`crate::IdentityRule::Later`], PREDICATES and POLICY are left for others: `unknown`, `not applicable`,
/// `not applicable`.
///
/// ```
/// # use touchmark_signing::{Curve, SignOptions, SigningKey, sign_key};
/// use touchmark_signing::{Anchor, IdentityRule, Outcome, Progress, Trust, VerifyOptions, verify};
///
/// # let model = tempfile::tempdir()?;
/// # std::fs::write(model.path().join("model.safetensors"), b"weights")?;
/// # let key = SigningKey::generate(Curve::P256)?;
/// # let bundle = model.path().join("model.sig");
/// # sign_key(model.path(), &key, &SignOptions::to(&bundle), &Progress::default())?;
/// # let pem = key.public().to_pem();
/// // `pem` is a public key that you trust. What the signature brings along is trusted for nothing.
/// let anchor = Anchor::key("release key", "keys/release.pub", pem.as_bytes(), None)?;
/// let trust = Trust { anchors: vec![anchor], identity: IdentityRule::AnchorDecides };
/// let now = VerifyOptions::at(jiff::Timestamp::now());
/// let verified = verify(model.path(), &bundle, &trust, &now, &Progress::default())?;
/// for check in &verified.checks {
///     println!("{:?} {} {:?}", check.stage, check.code.as_str(), check.outcome);
/// }
/// assert_eq!(verified.outcome(), Outcome::Pass);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`observe`].
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
/// As [`observe`].
pub fn verify_with(
    model: &Path,
    bundle: &Path,
    trust: &Trust,
    options: &VerifyOptions,
    reuse: Option<Reuse<'_>>,
    progress: &Progress,
) -> Result<Verification> {
    Ok(verify_seen(model, bundle, trust, options, reuse, progress)?.1)
}

/// [`observe`] and [`crate::judge`] in one: the bundle is parsed once, and may be larger than what is kept of it.
///
/// # Errors
/// As [`observe`].
pub fn verify_seen(
    model: &Path,
    bundle: &Path,
    trust: &Trust,
    options: &VerifyOptions,
    reuse: Option<Reuse<'_>>,
    progress: &Progress,
) -> Result<(Seen, Verification)> {
    verify_place(Place::Files(model), bundle, trust, options, reuse.into(), progress)
}

/// Where the files of a model are.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// In a folder, or one file.
    Files(&'a Path),
    /// In a registry's store, of which the manifest was read.
    Registry {
        /// The manifest's own file.
        manifest: &'a Path,
        /// What it lists.
        listed: &'a Listed,
        /// Whether the stored files are read, too. Otherwise the digests of the manifest are compared, and FILES is
        /// `partial`.
        in_full: bool,
    },
}

/// As [`verify_seen`], of a model in any place.
///
/// # Errors
/// As [`observe`].
pub fn verify_place(
    place: Place<'_>,
    bundle: &Path,
    trust: &Trust,
    options: &VerifyOptions,
    digesting: Digesting<'_>,
    progress: &Progress,
) -> Result<(Seen, Verification)> {
    let (seen, drafted) = look(place, bundle, Some(trust), options, digesting, progress)?;
    let Drafted { parsed, statement, verification, card } = drafted;
    if let Some(card) = card {
        let judged = card::judge(&seen.observed, card, trust, &options.judging(), options.at);
        return Ok((seen, judged));
    }
    let verification = verification.unwrap_or_else(|| Verification::not_looked(options.at, Why::NotLooked));
    let (unparsed, options) = (parsed.err(), options.judging());
    let judged = judge::complete(verification, &seen.observed, unparsed, statement.as_ref(), &options);
    Ok((seen, judged))
}

/// What is left of a bundle once its payload is dropped.
struct Drafted {
    parsed: std::result::Result<(), ParseFound>,
    statement: Option<Statement>,
    /// Everything up to SUBJECT.
    verification: Option<Verification>,
    /// An agent card that carries its own signature.
    card: Option<card::Found>,
}

fn look(
    place: Place<'_>,
    bundle: &Path,
    trust: Option<&Trust>,
    options: &VerifyOptions,
    digesting: Digesting<'_>,
    progress: &Progress,
) -> Result<(Seen, Drafted)> {
    progress.check()?;
    if let Place::Files(model) = place {
        check_model(model)?;
    }
    let (mut state, mut raw) = parse::read(bundle);
    let mut parsed = parse::parse_read(&state, raw.as_deref());
    // A line of claims.jsonl may be the signature.
    if parsed.is_err()
        && bundle.extension().is_some_and(|ending| ending == "jsonl")
        && let Some(line) = raw.as_deref().and_then(|raw| signature_line(raw, trust, options))
    {
        let line = line.to_vec();
        state = parse::state_of(&line);
        parsed = parse::parse_read(&state, Some(&line));
        raw = Some(line);
    }
    if let (Place::Files(model), true) = (place, parsed.is_err())
        && card::is_of(model, bundle)
        && let Some(card) = card::seen(&state, raw.as_deref())
    {
        let signature = SignatureSeen { name: card::name_of(model, bundle), state, others: Vec::new() };
        let observed = card::observe(model, bundle, (signature, &card), options.at, progress)?;
        let drafted = Drafted {
            parsed: parsed.map(drop::<Bundle>),
            statement: None,
            verification: None,
            card: Some(card),
        };
        return Ok((Seen { observed, bundle: raw }, drafted));
    }
    let name = bundle.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let others = match (place, &state) {
        (Place::Files(model), SignatureState::Absent) => signatures_around(model, bundle),
        (Place::Files(model), SignatureState::Unreadable(_)) if bundle.is_dir() => {
            signatures_around(model, bundle)
        }
        _ => Vec::new(),
    };
    let signature = SignatureSeen { name: name.into(), state, others };
    raw.take_if(|raw| raw.len() as u64 > LIMIT_KEPT_BYTES);

    let statement = parsed.as_ref().ok().map(read_statement);
    let verification = trust.map(|trust| {
        let mut verification = Verification::not_looked(options.at, Why::NotLooked);
        if let (Ok(bundle), Some(statement)) = (&parsed, &statement) {
            judge::signature(&mut verification, bundle, statement, trust, &options.judging(), options.at);
        }
        verification
    });
    let is_bundle = parsed.is_ok();
    // A million files have a payload of hundreds of megabytes, and it was read.
    let parsed = parsed.map(drop::<Bundle>);
    let statement = statement.and_then(std::result::Result::ok);

    let (comparison, files, foreign) = match (place, &statement) {
        (Place::Files(model), statement) => {
            let (comparison, mut files, listing) = match statement {
                Some(statement) => compare(model, bundle, statement, options, digesting, progress)?,
                None => (Comparison::NotCompared, FilesReport::default(), Listing::default()),
            };
            // What could not be read as a bundle may be a signature of another kind.
            let own = is_bundle.then_some(bundle);
            let foreign = survey(&mut files, model, own, statement.as_ref(), &listing, progress)?;
            (comparison, files, foreign)
        }
        (Place::Registry { .. }, None) => (Comparison::NotCompared, FilesReport::default(), Vec::new()),
        (Place::Registry { manifest, listed, in_full }, Some(statement)) => {
            let files = match in_full {
                true => listed::in_full(manifest, bundle, (listed, statement), options, digesting, progress)?,
                false => listed::by_digests(listed, statement, &options.only),
            };
            // A file that differs contradicts, whatever else is not listed.
            let comparison = match listed.unlisted_layers {
                1.. if files.changed.is_empty() => Comparison::NotListed(listed::unlisted(manifest)),
                _ => Comparison::Compared,
            };
            (comparison, files, Vec::new())
        }
    };
    let observed = Observed { at: options.at, signature, comparison, files: Arc::new(files), foreign };
    Ok((Seen { observed, bundle: raw }, Drafted { parsed, statement, verification, card: None }))
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
