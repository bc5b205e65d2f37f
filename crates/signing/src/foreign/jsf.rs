//! JSON Signature Format (JSF 0.82), as CycloneDX embeds it: a member `signature` signs the object that holds it,
//! without the signature's own `value`, in the form of RFC 8785. Each is tried by the key that it brings, which
//! tells whether something was changed since and never who signed. It knows no bill of materials.

use crate::json::Item;
use crate::text::Untrusted;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use der::Encode;
use der::asn1::UintRef;
use serde::Serialize;
use serde_json::{Map, Number, Value, json};
use std::collections::BTreeMap;

use super::schemes;
use super::seen::{Covers, ForeignKind, ForeignState, Seen};

/// Signatures of one document that are looked at, and signers of one signature.
const MAX_SIGNATURES: usize = 10_000;
const MAX_SIGNERS: usize = 16;
const MAX_EXCLUDES: usize = 64;
const SHOWN_LEFT_OUT: usize = 3;
/// What is done for one document, over all its signatures: the texts made canonical, in bytes, and these for each
/// value of them and each signature that is tried. And how much one signature holds itself.
const MAX_WORK: usize = 64 << 20;
const WORK_OF_A_VALUE: usize = 16;
const WORK_OF_A_TRIAL: usize = 16 << 10;
const MAX_SIGNATURE: usize = 1 << 20;
/// Beyond this, readers disagree about an integer (RFC 7493, 2.2).
const MAX_INTEGER: u64 = (1 << 53) - 1;

const ALGORITHMS: [&str; 10] =
    ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "Ed25519"];
/// The `crv` of a key, its name in the schemes, and the length of a coordinate.
const CURVES: [(&str, &str, usize); 3] =
    [("P-256", "p256", 32), ("P-384", "p384", 48), ("P-521", "p521", 66)];

const TOO_MUCH: &str = "it is larger, or covers more with the others here, than is verified";

type Members = Map<String, Value>;

/// A JSON signature in a document.
#[derive(Debug, Clone)]
pub struct JsonSignature {
    /// JSON pointer: the signature, or the one of its signers that decides its state.
    pub place: Untrusted,
    /// Who signed, as it says itself.
    pub signer: Option<Untrusted>,
    /// How many signers it has.
    pub signers: usize,
    /// Its algorithm, as it says itself.
    pub algorithm: Option<Untrusted>,
    /// Members of the object that it leaves out, as it says itself: anybody may have changed them, and the list.
    pub left_out: Vec<Untrusted>,
    /// How far it could be looked into: the worst of its signers.
    pub state: ForeignState,
    /// Why it is not verified.
    pub why: Option<&'static str>,
}

/// An object that may hold a signature.
#[derive(Clone, Copy)]
struct Holder<'v> {
    members: &'v Members,
    /// Members of it that stand apart.
    lists: &'v [(String, Vec<Item<'v>>)],
}

/// What a member holds.
#[derive(Serialize)]
#[serde(untagged)]
enum Held<'v> {
    Value(&'v Value),
    Items(&'v [Item<'v>]),
}

impl<'v> Holder<'v> {
    fn members(self) -> impl Iterator<Item = (&'v str, Held<'v>)> {
        self.members.iter().map(move |(name, value)| {
            let items = self.lists.iter().find(|(known, _)| known == name);
            (name.as_str(), items.map_or(Held::Value(value), |(_, items)| Held::Items(items)))
        })
    }
}

impl Held<'_> {
    fn measure(&self, name: &str, left: &mut usize) -> Result<(), &'static str> {
        match self {
            Held::Value(value) => measure(name, value, left),
            Held::Items(items) => {
                count(name.len(), left)?;
                items.iter().try_for_each(|item| measure("", &item.value(), left))
            }
        }
    }
}

