//! The commands that need no workspace: sign, verify by flags, digest, inspect.

use super::args::{Chain, Common, Sign, SignCommon, VerifyCommon, VerifyMethod, What};
use super::output::Output;
use super::progress::shown;
use super::{claims, key, timestamp, token};
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::inventory::Workspace;
use crate::report;
use crate::signing::{
    Anchor, Bundle, Check, HashAlgorithm, IdentityRule, Method, Outcome, Progress, Recalled, Reuse,
    SignOptions, Signed, Stage, Stamp, Trust, Verification, VerifyOptions, With, certificates_from_pem,
    default_signature, digest, sign_certificate_with, sign_key_with, verify,
};
use crate::store::{self, Place, Shared};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// A key or certificate file larger than this is refused.
pub const LIMIT_PEM_BYTES: u64 = 1024 * 1024;
const LIMIT_PEEKED_BYTES: u64 = 16 * 1024 * 1024;

/// The exit status of an outcome: 0 verified, 1 failed, 3 could not be determined.
pub fn status_of(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Pass | Outcome::Partial | Outcome::NotApplicable => 0,
        Outcome::Fail => 1,
        Outcome::Missing | Outcome::Unknown => 3,
    }
}

/// The time that the command judges by.
pub fn now(common: &Common) -> jiff::Timestamp {
    common.at.unwrap_or_else(crate::clock::this_second)
}

/// Sets the number of threads that hash; the first call of a process decides.
pub(super) fn set_jobs(jobs: Option<u16>) {
    if let Some(jobs) = jobs {
        let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(jobs)).build_global();
    }
}

pub(super) fn options(what: &What, signature: PathBuf) -> SignOptions {
    SignOptions {
        signature,
        hash: HashAlgorithm::from_name(&what.hash).unwrap_or(HashAlgorithm::Sha256),
        shard_size: what.shard_size,
        ignore_paths: what.ignore_paths.clone(),
        ignore_git_paths: !what.no_ignore_git_paths,
        allow_symlinks: what.allow_symlinks,
    }
}

/// `sign`.
pub fn sign(command: &Sign, common: &Common, output: &Output) -> Result<u8> {
    let now = now(common);
    match command {
        Sign::Sigstore(with) => super::keyless::sign(with, common, output),
        Sign::Key { common: with, key, timestamp } => {
            signed(with, timestamp, common, output, &|options, extra, progress| {
                sign_key_with(&with.model, &key::read_private(key, output)?, options, extra, progress)
            })
        }
        Sign::Certificate { common: with, key, chain, timestamp } => {
            signed(with, timestamp, common, output, &|options, extra, progress| {
                let key = key::read_private(key, output)?;
                sign_certificate_with(&with.model, &key, &read_chain(chain)?, options, now, extra, progress)
            })
        }
        Sign::Pkcs11Key { common: with, token, timestamp } => {
            signed(with, timestamp, common, output, &|options, extra, progress| {
                let key = token::open(token, None, output)?;
                sign_key_with(&with.model, key.as_ref(), options, extra, progress)
            })
        }
        Sign::Pkcs11Certificate { common: with, token, chain, timestamp } => {
            signed(with, timestamp, common, output, &|options, extra, progress| {
                let chain = read_chain(chain)?;
                let key = token::open(token, chain.first().map(Vec::as_slice), output)?;
                sign_certificate_with(&with.model, key.as_ref(), &chain, options, now, extra, progress)
            })
        }
    }
}

