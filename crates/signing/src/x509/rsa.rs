//! RSA signatures that the cryptographic library does not verify by itself: RSASSA-PSS with any length of salt, PKCS #1
//! v1.5 with SHA-224, SHA-512/256 and SHA-3 (RFC 8017). It knows only public keys, so nothing in it is secret.

use aws_lc_rs::digest::{self, Algorithm};
use der::asn1::UintRef;
use der::{Decode, Reader, SliceReader};
use num_bigint::BigUint;

/// What a key's exponent may have, as in OpenSSL: verifying costs its length.
const MAX_EXPONENT_BITS: u64 = 64;

/// A public key, as far as it is one.
pub(crate) struct RsaKey {
    modulus: BigUint,
    exponent: BigUint,
}

impl RsaKey {
    /// RSAPublicKey (RFC 8017, A.1.1).
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let (modulus, exponent) = SliceReader::new(der)
            .ok()?
            .sequence(|reader| {
                let modulus = BigUint::from_bytes_be(UintRef::decode(reader)?.as_bytes());
                Ok((modulus, BigUint::from_bytes_be(UintRef::decode(reader)?.as_bytes())))
            })
            .ok()?;
        let is_exponent = exponent.bit(0) && (2..=MAX_EXPONENT_BITS).contains(&exponent.bits());
        (modulus.bit(0) && is_exponent).then_some(RsaKey { modulus, exponent })
    }

    /// Length of the modulus.
    pub(crate) fn bits(&self) -> usize {
        usize::try_from(self.modulus.bits()).unwrap_or(usize::MAX)
    }

    /// The encoded message in a signature, as long as the modulus.
    fn recovered(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let length = self.bits().div_ceil(8);
        let number = BigUint::from_bytes_be(signature);
        if signature.len() != length || number >= self.modulus {
            return None;
        }
        let message = number.modpow(&self.exponent, &self.modulus).to_bytes_be();
        let mut whole = vec![0; length.checked_sub(message.len())?];
        whole.extend(message);
        Some(whole)
    }

    /// RSASSA-PKCS1-v1_5; `info` is the DigestInfo up to the digest.
    pub(crate) fn verifies_pkcs1(
        &self,
        hash: &'static Algorithm,
        info: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let digest = digest::digest(hash, message);
        let ends = [&[0], info, digest.as_ref()].concat();
        let Some(recovered) = self.recovered(signature) else { return false };
        let Some(padding) = recovered.len().checked_sub(ends.len() + 2).filter(|length| *length >= 8) else {
            return false;
        };
        recovered == [&[0, 1], vec![0xff; padding].as_slice(), &ends].concat()
    }

    /// RSASSA-PSS, with MGF1 over the same hash (RFC 8017, 8.1.2 and 9.1.2).
    pub(crate) fn verifies_pss(
        &self,
        hash: &'static Algorithm,
        salt_bytes: usize,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        self.pss(hash, salt_bytes, message, signature).unwrap_or(false)
    }

    fn pss(
        &self,
        hash: &'static Algorithm,
        salt_bytes: usize,
        message: &[u8],
        signature: &[u8],
    ) -> Option<bool> {
        let encoded_bits = self.bits().checked_sub(1)?;
        let encoded_bytes = encoded_bits.div_ceil(8);
        let recovered = self.recovered(signature)?;
        let (above, encoded) = recovered.split_at_checked(recovered.len().checked_sub(encoded_bytes)?)?;
        let digest = digest::digest(hash, message);
        let hash_bytes = digest.as_ref().len();
        let masked_bytes = encoded_bytes.checked_sub(hash_bytes + 1)?;
        let padding = masked_bytes.checked_sub(salt_bytes.checked_add(1)?)?;
        let (masked, rest) = encoded.split_at_checked(masked_bytes)?;
        let (inner, trailer) = rest.split_at_checked(hash_bytes)?;
        let unused = 0xff_u8.checked_shr(u32::try_from(8 * encoded_bytes - encoded_bits).ok()?)?;
        if above.iter().any(|byte| *byte != 0) || trailer != [0xbc] || masked.first()? & !unused != 0 {
            return Some(false);
        }
        let mask = mgf1(hash, inner, masked_bytes);
        let mut block: Vec<u8> = masked.iter().zip(mask).map(|(masked, mask)| masked ^ mask).collect();
        *block.first_mut()? &= unused;
        let (zeros, salted) = block.split_at_checked(padding)?;
        let (one, salt) = salted.split_first()?;
        let again = digest::digest(hash, &[&[0; 8], digest.as_ref(), salt].concat());
        Some(zeros.iter().all(|byte| *byte == 0) && *one == 1 && again.as_ref() == inner)
    }
}

fn mgf1(hash: &'static Algorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + hash.output_len);
    let mut counter = 0_u32;
    while mask.len() < length {
        mask.extend_from_slice(digest::digest(hash, &[seed, &counter.to_be_bytes()].concat()).as_ref());
        counter += 1;
    }
    mask.truncate(length);
    mask
}
