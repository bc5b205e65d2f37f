//! PEM (RFC 7468): blocks of base64 between labelled lines, read and written. It knows no key and no certificate.

use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// One block of a PEM file.
pub(crate) struct PemBlock {
    pub(crate) label: String,
    pub(crate) der: Zeroizing<Vec<u8>>,
    /// By OpenSSL's own way (`Proc-Type: 4,ENCRYPTED`): then `der` is ciphertext.
    pub(crate) legacy_encrypted: bool,
}

/// The blocks of a PEM file; text around them is passed over.
///
/// # Errors
/// `E-KEY` for a block that does not end or is not base64.
pub(crate) fn pem_blocks(pem: &[u8]) -> Result<Vec<PemBlock>> {
    let damaged =
        || Error::new(Code::Key, "a damaged PEM file").help("get the file again from where it was made");
    let text = std::str::from_utf8(pem).map_err(|_| damaged())?;
    let mut blocks = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let label = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----"));
        let Some(label) = label else { continue };
        let end = format!("-----END {label}-----");
        let mut legacy_encrypted = false;
        let mut body = Zeroizing::new(String::with_capacity(text.len()));
        loop {
            let line = lines.next().ok_or_else(damaged)?;
            if line == end {
                break;
            }
            // RFC 1421 headers stand before an encrypted OpenSSL key.
            if line.contains(':') {
                legacy_encrypted |= line.contains("ENCRYPTED");
            } else {
                body.push_str(line);
            }
        }
        let mut der = Zeroizing::new(Vec::with_capacity(body.len()));
        STANDARD.decode_vec(body.as_bytes(), &mut der).map_err(|_| damaged())?;
        blocks.push(PemBlock { label: label.to_owned(), der, legacy_encrypted });
    }
    Ok(blocks)
}

pub(crate) fn pem_text(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(der));
    // Large enough from the start: growing would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(body.len() * 2 + 128));
    text.push_str(&format!("-----BEGIN {label}-----\n"));
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}
