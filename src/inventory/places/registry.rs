//! What a manifest lists as the files of a model, as signers of registries name them: by the titles of layers, by the
//! annotations of images whose layers hold files, or by the places of layers. It knows no signature.

use crate::error::{Code, Error, Result};
use crate::json::compact;
use crate::signing::{Listed, ListedFile, sha256_hex};
use std::path::Path;

use super::blobs::{Absent, Blobs, Descriptor, Manifest};

/// The name of the configuration, unless a layer has it.
const CONFIGURATION: &str = "config.json";
/// Names of files that layers are.
const TITLES: [&str; 3] =
    ["org.opencontainers.image.title", "org.cncf.model.filepath", "org.cnai.model.filepath"];
/// Of an image whose layers hold files: what a layer holds, its digest, and where in the layer it is.
const HELD: &str = "olot.layer.content.type";
const HELD_DIGEST: &str = "olot.layer.content.digest";
const HELD_PATH: &str = "olot.layer.content.inlayerpath";
/// Where such images keep their model.
const MODELS: &str = "models/";

/// What the manifest in this blob lists.
///
/// # Errors
/// `E-MODEL` when it is not what its name says or no manifest; `E-TOO-LARGE` when it lists more than is looked at.
pub(super) fn listed(blobs: &Blobs, file: &Path) -> Result<Listed> {
    let wrong = |what: &str| Error::new(Code::Model, what.to_owned()).at_path(file);
    let hex = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let bytes = blobs.read(&format!("sha256:{hex}")).map_err(|absent| match absent {
        Absent::Missing => wrong("the manifest is not there"),
        Absent::Contradicts => wrong("the content of the manifest is not what its digest says")
            .help("get the model again from its registry"),
        Absent::Wrong(problem) => wrong(&problem),
    })?;
    let manifest = Manifest::parse(&bytes).map_err(|problem| wrong(&problem))?;
    if manifest.is_cut {
        return Err(
            Error::new(Code::TooLarge, "the manifest lists more layers than are looked at").at_path(file)
        );
    }
    Ok(of_manifest(&manifest, blobs))
}

fn of_manifest(manifest: &Manifest, blobs: &Blobs) -> Listed {
    let mut listed = Listed::default();
    if manifest.layers.iter().any(|layer| layer.annotation(&[HELD]).is_some()) {
        for layer in &manifest.layers {
            match layer.annotation(&[HELD]) {
                Some("file") => listed.files.extend(held(layer)),
                Some(_) => listed.unlisted_layers += 1,
                None => {}
            }
        }
        return listed;
    }
    let is_titled = |layer: &Descriptor| layer.annotation(&TITLES) == Some(CONFIGURATION);
    let config = manifest.config.as_ref().filter(|_| !manifest.layers.iter().any(is_titled));
    listed.files.extend(config.and_then(|config| stored(blobs, config, vec![CONFIGURATION.to_owned()])));
    for (index, layer) in manifest.layers.iter().enumerate() {
        let by_place = format!("layer_{index:03}.tar.gz");
        let title = layer.annotation(&TITLES).map(str::to_owned);
        match stored(blobs, layer, title.into_iter().chain([by_place]).collect()) {
            Some(file) => listed.files.push(file),
            None => listed.unlisted_layers += 1,
        }
    }
    listed
}

/// A blob that is a file; none when its digest is of another kind.
fn stored(blobs: &Blobs, blob: &Descriptor, names: Vec<String>) -> Option<ListedFile> {
    Some(ListedFile { names, sha256: sha256(&blob.digest)?, blob: blobs.find(&blob.digest).ok() })
}

/// A file in a layer: its digest is what the annotation says, and the layer's own one is of the archive.
fn held(layer: &Descriptor) -> Option<ListedFile> {
    let path = layer.annotation(&[HELD_PATH])?.trim_start_matches('/');
    let name = path.strip_prefix(MODELS).unwrap_or(path);
    let sha256 = sha256(layer.annotation(&[HELD_DIGEST])?)?;
    Some(ListedFile { names: vec![name.to_owned()], sha256, blob: None })
}

fn sha256(digest: &str) -> Option<Vec<u8>> {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    hex::decode(hex).ok().filter(|bytes| bytes.len() == 32)
}

/// The digest of a manifest without the spaces between its members: some signers name it by that one.
pub(super) fn compact_digest(manifest: &[u8]) -> String {
    format!("sha256:{}", sha256_hex(&compact(manifest)))
}