type Make<'m> = &'m dyn Fn(&SignOptions, With<'_>, &Progress) -> Result<Signed>;

/// Signs and tells of it.
fn signed(
    with: &SignCommon,
    timestamp: &timestamp::Timestamp,
    common: &Common,
    output: &Output,
    make: Make,
) -> Result<u8> {
    set_jobs(with.what.jobs);
    let signature = with.signature.clone().unwrap_or_else(|| default_signature(&with.model));
    let mut options = options(&with.what, signature);
    claims::prepare(with.append_claims.as_deref(), &mut options)?;
    let told = RefCell::new(None);
    let ask = timestamp::authority(timestamp)?;
    let stamp = ask.map(|ask| {
        let told = &told;
        move |signature: &[u8]| {
            let (token, said) = ask(signature)?;
            told.replace(Some(said));
            Ok(token)
        }
    });
    let digests = remembered(with, common)?;
    let extra =
        With { stamp: stamp.as_ref().map(|stamp| stamp as Stamp), digests: digests.as_ref().map(any_age) };
    let signed = shown(output, |progress| make(&options, extra, progress))?;
    drop(stamp);
    claims::append_signature(with.append_claims.as_deref(), &signed, output)?;
    let told = told.take();
    let mut human = format!(
        "✓ signed  {} files or shards, {}{}\n  root digest  {}\n  bundle       {}\n",
        signed.resources,
        crate::text::size(signed.bytes),
        by_memory(&signed),
        signed.root_digest,
        crate::text::screen(&signed.signature.to_string_lossy())
    );
    if let Some(told) = &told {
        human.push_str(&told.human());
    }
    output.print(&human, || {
        let mut document = report::json::signed("touchmark.signed/1", &signed);
        if let (Some(document), Some(told)) = (document.as_object_mut(), &told) {
            document.insert("timestamp".to_owned(), told.json());
        }
        document
    });
    Ok(0)
}

/// The workspace's store, when its digests are asked for.
pub(super) fn remembered(with: &SignCommon, common: &Common) -> Result<Option<Shared>> {
    if !with.reuse_digests {
        return Ok(None);
    }
    let workspace = Workspace::find(common.workspace.as_deref())?;
    let place = if common.read_only { Place::Copy(&workspace.store) } else { Place::File(&workspace.store) };
    Ok(Some(Shared::new(store::open(place)?)))
}

/// Whoever signs and asks for it takes digests of any age.
pub(super) fn any_age(ledger: &Shared) -> Reuse<'_> {
    Reuse { ledger, not_before: Some(jiff::Timestamp::MIN) }
}

pub(super) fn by_memory(signed: &Signed) -> String {
    let words = |recalled: &Recalled| {
        let age = recalled.age(crate::clock::this_second());
        format!(" hashed; {} not touched since, {age}", recalled.parts)
    };
    signed.recalled.as_ref().map(words).unwrap_or_default()
}

/// Leaf first.
fn read_chain(with: &Chain) -> Result<Vec<Vec<u8>>> {
    let mut chain = certificates(&with.signing_certificate)?;
    for file in &with.certificate_chain {
        chain.extend(certificates(file)?);
    }
    Ok(chain)
}

fn certificates(file: &Path) -> Result<Vec<Vec<u8>>> {
    certificates_from_pem(&read_small(file, LIMIT_PEM_BYTES)?).map_err(|error| error.at_path(file))
}

/// `digest`.
pub fn root_digest(model: &Path, what: &What, output: &Output) -> Result<u8> {
    set_jobs(what.jobs);
    let options = options(what, default_signature(model));
    let digested = shown(output, |progress| digest(model, &options, progress))?;
    output.print(&format!("{}\n", digested.root_digest), || {
        report::json::signed("touchmark.digest/1", &digested)
    });
    Ok(0)
}

