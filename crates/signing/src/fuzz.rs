//! Doors for the fuzz targets and the property tests: bytes go in as they come out of a bundle or a file, and
//! nothing may panic or take long. What they judge is of no interest here.

use crate::bundle::document::Bundle;
use crate::bundle::manifest::{Statement, outline};
use crate::files::{formats, tensors};
use crate::foreign;
use crate::inspect::look;
use crate::keys::public;
use crate::sigstore::identity::claimed_identity;
use crate::sigstore::root;
use crate::time::token;
use crate::trust::anchor::Trust;
use crate::verify::time;
use crate::x509::revocation::RevocationList;
use crate::x509::{chain, file};
use std::io::Write;
use std::path::Path;

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
    if let Ok(found) = file::certificates_from_pem(bytes) {
        let anchors: Vec<Vec<u8>> = found.last().cloned().into_iter().collect();
        let _ = chain::check_chain(&found, &anchors, jiff::Timestamp::UNIX_EPOCH);
        let _ = chain::check_chain(&found, &[], jiff::Timestamp::UNIX_EPOCH);
        for der in &found {
            let _ = claimed_identity(der);
        }
    }
    let _ = RevocationList::from_bytes("fuzz", bytes);
    let _ = public::PublicKey::every_from(bytes);
    let _ = crate::keys::files::describe_key(bytes, None);
    let _ = public::PublicKey::from_spki_der(bytes);
}

/// An RFC 3161 token.
pub fn timestamp(bytes: &[u8]) {
    let _ = root::holds_timestamp(bytes);
    let nobody = Trust::new(Vec::new());
    let _ = time::check(&[bytes.to_vec()], b"", &nobody, jiff::Timestamp::UNIX_EPOCH);
    let _ = token::describe(bytes);
}

/// A file of a model: its header, and what `inspect` says of it.
pub fn weights(bytes: &[u8]) {
    as_file(bytes, |path| {
        let _ = formats::read(path);
        let _ = tensors::read(path);
        let _ = look::inspect(path);
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
