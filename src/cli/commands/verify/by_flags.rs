//! `verify key`, `verify certificate`, `verify sigstore`: verifies a model by what flags say is to be trusted. No
//! workspace and no policy has a say.

use crate::attest::{Claims, ClaimsFound, Judge, Piece, predicates_check};
use crate::cli::common::Common;
use crate::cli::flags::{Authorities, GitPaths, Jobs, LIMIT_PEM_BYTES, Part, tell_unused_of};
use crate::cli::ignored::note_ignored;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::disk::read_small;
use crate::error::Result;
use crate::inventory::read_model;
use crate::signing::{
    Anchor, Bundle, Check, CheckCode, IdentityRule, Material, Method, Outcome, Place, Progress, Trust,
    Verification, VerifyOptions, Why, certificates_from_pem, sha256_hex, verify_place,
};
use crate::text::Untrusted;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::target::Target;

/// A bundle larger than this is read once only.
const LIMIT_PEEKED_BYTES: u64 = 16 * 1024 * 1024;

/// What to trust.
#[derive(Debug, Subcommand)]
pub(crate) enum VerifyMethod {
    Key {
        #[command(flatten)]
        common: VerifyCommon,
        /// File of the public key: PEM, DER, JWK or OpenSSH; with several keys each is trusted
        #[arg(long, value_name = "PEM")]
        public_key: PathBuf,
        #[command(flatten)]
        timestamps: Authorities,
    },
    Certificate {
        #[command(flatten)]
        common: VerifyCommon,
        /// File of the authorities that you trust: PEM, DER or PKCS#7 (repeat)
        #[arg(long, value_name = "PEM", required = true)]
        certificate_chain: Vec<PathBuf>,
        /// File of the authorities' revocation lists, PEM or DER (repeat); nothing is fetched
        #[arg(long, value_name = "FILE")]
        crl: Vec<PathBuf>,
        /// The signer's subject name, exactly (as `inspect` shows it)
        #[arg(long)]
        identity: Option<String>,
        /// A URI that the signer's certificate must name as an alternative name, such as a SPIFFE id (repeat: all of them)
        #[arg(long, value_name = "URI")]
        san_uri: Vec<String>,
        /// Print the SHA-256 fingerprints of all certificates: those of the bundle and those that you trust
        #[arg(long)]
        log_fingerprints: bool,
        #[command(flatten)]
        timestamps: Authorities,
    },
    Sigstore {
        #[command(flatten)]
        common: VerifyCommon,
        /// The signer, exactly
        #[arg(long)]
        identity: String,
        /// The issuer of the signer's identity, exactly
        #[arg(long, value_name = "URL")]
        identity_provider: String,
        /// A trusted_root.json or client trust config [default: the public-good instance]
        #[arg(long, value_name = "FILE")]
        trust_config: Option<PathBuf>,
        /// Trust Sigstore's staging instance instead: for tests only
        #[arg(long, conflicts_with = "trust_config")]
        use_staging: bool,
    },
}

/// Options of the ways to verify that say what to trust.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyCommon {
    /// The model's folder or file, or oci:LAYOUT[:TAG] for one in an OCI layout
    pub(super) model: PathBuf,
    /// The bundle [default: model.sig in the model's folder, else the signature that is found there or beside it]
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// In an OCI layout: read the files, too, and not only the manifest
    #[arg(long)]
    in_full: bool,
    /// In an OCI layout: verify the files in this folder by the same signature, too
    #[arg(long, value_name = "FOLDER")]
    local_model: Option<PathBuf>,
    /// Leave this path out (repeat), as seen from here or else from the model
    #[arg(long, value_name = "PATH")]
    ignore_paths: Vec<PathBuf>,
    #[command(flatten)]
    git_paths: GitPaths,
    /// Do not fail on files that are not signed
    #[arg(long, overrides_with = "no_ignore_unsigned_files")]
    ignore_unsigned_files: bool,
    /// Fail on files that are not signed [default]
    #[arg(long, overrides_with = "ignore_unsigned_files")]
    no_ignore_unsigned_files: bool,
    /// Follow symbolic links inside the model, also where the bundle does not record that its signer did
    #[arg(long)]
    allow_symlinks: bool,
    #[command(flatten)]
    part: Part,
    /// Fail when no transparency log holds the signature
    #[arg(long)]
    require_log: bool,
    /// Fail without a trusted signing time
    #[arg(long)]
    require_timestamp: bool,
    /// Show every check with expected, found and remedy
    #[arg(long)]
    pub(super) explain: bool,
    #[command(flatten)]
    jobs: Jobs,
}

