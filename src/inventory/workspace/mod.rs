//! The workspace: a folder with a `touchmark.toml` that names sources, policy, stage and store. It knows
//! the file and nothing of what the files that it names say.

use crate::error::{Code, Error, Result};
use crate::tables::{Document, Place, Table, Value};
use crate::text::{Untrusted, nearest};
use std::fs;
use std::path::{Path, PathBuf};

use crate::disk::{self, Unread, lock_beside, replace, write_new};
use crate::inventory::model::aliases::{Aliases, FILE};
use crate::inventory::model::deployment::Deployment;
use crate::inventory::model::descriptor::Pinned;

mod deploying;
mod deployments;
mod pinning;
mod pins;
mod policy_file;
mod reader;
mod temporary;

use reader::Reader;

const SCHEMA: (u64, u64) = (0, 1);
const MAX_BYTES: u64 = 1024 * 1024;
/// So many files may sign for the policy.
const DEFAULT_STAGE: &str = "production";
const DEFAULT_STORE: &str = "touchmark.db";
const BASELINE: &str = "policies/baseline.toml";
const IGNORED: &str = "touchmark.db*\n";
const KEYS: [&str; 11] = [
    "schema",
    "name",
    "stage",
    "policy",
    "policy_trust",
    "store",
    "source",
    "alias",
    "binding",
    deployments::BLOCK,
    pins::BLOCK,
];
const BINDING_KEYS: [&str; 2] = ["model", "digest"];
const ALIAS_KEYS: [&str; 3] = ["name", "of", "at"];
const SOURCE_KEYS: [&str; 3] = ["kind", "path", "prefix"];
const KINDS: [(&str, SourceKind); 2] = [("models", SourceKind::Models), ("bom", SourceKind::Bom)];

/// Where the inventory learns of models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// Folders of models, recursively.
    Models,
    /// Bills of materials in CycloneDX, SPDX or AITF: one file, or a folder of them.
    Bom,
}

impl SourceKind {
    /// The word in `touchmark.toml`.
    pub fn word(&self) -> &'static str {
        KINDS.iter().find(|(_, kind)| kind == self).map_or("models", |(word, _)| word)
    }
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// Workspace-relative.
    pub path: PathBuf,
    /// What the names of the models in it begin with, `prefix/owner/name`: so that a mirror takes nobody's name.
    pub prefix: Option<String>,
}

/// An open workspace. All paths in the file are relative to [`Workspace::root`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// The folder, absolute.
    pub root: PathBuf,
    /// Its name, from the file or else the folder's.
    pub name: String,
    /// The sources.
    pub sources: Vec<Source>,
    /// Names that mean the same model.
    pub aliases: Aliases,
    /// What runs where, in the order of the file.
    pub deployments: Vec<Deployment>,
    /// Descriptors as they were approved.
    pub pins: Vec<Pinned>,
    /// The policy file, absolute; none means the built-in baseline.
    pub policy: Option<PathBuf>,
    /// Files of the keys and certificate authorities that may sign the policy, absolute.
    pub policy_trust: Vec<PathBuf>,
    /// The stage that the screens judge by.
    pub stage: String,
    /// The store, absolute. Where the store is on a server, what is remembered on this machine.
    pub store: PathBuf,
    /// The URL of the server that the store is on, without a password; none where it is a file.
    pub server: Option<String>,
    /// A folder that is no workspace, opened as one for the moment: nothing is written into it.
    pub is_temporary: bool,
}

