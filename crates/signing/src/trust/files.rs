//! A file that somebody wants to trust: what kind of anchor it is, told by looking. It trusts nothing yet.

use crate::check::curve::Beyond;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::keys::files::{holds_private_key, is_recognised};
use crate::keys::public::PublicKey;
use crate::pem;
use crate::x509::file::CertificateFile;
use jiff::Timestamp;
use std::path::Path;

use super::anchor::Anchor;

type Make = fn(String, String, &[u8], Option<Timestamp>, Beyond) -> Result<Anchor>;

struct Kind {
    name: &'static str,
    /// What it may weigh, as where anchors are read for verifying.
    limit_bytes: u64,
    make: Make,
}

const LIMIT_BYTES: u64 = 8 * 1024 * 1024;
const KINDS: [Kind; 4] = [
    Kind {
        name: "key",
        limit_bytes: 64 * 1024,
        make: |name, origin, bytes, made, beyond| Anchor::key_of(name, origin, bytes, made, beyond),
    },
    Kind {
        name: "ca",
        limit_bytes: LIMIT_BYTES,
        make: |name, origin, bytes, made, _| Anchor::ca(name, origin, bytes, made),
    },
    Kind {
        name: "sigstore",
        limit_bytes: LIMIT_BYTES,
        make: |name, origin, bytes, made, _| Anchor::sigstore(name, origin, bytes, made),
    },
    // Its files look like those of others: only whoever trusts it knows that it says when and not who.
    Kind {
        name: "tsa",
        limit_bytes: LIMIT_BYTES,
        make: |name, origin, bytes, made, _| Anchor::tsa(name, origin, bytes, made),
    },
];

/// Reads an anchor from a file, with the very bytes that were looked at. `kind` is as [`AnchorKind::word`](crate::AnchorKind::word)
/// says it; without one it is told by what the file holds. `beyond` lists kinds of keys beyond OMS that count.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED`; `E-KEY` for a private key; `E-USAGE` when the file holds several
/// kinds.
pub fn look_at_anchor(
    name: &str,
    path: &Path,
    kind: Option<&str>,
    beyond: Beyond,
) -> Result<(Anchor, Vec<u8>)> {
    let bytes = read_small(path, LIMIT_BYTES)?;
    let anchor = of(name, path, &bytes, kind, beyond).map_err(|error| error.at_path(path))?;
    Ok((anchor, bytes))
}

fn of(name: &str, path: &Path, bytes: &[u8], asked: Option<&str>, beyond: Beyond) -> Result<Anchor> {
    let text = pem::plain(bytes);
    if text.contains("PRIVATE KEY-----") || holds_private_key(bytes) {
        return Err(Error::new(Code::Key, "the file holds a private key, which must stay secret")
            .help("give the public key: `touchmark key show FILE` tells which of the two a file is"));
    }
    let keys = PublicKey::all_from(bytes, beyond);
    let certificates = CertificateFile::read(bytes);
    let is_json = text.trim_start().starts_with('{');
    let fits = |kind: &&Kind| match kind.name {
        "sigstore" => is_json && keys.is_err(),
        "tsa" => false,
        "ca" => !is_json && certificates.is_ok(),
        _ => keys.is_ok(),
    };
    let found: Vec<&Kind> = match asked {
        Some(asked) => KINDS.iter().filter(|kind| kind.name == asked).collect(),
        None => KINDS.iter().filter(fits).collect(),
    };
    let kind = match found.as_slice() {
        [kind] => *kind,
        [] => {
            // Whichever of the two it should have been says best what it is instead.
            let holds = |part: &str| text.contains(part);
            return Err(match (keys, certificates) {
                (_, Err(error)) if holds("CERTIFICATE-----") || holds("PKCS7-----") => error,
                (Err(error), _) if is_recognised(bytes) => error,
                _ => Error::new(Code::Malformed, "no public key, certificate or Sigstore trusted root")
                    .help("expected PEM with PUBLIC KEY or CERTIFICATE blocks, or a trusted_root.json"),
            });
        }
        _ => {
            return Err(Error::new(Code::Usage, "the file holds a public key and certificates")
                .help("say with --kind which of them is to be trusted"));
        }
    };
    if bytes.len() as u64 > kind.limit_bytes {
        return Err(Error::new(Code::TooLarge, format!("larger than {} bytes", kind.limit_bytes)));
    }
    let made = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let made = made.and_then(|made| Timestamp::try_from(made).ok());
    (kind.make)(name.to_owned(), path.to_string_lossy().into_owned(), bytes, made, beyond)
}
