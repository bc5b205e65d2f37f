//! `verify key`, `verify certificate`, `verify sigstore`: verifies a model by what flags say is to be trusted. No
//! workspace and no policy has a say.

use crate::attest::{Claims, Judge, claims_beside, predicates_check, read_claims_bytes};
use crate::cli::common::Common;
use crate::cli::flags::{Authorities, Jobs, tell_unused_of};
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::error::Result;
use crate::signing::{
    Anchor, Bundle, Check, CheckCode, IdentityRule, Method, Outcome, Progress, Trust, Verification,
    VerifyOptions, Why, default_signature, verify,
};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// A bundle larger than this is read once only.
const LIMIT_PEEKED_BYTES: u64 = 16 * 1024 * 1024;

/// What to trust.
#[derive(Debug, Subcommand)]
pub(crate) enum VerifyMethod {
    Key {
        #[command(flatten)]
        common: VerifyCommon,
        /// PEM file of the public key
        #[arg(long, alias = "public_key", value_name = "PEM")]
        public_key: PathBuf,
        #[command(flatten)]
        timestamps: Authorities,
    },
    Certificate {
        #[command(flatten)]
        common: VerifyCommon,
        /// PEM file of the authorities that you trust (repeat)
        #[arg(long, alias = "certificate_chain", value_name = "PEM", required = true)]
        certificate_chain: Vec<PathBuf>,
        /// File of the authorities' revocation lists, PEM or DER (repeat); nothing is fetched
        #[arg(long, value_name = "FILE")]
        crl: Vec<PathBuf>,
        /// The signer's subject name, exactly (as `inspect` shows it)
        #[arg(long)]
        identity: Option<String>,
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
        #[arg(long, alias = "identity_provider", value_name = "URL")]
        identity_provider: String,
        /// A trusted_root.json or client trust config [default: the public-good instance]
        #[arg(long, alias = "trust_config", value_name = "FILE")]
        trust_config: Option<PathBuf>,
        /// Trust Sigstore's staging instance instead: for tests only
        #[arg(long, alias = "use_staging", conflicts_with = "trust_config")]
        use_staging: bool,
    },
}

/// Options of the ways to verify that say what to trust.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyCommon {
    /// The model's folder or file
    pub(super) model: PathBuf,
    /// The bundle [default: model.sig in the model's folder]
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Leave this path out (repeat)
    #[arg(long, alias = "ignore_paths", value_name = "PATH")]
    ignore_paths: Vec<PathBuf>,
    /// Do not leave out .git, .gitattributes, .github and .gitignore
    #[arg(long, alias = "no-ignore_git_paths")]
    no_ignore_git_paths: bool,
    /// Do not fail on files that are not signed
    #[arg(long, alias = "ignore_unsigned_files")]
    ignore_unsigned_files: bool,
    /// Fail when no transparency log holds the signature
    #[arg(long)]
    require_log: bool,
    /// Fail when nobody but the signer says when it was signed
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

impl VerifyCommon {
    fn bundle(&self) -> PathBuf {
        self.signature.clone().unwrap_or_else(|| default_signature(&self.model))
    }
}

/// Verifies as the flags say.
pub(super) fn verification(method: &VerifyMethod, common: &Common, output: &Output) -> Result<Verification> {
    if let Some(verification) = mixed_up(method, common, output)? {
        return Ok(verification);
    }
    let trust = match method {
        VerifyMethod::Key { public_key, timestamps, .. } => {
            let mut anchors = vec![Anchor::read_key("--public-key", public_key)?];
            anchors.extend(timestamps.read()?);
            Trust { anchors, identity: IdentityRule::AnchorDecides }
        }
        VerifyMethod::Certificate { certificate_chain, crl, identity, timestamps, .. } => {
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
        ignore_git_paths: !with.no_ignore_git_paths,
        ignore_unsigned_files: with.ignore_unsigned_files,
        ..VerifyOptions::at(common.now())
    };
    let signature = with.bundle();
    let mut verification =
        shown(output, |progress| verify(&with.model, &signature, &trust, &options, progress))?;
    require(&mut verification, with);
    predicates(&mut verification, &with.model, &trust, &options)?;
    Ok(verification)
}

/// A bundle of another method is told before any key, certificate or identity is looked at: what was given
/// for the wrong method is often the wrong file, too.
fn mixed_up(method: &VerifyMethod, common: &Common, output: &Output) -> Result<Option<Verification>> {
    let (with, asked) = (method.given(), method.asked());
    let signature = with.bundle();
    // A large one is read once only; METHOD then speaks after the keys were read.
    let is_small = std::fs::metadata(&signature).is_ok_and(|metadata| metadata.len() <= LIMIT_PEEKED_BYTES);
    let is_other = is_small && Bundle::read(&signature).is_ok_and(|bundle| bundle.method() != asked);
    if !is_other {
        return Ok(None);
    }
    with.jobs.set();
    let options = VerifyOptions { method: Some(asked), ..VerifyOptions::at(common.now()) };
    let nobody = Trust::new(Vec::new());
    shown(output, |progress| verify(&with.model, &signature, &nobody, &options, progress)).map(Some)
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
    model: &Path,
    trust: &Trust,
    options: &VerifyOptions,
) -> Result<()> {
    let Some(file) = claims_beside(model) else { return Ok(()) };
    // A claim may be signed by another method than the model.
    let options = VerifyOptions { method: None, ..options.clone() };
    let by = Judge { trust, options: &options, root: verification.root_of_files() };
    let read = read_claims_bytes(&file);
    let claims = match &read {
        Ok(bytes) => Claims::Bytes(bytes),
        Err(fault) => Claims::Unreadable(*fault),
    };
    verification.set(predicates_check(claims, &by, &Progress::default())?);
    Ok(())
}