impl Workspace {
    /// Opens the workspace in `dir`, the nearest one above it, or, with no `dir`, the one above the current
    /// folder or else the user's own under the platform's data folder (made when absent).
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-CONFIG` with the line and the nearest key, `E-NEWER`.
    pub fn find(dir: Option<&Path>) -> Result<Self> {
        Workspace::found(dir, true)
    }

    /// As [`Workspace::find`], and nothing is made.
    ///
    /// # Errors
    /// As [`Workspace::find`]; `E-NOT-FOUND` where it would make one.
    pub fn find_made(dir: Option<&Path>) -> Result<Self> {
        Workspace::found(dir, false)
    }

    /// The workspace in exactly this folder.
    ///
    /// # Errors
    /// As [`Workspace::find`].
    pub fn at(root: &Path) -> Result<Self> {
        open(root)
    }

    fn found(dir: Option<&Path>, may_make: bool) -> Result<Self> {
        let here = Path::new(".");
        let start = match dir {
            Some(file) if file.file_name().is_some_and(|name| name == FILE) && file.is_file() => {
                file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(here)
            }
            Some(dir) => dir,
            None => here,
        };
        let start = start.canonicalize().map_err(|cause| match cause.kind() {
            std::io::ErrorKind::NotFound => Error::new(Code::NotFound, "no such folder").at_path(start),
            _ => Error::read(start, &cause),
        })?;
        if let Some(root) = start.ancestors().find(|root| root.join(FILE).is_file()) {
            return open(root);
        }
        if dir.is_some() {
            return Err(Error::new(Code::NotFound, format!("no {FILE} in this folder or above it"))
                .at_path(&start)
                .help("make a workspace there with `touchmark init`"));
        }
        own(may_make)
    }

    /// The file of the store, when no part of its path below the workspace is a link: what is written there must stay
    /// in the workspace. Nothing is made or opened.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn store_file(&self) -> Result<&Path> {
        let below = self.store.strip_prefix(&self.root).unwrap_or(&self.store);
        let mut path = self.root.clone();
        for part in below.components() {
            path.push(part);
            // What is not there leads nowhere.
            if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.file_type().is_symlink()) {
                return Err(Error::new(Code::Store, "the store is a symbolic link, or lies behind one")
                    .at_path(&path)
                    .help(
                        "the store must be a file in the workspace: put it there, or name another `store` in \
                         touchmark.toml; nothing was changed",
                    ));
            }
        }
        Ok(&self.store)
    }

    /// Adds a source to `touchmark.toml`, keeping everything else in the file as it is. A source that is
    /// there already is not added again.
    ///
    /// # Errors
    /// `E-WRITE`, `E-CONFIG`.
    pub fn add_source(&mut self, source: Source) -> Result<()> {
        let file = self.root.join(FILE);
        // Read, changed and written while no other program of ours does the same.
        let _held = lock_beside(&file)?;
        let before = text_of(&file)?;
        let now = parse(&before, &self.root)?;
        if now.sources.iter().any(|known| known.kind == source.kind && known.path == source.path) {
            self.sources = now.sources;
            return Ok(());
        }
        let path = source.path.to_str().ok_or_else(|| {
            Error::new(Code::Config, "a path in touchmark.toml must be UTF-8 text").at_path(&source.path)
        })?;
        let word = source.kind.word();
        let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        let path = toml::Value::String(path.to_owned());
        let text = format!("{before}{gap}\n[[source]]\nkind = \"{word}\"\npath = {path}\n");
        // Read again before anything is written: an inline `source = […]` cannot be continued like this.
        let changed = parse(&text, &self.root).map_err(|error| {
            error.help(format!("write the sources in {FILE} as [[source]] blocks, then add this one"))
        })?;
        replace(&file, Some(before.as_bytes()), text.as_bytes())?;
        // Nothing else of the file is taken over: what judges stays what was opened.
        self.sources = changed.sources;
        Ok(())
    }

    /// Notes in `touchmark.toml` that this workspace wrote a binding of a model, named by its digest
    /// ([`Binding::digest`](super::Binding::digest)). One that is noted already is not noted again.
    ///
    /// # Errors
    /// `E-WRITE`, `E-CONFIG`.
    pub fn note_binding(&mut self, model: &str, digest: &str) -> Result<()> {
        let file = self.root.join(FILE);
        // Read, changed and written while no other program of ours does the same.
        let _held = lock_beside(&file)?;
        let before = text_of(&file)?;
        let mut now = parse(&before, &self.root)?;
        if !now.aliases.wrote(digest) {
            self.aliases = now.aliases;
            return Ok(());
        }
        let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        let model = toml::Value::String(model.to_owned());
        let text = format!(
            "{before}{gap}\n[[binding]] # written by `touchmark bind`\nmodel = {model}\ndigest = \"{digest}\"\n"
        );
        if text.len() as u64 > MAX_BYTES {
            return Err(Error::new(Code::Config, "the file would be too large to note another binding")
                .at_path(&file)
                .help("remove [[binding]] blocks of models that are no longer here; nothing was changed"));
        }
        let changed = parse(&text, &self.root).map_err(|error| {
            error.help(format!("write the bindings in {FILE} as [[binding]] blocks, then run it again"))
        })?;
        replace(&file, Some(before.as_bytes()), text.as_bytes())?;
        self.aliases = changed.aliases;
        Ok(())
    }
}

/// Makes an empty workspace: `touchmark.toml` with comments and a copy of the baseline policy. Gives the path
/// of `touchmark.toml`, which is written last.
///
/// # Errors
/// `E-USAGE` when there is one already, `E-WRITE`.
pub fn init(dir: &Path, baseline_policy: &str) -> Result<PathBuf> {
    let file = dir.join(FILE);
    if fs::symlink_metadata(&file).is_ok() {
        return Err(Error::new(Code::Usage, "there is a workspace here already")
            .at_path(&file)
            .help("open it with `touchmark`, or name another folder; nothing was changed"));
    }
    let policies = dir.join("policies");
    fs::create_dir_all(&policies).map_err(|cause| Error::write(&policies, &cause))?;
    let policy = dir.join(BASELINE);
    if fs::symlink_metadata(&policy).is_err() {
        write_new(&policy, baseline_policy.as_bytes())?;
    }
    let ignore = dir.join(".gitignore");
    match disk::whole(&ignore, MAX_BYTES) {
        Ok(known) => {
            let known = String::from_utf8_lossy(&known).into_owned();
            if !known.lines().any(|line| line.trim() == IGNORED.trim()) {
                let gap = if known.is_empty() || known.ends_with('\n') { "" } else { "\n" };
                replace(&ignore, None, format!("{known}{gap}{IGNORED}").as_bytes())?;
            }
        }
        Err(Unread::Io(cause)) if cause.kind() == std::io::ErrorKind::NotFound => {
            write_new(&ignore, IGNORED.as_bytes())?;
        }
        // A `.gitignore` that cannot be read is the user's own affair.
        Err(_) => {}
    }
    write_new(&file, starting_text(dir, Some(BASELINE)).as_bytes())?;
    Ok(file)
}

fn starting_text(dir: &Path, policy: Option<&str>) -> String {
    let name = dir.canonicalize().ok().and_then(|dir| Some(dir.file_name()?.to_string_lossy().into_owned()));
    let name =
        name.filter(|name| !Untrusted::new(name.as_str()).is_hostile()).unwrap_or("workspace".to_owned());
    let name = toml::Value::String(name);
    let policy = policy.map(|path| {
        format!("\n# What a model must show at which stage. Without this line the built-in baseline holds.\npolicy = \"{path}\"\n# Who may sign the policy file itself, as keys or certificate authorities:\n# policy_trust = [\"keys/policy.pub\"]\n")
    });
    format!(
        "# A Touchmark workspace. Paths are relative to this file.\n\
         schema = \"workspace/{}.{}\"\n\
         name = {name}\n\
         \n\
         # The stage that the screens judge by.\n\
         stage = \"{DEFAULT_STAGE}\"\n\
         {}\
         \n\
         # Where the inventory learns of models. Folders, searched recursively:\n\
         #\n\
         # [[source]]\n\
         # kind = \"models\"\n\
         # path = \"models\"\n\
         # prefix = \"mirror\"    # optional: names then begin with it and take no name elsewhere\n\
         #\n\
         # Bills of materials (CycloneDX, SPDX), a file or a folder of them:\n\
         #\n\
         # [[source]]\n\
         # kind = \"bom\"\n\
         # path = \"boms\"\n\
         #\n\
         # A model of two names:\n\
         #\n\
         # [[alias]]\n\
         # name = \"old-owner/model\"\n\
         # of = \"new-owner/model\"\n\
         #\n\
         # The folder that a name means, where several come to it:\n\
         #\n\
         # [[alias]]\n\
         # name = \"owner/model\"\n\
         # at = \"models/owner/model\"\n\
         #\n\
         # What runs where (`touchmark deploy add` writes it):\n\
         #\n\
         # [[deployment]]\n\
         # model = \"owner/model\"    # or its root digest, \"sha256:...\"\n\
         # stage = \"production\"\n\
         # where = \"cluster/namespace/service\"\n\
         # owner = \"team@example.com\"\n\
         # since = 2026-01-31T00:00:00Z\n",
        SCHEMA.0,
        SCHEMA.1,
        policy.unwrap_or_default()
    )
}

/// The user's own workspace.
fn own(may_make: bool) -> Result<Workspace> {
    let folders = directories::ProjectDirs::from("", "", "touchmark").ok_or_else(|| {
        Error::new(Code::NotFound, "no workspace here, and no home folder to keep one in")
            .help("make a workspace with `touchmark init DIR` and open it with `--workspace DIR`")
    })?;
    let dir = folders.data_dir();
    let file = dir.join(FILE);
    if !file.exists() && !may_make {
        return Err(Error::new(Code::NotFound, "no workspace here, and --read-only makes none")
            .help("name one with `--workspace DIR`, or leave out --read-only"));
    }
    if !file.exists() {
        fs::create_dir_all(dir).map_err(|cause| Error::write(dir, &cause))?;
        write_new(&file, starting_text(dir, None).as_bytes())?;
    }
    open(dir)
}

fn open(root: &Path) -> Result<Workspace> {
    parse(&text_of(&root.join(FILE))?, root)
}

fn text_of(file: &Path) -> Result<String> {
    String::from_utf8(disk::read_small(file, MAX_BYTES)?).map_err(|_| {
        Error::new(Code::Config, "not UTF-8 text").at_path(file).help("save the file as UTF-8").spot(file, 1)
    })
}

fn parse(text: &str, root: &Path) -> Result<Workspace> {
    let reader = Reader { text, file: root.join(FILE) };
    let document = Document::parse(text).map_err(|invalid| {
        reader.error("not valid TOML", invalid.at.unwrap_or(Place::START)).help("correct the file by hand")
    })?;
    let table = document.top();
    reader.schema(table)?;
    reader.known(table, &KEYS)?;
    let stage = reader.name(table, "stage")?.unwrap_or_else(|| DEFAULT_STAGE.to_owned());
    let name = match reader.name(table, "name")? {
        Some(name) => name,
        None => root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
    };
    let policy = reader.inside(table, "policy")?;
    let policy_trust = reader.files(table, "policy_trust")?;
    let server = reader.server(table, "store")?;
    let store = match server {
        Some(_) => None,
        None => reader.inside(table, "store")?,
    };
    let mut sources = Vec::new();
    if let Some(value) = table.get("source") {
        let blocks = value
            .list()
            .map_err(|misfit| reader.error("`source` must be a list of [[source]] blocks", misfit.at))?;
        for block in blocks {
            sources.push(reader.source(block)?);
        }
    }
    let mut aliases = Aliases::default();
    if let Some(value) = table.get("alias") {
        let blocks = value
            .list()
            .map_err(|misfit| reader.error("`alias` must be a list of [[alias]] blocks", misfit.at))?;
        for block in blocks {
            reader.alias(block, &mut aliases)?;
        }
    }
    if let Some(value) = table.get("binding") {
        let blocks = value
            .list()
            .map_err(|misfit| reader.error("`binding` must be a list of [[binding]] blocks", misfit.at))?;
        for block in blocks {
            reader.binding(block, &mut aliases)?;
        }
    }
    aliases.settle();
    let deployments = reader.deployments(table)?;
    let pins = reader.pins(table)?;
    Ok(Workspace {
        name,
        sources,
        aliases,
        deployments,
        pins,
        policy: policy.map(|path| root.join(path)),
        policy_trust: policy_trust.into_iter().map(|path| root.join(path)).collect(),
        stage,
        store: root.join(store.unwrap_or_else(|| DEFAULT_STORE.into())),
        server,
        root: root.to_owned(),
        is_temporary: false,
    })
}

impl Reader<'_> {
    /// First of all: a newer file may well have keys that we do not know.
    fn schema(&self, table: Table<'_>) -> Result<()> {
        let Some((schema, span)) = self.string(table, "schema")? else {
            return Err(self
                .error("`schema` is missing", table.at)
                .help(format!("write schema = \"workspace/{}.{}\" at the top", SCHEMA.0, SCHEMA.1)));
        };
        let number =
            |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
        let version = schema
            .strip_prefix("workspace/")
            .and_then(|version| version.split_once('.'))
            .and_then(|(major, minor)| number(major).zip(number(minor)));
        match version {
            Some(version) if version == SCHEMA => Ok(()),
            Some(version) if version > SCHEMA => {
                let mut error =
                    self.error("this workspace was written by a newer version of Touchmark", span);
                error.code = Code::Newer;
                Err(error.help("use that version of Touchmark; nothing was changed"))
            }
            _ => Err(self
                .error("not a workspace schema", span)
                .help(format!("write schema = \"workspace/{}.{}\"", SCHEMA.0, SCHEMA.1))),
        }
    }

    fn source(&self, block: Value<'_>) -> Result<Source> {
        let table =
            block.table().map_err(|misfit| self.error("a source must be a [[source]] block", misfit.at))?;
        self.known(table, &SOURCE_KEYS)?;
        let missing = |key: &str| self.error(format!("this source has no `{key}`"), block.at());
        let (word, span) = self.string(table, "kind")?.ok_or_else(|| missing("kind"))?;
        let kind = KINDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| kind.clone()).ok_or_else(
            || {
                let meant = nearest(word, &KINDS.map(|(known, _)| known));
                let meant = meant.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
                self.error("unknown kind of source", span).help(format!("{meant}Known: models, bom"))
            },
        )?;
        let (path, span) = self.string(table, "path")?.ok_or_else(|| missing("path"))?;
        if path.is_empty() || path.contains('\0') {
            return Err(self.error("`path` is empty or not a path", span));
        }
        let prefix = self.name(table, "prefix")?;
        if prefix.is_some() && kind == SourceKind::Bom {
            let at = table.get("prefix").map_or(block.at(), |value| value.at());
            return Err(self
                .error("a source of bills of materials has no `prefix`", at)
                .help("bills name their models themselves; an [[alias]] gives one another name"));
        }
        Ok(Source { kind, path: path.into(), prefix })
    }

    fn binding(&self, block: Value<'_>, aliases: &mut Aliases) -> Result<()> {
        let table =
            block.table().map_err(|misfit| self.error("a binding must be a [[binding]] block", misfit.at))?;
        self.known(table, &BINDING_KEYS)?;
        self.string(table, "model")?;
        let (digest, span) = self
            .string(table, "digest")?
            .ok_or_else(|| self.error("this binding has no `digest`", block.at()))?;
        if digest.len() != 64 || !digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(self
                .error("`digest` is not 64 lower-case hexadecimal digits", span)
                .help("remove this block and run `touchmark bind MODEL` again"));
        }
        aliases.wrote(digest);
        Ok(())
    }

    fn alias(&self, block: Value<'_>, aliases: &mut Aliases) -> Result<()> {
        let table =
            block.table().map_err(|misfit| self.error("an alias must be an [[alias]] block", misfit.at))?;
        self.known(table, &ALIAS_KEYS)?;
        let text = |key: &str| {
            let missing = || self.error(format!("this alias has no `{key}`"), block.at());
            self.string(table, key)?.filter(|(text, _)| !text.trim().is_empty()).ok_or_else(missing)
        };
        let (name, span) = text("name")?;
        let Some((at, place)) = self.string(table, "at")? else {
            let (of, _) = text("of")?;
            return match aliases.add(name, of) {
                true => Ok(()),
                false => Err(self
                    .error("this name is already an alias, or refers back to itself", span)
                    .help("give each name one [[alias]] that leads to the name to be used, and to none in a circle")),
            };
        };
        if table.get("of").is_some() {
            return Err(self.error("an alias has either `of` or `at`", place).help(
                "write `of` for a name that means another name, `at` for the folder that a name means",
            ));
        }
        if at.is_empty() || at.contains('\0') {
            return Err(self.error("`at` is empty or not a path", place));
        }
        if aliases.call(name, Path::new(at)) {
            return Ok(());
        }
        Err(self
            .error("this name, or this folder, has an alias with `at` already", span)
            .help("write one [[alias]] with `at` for each name and for each folder"))
    }
}
