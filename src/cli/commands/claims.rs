//! `claims`: what lies beside a model besides its signature, and how it gets there.

use crate::attest::{
    ClaimFile, Judge, Judged, Selection, append_claims, check_append_only, check_appendable, claims_beside,
    judge, predicates_check, read_claims,
};
use crate::cli::args::{Cli, Common};
use crate::cli::commands as run;
use crate::cli::commands::sign::now;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, read_model};
use crate::report::claims as report;
use crate::signing::{
    Anchor, HashAlgorithm, LIMIT_BUNDLE_BYTES, Progress, RootDigest, SignOptions, Signed, Trust,
    Verification, VerifyOptions, default_signature, digest, verify,
};
use crate::text::{Untrusted, screen};
use crate::workbench::Workbench;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What to do with claims.
#[derive(Debug, Subcommand)]
pub enum ClaimsCommand {
    /// List the claims of a model, or of a file: what each says of what, and whether its signer is proven
    List {
        /// A model's id or folder, or a file of claims
        target: PathBuf,
        #[command(flatten)]
        trust: Anchors,
    },
    /// Show the statements of the claims that fit; where they stand in the file makes no difference
    Show {
        /// The file of claims
        file: PathBuf,
        /// The predicate's type, exactly (as `claims list` shows it)
        #[arg(long, value_name = "TYPE")]
        predicate: String,
        /// The signer, exactly: proven when anchors are given, else as the claim says
        #[arg(long, value_name = "NAME")]
        identity: Option<String>,
        /// The root digest of the model that it is about
        #[arg(long, value_name = "DIGEST")]
        subject: Option<String>,
        #[command(flatten)]
        trust: Anchors,
    },
    /// Append bundles to a file of claims, each as one line
    Append {
        /// The file of claims; made when it is not there
        file: PathBuf,
        /// The bundles
        #[arg(required = true)]
        bundles: Vec<PathBuf>,
    },
    /// Check that a file of claims was only appended to since an earlier copy was taken
    Check {
        /// The earlier copy
        old: PathBuf,
        /// The file now
        new: PathBuf,
    },
}

/// What to trust instead of the workspace's policy.
#[derive(Debug, Clone, Args)]
pub struct Anchors {
    /// PEM file of a public key that you trust (repeat)
    #[arg(long, alias = "public_key", value_name = "PEM")]
    pub public_key: Vec<PathBuf>,
    /// PEM file of authorities that you trust (repeat)
    #[arg(long, alias = "certificate_chain", value_name = "PEM")]
    pub certificate_chain: Vec<PathBuf>,
}

impl Anchors {
    /// None when nothing was given: then the policy decides.
    fn read(&self) -> Result<Option<Trust>> {
        let keys = self.public_key.iter().map(|file| Anchor::read_key("--public-key", file));
        let authorities =
            self.certificate_chain.iter().map(|file| Anchor::read_ca("--certificate-chain", file));
        let anchors = keys.chain(authorities).collect::<Result<Vec<_>>>()?;
        Ok((!anchors.is_empty()).then(|| Trust::new(anchors)))
    }
}

/// `claims`.
pub fn run(cli: &Cli, command: &ClaimsCommand, output: &Output) -> Result<u8> {
    match command {
        ClaimsCommand::List { target, trust } => list(cli, target, trust, output),
        ClaimsCommand::Show { file, predicate, identity, subject, trust } => {
            let wanted = Selection {
                predicate_type: Some(predicate.clone()),
                subject: subject.as_deref().map(digest_given).transpose()?,
                identity: identity.clone(),
                issuer: None,
            };
            show(cli, file, &wanted, trust, output)
        }
        ClaimsCommand::Append { file, bundles } => append(file, bundles, output),
        ClaimsCommand::Check { old, new } => {
            let history = check_append_only(old, new)?;
            output.print(&report::history(&history), || {
                json!({
                    "schema": "touchmark.claims-check/1",
                    "append_only": history.is_append_only(),
                    "history": history,
                })
            });
            Ok(if history.is_append_only() { 0 } else { 1 })
        }
    }
}

fn digest_given(text: &str) -> Result<RootDigest> {
    text.parse().map_err(|error: Error| Error::new(Code::Usage, error.what).at("--subject"))
}

