//! An agent card that carries its own signature: looked at, and judged like any signature, stage by stage. What is
//! trusted comes from the caller; what the card says about keys is reported and never used.

use crate::bundle::document::Bundle;
use crate::bundle::head::read_head;
use crate::bundle::manifest::RootDigest;
use crate::card::{Card, Jws, Signed, said_by};
use crate::check::anchor::AnchorKind;
use crate::check::codes::CheckCode;
use crate::check::curve::Beyond;
use crate::check::fault::DocumentFault;
use crate::check::identity::Method;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::card::{
    CardCanonical, CardForm, CardWhy, JwsRefused, KeyHints, MemberChange, MemberDiffers,
};
use crate::check::why::{KeySaid, MethodWhy, SignatureWhy, TrustWhy, Why};
use crate::disk::slashed;
use crate::error::Result;
use crate::files::attestation::is_attestation;
use crate::files::enumerate::Listing;
use crate::files::report::FilesReport;
use crate::foreign::survey::{File, Survey};
use crate::hashing::job::{HashAlgorithm, hash_bytes, sha256_hex};
use crate::json::{self, Differs};
use crate::keys::public::PublicKey;
use crate::progress::Progress;
use crate::text::Untrusted;
use crate::trust::anchor::{Anchor, Trust};
use jiff::Timestamp;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::hint::Hint;
use super::observed::{Comparison, Observed, SignatureSeen, SignatureState};
use super::options::Judging;
use super::signer;
use super::statement::check_method;
use super::verification::Verification;

/// What sigstore-a2a signs.
const PREDICATE_TYPE: &str = "https://a2a.openwallet.dev/agentcard/v1";
const MAX_DEPTH: usize = 64;
/// Members that a check names.
const MAX_MEMBERS: usize = 20;
/// Digests of subjects that a check names.
const MAX_SUBJECTS: usize = 8;
/// Other files that are named.
const MAX_BESIDE: usize = 1000;
/// Names under which a folder has its card.
const NAMES: [&str; 5] = [
    "agent-card.json",
    ".well-known/agent-card.json",
    "agent.json",
    ".well-known/agent.json",
    "agent_card.json",
];
/// A larger file is no card.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// How signed cards are called that are written beside the card itself.
const SIGNED_ENDINGS: [&str; 2] = [".signed.json", "signed-agent-card.json"];
/// A text that is more than one: agents do what it says.
const SKILL: &str = "SKILL.md";
/// Files that nothing loads: texts and pictures, and what a site says of itself beside its card.
const HARMLESS_ENDINGS: [&str; 8] = ["ico", "jpeg", "jpg", "md", "png", "svg", "txt", "webp"];
const HARMLESS_NAMES: [&str; 7] = [
    "LICENSE",
    "NOTICE",
    "did.json",
    "jwks.json",
    "oauth-authorization-server",
    "oauth-protected-resource",
    "openid-configuration",
];

/// What a signature file turned out to be that is no bundle.
pub(super) type Found = std::result::Result<Card, DocumentFault>;

/// The card in the bytes of the signature file that was seen. None when it is none, or the bytes are others.
pub(super) fn seen(state: &SignatureState, raw: Option<&[u8]>) -> Option<Found> {
    let SignatureState::Read { digest, .. } = state else { return None };
    let raw = raw?;
    Card::parse(raw, digest).filter(|_| *digest == sha256_hex(raw))
}

/// The card that was observed as one.
pub(super) fn observed(observed: &Observed, raw: Option<&[u8]>) -> Option<Found> {
    let is_card = observed.comparison == Comparison::Card;
    is_card.then(|| seen(&observed.signature.state, raw)).flatten()
}

/// Whether this file is the model, or lies in its folder: a card signs itself and nothing else.
pub(super) fn is_of(model: &Path, card: &Path) -> bool {
    match (model.canonicalize(), card.canonicalize()) {
        (Ok(model), Ok(card)) if model.is_dir() => card.starts_with(&model),
        (Ok(model), Ok(card)) => card == model,
        _ => false,
    }
}

