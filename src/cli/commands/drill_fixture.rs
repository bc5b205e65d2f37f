//! What a drill is held on: a workspace that is made for it in a folder of its own, with a model that was signed, verified
//! and let in, and whose bytes were swapped since. The program runs in it as a process of its own, and nothing of the
//! person's workspace, keys or settings is in its reach.

use crate::disk::write_whole;
use crate::error::{Code, Error, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use tempfile::TempDir;

/// The model that a drill is about.
pub(super) const MODEL: &str = "drill/model";
/// The stage at which it runs.
pub(super) const STAGE: &str = "production";
/// The place where it runs.
pub(super) const PLACE: &str = "drill/host-1";

const FILE: &str = "models/drill/model/config.json";
const APPROVED: &[u8] = b"{\"model_type\": \"drill\"}\n";
const SWAPPED: &[u8] = b"{\"model_type\": \"drill\", \"swapped\": true}\n";

const WORKSPACE: &[u8] = b"schema = \"workspace/0.1\"
name = \"drill\"
policy = \"policy.toml\"
stage = \"production\"
[[source]]
kind = \"models\"
path = \"models\"
[[deployment]]
model = \"drill/model\"
stage = \"production\"
where = \"drill/host-1\"
owner = \"drill team\"
";
const POLICY: &[u8] = b"schema = \"trust-policy/0.1\"
name = \"drill\"
version = \"1\"
default = \"deny\"
[trust.drill]
kind = \"key\"
files = [\"key.pub\"]
[[publisher]]
id = \"drill\"
models = [\"drill/*\"]
trust = [\"drill\"]
[[stage]]
name = \"production\"
production = true
min_level = 0
on_contradicted = \"closed\"
on_missing = \"open\"
on_error = \"closed\"
on_unavailable = \"closed\"
";
/// What makes it what it is before the bytes are swapped.
const MADE_BY: &[&[&str]] = &[
    &["key", "generate", "key", "--no-password"],
    &["sign", "key", "models/drill/model", "--private-key", "key"],
    &["scan"],
    &["verify", MODEL],
    &["gate", MODEL, "--stage", STAGE],
];

/// The workspace of a drill. It goes when the drill is over.
pub(super) struct Fixture {
    folder: TempDir,
    program: PathBuf,
}

impl Fixture {
    /// Makes it.
    ///
    /// # Errors
    /// `E-WRITE`, `E-READ`; `E-INTERNAL` when a command that makes it does not succeed.
    pub(super) fn make() -> Result<Self> {
        let failed = |cause: std::io::Error| Error::write(&std::env::temp_dir(), &cause);
        let folder = tempfile::Builder::new().prefix("touchmark-drill-").tempdir().map_err(failed)?;
        let program = std::env::current_exe().map_err(failed)?;
        let fixture = Fixture { folder, program };
        let root = fixture.root();
        std::fs::create_dir_all(root.join("models/drill/model")).map_err(failed)?;
        write_whole(&root.join("touchmark.toml"), WORKSPACE)?;
        write_whole(&root.join("policy.toml"), POLICY)?;
        fixture.put(APPROVED)?;
        for words in MADE_BY {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let (status, _) = fixture.run(&words)?;
            if status != Some(0) {
                let what = format!("the workspace of a drill cannot be made: `{}` failed", words.join(" "));
                return Err(Error::new(Code::Internal, what));
            }
        }
        fixture.put(SWAPPED)?;
        Ok(fixture)
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn put(&self, bytes: &[u8]) -> Result<()> {
        write_whole(&self.root().join(FILE), bytes)
    }

    /// Puts the approved bytes back.
    ///
    /// # Errors
    /// `E-WRITE`.
    pub(super) fn restore(&self) -> Result<()> {
        self.put(APPROVED)
    }

    /// Runs a command in it: its exit status, and how long it took in milliseconds.
    ///
    /// # Errors
    /// `E-READ` when it cannot be started.
    pub(super) fn run(&self, words: &[String]) -> Result<(Option<i32>, u64)> {
        let began = Instant::now();
        let home = self.root().join("home");
        let status = Command::new(&self.program)
            .args(words)
            .current_dir(self.root())
            .env_clear()
            .env("HOME", &home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|cause| Error::read(&self.program, &cause))?;
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok((status.code(), took))
    }
}
