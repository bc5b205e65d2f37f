//! Keys that stay in a PKCS#11 token: finding the module, the token and the key that a URI names, and signing
//! digests there. It knows no bundle, and asks for a PIN only through its caller.

use crate::error::{Code, Error, Result};
use crate::x509::certificate;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as TokenError, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;
use der::Encode;
use der::asn1::UintRef;
use std::fmt;
use std::path::{Path, PathBuf};

use super::pkcs11_uri::Pkcs11Uri;
use super::private::Signer;
use super::public::PublicKey;
use super::secret::Secret;

/// Where `module-name` is looked for.
const MODULE_FOLDERS: [&str; 12] = [
    "/usr/lib/pkcs11",
    "/usr/lib/softhsm",
    "/usr/lib64/pkcs11",
    "/usr/lib64/softhsm",
    "/usr/lib/x86_64-linux-gnu/pkcs11",
    "/usr/lib/x86_64-linux-gnu/softhsm",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu/pkcs11",
    "/usr/lib/aarch64-linux-gnu/softhsm",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/local/lib",
    "/opt/homebrew/lib",
];
/// What an error lists.
const SHOWN: usize = 8;

/// A private key in a token, with an open session. It signs; it cannot be read.
pub struct TokenKey {
    public: PublicKey,
    session: Session,
    key: ObjectHandle,
    /// The key wants a login for each signature (CKA_ALWAYS_AUTHENTICATE).
    always_authenticate: bool,
    /// Kept only for such a key; none where the token asks by itself.
    pin: Option<AuthPin>,
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKey({})", self.public.kind().as_str())
    }
}

impl TokenKey {
    /// Opens the private key that `uri` names, in the module `module` or else in that of the URI. `pin` is asked
    /// for the PIN when the token wants one, with the token's label. `leaf`, a DER certificate, says what the
    /// public half is when the token does not.
    ///
    /// # Errors
    /// `E-USAGE` when no module is named; `E-READ` when it cannot be loaded or the token fails; `E-NOT-FOUND`
    /// when not exactly one token and one private key match; `E-KEY` for a wrong PIN and a key that is no key of
    /// OMS; what `pin` returns.
    pub fn open(
        uri: &Pkcs11Uri,
        module: Option<&Path>,
        leaf: Option<&[u8]>,
        pin: impl FnOnce(&str) -> Result<Secret>,
    ) -> Result<Self> {
        // The halves of a key and its certificate go by one label and id, and tools print the URI of any of them: what
        // signs is the private one.
        if let Some(other) = uri.text("type").filter(|kind| !["private", "public", "cert"].contains(kind)) {
            return Err(Error::new(Code::Usage, "the URI names an object that cannot sign")
                .at(other)
                .help("write type=private, or leave the type out"));
        }
        let module = load(&module_path(uri, module)?)?;
        let (slot, token) = find_token(&module, uri)?;
        let mechanisms = module.get_mechanism_list(slot).map_err(|cause| failed(&cause))?;
        if !mechanisms.contains(&MechanismType::ECDSA) {
            return Err(Error::new(Code::Key, "the token cannot sign with CKM_ECDSA")
                .at(token.label())
                .help("use a token for elliptic-curve keys"));
        }
        let session = module.open_ro_session(slot).map_err(|cause| failed(&cause))?;
        let pin = log_in(&module, slot, &token, &session, pin)?;
        let key = find_key(&session, uri)?;
        let described = Described::read(&session, key)?;
        if described.key_type != Some(KeyType::EC) {
            return Err(Error::new(Code::Key, "the token's key is not an elliptic-curve key")
                .at(described.name())
                .help("OMS signs with elliptic-curve keys on P-256, P-384 or P-521"));
        }
        let public = public_half(&session, &described, leaf)?;
        let always_authenticate = described.always_authenticate;
        Ok(TokenKey { public, session, key, always_authenticate, pin: pin.filter(|_| always_authenticate) })
    }
}

impl TokenKey {
    /// The login belongs between C_SignInit and the signature (PKCS#11 2.40, C_Login). The crate joins C_SignInit
    /// and C_Sign, so this takes the digest in one part of several, which not every token does for CKM_ECDSA.
    fn sign_with_login(&self, digest: &[u8]) -> Result<Vec<u8>> {
        let session = &self.session;
        session
            .sign_init(&Mechanism::Ecdsa, self.key)
            .and_then(|()| session.login(UserType::ContextSpecific, self.pin.as_ref()))
            .and_then(|()| session.sign_update(digest))
            .and_then(|()| session.sign_final())
            .map_err(|cause| {
                failed(&cause).help(
                    "the key wants its PIN for each signature, which this token does not take here; use a key \
                     without CKA_ALWAYS_AUTHENTICATE",
                )
            })
    }
}