/// The signed card of a folder, or a file that is one. A folder has one when nothing else lies in it that could be
/// taken for more than the card.
pub(super) fn find(model: &Path) -> Option<PathBuf> {
    if !model.is_dir() {
        return signed(model).map(|_| model.to_owned());
    }
    let progress = Progress::default();
    let listing = Listing::default();
    let of = |path: PathBuf| signed(&path).map(|found| (path, found));
    let named = NAMES.iter().find_map(|name| of(model.join(name)));
    let (card, found) = named.or_else(|| {
        let entries = std::fs::read_dir(model).ok()?.flatten().take(MAX_BESIDE);
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> =
            names.filter(|name| SIGNED_ENDINGS.iter().any(|ending| name.ends_with(ending))).collect();
        names.sort();
        names.into_iter().find_map(|name| of(model.join(name)))
    })?;
    let survey = Survey::of(model, Some(&card), &listing, &progress);
    let is_harmless = |file: &File| !is_loadable(&file.name) || says_the_same(file, &found);
    survey.files.iter().all(is_harmless).then_some(card)
}

fn signed(path: &Path) -> Option<Found> {
    let raw = path.is_file().then(|| crate::disk::read_small(path, MAX_BYTES).ok()).flatten()?;
    Card::parse(&raw, "")
}

/// Whether a file beside a card is the same card, with or without a signature: who reads that one reads what was signed.
fn says_the_same(file: &File, found: &Found) -> bool {
    let base = file.name.rsplit('/').next().unwrap_or(&file.name);
    let is_card = NAMES.contains(&file.name.as_str()) || SIGNED_ENDINGS.iter().any(|end| base.ends_with(end));
    let (true, Ok(card)) = (is_card, found) else { return false };
    let other = crate::disk::read_small(&file.path, MAX_BYTES).ok().and_then(|raw| said_by(&raw));
    other.is_some_and(|other| json::differences(&card.unsigned(), &other, 0) == (Vec::new(), 0))
}

/// Whether a file beside a card may be more than a text, a picture, an attestation or what git keeps.
fn is_loadable(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    let ending = base.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let is_of_git = name == ".gitignore" || name == ".gitattributes" || name.starts_with(".git/");
    let is_text = HARMLESS_ENDINGS.contains(&ending.as_str()) || HARMLESS_NAMES.contains(&base);
    !is_attestation(name) && !is_of_git && (!is_text || base.eq_ignore_ascii_case(SKILL))
}

/// What lies beside a card that is verified by its own signature.
///
/// # Errors
/// `E-CANCELLED`.
pub(super) fn observe(
    model: &Path,
    card: &Path,
    (signature, found): (SignatureSeen, &Found),
    at: Timestamp,
    progress: &Progress,
) -> Result<Observed> {
    let mut files = FilesReport { signed: 1, here: 1, compared: 1, matched: 1, ..FilesReport::default() };
    if let SignatureState::Read { bytes, .. } = signature.state {
        (files.bytes, files.matched_bytes, files.folder_bytes) = (bytes, bytes, Some(bytes));
    }
    if model.is_dir() {
        let survey = Survey::of(model, Some(card), &Listing::default(), progress);
        progress.check()?;
        let (same, others): (Vec<&File>, Vec<&File>) =
            survey.files.iter().partition(|file| says_the_same(file, found));
        let mut names: Vec<&str> = others.into_iter().map(|file| file.name.as_str()).collect();
        names.sort_unstable();
        let (added, extra): (Vec<&str>, Vec<&str>) = names
            .into_iter()
            .filter(|name| !name.starts_with(".git/"))
            .partition(|name| is_attestation(name));
        files.here += (same.len() + extra.len()) as u64;
        files.extra = extra.into_iter().take(MAX_BESIDE).map(Untrusted::new).collect();
        files.attestations = added.into_iter().take(MAX_BESIDE).map(Untrusted::new).collect();
        let others = survey.bytes_without(&std::collections::HashSet::new());
        files.folder_bytes = files.folder_bytes.map(|bytes| bytes.saturating_add(others));
    }
    let comparison = Comparison::Card;
    Ok(Observed { at, signature, comparison, files: Arc::new(files), foreign: Vec::new() })
}

