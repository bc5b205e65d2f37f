//! `claims`: the claims of a model or of a file: listed, shown, appended to and checked.

use crate::attest::{
    AppendedClaims, Claim, ClaimFile, ClaimsFound, ClaimsPlace, FormedClaim, Judge, Judged, ReceivedFile,
    Selection, Signed, UnreadClaims, Validity, check_append_only, claims_file, claims_in, claims_with, judge,
    present, read_claims,
};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::cli::session::{find, no_such_model, open};
use crate::documents::{
    ClaimDocument, ClaimsAppendDocument, ClaimsCheckDocument, ClaimsDocument, ClaimsFormDocument, FormedRow,
    names,
};
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, attached, listed, read_model};
use crate::report::claims as report;
use crate::signing::{Anchor, Progress, RootDigest, Trust, VerifyOptions, default_signature, find_signature};
use crate::text::screen;
use crate::workbench::{ClaimSubject, Workbench};
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
        /// A model's id or folder, or a file of claims
        target: PathBuf,
        /// The claim: its line (3, or FILE:3 in another file of the model), or 8 or more digits of its digest
        claim: Option<String>,
        /// The predicate's type, exactly (as `claims list` shows it)
        #[arg(long, value_name = "TYPE")]
        predicate: Option<String>,
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
        /// A model's id or folder, or a file of claims (*.jsonl), which is created if missing
        target: PathBuf,
        /// Files with Sigstore bundles or DSSE envelopes: one, or one a line
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Append claims about other subjects as well; for this model they do not count
        #[arg(long)]
        other_subject: bool,
    },
    Check {
        /// The file of claims, or an earlier copy of it
        file: PathBuf,
        /// The file now: check that it was only appended to since the earlier copy
        new: Option<PathBuf>,
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
        ClaimsCommand::Show { target, claim, predicate, identity, subject, trust } => {
            let place = claim.as_deref().map(str::parse).transpose()?;
            if place.is_none() && predicate.is_none() {
                return Err(Error::new(Code::Usage, "which claim?").help(
                    "give its line, its digest or --predicate TYPE; `touchmark claims list` shows them",
                ));
            }
            let wanted = Selection {
                place,
                predicate_type: predicate.clone(),
                subject: subject.as_deref().map(digest_given).transpose()?,
                identity: identity.clone(),
                issuer: None,
            };
            show(target, &wanted, trust, common, output)
        }
        ClaimsCommand::Append { target, files, other_subject } => {
            append(target, files, *other_subject, common, output)
        }
        ClaimsCommand::Check { file, new: None } => check_form(file, output),
        ClaimsCommand::Check { file, new: Some(new) } => {
            let history = check_append_only(file, new)?;
            output.print(&report::history(&history), || ClaimsCheckDocument::from(&history));
            Ok(if history.is_append_only() { 0 } else { 1 })
        }
    }
}

fn digest_given(text: &str) -> Result<RootDigest> {
    text.parse().map_err(|error: Error| Error::new(Code::Usage, error.what).at("--subject"))
}

fn list(target: &Path, anchors: &Anchors, common: &Common, output: &Output) -> Result<u8> {
    let target = Target::open(target, anchors, common)?;
    let Listed { found, unread } = target.listed()?;
    let ClaimFile { claims, unknown } = found;
    let root = if claims.is_empty() { None } else { target.root(common, output)? };
    let judged = target.judge(claims, root, common)?;
    let name = target.file.to_string_lossy();
    output.print(&report::claims(&screen(&name), root, (&judged, &unknown, &unread)), || {
        ClaimsDocument::of(&name, root, &judged, (&unknown, &unread))
    });
    Ok(0)
}

/// What is listed or shown: the claims of a model, or a file of claims.
struct Target {
    /// What to trust, where anchors were given.
    trust: Option<Trust>,
    workbench: Option<Workbench>,
    model: Option<Model>,
    /// Where the model's files are; none of a file of claims.
    place: Option<PathBuf>,
    in_registry: bool,
    /// The file of claims.
    file: PathBuf,
}