/// What one signer comes to.
type Verdict = (ForeignState, Option<&'static str>);

const fn unverified(why: &'static str) -> Verdict {
    (ForeignState::Recognised, Some(why))
}

/// One signature to be tried: its own members, where they stand in the signature, and the signature as signed.
struct Part<'v> {
    place: String,
    inner: &'v Members,
    signed: Value,
}

/// Every JSON signature of a document, that of the document itself first. In an ambiguous document (a name occurs
/// twice in one object) none is verified. The document's parser bounds its depth.
///
/// Members that are `lists` stand apart: in the document itself they are empty. Their items are trees only as long as
/// each is looked at.
pub fn signatures(
    document: &Members,
    lists: &[(String, Vec<Item<'_>>)],
    is_ambiguous: bool,
) -> Vec<JsonSignature> {
    let mut search = Search { left: MAX_WORK, is_ambiguous, found: Vec::new() };
    search.object(Holder { members: document, lists }, &mut String::new());
    search.found
}

/// A document that has a signature of its own; those of its parts are told with it.
pub(super) fn recognise(document: &Members) -> Option<Seen> {
    let signature = document.get("signature")?.as_object()?;
    let core = first(signature).unwrap_or(signature);
    let (_, _) = (core.get("algorithm")?.as_str()?, core.get("value")?.as_str()?);
    let found = signatures(document, &[], false);
    let own = found.first()?;
    let worst = found.iter().rev().max_by_key(|one| rank(one.state))?;
    let names: Vec<&str> = own.left_out.iter().take(SHOWN_LEFT_OUT).map(Untrusted::raw).collect();
    let covers = match own.left_out.len() {
        0 => "the document itself".to_owned(),
        count => format!("the document without {count} of its members ({})", names.join(", ")),
    };
    let mut note = Vec::new();
    if found.len() > 1 {
        note.push(format!("{} signatures, of the document and of parts of it", found.len()));
    }
    if worst.signers > 1 {
        note.push(format!("{} signers", worst.signers));
    }
    if worst.state != ForeignState::FitsOwnKey {
        note.push(format!("at {}", worst.place.raw()));
    }
    if let Some(why) = worst.why {
        let algorithm = worst.algorithm.as_ref().map(|name| format!(": {}", name.raw())).unwrap_or_default();
        note.push(format!("{why}{algorithm}"));
    }
    if !own.left_out.is_empty() {
        note.push("the part it does not cover may have been changed".to_owned());
    }
    let seen = Seen::new(ForeignKind::Jsf, Covers::Named(vec![covers.into()])).signer(own.signer.clone());
    let note = (!note.is_empty()).then(|| Untrusted::new(note.join("; ")));
    Some(Seen { state: worst.state, note, ..seen })
}

/// The first of several signers.
fn first(signature: &Members) -> Option<&Members> {
    ["signers", "chain"].iter().find_map(|many| signature.get(*many)?.get(0)?.as_object())
}

struct Search {
    left: usize,
    is_ambiguous: bool,
    found: Vec<JsonSignature>,
}

impl Search {
    fn object(&mut self, holder: Holder<'_>, at: &mut String) {
        if self.found.len() >= MAX_SIGNATURES {
            return;
        }
        if let Some(signature) = holder.members.get("signature").and_then(Value::as_object)
            && ["algorithm", "signers", "chain"].iter().any(|part| signature.contains_key(*part))
        {
            let found = self.judge(holder, signature, &format!("{at}/signature"));
            self.found.push(found);
        }
        for (name, held) in holder.members() {
            match held {
                Held::Value(value) => self.below(value, at, name),
                Held::Items(items) => self.inside(at, name, |search, at| {
                    for (index, item) in items.iter().enumerate() {
                        search.below(&item.value(), at, &index.to_string());
                    }
                }),
            }
        }
    }

    fn below(&mut self, value: &Value, at: &mut String, name: &str) {
        if !value.is_object() && !value.is_array() {
            return;
        }
        self.inside(at, name, |search, at| match value {
            Value::Object(members) => search.object(Holder { members, lists: &[] }, at),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    search.below(item, at, &index.to_string());
                }
            }
            _ => {}
        });
    }

    /// Looks into what is called `name`.
    fn inside(&mut self, at: &mut String, name: &str, look: impl FnOnce(&mut Self, &mut String)) {
        let length = at.len();
        // RFC 6901, 3.
        at.push('/');
        at.push_str(&name.replace('~', "~0").replace('/', "~1"));
        look(self, at);
        at.truncate(length);
    }

    fn judge(&mut self, holder: Holder<'_>, signature: &Members, place: &str) -> JsonSignature {
        let mut one = JsonSignature {
            place: place.into(),
            signer: signer(signature),
            signers: 1,
            algorithm: algorithm(signature).map(Untrusted::from),
            left_out: Vec::new(),
            state: ForeignState::Recognised,
            why: None,
        };
        let (left_out, (form, inners)) = match self.read(holder.members, signature) {
            Ok(read) => read,
            Err(why) => {
                one.why = Some(why);
                return one;
            }
        };
        one.left_out = left_out.iter().copied().map(Untrusted::from).collect();
        one.signers = inners.len();
        let mut worst = None;
        for (index, inner) in inners.iter().enumerate() {
            let part = part(form, &inners, index, inner);
            let verdict = self.tried(holder, &left_out, &part);
            if worst.is_none_or(|worst| rank(verdict.0) > worst) {
                worst = Some(rank(verdict.0));
                (one.state, one.why) = verdict;
                one.place = format!("{place}{}", part.place).into();
                one.signer = signer(inner);
                one.algorithm = algorithm(inner).map(Untrusted::from);
            }
        }
        one
    }

    fn read<'v>(
        &self,
        holder: &Members,
        signature: &'v Members,
    ) -> Result<(Vec<&'v str>, Inners<'v>), &'static str> {
        if self.is_ambiguous {
            return Err("a name occurs twice in one object of the document, so readers disagree about it");
        }
        let mut left = MAX_SIGNATURE;
        signature.iter().try_for_each(|(name, value)| measure(name, value, &mut left))?;
        Ok((left_out(holder, signature)?, inners(signature)?))
    }

    fn tried(&mut self, holder: Holder<'_>, left_out: &[&str], part: &Part<'_>) -> Verdict {
        let scheme = match algorithm(part.inner) {
            Some(name) if ALGORITHMS.contains(&name) => name,
            Some("HS256" | "HS384" | "HS512") => {
                return unverified("its algorithm takes a secret that signer and reader share");
            }
            Some(_) => return unverified("its algorithm is not known here"),
            None => return (ForeignState::Malformed, Some("it names no algorithm")),
        };
        let Some(left) = self.left.checked_sub(WORK_OF_A_TRIAL) else { return unverified(TOO_MUCH) };
        self.left = left;
        let (kind, key) = match key(part.inner) {
            Ok(key) => key,
            Err(why) => return unverified(why),
        };
        if !schemes::is_usable(kind, &key) {
            return unverified("its key cannot be used (damaged, or RSA below 2048 or above 8192 bits)");
        }
        let value = part.inner.get("value").and_then(Value::as_str);
        let Some(value) = value.and_then(|value| URL_SAFE_NO_PAD.decode(value).ok()) else {
            return (ForeignState::Malformed, Some("its value is not base64url"));
        };
        let mut signed = BTreeMap::from([("signature", Held::Value(&part.signed))]);
        for (name, held) in holder.members().filter(|(name, _)| *name != "signature") {
            if left_out.contains(&name) {
                continue;
            }
            if let Err(why) = held.measure(name, &mut self.left) {
                return unverified(why);
            }
            signed.insert(name, held);
        }
        let Ok(message) = serde_json_canonicalizer::to_vec(&signed) else {
            return unverified("it has no canonical form");
        };
        match schemes::fits_key(kind, &key, scheme, &message, &value) {
            Some(true) => (ForeignState::FitsOwnKey, None),
            Some(false) => (ForeignState::DoesNotFit, None),
            None => unverified("its algorithm is not one of its key"),
        }
    }
}