/// How the signature file is called: below the folder, or by its name.
pub(super) fn name_of(model: &Path, card: &Path) -> Untrusted {
    let below = card.strip_prefix(model).ok().filter(|below| !below.as_os_str().is_empty());
    let name = || card.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Untrusted::new(below.map_or_else(name, slashed))
}

/// Judges a card that was observed.
pub(super) fn judge(
    observed: &Observed,
    found: Found,
    trust: &Trust,
    options: &Judging,
    now: Timestamp,
) -> Verification {
    let mut result = Verification::not_looked(observed.at, Why::NotLooked);
    for stage in [Stage::Predicates, Stage::Policy] {
        result.set(Check::plain(stage, Outcome::NotApplicable, Why::DecidedElsewhere));
    }
    result.files = Arc::clone(&observed.files);
    result.foreign = observed.foreign.clone();
    let file = observed.signature.name.clone();
    let card = match found {
        Ok(card) => card,
        Err(fault) => {
            for stage in Stage::ALL.into_iter().filter(|stage| *stage < Stage::Predicates) {
                result.set(Check::unknown(stage, Why::After(Stage::Parse)));
            }
            let why = CardWhy::Malformed { file, fault };
            result.set(Check::new(CheckCode::ParseMalformed, Outcome::Fail, why));
            return result;
        }
    };
    let (form, signatures) = (card.form(), card.signatures());
    result.set(Check::pass(Stage::Parse, CardWhy::Read { file, form, signatures }));
    result.subject_name = card.name();
    if let SignatureState::Read { digest, .. } = &observed.signature.state {
        result.bundle_digest = Some(digest.clone());
        // Where the card is all there is, its bytes have a root digest as any model of one file.
        result.root_digest = root_of(digest).filter(|_| observed.files.here == 1);
    }
    let differs = match &card.signed {
        Signed::Bundle(bundle) => by_bundle(&mut result, &card, bundle, trust, options, now),
        Signed::Jws(all) => by_jws(&mut result, &card, all, trust, options, now),
    };
    result.set(files(&observed.files, differs, options.ignore_unsigned_files));
    result
}

/// The root digest of a model of one file.
fn root_of(digest: &str) -> Option<RootDigest> {
    let own = hex::decode(digest).ok()?;
    hash_bytes(HashAlgorithm::Sha256, &own).try_into().ok().map(RootDigest)
}

/// FILES: the card that is shown, and what lies beside it.
fn files(report: &FilesReport, own: Check, ignore_unsigned: bool) -> Check {
    let is_as_signed = matches!(own.outcome, Outcome::Pass | Outcome::Partial);
    if !is_as_signed || report.extra.is_empty() {
        return own;
    }
    let loadable = report.extra.iter().any(|name| is_loadable(name.raw()));
    let why = CardWhy::Beside { files: report.extra.len() as u64, loadable };
    match loadable && !ignore_unsigned {
        true => Check::new(CheckCode::FilesExtra, Outcome::Fail, why),
        false => Check::new(CheckCode::FilesCardPart, Outcome::Partial, why),
    }
}

