//! The hint by which a bundle names a key. It is not signed: it finds a key among those that are trusted, and proves
//! nothing.

use crate::hashing::job::{HashAlgorithm, hash_bytes};
use crate::keys::public::PublicKey;
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const SHA256_BYTES: usize = 32;
/// What some tools write before a fingerprint.
const PREFIX: &str = "sha256:";

/// What a hint is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Hint<'h> {
    /// There is none.
    Nothing,
    /// A SHA-256.
    Digest(&'h str, Vec<u8>),
    /// A name that its signer chose.
    Name(&'h str),
}

impl<'h> Hint<'h> {
    pub(super) fn of(hint: Option<&'h str>) -> Self {
        match hint {
            None => Hint::Nothing,
            Some(said) => match digest(said.trim()) {
                Some(digest) => Hint::Digest(said, digest),
                None => Hint::Name(said),
            },
        }
    }

    /// As the bundle has it.
    pub(super) fn said(&self) -> Option<&'h str> {
        match self {
            Hint::Nothing => None,
            Hint::Digest(said, _) | Hint::Name(said) => Some(said),
        }
    }

    /// Whether it is what OMS asks for: then it says by which key the signature is, and contradicts every other.
    pub(super) fn is_as_oms_has_it(&self) -> bool {
        let Hint::Digest(said, digest) = self else { return false };
        hex::encode(digest) == *said
    }

    /// Whether it is of this key: over its PEM text, as OMS has it, or over its DER form, which is what most tools call a
    /// key's fingerprint.
    pub(super) fn fits(&self, key: &PublicKey) -> bool {
        let Hint::Digest(_, digest) = self else { return false };
        let pem = key.to_pem();
        [pem.as_bytes(), key.spki_der()].iter().any(|form| hash_bytes(HashAlgorithm::Sha256, form) == *digest)
    }
}

/// Hex in either case, or base64 in either alphabet, padded or not.
fn digest(said: &str) -> Option<Vec<u8>> {
    const ANY_PADDING: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let has_prefix = said.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
    let said = if has_prefix { said.get(PREFIX.len()..)? } else { said };
    let base64 = || {
        [STANDARD, URL_SAFE]
            .iter()
            .find_map(|alphabet| GeneralPurpose::new(alphabet, ANY_PADDING).decode(said).ok())
    };
    hex::decode(said).ok().or_else(base64).filter(|digest| digest.len() == SHA256_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_a_digest_in_any_usual_spelling_or_a_name() {
        let digest = vec![0xfb; SHA256_BYTES];
        let hex = "fb".repeat(SHA256_BYTES);
        let base64 = base64::engine::general_purpose::STANDARD.encode(&digest);
        for said in [
            hex.clone(),
            hex.to_uppercase(),
            format!("sha256:{hex}"),
            format!("SHA256:{}", base64.trim_end_matches('=')),
            base64.clone(),
            base64.replace('+', "-").replace('/', "_"),
            format!("{hex}\n"),
        ] {
            assert!(matches!(Hint::of(Some(&said)), Hint::Digest(_, found) if found == digest), "{said:?}");
        }
        for said in
            ["my key", "sha256:", "fb", &hex[..62], &format!("{hex}0"), "\u{e4}\u{e4}\u{e4}\u{e4}\u{e4}"]
        {
            assert_eq!(Hint::of(Some(said)), Hint::Name(said));
        }
        assert_eq!(Hint::of(None), Hint::Nothing);
    }
}
