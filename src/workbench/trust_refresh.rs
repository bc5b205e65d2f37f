//! Fetching a newer trusted root for an anchor of the policy, when that is asked for and never else.

use super::door::Workbench;
use super::trust_edit::{forget, unknown_anchor};
use crate::disk::{read_small, replace};
use crate::error::{Code, Error, Result};
use crate::policy::{AnchorKind, AnchorSource};
use crate::signing::{
    self, Anchor, Embedded, FetchedRoot, ServiceChange, fetch_trusted_root, root_changes, sha256_hex,
};
use std::path::{Path, PathBuf};
use std::time::Duration;

const LIMIT_ROOT_BYTES: u64 = 8 * 1024 * 1024;
const LIMIT_TUF_ROOT_BYTES: u64 = 512 * 1024;

/// A TUF repository.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Its address.
    pub url: String,
    /// The TUF root (`root.json`) to begin with; none for a mirror of an instance that this program knows.
    pub root: Option<PathBuf>,
}

/// What became of an anchor that was refreshed.
#[derive(Debug, Clone)]
pub struct RefreshedAnchor {
    /// Its name.
    pub name: String,
    /// Where the new root came from.
    pub repository: String,
    /// Its file, as the policy names it.
    pub file: PathBuf,
    /// Whether the policy names the file only now: before, the root inside the program was used.
    pub is_new_file: bool,
    /// SHA-256 before, hex.
    pub before: String,
    /// SHA-256 now, hex.
    pub after: String,
    /// What differs.
    pub changes: Vec<ServiceChange>,
    /// Until when the repository vouches for it.
    pub vouched_until: Option<jiff::Timestamp>,
}

/// An anchor as it is before.
struct Present {
    source: AnchorSource,
    anchor: Anchor,
    /// Its file and the bytes of it; none when it is inside the program.
    file: Option<(PathBuf, Vec<u8>)>,
}

impl Workbench {
    /// Names of the policy's Sigstore anchors, in its order: those that can be refreshed without naming a
    /// repository, and those of instances that this program does not know.
    pub fn refreshable(&self) -> (Vec<String>, Vec<String>) {
        let (view, read) = (self.view(), self.anchors());
        let of_sigstore = |anchor: &&AnchorSource| anchor.kind == AnchorKind::Sigstore;
        let names = view.policy.trust.iter().filter(of_sigstore).map(|anchor| anchor.name.clone());
        // One that cannot be read is tried, so that it is told.
        names.partition(|name| {
            read.iter()
                .find(|anchor| anchor.name == *name)
                .is_none_or(|anchor| Embedded::of(anchor).is_some())
        })
    }

    /// Fetches the trusted root of an anchor and writes it in the place of the old one; a root that was the
    /// one inside the program becomes a file, and the policy then names it. What is fetched is believed only
    /// as the rules of The Update Framework allow, at the clock's time.
    ///
    /// # Errors
    /// `E-NOT-FOUND`; `E-USAGE` for an anchor of another kind, or one of an instance that this program does
    /// not know, without `repository`; as [`fetch_trusted_root`] and [`Workbench::add_anchor`]. The anchor is
    /// then as it was.
    pub fn refresh_anchor(
        &self,
        name: &str,
        repository: Option<&Repository>,
        timeout: Duration,
    ) -> Result<RefreshedAnchor> {
        let policy = self.policy_to_edit()?;
        let present = self.present(name, &policy.path)?;
        let instance = Embedded::of(&present.anchor);
        let (url, first_root) = starting_point(name, instance, repository)?;
        let fetched = fetch_trusted_root(&url, &first_root, &store(&url)?, timeout, jiff::Timestamp::now())?;
        let after = usable(name, &url, &fetched)?;
        let changes = root_changes(text_of(&present.anchor), text_of(&after));
        let done = |file: PathBuf, is_new_file: bool| RefreshedAnchor {
            name: name.to_owned(),
            repository: url.clone(),
            file,
            is_new_file,
            before: present.anchor.digest.clone(),
            after: after.digest.clone(),
            changes: changes.clone(),
            vouched_until: fetched.vouched_until,
        };
        if let Some((path, bytes)) = &present.file {
            // Even the same bytes: it was looked at today, and its age says so.
            replace(path, Some(bytes), &fetched.bytes)?;
            self.reload_policy()?;
            return Ok(done(present.source.files.first().cloned().unwrap_or_default(), false));
        }
        let (file, written) = policy.home.copy(name, "json", &fetched.bytes, None)?;
        let source = AnchorSource { files: vec![file.clone()], ..present.source.clone() };
        self.write_anchor(&policy, &source).inspect_err(|_| forget(written.as_slice()))?;
        Ok(done(file, true))
    }