/// A document of sigstore-a2a. Gives what became of the card that is shown.
fn by_bundle(
    result: &mut Verification,
    card: &Card,
    bundle: &Bundle,
    trust: &Trust,
    options: &Judging,
    now: Timestamp,
) -> Check {
    result.method = Some(bundle.method());
    result.set(check_method(bundle, options.method));
    signer::check(result, bundle, None, (trust, options.beyond), now);
    let fail = |code, why: CardWhy| Check::new(code, Outcome::Fail, why);
    let other = |found: Untrusted| CardWhy::OtherStatement { expected: PREDICATE_TYPE.into(), found };
    let head = match read_head(bundle) {
        Ok(head) => head,
        Err(said) => {
            result.set(fail(CheckCode::StatementMalformed, other(said.into())));
            return without_statement(result);
        }
    };
    if head.predicate_type.raw() != PREDICATE_TYPE {
        result.set(fail(CheckCode::StatementType, other(head.predicate_type)));
        return without_statement(result);
    }
    let statement = json::parse(&bundle.envelope.payload, MAX_DEPTH).ok();
    let signed =
        statement.as_ref().and_then(|statement| statement.get("predicate")).filter(|card| card.is_object());
    let Some(signed) = signed.filter(|signed| json::is_exact(signed)) else {
        let said = "a statement that holds no card, or one that readers disagree about";
        result.set(fail(CheckCode::StatementMalformed, other(said.into())));
        return without_statement(result);
    };
    result.set(Check::pass(Stage::Statement, CardWhy::Statement { form: CardForm::Bundle }));
    let forms = [(CardCanonical::Sorted, json::sorted(signed)), (CardCanonical::Jcs, json::jcs(signed))];
    let forms: Vec<(CardCanonical, String)> =
        forms.into_iter().filter_map(|(form, bytes)| Some((form, sha256_hex(&bytes?)))).collect();
    let is_stated =
        |(_, digest): &&(CardCanonical, String)| head.subjects.iter().any(|said| said.raw() == digest);
    result.set(match forms.iter().find(is_stated) {
        Some((canonical, digest)) => {
            let why = CardWhy::Subject { digest: digest.clone(), canonical: *canonical };
            Check::pass(Stage::Subject, why)
        }
        None => {
            let expected = forms.into_iter().map(|(_, digest)| digest).collect();
            let stated = head.subjects.into_iter().take(MAX_SUBJECTS).collect();
            fail(CheckCode::SubjectDigest, CardWhy::SubjectDiffers { expected, stated })
        }
    });
    compared(signed, &card.shown)
}

fn without_statement(result: &mut Verification) -> Check {
    result.set(Check::unknown(Stage::Subject, Why::After(Stage::Statement)));
    Check::unknown(Stage::Files, Why::After(Stage::Statement))
}

/// The card that was signed against the one that is shown.
fn compared(signed: &Value, shown: &Value) -> Check {
    let (found, more) = json::differences(signed, shown, MAX_MEMBERS);
    if found.is_empty() {
        return Check::pass(Stage::Files, CardWhy::Same);
    }
    let members = found
        .into_iter()
        .map(|one| MemberDiffers { place: Untrusted::new(one.place), how: change(one.how) })
        .collect();
    Check::new(CheckCode::FilesCard, Outcome::Fail, CardWhy::Differs { members, more: more as u64 })
}

fn change(how: Differs) -> MemberChange {
    match how {
        Differs::Added => MemberChange::Added,
        Differs::Removed => MemberChange::Removed,
        Differs::Changed => MemberChange::Changed,
        Differs::Reordered => MemberChange::Reordered,
    }
}

/// What a signature comes to under the keys that are trusted.
enum Weighed<'t> {
    /// A trusted key made it, over this form of the card.
    Fits(&'t Anchor, &'t PublicKey, CardCanonical, Vec<u8>),
    /// A trusted key of a kind that does not count made it.
    Unfit(&'t PublicKey),
    /// It names a trusted key, and does not fit.
    Broken(&'t Anchor, &'t PublicKey),
    /// It brings a payload of its own, which a trusted key signed or none did.
    OtherPayload,
    /// Another key, or another card.
    Unknown,
    /// It cannot count.
    Refused,
}