fn rank(state: ForeignState) -> u8 {
    match state {
        ForeignState::DoesNotFit => 3,
        ForeignState::Malformed => 2,
        ForeignState::Recognised => 1,
        _ => 0,
    }
}

fn algorithm(inner: &Members) -> Option<&str> {
    inner.get("algorithm")?.as_str()
}

/// Whom a signature names, or the first of its signers.
fn signer(signature: &Members) -> Option<Untrusted> {
    let inner = first(signature).unwrap_or(signature);
    if let Some((_, subject)) = certificate(inner).as_deref().and_then(schemes::leaf) {
        return Some(subject);
    }
    match inner.get("keyId").and_then(Value::as_str) {
        Some(key) => Some(Untrusted::new(format!("key {key}"))),
        None => inner.get("publicKey").map(|_| "a key that it brings itself".into()),
    }
}

fn certificate(inner: &Members) -> Option<Vec<u8>> {
    let leaf = inner.get("certificatePath")?.get(0)?.as_str()?;
    // JSF writes base64url; some tools write base64 as `x5c` of a JWS has it.
    URL_SAFE_NO_PAD.decode(leaf).or_else(|_| STANDARD.decode(leaf)).ok()
}

fn has_only(members: &Members, known: &[&str]) -> bool {
    members.keys().all(|name| known.contains(&name.as_str()))
}