fn list(cli: &Cli, target: &Path, anchors: &Anchors, output: &Output) -> Result<u8> {
    let trust = anchors.read()?;
    let is_path = target.exists();
    let workbench = match &trust {
        Some(_) if is_path => None,
        _ => Some(Workbench::open(&run::options(cli))?),
    };
    let (model, place) = match (&workbench, target.is_file()) {
        (_, true) => (None, None),
        (Some(workbench), false) => {
            let (model, place) = model_of(workbench, target)?;
            (Some(model), Some(place))
        }
        (None, false) => (None, Some(target.to_owned())),
    };
    let file = match &place {
        None => target.to_owned(),
        Some(place) => claims_beside(place).unwrap_or_else(|| place.join("claims.jsonl")),
    };
    let has_none = place.as_deref().is_some_and(|place| claims_beside(place).is_none());
    let found = if has_none { ClaimFile::default() } else { read_claims(&file)? };
    let root = match &place {
        Some(place) if !found.claims.is_empty() => root_of(place, model.as_ref(), now(&cli.common), output)?,
        _ => None,
    };
    let ClaimFile { claims, unknown } = found;
    let judged = match (trust, workbench) {
        (Some(trust), _) => judge_by(claims, &trust, root, &cli.common)?,
        (None, Some(workbench)) => {
            workbench.judge_claims(claims, model.as_ref(), root, &Progress::default())?
        }
        (None, None) => Vec::new(),
    };
    let name = file.to_string_lossy();
    output.print(&report::claims(&screen(&name), root, &judged, &unknown), || {
        report::claims_json(&name, root, &judged, &unknown)
    });
    Ok(0)
}

fn judge_by(
    claims: Vec<crate::attest::Claim>,
    trust: &Trust,
    root: Option<RootDigest>,
    common: &Common,
) -> Result<Vec<Judged>> {
    let options = VerifyOptions::at(now(common));
    judge(claims, &Judge { trust, options: &options, root, policy: &|_| {} }, &Progress::default())
}

/// A model of the inventory, or a folder; and where its files are.
fn model_of(workbench: &Workbench, target: &Path) -> Result<(Model, PathBuf)> {
    let view = workbench.view();
    if let Ok(index) = run::find(&view, &target.to_string_lossy())
        && let Some(model) = view.models.get(index)
        && let Some(location) = &model.location
    {
        return Ok((model.clone(), view.workspace.root.join(location)));
    }
    if target.is_dir() {
        let path = std::path::absolute(target).map_err(|error| Error::read(target, &error))?;
        return Ok((read_model(&path)?, path));
    }
    Err(crate::cli::commands::sign::no_such_model(&target.to_string_lossy()))
}

/// The root digest of the files as they are: as the model's signature made it when all files fit, else as a new
/// signature would.
fn root_of(
    place: &Path,
    model: Option<&Model>,
    at: jiff::Timestamp,
    output: &Output,
) -> Result<Option<RootDigest>> {
    let named =
        model.and_then(|model| model.signature.as_ref()).map(|signature| match signature.file_name() {
            Some(name) => place.join(name),
            None => default_signature(place),
        });
    let signature = named.unwrap_or_else(|| default_signature(place));
    let nobody = Trust::new(Vec::new());
    let looked = |progress: &Progress| verify(place, &signature, &nobody, &VerifyOptions::at(at), progress);
    let signed = shown(output, looked)?.root_of_files();
    if signed.is_some() {
        return Ok(signed);
    }
    let options = SignOptions {
        signature,
        hash: HashAlgorithm::Sha256,
        shard_size: None,
        ignore_paths: Vec::new(),
        ignore_git_paths: true,
        allow_symlinks: false,
    };
    match shown(output, |progress| digest(place, &options, progress)) {
        Ok(digested) => Ok(Some(digested.root_digest)),
        Err(error) => {
            output.note(&format!("? the model's root digest is not known: {error}"));
            Ok(None)
        }
    }
}