impl Signer for TokenKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let curve = self.public.kind().curve();
        let curve = curve.ok_or_else(|| Error::new(Code::Key, "the token's key is on no curve of OMS"))?;
        let digest = curve.digest(message);
        let digest = digest.as_ref();
        let raw = if self.always_authenticate {
            self.sign_with_login(digest)?
        } else {
            self.session.sign(&Mechanism::Ecdsa, self.key, digest).map_err(|cause| failed(&cause))?
        };
        let signature = der_signature(&raw)
            .ok_or_else(|| Error::new(Code::Read, "the token's signature is not of the form r and s"))?;
        // The public half came from another object, or from a certificate: it may be another key's.
        if !self.public.verifies(message, &signature) {
            return Err(Error::new(
                Code::Key,
                "the token's signature is not by the public key that goes with it",
            )
            .help("the token or the certificate pairs the private key with another public key"));
        }
        Ok(signature)
    }
}

/// CKM_ECDSA gives r and s, each as long as the curve's order; ASN.1 wants two INTEGERs.
fn der_signature(raw: &[u8]) -> Option<Vec<u8>> {
    if raw.is_empty() || !raw.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = raw.split_at_checked(raw.len() / 2)?;
    vec![UintRef::new(r).ok()?, UintRef::new(s).ok()?].to_der().ok()
}

fn module_path(uri: &Pkcs11Uri, module: Option<&Path>) -> Result<PathBuf> {
    let given = module.map(Path::to_owned).or_else(|| uri.text("module-path").map(PathBuf::from));
    let name = uri.text("module-name");
    let (folders, name) = match (given, name) {
        (Some(path), Some(name)) if path.is_dir() => (vec![path], name),
        (Some(path), _) => return found_module(path),
        (None, Some(name)) => (MODULE_FOLDERS.map(PathBuf::from).to_vec(), name),
        (None, None) => {
            return Err(Error::new(Code::Usage, "no PKCS#11 module is named")
                .help("give --module FILE, or write ?module-path=FILE at the end of the URI"));
        }
    };
    if name.contains(['/', '\\']) {
        return Err(Error::new(Code::Usage, "a `module-name` with a path in it")
            .at(name)
            .help("write module-path=FILE instead"));
    }
    let suffix = std::env::consts::DLL_SUFFIX;
    folders
        .iter()
        .flat_map(|folder| ["lib", ""].map(|prefix| folder.join(format!("{prefix}{name}{suffix}"))))
        .find(|path| path.is_file())
        .ok_or_else(|| {
            let list: Vec<_> = folders.iter().map(|folder| folder.to_string_lossy()).collect();
            Error::new(Code::Read, "the PKCS#11 module is in none of the usual folders")
                .at(name)
                .help(format!("give --module FILE; looked in {}", list.join(", ")))
        })
}

/// The whole path: the loader would look for a bare name elsewhere.
fn found_module(path: PathBuf) -> Result<PathBuf> {
    let whole = path.canonicalize().ok().filter(|path| path.is_file());
    whole.ok_or_else(|| {
        Error::new(Code::Read, "the PKCS#11 module is not there")
            .at_path(&path)
            .help("give the path of the module that came with the token, a shared library")
    })
}

fn load(path: &Path) -> Result<Pkcs11> {
    let module = Pkcs11::new(path).map_err(|cause| {
        Error::new(Code::Read, "this is no PKCS#11 module that can be loaded")
            .at_path(path)
            .help(cause.to_string())
    })?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(TokenError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(module),
        Err(cause) => Err(failed(&cause).at_path(path)),
    }
}

