//! What one reference of a repository comes to: the documents that it leads to and the blobs that they name, as an OCI
//! image layout has them. Every document is what its digest says. It knows no model: whose signature is whose is for the
//! reader of layouts to say.

use super::location::Reference;
use super::registry::{Document, Registry};
use super::web::object;
use crate::error::{Code, Error, Result};
use crate::json::{canonical, compact};
use crate::signing::sha256_hex;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The largest manifest or index. Readers of layouts take no larger one.
const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;
/// Manifests that one reference leads to.
const MAX_MANIFESTS: usize = 256;
/// Indexes in indexes.
const MAX_DEPTH: usize = 4;
/// Manifests that refer to one.
const MAX_REFERRERS: usize = 256;
/// Blobs that they name together.
const MAX_BLOBS: usize = 50_000;
/// No blob has more bytes. Larger numbers could not be written down exactly.
const MAX_BLOB_BYTES: u64 = 1 << 50;
/// Pages of one list.
const MAX_PAGES: usize = 64;
const MANIFESTS: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.artifact.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const NAME: &str = "org.opencontainers.image.ref.name";
const CREATED: &str = "org.opencontainers.image.created";
/// How signatures are found by their tags where nothing lists them.
const BY_TAG: [&str; 2] = ["sig", "att"];