/// `verify key|certificate|sigstore`.
pub fn verify_by_flags(method: &VerifyMethod, common: &Common, output: &Output) -> Result<u8> {
    if let Some(status) = mixed_up(method, common, output)? {
        return Ok(status);
    }
    let (with, asked, trust) = match method {
        VerifyMethod::Key { common, public_key, timestamps } => {
            let mut anchors = vec![Anchor::read_key("--public-key", public_key)?];
            anchors.extend(timestamps.read()?);
            (common, Method::Key, Trust { anchors, identity: IdentityRule::AnchorDecides })
        }
        VerifyMethod::Certificate { common, certificate_chain, crl, identity, timestamps } => {
            let mut anchors = certificate_chain
                .iter()
                .map(|file| Anchor::read_ca("--certificate-chain", file))
                .collect::<Result<Vec<_>>>()?;
            if let Some(last) = anchors.pop() {
                anchors.push(last.with_crls(crl.iter().map(PathBuf::as_path))?);
            }
            anchors.extend(timestamps.read()?);
            let identity = match identity {
                Some(subject) => IdentityRule::Exact { subject: subject.as_str().into(), issuer: None },
                None => IdentityRule::AnchorDecides,
            };
            (common, Method::Certificate, Trust { anchors, identity })
        }
        VerifyMethod::Sigstore { common, identity, identity_provider, trust_config, use_staging } => {
            let anchor = match trust_config {
                Some(file) => Anchor::read_sigstore("--trust-config", file)?,
                None if *use_staging => Anchor::staging(),
                None => Anchor::public_good(),
            };
            let identity = IdentityRule::Exact {
                subject: identity.as_str().into(),
                issuer: Some(identity_provider.as_str().into()),
            };
            (common, Method::Sigstore, Trust { anchors: vec![anchor], identity })
        }
    };
    set_jobs(with.jobs);
    let options = VerifyOptions {
        method: Some(asked),
        ignore_paths: with.ignore_paths.clone(),
        ignore_git_paths: !with.no_ignore_git_paths,
        ignore_unsigned_files: with.ignore_unsigned_files,
        at: now(common),
    };
    let signature = with.signature.clone().unwrap_or_else(|| default_signature(&with.model));
    let mut verification =
        shown(output, |progress| verify(&with.model, &signature, &trust, &options, progress))?;
    require(&mut verification, with);
    claims::predicates(&mut verification, &with.model, &trust, &options)?;
    print(&with.model.to_string_lossy(), &verification, with.explain, output);
    Ok(status_of(verification.outcome()))
}

/// A bundle of another method is told before any key, certificate or identity is looked at: what was given
/// for the wrong method is often the wrong file, too.
fn mixed_up(method: &VerifyMethod, common: &Common, output: &Output) -> Result<Option<u8>> {
    let (with, asked) = match method {
        VerifyMethod::Key { common, .. } => (common, Method::Key),
        VerifyMethod::Certificate { common, .. } => (common, Method::Certificate),
        VerifyMethod::Sigstore { common, .. } => (common, Method::Sigstore),
    };
    let signature = with.signature.clone().unwrap_or_else(|| default_signature(&with.model));
    // A large one is read once only; METHOD then speaks after the keys were read.
    let is_small = std::fs::metadata(&signature).is_ok_and(|metadata| metadata.len() <= LIMIT_PEEKED_BYTES);
    let is_other = is_small && Bundle::read(&signature).is_ok_and(|bundle| bundle.method() != asked);
    if !is_other {
        return Ok(None);
    }
    set_jobs(with.jobs);
    let options = VerifyOptions { method: Some(asked), ..VerifyOptions::at(now(common)) };
    let nobody = Trust::new(Vec::new());
    let verification =
        shown(output, |progress| verify(&with.model, &signature, &nobody, &options, progress))?;
    print(&with.model.to_string_lossy(), &verification, with.explain, output);
    Ok(Some(status_of(verification.outcome())))
}

/// What the caller demands beyond the specification.
fn require(verification: &mut Verification, with: &VerifyCommon) {
    let demands = [
        (
            with.require_log,
            Stage::Log,
            "LOG-REQUIRED",
            verification.log.is_some(),
            "a transparency log entry",
        ),
        (
            with.require_timestamp,
            Stage::Time,
            "TIME-REQUIRED",
            verification.signed_at.is_some(),
            "a signing time that somebody else vouches for",
        ),
    ];
    for (demanded, stage, code, present, what) in demands {
        if demanded && !present && verification.outcome_of(stage) != Outcome::Fail {
            let mut check =
                Check::new(stage, code, Outcome::Missing, format!("{what} is required and is not there"));
            // What was found instead explains it.
            if let Some(before) = verification.check(stage) {
                check.found = before.found.clone();
                check.details = before.details.clone();
            }
            let check = check.remedy(
                "ask the producer to sign with a log or a timestamp authority, or drop the requirement",
            );
            verification.set(check);
        }
    }
}

/// Prints a verification.
pub fn print(name: &str, verification: &Verification, explain: bool, output: &Output) {
    let human = report::verification(&crate::text::screen(name), verification, explain);
    output.print(&human, || report::json::verification(name, verification));
}

/// An error for a name that is neither in the inventory nor on disk.
pub fn no_such_model(name: &str) -> Error {
    Error::new(Code::NotFound, "neither a model of the inventory nor a file or folder")
        .at(name)
        .help("`touchmark list` shows the inventory")
}
