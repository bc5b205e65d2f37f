//! Adding anchors to the policy and taking them out: what a file holds is looked at first, and the policy is
//! edited as text. Nothing here decides whom an anchor lets in; that is the publishers' part.

use super::door::Workbench;
use super::in_force::LIMIT_POLICY_BYTES;
use super::trust_files::{Home, extension, is_file_name};
use crate::disk::{lock_beside, read_small, replace};
use crate::error::{Code, Error, Result};
use crate::policy::{AnchorKind, AnchorSource, with_anchor, without_anchor};
use crate::signing::{Anchor, Beyond, Embedded, look_at_anchor};
use crate::text::{nearest, screen};
use crate::view::View;
use std::fs::File;
use std::path::PathBuf;

/// More files than this in one anchor are a mistake.
const LIMIT_FILES: usize = 100;
/// As the policy calls a kind, and as the signing core does.
const KINDS: [(AnchorKind, &str); 4] = [
    (AnchorKind::Key, "key"),
    (AnchorKind::Ca, "ca"),
    (AnchorKind::Sigstore, "sigstore"),
    (AnchorKind::Tsa, "tsa"),
];

/// An anchor to be added.
#[derive(Debug, Clone)]
pub struct NewAnchor {
    /// Its name in the policy.
    pub name: String,
    /// What it holds.
    pub from: AnchorFrom,
    /// After how many days it is too old.
    pub max_age_days: Option<u32>,
    /// Whether it may take the place of one of that name.
    pub replace: bool,
}

/// Where an anchor's material comes from.
#[derive(Debug, Clone)]
pub enum AnchorFrom {
    /// Files of one kind, told by looking unless it is named.
    Files {
        /// Which.
        files: Vec<PathBuf>,
        /// What they are.
        kind: Option<AnchorKind>,
    },
    /// A root inside this program.
    Embedded(Embedded),
}

/// What became of an anchor.
#[derive(Debug, Clone)]
pub struct ChangedAnchor {
    /// As the policy has it now, or had it.
    pub source: AnchorSource,
    /// What it holds, one for each file.
    pub anchors: Vec<Anchor>,
    /// The files that were written for it, in the workspace's `trust` folder.
    pub copied: Vec<PathBuf>,
    /// The policy file.
    pub policy: PathBuf,
    /// Whether one of that name was replaced.
    pub replaced: bool,
}

/// The policy file of a workbench that may write.
pub(super) struct PolicyFile {
    pub path: PathBuf,
    pub text: String,
    pub home: Home,
}

impl Workbench {
    /// Adds an anchor to the policy file and reads the policy again. Files outside the workspace are copied
    /// into its `trust` folder, so that the policy means the same elsewhere.
    ///
    /// # Errors
    /// `E-USAGE` when there is one of that name, or the workspace is open for reading only; `E-CONFIG` when
    /// there is no policy file, or it is not valid or cannot be edited; what
    /// [`look_at_anchor`] finds; `E-WRITE`, `E-CHANGED`.
    pub fn add_anchor(&self, new: &NewAnchor) -> Result<ChangedAnchor> {
        let _held = self.hold_policy()?;
        let file = self.policy_to_edit()?;
        if !is_file_name(&new.name) {
            return Err(Error::new(Code::Usage, "not a name for an anchor")
                .at(&new.name)
                .help("at most 64 letters, digits, `.`, `_` and `-`"));
        }
        let view = self.view();
        let old = view.policy.trust.iter().find(|anchor| anchor.name == new.name);
        if old.is_some() && !new.replace {
            return Err(Error::new(Code::Usage, "the policy has an anchor of this name")
                .at(&new.name)
                .help("choose another name, or replace it with --replace"));
        }
        let mut copied = Vec::new();
        let made = material(new, view.policy.beyond(), &file.home, &mut copied).and_then(|(kind, files)| {
            let kept = old.filter(|old| old.kind == kind);
            let source = AnchorSource {
                name: new.name.clone(),
                kind,
                files,
                // Forgetting what was revoked would trust more than before.
                crls: kept.map(|old| old.crls.clone()).unwrap_or_default(),
                max_age_days: new.max_age_days.or(kept.and_then(|old| old.max_age_days)),
            };
            self.write_anchor(&file, &source).map(|()| source)
        });
        let source = made.inspect_err(|_| forget(&copied))?;
        let anchors = self.anchors().into_iter().filter(|anchor| anchor.name == new.name).collect();
        Ok(ChangedAnchor { source, anchors, copied, policy: file.path, replaced: old.is_some() })
    }