/// The members of the object that are not signed (`excludes`, a global option).
fn left_out<'v>(holder: &Members, signature: &'v Members) -> Result<Vec<&'v str>, &'static str> {
    let Some(list) = signature.get("excludes") else { return Ok(Vec::new()) };
    let names = list.as_array().filter(|names| (1..=MAX_EXCLUDES).contains(&names.len()));
    let names: Option<Vec<&str>> = names.and_then(|names| names.iter().map(Value::as_str).collect());
    let names = names.ok_or("what it leaves out is not a list of names")?;
    let is_plain = names.iter().enumerate().all(|(index, name)| {
        *name != "signature"
            && holder.contains_key(*name)
            && !names.iter().take(index).any(|other| other == name)
    });
    if is_plain { Ok(names) } else { Err("it leaves out what is not there, or itself, or something twice") }
}

type Inners<'v> = (Option<&'static str>, Vec<&'v Members>);

/// The signers: the signature itself, or those of `signers` or `chain`, whose name comes first.
fn inners(signature: &Members) -> Result<Inners<'_>, &'static str> {
    const STRANGE: &str = "it has members that are not known here, so what they ask for is not done";
    const OWN: [&str; 5] = ["algorithm", "keyId", "publicKey", "certificatePath", "value"];
    let is_plain = |inner: &Members| has_only(inner, &OWN);
    let Some(form) = ["signers", "chain"].into_iter().find(|form| signature.contains_key(*form)) else {
        let is_plain = has_only(signature, &[OWN.as_slice(), &["excludes"]].concat());
        return if is_plain { Ok((None, vec![signature])) } else { Err(STRANGE) };
    };
    let list = signature.get(form).and_then(Value::as_array);
    let list = list.filter(|list| (1..=MAX_SIGNERS).contains(&list.len()));
    let list = list.ok_or("its signers are not a list of 1 to 16")?;
    let inners: Option<Vec<&Members>> = list.iter().map(Value::as_object).collect();
    let inners = inners.ok_or("one of its signers is not an object")?;
    let is_plain = has_only(signature, &[form, "excludes"]) && inners.iter().all(|inner| is_plain(inner));
    if is_plain { Ok((Some(form), inners)) } else { Err(STRANGE) }
}