fn show(cli: &Cli, file: &Path, wanted: &Selection, anchors: &Anchors, output: &Output) -> Result<u8> {
    let trust = anchors.read()?;
    let claims = read_claims(file)?.claims;
    // The ones that are not wanted need not be verified.
    let by_content = Selection { identity: None, issuer: None, ..wanted.clone() };
    let (proven, judged) = match trust {
        Some(trust) => {
            let claims = by_content.claimed(&claims).into_iter().cloned().collect();
            (true, judge_by(claims, &trust, wanted.subject, &cli.common)?)
        }
        None => {
            let claims = wanted.claimed(&claims).into_iter().cloned().collect();
            (
                false,
                Workbench::open(&run::options(cli))?.judge_claims(
                    claims,
                    None,
                    wanted.subject,
                    &Progress::default(),
                )?,
            )
        }
    };
    let found: Vec<&Judged> = match (proven, &wanted.identity) {
        (true, Some(_)) => wanted.proven(&judged),
        _ => judged.iter().collect(),
    };
    let mut human = report::statements(&found)?;
    if found.is_empty() {
        human = "? missing  no claim of this file fits\n".to_owned();
    }
    let document = report::statements_json(&found)?;
    output.print(&human, || document);
    Ok(if found.is_empty() { 3 } else { 0 })
}

fn append(file: &Path, bundles: &[PathBuf], output: &Output) -> Result<u8> {
    let read: Vec<Vec<u8>> =
        bundles.iter().map(|path| read_small(path, LIMIT_BUNDLE_BYTES)).collect::<Result<_>>()?;
    for (path, bundle) in bundles.iter().zip(&read) {
        crate::attest::Claim::parse(1, bundle).map_err(|error| Error { at: None, ..error }.at_path(path))?;
    }
    let appended = append_claims(file, &read)?;
    let name = file.to_string_lossy();
    let names: Vec<Untrusted> =
        bundles.iter().map(|path| path.to_string_lossy().into_owned().into()).collect();
    output.print(&report::appended(&screen(&name), &names, &appended), || {
        let lines: Vec<_> = names
            .iter()
            .zip(&appended.lines)
            .map(|(bundle, (line, already))| json!({ "bundle": bundle, "line": line, "already": already }))
            .collect();
        json!({ "schema": "touchmark.claims-append/1", "file": name, "lines": lines })
    });
    Ok(0)
}

/// Before signing: the file of claims can be appended to, and is left out of what is signed.
pub fn prepare(claims: Option<&Path>, options: &mut SignOptions) -> Result<()> {
    let Some(claims) = claims else { return Ok(()) };
    let is_same = std::path::absolute(claims).ok() == std::path::absolute(&options.signature).ok()
        || claims.canonicalize().is_ok_and(|claims| options.signature.canonicalize().ok() == Some(claims));
    if is_same {
        return Err(Error::new(Code::Usage, "signature and claims cannot be one file")
            .at_path(claims)
            .help("name another file with --signature"));
    }
    check_appendable(claims)?;
    options.ignore_paths.push(claims.to_owned());
    Ok(())
}

/// After signing: the bundle becomes a line of the file of claims as well.
pub fn append_signature(claims: Option<&Path>, signed: &Signed, output: &Output) -> Result<()> {
    for name in &signed.left_out {
        output.note(&format!(
            "! not signed, because it is a signature or a claim by its name: {}",
            screen(name)
        ));
    }
    let Some(claims) = claims else { return Ok(()) };
    let bundle = read_small(&signed.signature, LIMIT_BUNDLE_BYTES)?;
    let appended = append_claims(claims, &[bundle]).map_err(|error| {
        error.help("the signature was written; append it by `touchmark claims append FILE SIGNATURE`")
    })?;
    for (line, already) in appended.lines {
        let word = if already { "! already there" } else { "✓ appended" };
        output.note(&format!("{word}  line {line} of {}", screen(&claims.to_string_lossy())));
    }
    Ok(())
}

/// PREDICATES of a model that was verified by flags.
pub fn predicates(
    verification: &mut Verification,
    model: &Path,
    trust: &Trust,
    options: &VerifyOptions,
) -> Result<()> {
    let Some(file) = claims_beside(model) else { return Ok(()) };
    // A claim may be signed by another method than the model.
    let options = VerifyOptions { method: None, ..options.clone() };
    let by = Judge { trust, options: &options, root: verification.root_of_files(), policy: &|_| {} };
    verification.set(predicates_check(Some(&file), &by, &Progress::default())?);
    Ok(())
}