/// A reference that was followed.
pub(super) struct Resolved {
    /// `index.json`, in its one spelling.
    pub(super) index: Vec<u8>,
    /// Manifests and indexes, by their digests.
    pub(super) documents: BTreeMap<String, Vec<u8>>,
    /// Sizes of everything else that these name, by their digests.
    pub(super) blobs: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Descriptor {
    digest: String,
    size: Option<u64>,
    artifact_type: Option<String>,
    annotations: Option<BTreeMap<String, String>>,
    data: Option<String>,
    #[serde(skip)]
    order: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Manifest {
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    blobs: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
}

impl Resolved {
    /// Follows a reference. `place` is what the repository is called together with it.
    ///
    /// # Errors
    /// As those of [`Registry::document`].
    pub(super) fn of(registry: &Registry, reference: &Reference, place: &str) -> Result<Self> {
        let mut found = Resolved { index: Vec::new(), documents: BTreeMap::new(), blobs: BTreeMap::new() };
        let first = match reference {
            Reference::Tag(tag) => {
                let document =
                    registry.document(&format!("manifests/{tag}"), MANIFESTS, MAX_DOCUMENT_BYTES)?;
                let hex = sha256_hex(&document.bytes);
                let said = said_digest(&document);
                if said.is_some_and(|said| said != hex) {
                    return Err(registry.odd("a manifest that is not what the registry says it is"));
                }
                found.documents.insert(hex.clone(), document.bytes);
                hex
            }
            Reference::Digest(digest) => {
                let hex = hex_of(digest).unwrap_or_default().to_owned();
                found.document(registry, &hex, true)?;
                hex
            }
        };
        let mains = found.follow(registry, &first)?;
        let size = |found: &Self, hex: &str| found.documents.get(hex).map_or(0, Vec::len);
        let mut entries = vec![json!({
            "digest": format!("sha256:{first}"), "size": size(&found, &first), "annotations": { NAME: place }
        })];
        let mut listed: BTreeSet<String> = mains.iter().cloned().collect();
        for main in &mains {
            let bytes = found.documents.get(main).cloned().unwrap_or_default();
            // Some signers name a manifest by its digest without spaces.
            let without_spaces = sha256_hex(&compact(&bytes));
            let subjects = [Some(main.clone()), Some(without_spaces).filter(|hex| hex != main)];
            for subject in subjects.into_iter().flatten() {
                for referrer in referrers(registry, &subject)? {
                    let Some(hex) = hex_of(&referrer.digest).map(str::to_owned) else { continue };
                    if !listed.insert(hex.clone()) {
                        continue;
                    }
                    found.document(registry, &hex, false)?;
                    found.follow(registry, &hex)?;
                    let mut entry = json!({ "digest": format!("sha256:{hex}"), "size": size(&found, &hex) });
                    if let (Some(kind), Some(entry)) = (referrer.artifact_type, entry.as_object_mut()) {
                        entry.insert("artifactType".to_owned(), kind.into());
                    }
                    entries.push(entry);
                }
                for kind in BY_TAG {
                    let tag = format!("sha256-{subject}.{kind}");
                    let document =
                        match registry.document(&format!("manifests/{tag}"), MANIFESTS, MAX_DOCUMENT_BYTES) {
                            Ok(document) => document,
                            Err(error) if error.code == Code::NotFound => continue,
                            Err(error) => return Err(error),
                        };
                    let hex = sha256_hex(&document.bytes);
                    found.documents.insert(hex.clone(), document.bytes);
                    found.follow(registry, &hex)?;
                    entries.push(json!({
                        "digest": format!("sha256:{hex}"), "size": size(&found, &hex), "annotations": { NAME: tag }
                    }));
                }
            }
        }
        found.index = canonical(&json!({ "schemaVersion": 2, "manifests": entries }))
            .map_err(|_| Error::new(Code::Internal, "an index cannot be written"))?;
        let documents = &found.documents;
        found.blobs.retain(|hex, _| !documents.contains_key(hex));
        Ok(found)
    }

    /// A manifest by its digest. One that another names is there, or the registry contradicts itself.
    fn document(&mut self, registry: &Registry, hex: &str, may_be_absent: bool) -> Result<()> {
        if self.documents.contains_key(hex) {
            return Ok(());
        }
        let document = registry.document(&format!("manifests/sha256:{hex}"), MANIFESTS, MAX_DOCUMENT_BYTES);
        let document = document.map_err(|error| match error.code {
            Code::NotFound if !may_be_absent => registry.odd("it names a manifest that it does not have"),
            _ => error,
        })?;
        if sha256_hex(&document.bytes) != hex {
            return Err(registry.odd("a manifest that is not what its digest says"));
        }
        self.documents.insert(hex.to_owned(), document.bytes);
        Ok(())
    }

    /// Everything that a document leads to. Gives the manifests, those of an index too.
    fn follow(&mut self, registry: &Registry, first: &str) -> Result<Vec<String>> {
        let (mut mains, mut seen) = (Vec::new(), BTreeSet::new());
        let mut waiting = VecDeque::from([(first.to_owned(), 0)]);
        while let Some((hex, depth)) = waiting.pop_front() {
            if !seen.insert(hex.clone()) {
                continue;
            }
            if self.documents.len() > MAX_MANIFESTS || depth > MAX_DEPTH {
                return Err(too_many("more manifests, or deeper ones, than are read").at(registry.place()));
            }
            self.document(registry, &hex, false)?;
            let bytes = self.documents.get(&hex).map(Vec::as_slice).unwrap_or_default();
            let manifest: Manifest = object(bytes).ok_or_else(|| registry.odd("no manifest"))?;
            for inside in manifest.manifests.into_iter().flatten() {
                if let Some(hex) = hex_of(&inside.digest) {
                    waiting.push_back((hex.to_owned(), depth + 1));
                }
            }
            let lists = [manifest.layers, manifest.blobs].into_iter().flatten().flatten();
            for blob in manifest.config.into_iter().chain(lists) {
                self.blob(registry, &blob)?;
            }
            mains.push(hex);
        }
        Ok(mains)
    }

    /// A blob that a manifest names. One whose digest is of another kind is not read, and is missing from the layout.
    fn blob(&mut self, registry: &Registry, blob: &Descriptor) -> Result<()> {
        let Some(hex) = hex_of(&blob.digest) else { return Ok(()) };
        // What is small may come with its manifest, and need not be stored.
        let inside = blob.data.as_ref().and_then(|data| STANDARD.decode(data).ok());
        if let Some(bytes) = inside.filter(|bytes| sha256_hex(bytes) == hex) {
            self.documents.insert(hex.to_owned(), bytes);
            return Ok(());
        }
        let size = blob.size.filter(|size| *size <= MAX_BLOB_BYTES);
        let size = size.ok_or_else(|| registry.odd("a blob without a size, or with one that none has"))?;
        if self.blobs.insert(hex.to_owned(), size).is_some_and(|before| before != size) {
            return Err(registry.odd("a blob with two sizes"));
        }
        match self.blobs.len() > MAX_BLOBS {
            true => Err(too_many("more layers than are read").at(registry.place())),
            false => Ok(()),
        }
    }
}

/// What refers to a manifest, the oldest first: the order in which a registry lists them means nothing.
fn referrers(registry: &Registry, subject: &str) -> Result<Vec<Descriptor>> {
    let mut found = Vec::new();
    let mut below = Some(format!("referrers/sha256:{subject}"));
    let mut pages = 0;
    while let Some(page) = below.take() {
        let document = match registry.document(&page, INDEX, MAX_DOCUMENT_BYTES) {
            Ok(document) => document,
            // A registry that does not know the question.
            Err(error) if pages == 0 && matches!(error.code, Code::NotFound | Code::Malformed) => {
                match registry.document(&format!("manifests/sha256-{subject}"), INDEX, MAX_DOCUMENT_BYTES) {
                    Ok(document) => document,
                    Err(error) if error.code == Code::NotFound => return Ok(Vec::new()),
                    Err(error) => return Err(error),
                }
            }
            Err(error) => return Err(error),
        };
        let index: Manifest =
            object(&document.bytes).ok_or_else(|| registry.odd("no list of what refers to a manifest"))?;
        found.extend(index.manifests.into_iter().flatten());
        pages += 1;
        if found.len() > MAX_REFERRERS || pages > MAX_PAGES {
            return Err(too_many("more manifests refer to one than are read").at(registry.place()));
        }
        below = document.next_page().map(|query| format!("referrers/sha256:{subject}?{query}"));
    }
    for one in &mut found {
        let created = one.annotations.as_ref().and_then(|all| all.get(CREATED));
        one.order = created.cloned().unwrap_or_default();
    }
    found.sort_by(|one, other| (&one.order, &one.digest).cmp(&(&other.order, &other.digest)));
    Ok(found)
}

/// All tags of a repository but those that only lead to what is attached to another.
pub(super) fn tags(registry: &Registry, most: usize) -> Result<Vec<String>> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Tags {
        tags: Option<Vec<String>>,
    }
    let (mut found, mut pages) = (BTreeSet::new(), 0);
    let mut below = Some("tags/list?n=1000".to_owned());
    while let Some(page) = below.take() {
        let document = registry.document(&page, "application/json", MAX_DOCUMENT_BYTES)?;
        let tags: Tags = object(&document.bytes).ok_or_else(|| registry.odd("no list of tags"))?;
        let before = found.len();
        found.extend(tags.tags.into_iter().flatten());
        pages += 1;
        if found.len() > most || pages > MAX_PAGES {
            return Err(too_many("more tags than are read")
                .at(registry.place())
                .help("plan tags by themselves: oci://HOST/REPOSITORY:TAG"));
        }
        // A registry that gives the same page again would be asked for ever.
        below =
            document.next_page().filter(|_| found.len() > before).map(|query| format!("tags/list?{query}"));
    }
    let is_attached = |tag: &str| {
        let hex = tag.strip_prefix("sha256-").and_then(|rest| rest.get(..64));
        hex.is_some_and(|hex| hex_of(&format!("sha256:{hex}")).is_some())
    };
    Ok(found.into_iter().filter(|tag| !is_attached(tag)).collect())
}

fn said_digest(document: &Document) -> Option<&str> {
    hex_of(document.headers.get("docker-content-digest")?.to_str().ok()?)
}

/// The digits of `sha256:HEX`, lower case.
fn hex_of(digest: &str) -> Option<&str> {
    let hex = digest.strip_prefix("sha256:")?;
    let is_hex = hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_hex.then_some(hex)
}

fn too_many(what: &str) -> Error {
    Error::new(Code::TooLarge, what.to_owned())
}