impl Target {
    fn open(target: &Path, anchors: &Anchors, common: &Common) -> Result<Self> {
        let trust = anchors.read()?;
        let workbench = match &trust {
            Some(_) if target.exists() => None,
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
        let file = place.as_deref().map_or_else(|| target.to_owned(), claims_file);
        Ok(Target { trust, workbench, model, place, in_registry, file })
    }

    fn listed(&self) -> Result<Listed> {
        match &self.place {
            None => Ok(Listed { found: read_claims(&self.file)?, unread: Vec::new() }),
            Some(place) => Ok(Listed::of(place, self.in_registry)),
        }
    }

    /// The root digest of the model's files as they are.
    fn root(&self, common: &Common, output: &Output) -> Result<Option<RootDigest>> {
        match &self.place {
            // The files of a model in a registry are those that its signature lists.
            Some(place) if !self.in_registry => root_of(place, self.model.as_ref(), common.now(), output),
            _ => Ok(None),
        }
    }

    fn judge(&self, claims: Vec<Claim>, root: Option<RootDigest>, common: &Common) -> Result<Vec<Judged>> {
        match (&self.trust, &self.workbench) {
            (Some(trust), _) => judge_by(claims, trust, root, common),
            (None, Some(workbench)) => {
                workbench.judge_claims(claims, self.model.as_ref(), root, &Progress::default())
            }
            (None, None) => Ok(Vec::new()),
        }
    }
}

/// What lies with a model.
#[derive(Default)]
struct Listed {
    found: ClaimFile,
    unread: Vec<UnreadClaims>,
}

impl Listed {
    /// What can be read. A file that cannot is reported, and the others are still listed.
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
    claims: Vec<Claim>,
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
        Ok(present) => {
            if matches!(present.signed, Signed::Not) {
                output.note("· the model is not signed: in a verification its claims count only once it is");
            }
            Ok(Some(present.root))
        }
        Err(error) => {
            output.note(&format!("? the model's root digest is not known: {error}"));
            Ok(None)
        }
    }
}

fn show(
    target: &Path,
    wanted: &Selection,
    anchors: &Anchors,
    common: &Common,
    output: &Output,
) -> Result<u8> {
    let target = Target::open(target, anchors, common)?;
    let claims = target.listed()?.found.claims;
    // The ones that are not wanted need not be verified.
    let by_content = Selection { identity: None, issuer: None, ..wanted.clone() };
    let is_proven = target.trust.is_some();
    let by = if is_proven { &by_content } else { wanted };
    let claims: Vec<Claim> = by.claimed(&claims).into_iter().cloned().collect();
    let root = match wanted.subject {
        None if !claims.is_empty() => target.root(common, output)?,
        subject => subject,
    };
    let judged = target.judge(claims, root, common)?;
    let found: Vec<&Judged> = match (is_proven, &wanted.identity) {
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

fn append(
    target: &Path,
    files: &[PathBuf],
    other_subject: bool,
    common: &Common,
    output: &Output,
) -> Result<u8> {
    let appended = match subject_of(target, common, output)? {
        None => {
            if other_subject {
                output.note("· --other-subject has no effect: a file of claims belongs to no model");
            }
            AppendedClaims::to(target, ReceivedFile::read_all(files)?)?
        }
        Some((workbench, subject)) => shown(output, |progress| {
            workbench.append_claims_of_others(&subject, files, other_subject, progress)
        })?,
    };
    let name = appended.file.to_string_lossy();
    output.print(&report::appended(&screen(&name), &appended), || ClaimsAppendDocument::of(&name, &appended));
    Ok(0)
}

/// The model whose claims are appended to; none for a file of claims, which may be a new one.
fn subject_of(target: &Path, common: &Common, output: &Output) -> Result<Option<(Workbench, ClaimSubject)>> {
    let is_there = std::fs::symlink_metadata(target).is_ok();
    let named_so = target.extension().is_some_and(|ending| ending == "jsonl" || ending == "json");
    if !target.is_dir() && named_so {
        return Ok(None);
    }
    let workbench = match open(common) {
        // A file outside any workspace.
        Err(_) if is_there && !target.is_dir() => return Ok(None),
        opened => opened?,
    };
    let view = workbench.view();
    let subject = match find(&view, &target.to_string_lossy()) {
        Ok(index) => shown(output, |progress| workbench.claim_subject(index, progress))?,
        Err(_) if target.is_dir() => shown(output, |progress| workbench.claim_subject_at(target, progress))?,
        Err(_) if is_there => return Ok(None),
        Err(error) => {
            let help = "a new file of claims needs a name that ends in .jsonl";
            let help =
                error.help.as_ref().map_or_else(|| help.to_owned(), |known| format!("{known}; {help}"));
            return Err(error.help(help));
        }
    };
    drop(view);
    Ok(Some((workbench, subject)))
}

fn check_form(file: &Path, output: &Output) -> Result<u8> {
    let ClaimFile { claims, unknown } = read_claims(file)?;
    let claims: Vec<FormedClaim> = claims.into_iter().map(FormedClaim::of).collect();
    let is_broken = |formed: &FormedClaim| matches!(formed.validity, Validity::Invalid(_));
    let valid = !claims.is_empty() && unknown.is_empty() && !claims.iter().any(is_broken);
    let name = file.to_string_lossy();
    output.print(&report::form(&screen(&name), &claims, &unknown), || ClaimsFormDocument {
        schema: names::ClaimsForm,
        file: &name,
        valid,
        claims: claims.iter().map(FormedRow::from).collect(),
        unknown: &unknown,
    });
    Ok(match (valid, claims.is_empty() && unknown.is_empty()) {
        (true, _) => 0,
        (false, true) => 3,
        (false, false) => 1,
    })
}