fn find_token(module: &Pkcs11, uri: &Pkcs11Uri) -> Result<(Slot, TokenInfo)> {
    let library = module.get_library_info().map_err(|cause| failed(&cause))?;
    let version = (library.library_version().major(), library.library_version().minor());
    let fits_library = is(uri, "library-manufacturer", library.manufacturer_id())
        && is(uri, "library-description", library.library_description())
        && uri.library_version().is_none_or(|wanted| wanted == version);
    if !fits_library {
        return Err(Error::new(Code::NotFound, "the module is not the one that the URI describes")
            .at(format!("{} {}.{}", library.library_description(), version.0, version.1))
            .help("correct the library attributes of the URI, or leave them out"));
    }
    let mut tokens = Vec::new();
    for slot in module.get_slots_with_token().map_err(|cause| failed(&cause))? {
        // A token that was just pulled out is not there.
        let (Ok(info), Ok(token)) = (module.get_slot_info(slot), module.get_token_info(slot)) else {
            continue;
        };
        if !token.token_initialized() {
            continue;
        }
        let fits = is(uri, "token", token.label())
            && is(uri, "manufacturer", token.manufacturer_id())
            && is(uri, "model", token.model())
            && is(uri, "serial", token.serial_number())
            && is(uri, "slot-manufacturer", info.manufacturer_id())
            && is(uri, "slot-description", info.slot_description())
            && uri.slot_id().is_none_or(|wanted| wanted == slot.id());
        tokens.push((fits, slot, token));
    }
    let all: Vec<String> = tokens.iter().map(|(_, slot, token)| token_name(*slot, token)).collect();
    let mut matching: Vec<_> = tokens.into_iter().filter(|(fits, ..)| *fits).collect();
    match (matching.pop(), matching.len()) {
        (Some((_, slot, token)), 0) => Ok((slot, token)),
        (None, _) => Err(Error::new(Code::NotFound, "no token is what the URI says")
            .help(format!("the module has {}", listed(all, "no token at all")))),
        (Some((_, slot, token)), _) => {
            let mut names: Vec<String> = matching.iter().map(|(_, s, t)| token_name(*s, t)).collect();
            names.push(token_name(slot, &token));
            Err(Error::new(Code::NotFound, format!("{} tokens are what the URI says", names.len()))
                .help(format!("say which with token, serial or slot-id: {}", listed(names, ""))))
        }
    }
}

/// Whether an attribute of the URI is left out, or is this.
fn is(uri: &Pkcs11Uri, name: &str, found: &str) -> bool {
    uri.text(name).is_none_or(|wanted| wanted == found)
}

fn token_name(slot: Slot, token: &TokenInfo) -> String {
    format!(
        "token={} serial={} slot-id={}",
        encoded(token.label()),
        encoded(token.serial_number()),
        slot.id()
    )
}

