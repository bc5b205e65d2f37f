//! `claims`: what lies beside a model besides its signature, listed, shown, appended to and checked.

use crate::attest::{
    ClaimFile, ClaimsFound, ClaimsPlace, Judge, Judged, Selection, UnreadClaims, append_claims,
    check_append_only, claims_file, claims_in, claims_with, judge, present, read_claims,
};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::cli::session::{find, no_such_model, open};
use crate::disk::read_small;
use crate::documents::{
    AppendedLine, ClaimDocument, ClaimsAppendDocument, ClaimsCheckDocument, ClaimsDocument, names,
};
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, attached, listed, read_model};
use crate::report::claims as report;
use crate::signing::{
    Anchor, LIMIT_BUNDLE_BYTES, Progress, RootDigest, Trust, VerifyOptions, default_signature, find_signature,
};
use crate::text::{Untrusted, screen};
use crate::workbench::Workbench;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// The commands of `claims`.
#[derive(Debug, Subcommand)]
pub(crate) enum ClaimsCommand {
    List {
        /// A model's id or folder, or a file of claims
        target: PathBuf,
        #[command(flatten)]
        trust: Anchors,
    },
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
    Append {
        /// The file of claims; made when it is not there
        file: PathBuf,
        /// The bundles
        #[arg(required = true)]
        bundles: Vec<PathBuf>,
    },
    Check {
        /// The earlier copy
        old: PathBuf,
        /// The file now
        new: PathBuf,
    },
}