/// JSF 8 and 9: each of `signers` signs without the others, each of a `chain` signs those before it as they are.
fn part<'v>(form: Option<&str>, inners: &[&Members], index: usize, inner: &'v Members) -> Part<'v> {
    let bare = |name: &str| name != "value" && name != "excludes";
    let own = inner.iter().filter(|(name, _)| bare(name)).map(|(name, value)| (name.clone(), value.clone()));
    let own = Value::Object(own.collect());
    let Some(form) = form else { return Part { place: String::new(), inner, signed: own } };
    let before = if form == "chain" { index } else { 0 };
    let before = inners.iter().take(before).map(|inner| Value::Object((*inner).clone()));
    let signed: Vec<Value> = before.chain([own]).collect();
    Part { place: format!("/{form}/{index}"), inner, signed: json!({ form: signed }) }
}

/// The key that a signature brings: its name in the schemes, and its bytes.
fn key(inner: &Members) -> Result<(&'static str, Vec<u8>), &'static str> {
    match (inner.get("publicKey"), inner.get("certificatePath")) {
        (Some(_), Some(_)) => Err("it brings both a key and certificates"),
        (None, None) => Err("it brings no key"),
        (Some(key), None) => {
            key.as_object().and_then(public_key).ok_or("it brings a key that is not read here")
        }
        (None, Some(_)) => certificate(inner)
            .and_then(|der| {
                let (certificate, _) = schemes::leaf(&der)?;
                let (kind, key) = schemes::key_of(&certificate)?;
                Some((kind, key.to_vec()))
            })
            .ok_or("it brings a certificate that is not read here"),
    }
}

/// RFC 7518, 6, and RFC 8037, 2, with nothing but what JSF names.
fn public_key(key: &Members) -> Option<(&'static str, Vec<u8>)> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    match (text("kty")?, text("crv")) {
        ("EC", Some(curve)) if has_only(key, &["kty", "crv", "x", "y"]) => {
            let (_, kind, length) = CURVES.iter().find(|(name, ..)| *name == curve)?;
            let (x, y) = (bytes("x")?, bytes("y")?);
            (x.len() == *length && y.len() == *length).then(|| (*kind, [vec![4], x, y].concat()))
        }
        ("OKP", Some("Ed25519")) if has_only(key, &["kty", "crv", "x"]) => Some(("ed25519", bytes("x")?)),
        ("RSA", None) if has_only(key, &["kty", "n", "e"]) => {
            let (modulus, exponent) = (bytes("n")?, bytes("e")?);
            if [&modulus, &exponent].iter().any(|number| number.first().is_none_or(|first| *first == 0)) {
                return None;
            }
            // RSAPublicKey (RFC 8017, A.1.1) is these two in a sequence.
            let numbers = vec![UintRef::new(&modulus).ok()?, UintRef::new(&exponent).ok()?];
            Some(("rsa", numbers.to_der().ok()?))
        }
        _ => None,
    }
}

fn count(bytes: usize, left: &mut usize) -> Result<(), &'static str> {
    *left = left.checked_sub(bytes + WORK_OF_A_VALUE).ok_or(TOO_MUCH)?;
    Ok(())
}

/// Counts a value's share of the work, and refuses numbers that have no one meaning (I-JSON, RFC 7493).
fn measure(name: &str, value: &Value, left: &mut usize) -> Result<(), &'static str> {
    let text = match value {
        Value::String(text) => text.len(),
        Value::Number(number) if !is_exact(number) => {
            return Err("what it covers holds a number that readers take for different ones");
        }
        _ => 0,
    };
    count(name.len() + text, left)?;
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| measure("", item, left)),
        Value::Object(members) => members.iter().try_for_each(|(name, value)| measure(name, value, left)),
        _ => Ok(()),
    }
}

fn is_exact(number: &Number) -> bool {
    match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => integer.unsigned_abs() <= MAX_INTEGER,
        // A longer integer is read as a fraction without one.
        (None, Some(fraction)) => fraction.fract() != 0.0 || fraction.abs() <= MAX_INTEGER as f64,
        (None, None) => false,
    }
}