/// Signatures in the card. One that a trusted key made counts, whatever stands beside it: anybody may add another.
fn by_jws(
    result: &mut Verification,
    card: &Card,
    all: &[Jws],
    trust: &Trust,
    options: &Judging,
    now: Timestamp,
) -> Check {
    let method = Method::Key;
    result.method = Some(method);
    let is_other = options.method.is_some_and(|asked| asked != method);
    let why = MethodWhy { found: method, asked: options.method, lacks_log: false };
    result.set(match is_other {
        true => Check::new(CheckCode::MethodMismatch, Outcome::Fail, why),
        false => Check::new(CheckCode::Method, Outcome::Pass, why),
    });
    signer::without_chain_and_log(result, 0);
    let stamp = super::time::check(&[], &[], trust, now).0;
    result.set(stamp);
    result.set(Check::pass(Stage::Statement, CardWhy::Statement { form: CardForm::Jws }));
    let keys = signer::keys_of(trust);
    let payloads = card.payloads();
    let weighed: Vec<Weighed<'_>> =
        all.iter().map(|one| weigh(one, &payloads, &keys, options.beyond)).collect();
    let hints = hints_of(all);
    let found = weighed.iter().find(|one| matches!(one, Weighed::Fits(..)));
    if let Some(Weighed::Fits(anchor, key, canonical, payload)) = found {
        result.signer = Some(signer::identity_of_key(key));
        result.curve = Some(key.kind());
        result.anchor = Some(anchor.used_at(now));
        let named = signer::trusted_key(anchor, key);
        result.set(with_hints(Check::pass(Stage::Trust, TrustWhy::Key(named)), &hints));
        let beyond = key.kind().curve().is_none().then_some(key.kind());
        let why = SignatureWhy::Fits { key: Some(key.fingerprint()), beyond };
        result.set(Check::pass(Stage::Signature, why));
        let why = CardWhy::Subject { digest: sha256_hex(payload), canonical: *canonical };
        result.set(Check::pass(Stage::Subject, why));
        result.set(signer::identity(result, None, &trust.identity));
        return covered(card, *canonical);
    }
    result.set(Check::unknown(Stage::Subject, Why::After(Stage::Signature)));
    not_fitting(result, all, &weighed, &keys, (trust, &hints));
    result.set(signer::identity(result, None, &trust.identity));
    Check::unknown(Stage::Files, Why::After(Stage::Signature))
}