    fn present(&self, name: &str, policy: &Path) -> Result<Present> {
        let view = self.view();
        let source = view.policy.trust.iter().find(|anchor| anchor.name == name);
        let source = source.cloned().ok_or_else(|| unknown_anchor(&view, name))?;
        if source.kind != AnchorKind::Sigstore {
            return Err(Error::new(
                Code::Usage,
                "keys and certificates are not published by a TUF repository",
            )
            .at(name)
            .help(
                "get a newer one from its owner, and replace it: `touchmark trust add NAME FILE --replace`",
            ));
        }
        let Some(file) = source.files.first() else {
            return Ok(Present { source, anchor: Anchor::public_good(), file: None });
        };
        let path = policy.parent().map_or_else(|| file.clone(), |base| base.join(file));
        let bytes = read_small(&path, LIMIT_ROOT_BYTES)?;
        let anchor = Anchor::sigstore(name, file.to_string_lossy(), &bytes, None)
            .map_err(|error| error.at_path(&path))?;
        // Its digest is over the file; only a root that stands alone is the file.
        let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if document.get("trustedRoot").is_some() {
            return Err(Error::new(
                Code::Usage,
                "the file holds the services of the instance besides its root",
            )
            .at_path(&path)
            .help("refresh it where it is made, or add the trusted root alone as an anchor"));
        }
        Ok(Present { source, anchor, file: Some((path, bytes)) })
    }
}

/// Address and first TUF root.
fn starting_point(
    name: &str,
    instance: Option<Embedded>,
    repository: Option<&Repository>,
) -> Result<(String, Vec<u8>)> {
    let unknown = || {
        Error::new(Code::Usage, "this program does not know the instance of this anchor")
            .at(name)
            .help("name its TUF repository and a root.json that you trust: --url URL --root FILE")
    };
    match (repository, instance) {
        (Some(Repository { url, root: Some(root) }), _) => {
            Ok((url.clone(), read_small(root, LIMIT_TUF_ROOT_BYTES)?))
        }
        (Some(Repository { url, root: None }), Some(instance)) => {
            Ok((url.clone(), instance.tuf_root().to_vec()))
        }
        (None, Some(instance)) => Ok((instance.repository().to_owned(), instance.tuf_root().to_vec())),
        (_, None) => Err(unknown()),
    }
}

/// What was fetched must be a root that verifying can use.
fn usable(name: &str, url: &str, fetched: &FetchedRoot) -> Result<Anchor> {
    let read = Anchor::sigstore(name, url, &fetched.bytes, None);
    read.map_err(|error| Error { code: Code::Answer, ..error }.at(url))
}

fn text_of(anchor: &Anchor) -> &str {
    match &anchor.material {
        signing::AnchorMaterial::Sigstore(root) => root.json(),
        _ => "",
    }
}

/// What was seen of a repository outlives workspaces, and caches that are cleaned: an older state is a
/// rollback wherever it is shown.
fn store(url: &str) -> Result<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "touchmark").ok_or_else(|| {
        Error::new(Code::Write, "there is no home folder to remember the repository's state in")
            .help("set HOME")
    })?;
    let digest = sha256_hex(url.trim_end_matches('/').as_bytes());
    Ok(folders.data_dir().join("tuf").join(digest.get(..32).unwrap_or(&digest)))
}