impl VerifyMethod {
    /// What every way is given.
    pub(super) fn given(&self) -> &VerifyCommon {
        match self {
            VerifyMethod::Key { common, .. }
            | VerifyMethod::Certificate { common, .. }
            | VerifyMethod::Sigstore { common, .. } => common,
        }
    }

    fn asked(&self) -> Method {
        match self {
            VerifyMethod::Key { .. } => Method::Key,
            VerifyMethod::Certificate { .. } => Method::Certificate,
            VerifyMethod::Sigstore { .. } => Method::Sigstore,
        }
    }
}

/// Verifies as the flags say.
pub(super) fn verification(method: &VerifyMethod, common: &Common, output: &Output) -> Result<Verification> {
    let target = Target::of(&method.given().model, method.given().signature.as_deref())?;
    if let Some(verification) = mixed_up(method, &target, common, output)? {
        return Ok(verification);
    }
    let trust = match method {
        VerifyMethod::Key { public_key, timestamps, .. } => {
            let mut anchors = vec![Anchor::read_key("--public-key", public_key)?];
            anchors.extend(timestamps.read()?);
            Trust { anchors, identity: IdentityRule::AnchorDecides }
        }
        VerifyMethod::Certificate {
            certificate_chain,
            crl,
            identity,
            san_uri,
            log_fingerprints,
            timestamps,
            ..
        } => {
            if *log_fingerprints {
                fingerprints(&target.bundle, certificate_chain, output);
            }
            let mut anchors = certificate_chain
                .iter()
                .map(|file| Anchor::read_ca("--certificate-chain", file))
                .collect::<Result<Vec<_>>>()?;
            if let Some(last) = anchors.pop() {
                anchors.push(last.with_crls(crl.iter().map(PathBuf::as_path))?);
            }
            anchors.extend(timestamps.read()?);
            let identity = match identity {
                _ if !san_uri.is_empty() => IdentityRule::Uris {
                    uris: san_uri.iter().map(|uri| uri.as_str().into()).collect(),
                    subject: identity.as_deref().map(Untrusted::new),
                },
                Some(subject) => IdentityRule::Exact { subject: subject.as_str().into(), issuer: None },
                None => IdentityRule::AnchorDecides,
            };
            Trust { anchors, identity }
        }
        VerifyMethod::Sigstore { identity, identity_provider, trust_config, use_staging, .. } => {
            let anchor = match trust_config {
                Some(file) => Anchor::read_sigstore("--trust-config", file)?,
                None if *use_staging => Anchor::staging(),
                None => Anchor::public_good(),
            };
            let identity = IdentityRule::Exact {
                subject: identity.as_str().into(),
                issuer: Some(identity_provider.as_str().into()),
            };
            Trust { anchors: vec![anchor], identity }
        }
    };
    tell_unused_of(&trust.anchors, output);
    let with = method.given();
    with.jobs.set();
    let options = VerifyOptions {
        method: Some(method.asked()),
        ignore_paths: with.ignore_paths.clone(),
        ignore_git_paths: with.git_paths.are_ignored(),
        ignore_unsigned_files: with.ignore_unsigned_files,
        allow_symlinks: with.allow_symlinks,
        only: with.part.only()?,
        ..VerifyOptions::at(common.now())
    };
    note_ignored(&with.model, &with.ignore_paths, &[&target.bundle], output, "")?;
    let place = target.place(with.in_full);
    let mut verification = shown(output, |progress| verified(place, &target, &trust, &options, progress))?;
    if let Some(local) = with.local_model.as_deref().filter(|_| verification.outcome() == Outcome::Pass) {
        verification =
            shown(output, |progress| verified(Place::Files(local), &target, &trust, &options, progress))?;
    }
    speak_of(&mut verification, &with.model);
    require(&mut verification, with);
    predicates(&mut verification, &target, &trust, &options)?;
    Ok(verification)
}