    /// Takes an anchor out of the policy file and reads the policy again. Its files stay.
    ///
    /// # Errors
    /// `E-NOT-FOUND`; `E-USAGE` while publishers name it, and as [`Workbench::add_anchor`].
    pub fn remove_anchor(&self, name: &str) -> Result<ChangedAnchor> {
        let _held = self.hold_policy()?;
        let file = self.policy_to_edit()?;
        let view = self.view();
        let source = view.policy.trust.iter().find(|anchor| anchor.name == name);
        let source = source.cloned().ok_or_else(|| unknown_anchor(&view, name))?;
        let users: Vec<String> = view
            .policy
            .publishers
            .iter()
            .filter(|publisher| publisher.trust.iter().any(|anchor| anchor == name))
            .map(|publisher| screen(&publisher.id))
            .collect();
        if !users.is_empty() {
            let what = format!("publishers of the policy name this anchor: {}", users.join(", "));
            return Err(Error::new(Code::Usage, what)
                .at(name)
                .help("take it out of their `trust` first, or name another anchor there"));
        }
        let anchors = self.anchors().into_iter().filter(|anchor| anchor.name == name).collect();
        let after = without_anchor(&file.text, name).map_err(|error| error.at_path(&file.path))?;
        replace(&file.path, Some(file.text.as_bytes()), after.as_bytes())?;
        self.reload_policy()?;
        Ok(ChangedAnchor { source, anchors, copied: Vec::new(), policy: file.path, replaced: false })
    }

    /// Keeps other programs of ours from changing the policy file between reading and writing it.
    fn hold_policy(&self) -> Result<Option<File>> {
        self.writable()?;
        self.policy_file().map(|path| lock_beside(&path)).transpose()
    }

    pub(super) fn policy_to_edit(&self) -> Result<PolicyFile> {
        self.writable()?;
        let path = self.policy_file().ok_or_else(|| {
            Error::new(Code::Config, "the workspace has no policy file: the built-in baseline is in force").help(
                "write `touchmark policy show baseline` to policies/baseline.toml, and name it in touchmark.toml",
            )
        })?;
        let text = String::from_utf8(read_small(&path, LIMIT_POLICY_BYTES)?)
            .map_err(|_| Error::new(Code::Config, "the policy is not UTF-8 text").at_path(&path))?;
        // What the file says now is edited, so what may be done to it must be judged by that, too.
        if self.view().policy_text != text {
            self.reload_policy()?;
        }
        self.valid_policy()?;
        let home = Home::of(&self.view().workspace.root, &path)?;
        Ok(PolicyFile { path, text, home })
    }

    pub(super) fn write_anchor(&self, file: &PolicyFile, source: &AnchorSource) -> Result<()> {
        let after = with_anchor(&file.text, source).map_err(|error| error.at_path(&file.path))?;
        replace(&file.path, Some(file.text.as_bytes()), after.as_bytes())?;
        self.reload_policy()
    }
}

/// An anchor that the policy does not have.
pub(crate) fn unknown_anchor(view: &View, name: &str) -> Error {
    let known: Vec<&str> = view.anchors.iter().map(|anchor| anchor.name.as_str()).collect();
    let near = nearest(name, &known).map(|near| format!("did you mean `{}`? ", screen(near)));
    Error::new(Code::NotFound, "there is no such anchor")
        .at(name)
        .help(format!("{}`touchmark trust list` shows them", near.unwrap_or_default()))
}

/// Takes back what was only written for a change that then failed.
pub(super) fn forget(copied: &[PathBuf]) {
    for file in copied {
        let _ = std::fs::remove_file(file);
    }
}

/// The kind and the files as the policy will name them; `copied` gets what was written.
fn material(
    new: &NewAnchor,
    beyond: Beyond,
    home: &Home,
    copied: &mut Vec<PathBuf>,
) -> Result<(AnchorKind, Vec<PathBuf>)> {
    let (files, asked) = match &new.from {
        // The policy names this one by naming no file.
        AnchorFrom::Embedded(Embedded::PublicGood) => return Ok((AnchorKind::Sigstore, Vec::new())),
        AnchorFrom::Embedded(instance) => {
            let root = instance.root();
            let (file, written) = home.copy(&new.name, "json", root.as_bytes(), instance.anchor().made)?;
            copied.extend(written);
            return Ok((AnchorKind::Sigstore, vec![file]));
        }
        AnchorFrom::Files { files, kind } => (files, *kind),
    };
    if files.is_empty() || files.len() > LIMIT_FILES {
        return Err(Error::new(Code::Usage, format!("an anchor has 1 to {LIMIT_FILES} files")));
    }
    let asked = asked.and_then(|asked| KINDS.iter().find(|(kind, _)| *kind == asked)).map(|(_, word)| *word);
    let mut looked = Vec::new();
    for file in files {
        looked.push((file, look_at_anchor(&new.name, file, asked, beyond)?));
    }
    let mut kinds = looked.iter().map(|(file, (anchor, _))| (file, anchor.kind()));
    let (_, kind) = kinds.next().ok_or_else(|| Error::new(Code::Usage, "name a file"))?;
    if let Some((file, _)) = kinds.find(|(_, other)| *other != kind) {
        return Err(Error::new(Code::Usage, "the files are of different kinds")
            .at_path(file)
            .help("add them as anchors of their own"));
    }
    if kind == AnchorKind::Sigstore && looked.len() > 1 {
        return Err(Error::new(Code::Usage, "an anchor has one Sigstore trusted root")
            .help("add each as an anchor of its own"));
    }
    let mut named = Vec::new();
    for (file, (anchor, bytes)) in looked {
        let file = match home.name_in_place(file) {
            Some(file) => file,
            None => {
                let (file, written) = home.copy(&new.name, extension(&bytes), &bytes, anchor.made)?;
                copied.extend(written);
                file
            }
        };
        if !named.contains(&file) {
            named.push(file);
        }
    }
    Ok((kind, named))
}
