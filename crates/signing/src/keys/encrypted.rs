//! PKCS#8 keys under a password: PBES2 (RFC 8018), as OpenSSL and Python's `cryptography` write and read it.
//! It knows neither files nor what is inside.

use crate::error::{Code, Error, Result};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use der::{Decode, Encode};
use pkcs5::pbes2::{Kdf, Pbkdf2Params, Pbkdf2Prf, ScryptParams};
use pkcs5::{EncryptionScheme, pbes2};
use pkcs8::{EncryptedPrivateKeyInfo, PrivateKeyInfo};
use zeroize::Zeroizing;

use super::secret::Secret;

/// What we write: PBKDF2, because every library reads it, with the count that OWASP recommends for SHA-256.
const ITERATIONS: u32 = 600_000;

// A key file may be the attacker's: what it may cost to try a password is bounded.
const MAX_ITERATIONS: u32 = 10_000_000;
/// 128·N·r of scrypt.
const MAX_SCRYPT_BYTES: u64 = 256 * 1024 * 1024;
const MAX_SCRYPT_R: u32 = 32;
const MAX_SCRYPT_P: u32 = 16;

/// An encrypted key that may be decrypted: its cost is within the bounds.
pub(crate) struct Encrypted<'a>(EncryptedPrivateKeyInfo<'a>);

impl<'a> Encrypted<'a> {
    /// # Errors
    /// `E-KEY` for another encryption than PBES2 with PBKDF2-HMAC-SHA2 or scrypt and AES-CBC;
    /// `E-TOO-LARGE` for one that costs too much.
    pub(crate) fn parse(der: &'a [u8]) -> Result<Self> {
        let info = EncryptedPrivateKeyInfo::from_der(der).map_err(|_| unreadable())?;
        match &info.encryption_algorithm {
            EncryptionScheme::Pbes2(pbes2::Parameters { kdf: Kdf::Pbkdf2(params), .. }) => {
                check_pbkdf2(params)?;
            }
            EncryptionScheme::Pbes2(pbes2::Parameters { kdf: Kdf::Scrypt(params), .. }) => {
                check_scrypt(params)?;
            }
            _ => return Err(unreadable()),
        }
        Ok(Encrypted(info))
    }

    /// The DER of the key inside, of whatever kind.
    ///
    /// # Errors
    /// `E-KEY` for a wrong password or a damaged key.
    pub(super) fn decrypt(&self, password: &Secret) -> Result<Zeroizing<Vec<u8>>> {
        let mut buffer = Zeroizing::new(self.0.encrypted_data.to_vec());
        let plain_bytes = self
            .0
            .encryption_algorithm
            .decrypt_in_place(password.reveal(), &mut buffer)
            .map_err(|_| wrong_password())?
            .len();
        buffer.truncate(plain_bytes);
        // By its padding alone one wrong password in 256 would pass for the right one.
        PrivateKeyInfo::from_der(&buffer).map_err(|_| wrong_password())?;
        Ok(buffer)
    }

    /// How it is encrypted, in words.
    pub(crate) fn describe(&self) -> String {
        let EncryptionScheme::Pbes2(params) = &self.0.encryption_algorithm else { return String::new() };
        let bits = params.encryption.key_size() * 8;
        match &params.kdf {
            Kdf::Pbkdf2(kdf) => {
                let hash = match kdf.prf {
                    Pbkdf2Prf::HmacWithSha224 => "SHA224",
                    Pbkdf2Prf::HmacWithSha256 => "SHA256",
                    Pbkdf2Prf::HmacWithSha384 => "SHA384",
                    _ => "SHA512",
                };
                format!("PBKDF2-HMAC-{hash} ({} iterations), AES-{bits}-CBC", kdf.iteration_count)
            }
            Kdf::Scrypt(kdf) => format!(
                "scrypt (N {}, r {}, p {}), AES-{bits}-CBC",
                kdf.cost_parameter, kdf.block_size, kdf.parallelization
            ),
            _ => String::new(),
        }
    }
}

/// Encrypts a PKCS#8 key: the DER of an EncryptedPrivateKeyInfo.
///
/// # Errors
/// `E-INTERNAL` when the system gives no randomness.
pub(super) fn encrypt(plain: &[u8], password: &Secret) -> Result<Vec<u8>> {
    let failed = || Error::new(Code::Internal, "the private key cannot be encrypted");
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    let random = SystemRandom::new();
    random.fill(&mut salt).and_then(|()| random.fill(&mut iv)).map_err(|_| failed())?;
    let params = pbes2::Parameters::pbkdf2_sha256_aes256cbc(ITERATIONS, &salt, &iv).map_err(|_| failed())?;
    let ciphertext = params.encrypt(password.reveal(), plain).map_err(|_| failed())?;
    let info = EncryptedPrivateKeyInfo { encryption_algorithm: params.into(), encrypted_data: &ciphertext };
    info.to_der().map_err(|_| failed())
}

pub(super) fn wrong_password() -> Error {
    Error::new(Code::Key, "the password is wrong, or the key is damaged")
        .help("try the password with: openssl pkey -in KEY -noout")
}

fn check_pbkdf2(params: &Pbkdf2Params<'_>) -> Result<()> {
    if params.prf == Pbkdf2Prf::HmacWithSha1 {
        return Err(unreadable());
    }
    match params.iteration_count {
        0 => Err(unreadable()),
        1..=MAX_ITERATIONS => Ok(()),
        asked => Err(too_costly(format!(
            "asks for {asked} iterations of PBKDF2; at most {MAX_ITERATIONS} are done"
        ))),
    }
}

fn check_scrypt(params: &ScryptParams<'_>) -> Result<()> {
    let ScryptParams { cost_parameter: n, block_size: r, parallelization: p, .. } = *params;
    if scrypt_is_affordable(n, r.into(), p.into())? { Ok(()) } else { Err(unreadable()) }
}

/// Whether they are parameters of scrypt at all.
///
/// # Errors
/// `E-TOO-LARGE` for those that cost too much.
pub(super) fn scrypt_is_affordable(n: u64, r: u32, p: u32) -> Result<bool> {
    if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
        return Ok(false);
    }
    let bytes = n.saturating_mul(128).saturating_mul(r.into());
    if bytes > MAX_SCRYPT_BYTES || r > MAX_SCRYPT_R || p > MAX_SCRYPT_P {
        return Err(too_costly(format!(
            "asks for scrypt with N {n}, r {r} and p {p}; at most {} MiB (128·N·r), r {MAX_SCRYPT_R} and \
             p {MAX_SCRYPT_P} are done",
            MAX_SCRYPT_BYTES / 1024 / 1024
        )));
    }
    Ok(true)
}

fn too_costly(what: String) -> Error {
    Error::new(Code::TooLarge, format!("the encrypted key {what}"))
        .help("if you trust the file, encrypt it anew: openssl pkcs8 -topk8 -in KEY -out CONVERTED")
}

fn unreadable() -> Error {
    Error::new(Code::Key, "the encrypted key is damaged, or encrypted in a way that is not read").help(format!(
        "read are PBES2 with PBKDF2-HMAC-SHA2 (at most {MAX_ITERATIONS} iterations) or scrypt (at most {} MiB), \
         and AES-CBC; convert it: openssl pkcs8 -topk8 -in KEY -out CONVERTED",
        MAX_SCRYPT_BYTES / 1024 / 1024
    ))
}
