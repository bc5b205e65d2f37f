//! What of a folder is left out when a signature is compared with it: how much of which kind, and what of it is not
//! what such places hold. It reads the first bytes of what lies in git's folder, and judges nothing.

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::enumerate::{GIT_PATHS, MAX_DEPTH};
use super::git::{is_git_hook, is_of_git};

/// Files that are counted; further ones are not looked at.
const MAX_FILES: u64 = 500_000;
/// Names that are kept.
const MAX_NAMED: usize = 1000;

/// Why a file is left out, or what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AsideKind {
    /// The signature, another one, or claims.
    Attestation,
    /// What git itself keeps in `.git`.
    Git,
    /// A hook in `.git` that git runs.
    Hook,
    /// `.gitattributes` or `.gitignore`.
    GitRules,
    /// What lies in `.github`.
    Github,
    /// Anything else under the names that git's own rules leave out.
    Other,
    /// What the signature's own `ignore_paths` hide.
    Recorded,
    /// What the caller asked to leave out.
    Asked,
}

impl AsideKind {
    /// One and many of the kind, in words.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            AsideKind::Attestation => ("signature or file of claims", "signatures and files of claims"),
            AsideKind::Git => ("file that git keeps in .git", "files that git keeps in .git"),
            AsideKind::Hook => ("git hook", "git hooks"),
            AsideKind::GitRules => (".gitattributes or .gitignore", ".gitattributes and .gitignore"),
            AsideKind::Github => ("file in .github", "files in .github"),
            AsideKind::Other => {
                ("other file where git files are ignored", "other files where git files are ignored")
            }
            AsideKind::Recorded => {
                ("file that the signature leaves out", "files that the signature leaves out")
            }
            AsideKind::Asked => ("file left out on request", "files left out on request"),
        }
    }
}

/// What was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Aside {
    /// How many files there are of each kind.
    pub kinds: BTreeMap<AsideKind, u64>,
    /// The first of those that git does not keep there: hooks, what lies in `.github`, and others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<Untrusted>,
    /// Whether there are more of these, or more files than are looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

impl Aside {
    /// How many files.
    pub fn count(&self) -> u64 {
        self.kinds.values().sum()
    }

    /// Whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// `12 files ignored: 11 files that git keeps in .git, 1 signature or file of claims`; empty when there is none.
    pub fn line(&self) -> String {
        let kinds: Vec<String> = self
            .kinds
            .iter()
            .map(|(kind, many)| {
                let (one, all) = kind.words();
                format!("{many} {}", if *many == 1 { one } else { all })
            })
            .collect();
        match self.count() {
            0 => String::new(),
            1 => format!("1 file ignored: {}", kinds.concat()),
            many => format!("{many} files ignored: {}", kinds.join(", ")),
        }
    }

    /// Counts files of a kind.
    pub(crate) fn add(&mut self, kind: AsideKind, many: u64) {
        if many > 0 {
            *self.kinds.entry(kind).or_default() += many;
        }
    }

    /// Counts what the default rules leave out at the top of the folder.
    pub(crate) fn add_git(&mut self, root: &Path) {
        let mut left = MAX_FILES;
        for name in GIT_PATHS {
            self.walk(root.join(name), name.to_owned(), 0, &mut left);
        }
        self.outside.sort();
    }

    fn walk(&mut self, path: PathBuf, name: String, depth: usize, left: &mut u64) {
        let Ok(metadata) = std::fs::symlink_metadata(&path) else { return };
        if !metadata.is_dir() {
            if *left == 0 {
                self.more = true;
                return;
            }
            *left -= 1;
            return self.file(&path, name);
        }
        let entries = if depth < MAX_DEPTH { std::fs::read_dir(&path).ok() } else { None };
        let Some(entries) = entries else {
            self.more = true;
            return;
        };
        let mut names: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        names.sort_unstable();
        for child in names {
            let full = format!("{name}/{}", child.to_string_lossy());
            self.walk(path.join(child), full, depth + 1, left);
        }
    }

    fn file(&mut self, path: &Path, name: String) {
        let kind = match name.split_once('/') {
            Some((".git", below)) if is_of_git(below, path) => AsideKind::Git,
            Some((".git", below)) if is_git_hook(below, path) => AsideKind::Hook,
            Some((".github", _)) => AsideKind::Github,
            // The `.git` of a submodule or of another working tree is a file that says where.
            None if name == ".git" && is_of_git("gitdir", path) => AsideKind::Git,
            None if name != ".git" && is_of_git("config", path) => AsideKind::GitRules,
            _ => AsideKind::Other,
        };
        self.add(kind, 1);
        if matches!(kind, AsideKind::Hook | AsideKind::Github | AsideKind::Other) {
            match self.outside.len() < MAX_NAMED {
                true => self.outside.push(Untrusted::new(name)),
                false => self.more = true,
            }
        }
    }
}
