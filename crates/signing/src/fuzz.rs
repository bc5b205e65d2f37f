//! Doors for the fuzz targets and the property tests: bytes go in as they come out of a bundle or a file, and
//! nothing may panic or take long. What they judge is of no interest here.

use std::io::Write;
use std::path::Path;

use super::bundle::Bundle;
use super::manifest::{Statement, outline};
use super::revocation::RevocationList;
use super::trust::Trust;
use super::{chain, foreign, formats, inspect, keys, layout, sigstore, timestamps};

/// A bundle, and the statement in it.
pub fn bundle(bytes: &[u8]) {
    if let Ok(bundle) = Bundle::parse(bytes) {
        let _ = bundle.method();
        statement(&bundle.envelope.payload);
    }
    foreign(bytes);
}

/// A statement.
pub fn statement(bytes: &[u8]) {
    if let Ok(statement) = Statement::parse(bytes) {
        let _ = statement.manifest.root_digest();
    }
    let _ = outline(bytes);
}

/// Certificates in PEM, the last of which is trusted, or one in DER; and keys.
pub fn certificates(bytes: &[u8]) {
    if let Ok(found) = chain::certificates_from_pem(bytes) {
        let anchors: Vec<Vec<u8>> = found.last().cloned().into_iter().collect();
        let _ = chain::check_chain(&found, &anchors, jiff::Timestamp::UNIX_EPOCH);
        let _ = chain::check_chain(&found, &[], jiff::Timestamp::UNIX_EPOCH);
        for der in &found {
            let _ = sigstore::claimed_identity(der);
        }
    }
    let _ = RevocationList::from_bytes("fuzz", bytes);
    let _ = keys::PublicKey::from_pem(bytes);
    let _ = keys::PublicKey::from_spki_der(bytes);
}

/// An RFC 3161 token.
pub fn timestamp(bytes: &[u8]) {
    let _ = sigstore::holds_timestamp(bytes);
    let nobody = Trust::new(Vec::new());
    let _ = timestamps::check(&[bytes.to_vec()], b"", &nobody, jiff::Timestamp::UNIX_EPOCH);
    let _ = timestamps::describe(bytes);
}

/// A file of a model: its header, and what `inspect` says of it.
pub fn weights(bytes: &[u8]) {
    as_file(bytes, |path| {
        let _ = formats::read(path);
        let _ = layout::read(path);
        let _ = inspect(path);
    });
}

/// A signature of another kind.
pub fn foreign(bytes: &[u8]) {
    let _ = foreign::foreign_kind(bytes);
}

/// Calls with a file that holds the bytes.
pub fn as_file(bytes: &[u8], with: impl FnOnce(&Path)) {
    let file = tempfile::NamedTempFile::new().and_then(|mut file| file.write_all(bytes).map(|()| file));
    if let Ok(file) = file {
        with(file.path());
    }
}