/// TRUST and SIGNATURE where no signature is one of a trusted key over this card.
fn not_fitting(
    result: &mut Verification,
    all: &[Jws],
    weighed: &[Weighed<'_>],
    keys: &[(&Anchor, &PublicKey)],
    (trust, hints): (&Trust, &KeyHints),
) {
    let trusted = |anchor: &Anchor, key: &PublicKey| {
        with_hints(Check::pass(Stage::Trust, TrustWhy::Key(signer::trusted_key(anchor, key))), hints)
    };
    for one in weighed {
        match one {
            Weighed::Unfit(key) => {
                result.set(Check::unknown(Stage::Trust, Why::After(Stage::Signature)));
                let why = SignatureWhy::UnfitKey { said: format!("an {} key", key.kind().as_str()).into() };
                return result.set(Check::new(CheckCode::SignatureKey, Outcome::Fail, why));
            }
            Weighed::Broken(anchor, key) => {
                result.set(trusted(anchor, key));
                let why = CardWhy::Broken { key: key.fingerprint() };
                return result.set(Check::new(CheckCode::SignatureInvalid, Outcome::Fail, why));
            }
            _ => {}
        }
    }
    let refused = all.iter().enumerate().zip(weighed).find_map(|((index, one), weighed)| {
        let (why, said) = match weighed {
            Weighed::OtherPayload => (JwsRefused::Payload, None),
            Weighed::Refused => one.refused.clone()?,
            _ => return None,
        };
        let code = match why {
            JwsRefused::Payload => CheckCode::SignatureInvalid,
            _ => CheckCode::SignatureAlgorithm,
        };
        Some(Check::new(code, Outcome::Fail, CardWhy::Refused { index: index as u64, why, said }))
    });
    let is_unknown = weighed.iter().any(|one| matches!(one, Weighed::Unknown));
    match refused {
        Some(check) if !is_unknown => {
            result.set(Check::unknown(Stage::Trust, Why::After(Stage::Signature)));
            result.set(check);
        }
        _ if keys.is_empty() => {
            signer::no_anchor(result, trust, Method::Key, &[Stage::Signature]);
            if let Some(check) = result.check(Stage::Trust).cloned() {
                result.set(with_hints(check, hints));
            }
        }
        _ => {
            const MAX_NAMED: usize = 16;
            let why = TrustWhy::UnknownKey {
                said: hints.kid.first().map_or(KeySaid::Nothing, |kid| KeySaid::Hint(kid.clone())),
                trusted: keys
                    .iter()
                    .take(MAX_NAMED)
                    .map(|(anchor, key)| signer::trusted_key(anchor, key))
                    .collect(),
                more: keys.len().saturating_sub(MAX_NAMED) as u64,
                others: signer::other_anchors(trust, AnchorKind::Key),
            };
            result.set(with_hints(Check::new(CheckCode::TrustUnknownKey, Outcome::Fail, why), hints));
            result.set(Check::unknown(Stage::Signature, Why::After(Stage::Trust)));
        }
    }
}

fn weigh<'t>(
    one: &Jws,
    payloads: &[(CardCanonical, Vec<u8>)],
    keys: &[(&'t Anchor, &'t PublicKey)],
    beyond: Beyond,
) -> Weighed<'t> {
    if one.refused.is_some() {
        return Weighed::Refused;
    }
    let messages: Vec<(CardCanonical, &[u8], Vec<u8>)> = payloads
        .iter()
        .filter_map(|(form, payload)| Some((*form, payload.as_slice(), one.message(payload)?)))
        .collect();
    if messages.is_empty() {
        return Weighed::OtherPayload;
    }
    for (anchor, key) in keys {
        let fits = |(_, _, message): &&(CardCanonical, &[u8], Vec<u8>)| {
            key.verifies_jws(&one.algorithm, message, one.signature())
        };
        if let Some((form, payload, _)) = messages.iter().find(fits) {
            return match beyond.counts(key.kind()) {
                true => Weighed::Fits(anchor, key, *form, payload.to_vec()),
                false => Weighed::Unfit(key),
            };
        }
    }
    // `kid` is no proof of anything; where it names a trusted key, that key's owner did not sign this card.
    let hint = Hint::of(one.kid.as_deref());
    let is_named = |key: &PublicKey| {
        hint.fits(key)
            || matches!(&hint, Hint::Digest(_, digest) if key.thumbprint().as_ref() == Some(digest))
    };
    match keys.iter().find(|(_, key)| is_named(key)) {
        Some((anchor, key)) => Weighed::Broken(anchor, key),
        None => Weighed::Unknown,
    }
}

/// What of the card the signature leaves out.
fn covered(card: &Card, canonical: CardCanonical) -> Check {
    let (members, more) = match canonical {
        CardCanonical::JcsWithoutEmpty => card.empty_members(MAX_MEMBERS),
        _ => (Vec::new(), 0),
    };
    match members.is_empty() {
        true => Check::pass(Stage::Files, CardWhy::Same),
        false => {
            Check::new(CheckCode::FilesCardPart, Outcome::Partial, CardWhy::NotCovered { members, more })
        }
    }
}

/// What all signatures say of keys.
fn hints_of(all: &[Jws]) -> KeyHints {
    const MOST: usize = 8;
    let mut hints = KeyHints::default();
    for one in all {
        for kid in &one.hints.kid {
            if !hints.kid.contains(kid) && hints.kid.len() < MOST {
                hints.kid.push(kid.clone());
            }
        }
        for address in &one.hints.addresses {
            if !hints.addresses.contains(address) && hints.addresses.len() < MOST {
                hints.addresses.push(address.clone());
            }
        }
        hints.carries_keys |= one.hints.carries_keys;
    }
    hints
}

fn with_hints(check: Check, hints: &KeyHints) -> Check {
    match check.why {
        Why::Trust(trust) if *hints != KeyHints::default() => {
            Check { why: CardWhy::Trust { trust: *trust, hints: hints.clone() }.into(), ..check }
        }
        why => Check { why, ..check },
    }
}