/// What to trust instead of the workspace's policy.
#[derive(Debug, Clone, Args)]
pub(crate) struct Anchors {
    /// File of public keys that you trust (repeat)
    #[arg(long, value_name = "PEM")]
    public_key: Vec<PathBuf>,
    /// File of authorities that you trust (repeat)
    #[arg(long, value_name = "PEM")]
    certificate_chain: Vec<PathBuf>,
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

pub(super) fn run(arguments: &ClaimsCommand, common: &Common, output: &Output) -> Result<u8> {
    match arguments {
        ClaimsCommand::List { target, trust } => list(target, trust, common, output),
        ClaimsCommand::Show { file, predicate, identity, subject, trust } => {
            let wanted = Selection {
                predicate_type: Some(predicate.clone()),
                subject: subject.as_deref().map(digest_given).transpose()?,
                identity: identity.clone(),
                issuer: None,
            };
            show(file, &wanted, trust, common, output)
        }
        ClaimsCommand::Append { file, bundles } => append(file, bundles, output),
        ClaimsCommand::Check { old, new } => {
            let history = check_append_only(old, new)?;
            output.print(&report::history(&history), || ClaimsCheckDocument::from(&history));
            Ok(if history.is_append_only() { 0 } else { 1 })
        }
    }
}

fn digest_given(text: &str) -> Result<RootDigest> {
    text.parse().map_err(|error: Error| Error::new(Code::Usage, error.what).at("--subject"))
}

fn list(target: &Path, anchors: &Anchors, common: &Common, output: &Output) -> Result<u8> {
    let trust = anchors.read()?;
    let is_path = target.exists();
    let workbench = match &trust {
        Some(_) if is_path => None,
        _ => Some(open(common)?),
    };
    let (model, place) = match (&workbench, target.is_file()) {
        (_, true) => (None, None),
        (Some(workbench), false) => {
            let (model, place) = model_of(workbench, target)?;
            (Some(model), Some(place))
        }
        (None, false) => (None, Some(target.to_owned())),
    };
    let in_registry = place.as_deref().map(listed).transpose()?.flatten().is_some();
    let (file, Listed { found, unread }) = match &place {
        None => (target.to_owned(), Listed { found: read_claims(target)?, unread: Vec::new() }),
        Some(place) => (claims_file(place), Listed::of(place, in_registry)),
    };
    let root = match &place {
        // The files of a model in a registry are those that its signature lists.
        Some(_) if in_registry => None,
        Some(place) if !found.claims.is_empty() => root_of(place, model.as_ref(), common.now(), output)?,
        _ => None,
    };
    let ClaimFile { claims, unknown } = found;
    let judged = match (trust, workbench) {
        (Some(trust), _) => judge_by(claims, &trust, root, common)?,
        (None, Some(workbench)) => {
            workbench.judge_claims(claims, model.as_ref(), root, &Progress::default())?
        }
        (None, None) => Vec::new(),
    };
    let name = file.to_string_lossy();
    output.print(&report::claims(&screen(&name), root, (&judged, &unknown, &unread)), || {
        ClaimsDocument::of(&name, root, &judged, (&unknown, &unread))
    });
    Ok(0)
}

/// What lies with a model.
#[derive(Default)]
struct Listed {
    found: ClaimFile,
    unread: Vec<UnreadClaims>,
}

impl Listed {
    /// What can be read; one file that cannot is told and hides no other.
    fn of(place: &Path, in_registry: bool) -> Self {
        let found = if in_registry {
            let (files, is_cut) = attached(place);
            claims_with(ClaimsPlace::Attached { files: &files, is_cut })
        } else {
            let signature = find_signature(place);
            claims_with(ClaimsPlace::Model { model: place, signature: signature.as_deref() })
        };
        let mut listed = Listed::default();
        for ClaimsFound { file, bytes } in found {
            match bytes.and_then(|bytes| claims_in(&bytes)) {
                Ok(more) => {
                    let more = more.in_file(file.as_ref());
                    listed.found.claims.extend(more.claims);
                    listed.found.unknown.extend(more.unknown);
                }
                Err(fault) => listed.unread.push(UnreadClaims { file, fault, words: fault.words() }),
            }
        }
        listed
    }
}

fn judge_by(
    claims: Vec<crate::attest::Claim>,
    trust: &Trust,
    root: Option<RootDigest>,
    common: &Common,
) -> Result<Vec<Judged>> {
    let options = VerifyOptions::at(common.now());
    judge(claims, &Judge { trust, options: &options, root, aliases: &[] }, &Progress::default())
}

/// A model of the inventory, or a folder; and where its files are.
fn model_of(workbench: &Workbench, target: &Path) -> Result<(Model, PathBuf)> {
    let view = workbench.view();
    if let Ok(index) = find(&view, &target.to_string_lossy())
        && let Some(model) = view.models.get(index)
        && let Some(location) = &model.location
    {
        return Ok((model.clone(), view.workspace.root.join(location)));
    }
    if target.is_dir() {
        let path = std::path::absolute(target).map_err(|error| Error::read(target, &error))?;
        return Ok((read_model(&path)?, path));
    }
    Err(no_such_model(&target.to_string_lossy()))
}

/// The root digest of the files as they are.
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
    match shown(output, |progress| present(place, named.as_deref(), at, progress)) {
        Ok(present) => Ok(Some(present.root)),
        Err(error) => {
            output.note(&format!("? the model's root digest is not known: {error}"));
            Ok(None)
        }
    }
}

fn show(file: &Path, wanted: &Selection, anchors: &Anchors, common: &Common, output: &Output) -> Result<u8> {
    let trust = anchors.read()?;
    let claims = read_claims(file)?.claims;
    // The ones that are not wanted need not be verified.
    let by_content = Selection { identity: None, issuer: None, ..wanted.clone() };
    let (proven, judged) = match trust {
        Some(trust) => {
            let claims = by_content.claimed(&claims).into_iter().cloned().collect();
            (true, judge_by(claims, &trust, wanted.subject, common)?)
        }
        None => {
            let claims = wanted.claimed(&claims).into_iter().cloned().collect();
            (false, open(common)?.judge_claims(claims, None, wanted.subject, &Progress::default())?)
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
    let document = ClaimDocument::of(&found)?;
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
    let given: Vec<Untrusted> =
        bundles.iter().map(|path| path.to_string_lossy().into_owned().into()).collect();
    output.print(&report::appended(&screen(&name), &given, &appended), || {
        let line = |(bundle, (line, already)): (_, &(usize, bool))| AppendedLine {
            bundle,
            line: *line,
            already: *already,
        };
        let lines = given.iter().zip(&appended.lines).map(line).collect();
        ClaimsAppendDocument { schema: names::ClaimsAppend, file: &name, lines }
    });
    Ok(0)
}