/// The fingerprints of all certificates that a verification may meet, for whoever compares them with a list.
fn fingerprints(bundle: &Path, trusted: &[PathBuf], output: &Output) {
    let bundle = Bundle::read(bundle).ok();
    let carried = bundle.and_then(|bundle| match bundle.material {
        Material::Certificate { chain } => Some(chain),
        Material::Sigstore { leaf } => Some(vec![leaf]),
        Material::Key { .. } => None,
    });
    let say = |whose: &str, der: &[u8]| {
        let digest = sha256_hex(der).to_uppercase();
        let pairs: Vec<&str> = (0..digest.len()).step_by(2).filter_map(|at| digest.get(at..at + 2)).collect();
        output.note(&format!("{whose}  SHA-256 {}", pairs.join(":")));
    };
    carried.iter().flatten().for_each(|der| say("in the bundle", der));
    for file in trusted {
        let read = read_small(file, LIMIT_PEM_BYTES).and_then(|pem| certificates_from_pem(&pem));
        read.iter().flatten().for_each(|der| say("trusted      ", der));
    }
}

/// A bundle of another method is told before any key, certificate or identity is looked at: what was given
/// for the wrong method is often the wrong file, too.
fn mixed_up(
    method: &VerifyMethod,
    target: &Target,
    common: &Common,
    output: &Output,
) -> Result<Option<Verification>> {
    let (with, asked) = (method.given(), method.asked());
    let signature = &target.bundle;
    // A large one is read once only; METHOD then speaks after the keys were read.
    let is_small = std::fs::metadata(signature).is_ok_and(|metadata| metadata.len() <= LIMIT_PEEKED_BYTES);
    let is_other = is_small && Bundle::read(signature).is_ok_and(|bundle| bundle.method() != asked);
    if !is_other {
        return Ok(None);
    }
    with.jobs.set();
    let options = VerifyOptions { method: Some(asked), ..VerifyOptions::at(common.now()) };
    let nobody = Trust::new(Vec::new());
    let place = target.place(false);
    shown(output, |progress| verified(place, target, &nobody, &options, progress)).map(Some)
}

fn verified(
    place: Place<'_>,
    target: &Target,
    trust: &Trust,
    options: &VerifyOptions,
    progress: &Progress,
) -> Result<Verification> {
    Ok(verify_place(place, &target.bundle, trust, options, None.into(), progress)?.1)
}

/// Remedies speak of a skill or a dataset where the folder is one.
fn speak_of(verification: &mut Verification, model: &Path) {
    let needs_remedies = verification.headline().is_some();
    if let Some(read) = needs_remedies.then(|| read_model(model).ok()).flatten() {
        Arc::make_mut(&mut verification.files).thing = read.kind.into();
    }
}

/// What the caller demands beyond the specification.
fn require(verification: &mut Verification, with: &VerifyCommon) {
    let demands = [
        (with.require_log, CheckCode::LogRequired, verification.log.is_some()),
        (with.require_timestamp, CheckCode::TimeRequired, verification.signed_at.is_some()),
    ];
    for (demanded, code, present) in demands {
        if demanded && !present && verification.outcome_of(code.stage()) != Outcome::Fail {
            let before = verification.check(code.stage()).cloned();
            let why = before.map_or(Why::Nothing, |before| Why::Required {
                code: before.code,
                outcome: before.outcome,
                instead: Box::new(before.why),
            });
            verification.set(Check::new(code, Outcome::Missing, why));
        }
    }
}

/// PREDICATES of a model that was verified by flags.
fn predicates(
    verification: &mut Verification,
    target: &Target,
    trust: &Trust,
    options: &VerifyOptions,
) -> Result<()> {
    let found = target.claims();
    if found.is_empty() {
        return Ok(());
    }
    // A claim may be signed by another method than the model.
    let options = VerifyOptions { method: None, ..options.clone() };
    let by = Judge { trust, options: &options, root: verification.root_of_files(), aliases: &[] };
    let pieces = found.iter().map(|ClaimsFound { file, bytes }| {
        let claims = match bytes {
            Ok(bytes) => Claims::Bytes(bytes),
            Err(fault) => Claims::Unreadable(*fault),
        };
        Piece { file: file.as_ref(), claims }
    });
    let pieces: Vec<Piece<'_>> = pieces.collect();
    verification.set(predicates_check(&pieces, &by, &Progress::default())?);
    Ok(())
}