/// Logs in, when the token wants it. The PIN comes back for a key that wants it again.
fn log_in(
    module: &Pkcs11,
    slot: Slot,
    token: &TokenInfo,
    session: &Session,
    pin: impl FnOnce(&str) -> Result<Secret>,
) -> Result<Option<AuthPin>> {
    let refused = |what: &str, help: &str| Error::new(Code::Key, what).at(token.label()).help(help);
    if !token.login_required() {
        return Ok(None);
    }
    const LOCKED: &str = "unlock it with the token's own tool and its administrator's PIN (SO PIN or PUK)";
    if token.user_pin_locked() {
        return Err(refused("the token's PIN is locked", LOCKED));
    }
    if !token.user_pin_initialized() {
        return Err(refused("the token has no PIN yet", "set one with the token's own tool"));
    }
    let pin = if token.protected_authentication_path() {
        None
    } else {
        Some(AuthPin::from(pin(token.label())?.reveal()))
    };
    match session.login(UserType::User, pin.as_ref()) {
        Ok(()) | Err(TokenError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(pin),
        Err(TokenError::Pkcs11(RvError::PinLocked, _)) => Err(refused("the token's PIN is locked", LOCKED)),
        Err(TokenError::Pkcs11(RvError::PinExpired, _)) => {
            Err(refused("the token's PIN has expired", "set a new one with the token's own tool"))
        }
        Err(TokenError::Pkcs11(RvError::PinIncorrect | RvError::PinLenRange | RvError::PinInvalid, _)) => {
            // PKCS#11 tells only these flags, never a number.
            let left = match module.get_token_info(slot) {
                Ok(token) if token.user_pin_locked() => "the token is now locked",
                Ok(token) if token.user_pin_final_try() => "one try is left before the token locks itself",
                Ok(token) if token.user_pin_count_low() => "the token says that few tries may be left",
                _ => "the token does not say how many tries are left",
            };
            Err(refused("the PIN is wrong", left))
        }
        Err(cause) => Err(failed(&cause).at(token.label())),
    }
}

fn find_key(session: &Session, uri: &Pkcs11Uri) -> Result<ObjectHandle> {
    let private = Attribute::Class(ObjectClass::PRIVATE_KEY);
    let mut template = vec![private.clone()];
    template.extend(uri.text("object").map(|label| Attribute::Label(label.into())));
    template.extend(uri.bytes("id").map(|id| Attribute::Id(id.to_vec())));
    let find = |template: &[Attribute]| session.find_objects(template).map_err(|cause| failed(&cause));
    let names = |keys: &[ObjectHandle], none: &str| {
        let name = |key: &ObjectHandle| Described::read(session, *key).map(|key| key.name());
        listed(keys.iter().take(SHOWN + 1).flat_map(name).collect(), none)
    };
    let found = find(&template)?;
    match found.as_slice() {
        [key] => Ok(*key),
        [] => Err(Error::new(Code::NotFound, "no private key of the token is what the URI says")
            .help(format!("the token has {}", names(&find(&[private])?, "no private key")))),
        several => {
            Err(Error::new(Code::NotFound, format!("{} private keys are what the URI says", several.len()))
                .help(format!("say which with object or id: {}", names(several, ""))))
        }
    }
}

/// What a token says of an object.
#[derive(Default)]
struct Described {
    label: Vec<u8>,
    id: Vec<u8>,
    key_type: Option<KeyType>,
    ec_params: Vec<u8>,
    ec_point: Vec<u8>,
    /// A certificate's DER.
    value: Vec<u8>,
    always_authenticate: bool,
}

impl Described {
    fn read(session: &Session, object: ObjectHandle) -> Result<Self> {
        Self::with(
            session,
            object,
            &[
                AttributeType::Label,
                AttributeType::Id,
                AttributeType::KeyType,
                AttributeType::EcParams,
                AttributeType::EcPoint,
                AttributeType::AlwaysAuthenticate,
            ],
        )
    }

    fn with(session: &Session, object: ObjectHandle, wanted: &[AttributeType]) -> Result<Self> {
        let mut described = Described::default();
        for attribute in session.get_attributes(object, wanted).map_err(|cause| failed(&cause))? {
            match attribute {
                Attribute::Label(label) => described.label = label,
                Attribute::Id(id) => described.id = id,
                Attribute::KeyType(key_type) => described.key_type = Some(key_type),
                Attribute::EcParams(params) => described.ec_params = params,
                Attribute::EcPoint(point) => described.ec_point = point,
                Attribute::Value(value) => described.value = value,
                Attribute::AlwaysAuthenticate(always) => described.always_authenticate = always,
                _ => {}
            }
        }
        Ok(described)
    }

    /// As a URI would name it.
    fn name(&self) -> String {
        let id: String = self.id.iter().map(|byte| format!("%{byte:02x}")).collect();
        format!("object={} id={id}", encoded(&String::from_utf8_lossy(&self.label)))
    }
}

/// The public half: of the key itself, of the public key or the certificate beside it, or of `leaf`.
fn public_half(session: &Session, key: &Described, leaf: Option<&[u8]>) -> Result<PublicKey> {
    if !key.ec_point.is_empty() {
        return PublicKey::from_ec_point(&key.ec_params, &key.ec_point);
    }
    // Tokens pair objects by CKA_ID; some leave it empty.
    let pair =
        if key.id.is_empty() { Attribute::Label(key.label.clone()) } else { Attribute::Id(key.id.clone()) };
    let beside = |class| {
        session.find_objects(&[Attribute::Class(class), pair.clone()]).map_err(|cause| failed(&cause))
    };
    if let Some(object) = beside(ObjectClass::PUBLIC_KEY)?.into_iter().next() {
        let public = Described::read(session, object)?;
        return PublicKey::from_ec_point(&public.ec_params, &public.ec_point);
    }
    let of_certificate = |der: &[u8]| PublicKey::from_spki_der(&certificate::spki(&certificate::parse(der)?));
    if let Some(object) = beside(ObjectClass::CERTIFICATE)?.into_iter().next() {
        return of_certificate(&Described::with(session, object, &[AttributeType::Value])?.value);
    }
    leaf.map_or_else(
        || {
            Err(Error::new(Code::Key, "the token does not tell the public half of the key")
                .at(key.name())
                .help("put the public key or the certificate beside it in the token, with the same id"))
        },
        of_certificate,
    )
}

/// Text of a token as a URI would write it.
fn encoded(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:[]@!$'()*+,=&".contains(c);
    let byte = |c: char| c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
    text.chars().map(|c| if plain(c) { c.to_string() } else { byte(c) }).collect()
}

fn listed(mut names: Vec<String>, none: &str) -> String {
    if names.is_empty() {
        return none.to_owned();
    }
    let more = names.len() > SHOWN;
    names.truncate(SHOWN);
    if more {
        names.push("…".to_owned());
    }
    names.join(" · ")
}

fn failed(cause: &TokenError) -> Error {
    let error = match cause {
        // Our own words: the name of the code, not the module's text.
        TokenError::Pkcs11(code, function) => {
            Error::new(Code::Read, format!("the token failed ({code:?} in C_{function:?})"))
        }
        _ => Error::new(Code::Read, "the PKCS#11 module failed"),
    };
    error.help("check that the token is plugged in and try it with its own tool")
}
