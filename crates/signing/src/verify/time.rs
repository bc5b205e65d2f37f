//! TIME for signatures by key and certificate: whether a trusted authority (RFC 3161) says when the signature was
//! there. It knows the signature only as bytes.

use crate::check::codes::CheckCode;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::Why;
use crate::check::why::chain::{CertificateName, ChainWhy, PathRule};
use crate::check::why::time::{
    AuthorityFault, ChainFault, OtherToken, Stamper, Stranger, TimeWhy, TokenFault, TokenState, TrustedToken,
};
use crate::text::Untrusted;
use crate::time::authority::TimestampAuthority;
use crate::time::token::{Token, is_meant, unnamed};
use crate::trust::anchor::{Anchor, AnchorMaterial, Trust};
use crate::x509::judgement::ChainTime;
use crate::x509::signatures::signature_holds;
use crate::x509::{certificate, chain};
use der::oid::db::rfc5280::ID_KP_TIME_STAMPING;
use der::referenced::OwnedToRef;
use jiff::{SignedDuration, Timestamp};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage};

/// How far a token may be ahead of the time of the verification: clocks differ.
pub(super) const TOLERANCE: SignedDuration = SignedDuration::from_secs(300);

/// Without a path to a trusted root a timestamp is somebody else's; with one that breaks a rule it is ours, and bad.
const ELSEWHERE: [CheckCode; 6] = [
    CheckCode::ChainAlgorithm,
    CheckCode::ChainKey,
    CheckCode::ChainLimit,
    CheckCode::ChainPartial,
    CheckCode::ChainSignature,
    CheckCode::ChainUntrusted,
];

type Named<'t> = [(&'t Anchor, &'t TimestampAuthority)];

enum Judged {
    Good(Box<TrustedToken>),
    /// By whom it says to be, and why that is not one of ours.
    Unknown {
        at: Timestamp,
        authority: Stamper,
        stranger: Stranger,
    },
    Bad(TokenFault),
}

/// TIME, and the signing time, of a signature with these timestamps.
pub(crate) fn check(
    stamps: &[Vec<u8>],
    signature: &[u8],
    trust: &Trust,
    now: Timestamp,
) -> (Check, Option<Timestamp>) {
    let named: Vec<(&Anchor, &TimestampAuthority)> = authorities(trust).collect();
    let judged: Vec<Judged> =
        stamps.iter().map(|stamp| judge(stamp, signature, &named, now).unwrap_or_else(Judged::Bad)).collect();
    let good = judged.iter().enumerate().filter_map(|(index, one)| match one {
        Judged::Good(token) => Some((index, token.at)),
        _ => None,
    });
    let earliest = good.min_by_key(|(_, at)| *at);
    let told = earliest
        .map(|(index, _)| index)
        .or_else(|| judged.iter().position(|one| matches!(one, Judged::Bad(_))))
        // With nobody trusted, a stranger's timestamp is as if there were none.
        .or_else(|| (!named.is_empty()).then_some(0));
    let (mut deciding, others): (Vec<_>, Vec<_>) =
        judged.into_iter().enumerate().partition(|(index, _)| Some(*index) == told);
    let others = others.into_iter().map(other).collect();
    let check = match deciding.pop() {
        Some((index, Judged::Good(token))) => {
            Check::pass(Stage::Time, TimeWhy::Trusted { index, token, others })
        }
        Some((index, Judged::Bad(fault))) => {
            Check::new(fault.code(), Outcome::Fail, TimeWhy::Bad { index, fault, others })
        }
        // As without a timestamp: one more stranger's is no reason to believe less.
        Some((index, Judged::Unknown { authority, stranger, .. })) => {
            let trusted = names_of(&named);
            let why = TimeWhy::UnknownAuthority { index, authority, stranger, trusted, others };
            Check::new(CheckCode::TimeUnknownAuthority, Outcome::Partial, why)
        }
        // Not a failure by itself: OMS v1.0 asks for no time.
        None => Check::new(CheckCode::TimeUntrusted, Outcome::Partial, TimeWhy::Untrusted { others }),
    };
    (check, earliest.map(|(_, at)| at))
}

fn other((index, judged): (usize, Judged)) -> OtherToken {
    let state = match judged {
        Judged::Good(token) => TokenState::Trusted { at: token.at, authority: token.authority },
        Judged::Unknown { at, authority, stranger } => {
            TokenState::UnknownAuthority { at, authority, stranger }
        }
        Judged::Bad(fault) => TokenState::Bad { fault },
    };
    OtherToken { index, state }
}

fn authorities(trust: &Trust) -> impl Iterator<Item = (&Anchor, &TimestampAuthority)> {
    trust.anchors.iter().flat_map(|anchor| {
        let authorities = match &anchor.material {
            AnchorMaterial::Tsa(authorities) => authorities.as_slice(),
            _ => &[],
        };
        authorities.iter().map(move |authority| (anchor, authority))
    })
}

fn names_of(named: &Named) -> Vec<Untrusted> {
    let mut names: Vec<&str> = named.iter().map(|(anchor, _)| anchor.name.as_str()).collect();
    names.dedup();
    names.into_iter().map(Untrusted::new).collect()
}

/// First what contradicts whoever made it, then who made it, then whether they may.
fn judge(
    stamp: &[u8],
    signature: &[u8],
    named: &Named,
    now: Timestamp,
) -> std::result::Result<Judged, TokenFault> {
    let token = Token::read(stamp).map_err(TokenFault::Malformed)?;
    match token.imprint.is_of(signature) {
        Some(true) => {}
        Some(false) => return Err(TokenFault::OtherSignature { digest: token.imprint.hex() }),
        None => return Err(TokenFault::Digest { oid: token.imprint.algorithm().to_string() }),
    }
    if !token.is_whole {
        return Err(TokenFault::OtherTime);
    }
    let pool = named.iter().flat_map(|(_, one)| one.certificates.iter().chain(&one.signer));
    let candidates: Vec<(Vec<u8>, Certificate)> = token
        .certificates
        .iter()
        .chain(pool)
        .filter_map(|der| Some((der.clone(), certificate::parse(der).ok()?)))
        .filter(|(_, certificate)| is_meant(certificate, &token.signer.sid))
        .collect();
    // The certificate that the token names by its digest goes before others of the same name.
    let is_named = |der: &[u8]| token.named.as_ref().is_some_and(|named| named.is(der));
    let found = candidates.iter().find(|(der, _)| is_named(der)).or(candidates.first());
    let Some((der, certificate)) = found else {
        let authority = unnamed(&token.signer.sid);
        return Ok(Judged::Unknown { at: token.at, authority, stranger: Stranger::NoCertificate });
    };
    let holds = signature_holds(
        certificate,
        token.signer.signature_algorithm.owned_to_ref(),
        token.signer.digest_alg.oid,
        &token.signed,
        token.signer.signature.as_bytes(),
    );
    let authority = certificate::name_of(certificate);
    if holds == Some(false) {
        return Err(TokenFault::NotSigned { authority });
    }
    let anchor = match leads_to(der, &token, named)? {
        Ok(anchor) => anchor,
        Err(stranger) => {
            let authority = Stamper::Certificate(authority);
            return Ok(Judged::Unknown { at: token.at, authority, stranger });
        }
    };
    if holds.is_none() {
        let oid = token.signer.signature_algorithm.oid.to_string();
        return Err(TokenFault::Algorithm { oid, authority });
    }
    may_stamp(certificate, &authority)?;
    if !is_named(der) {
        let fault =
            if token.named.is_some() { AuthorityFault::NamesAnother } else { AuthorityFault::NamesNone };
        return Err(TokenFault::Authority { authority, fault });
    }
    if token.at.duration_since(now) > TOLERANCE {
        return Err(TokenFault::Future { at: token.at });
    }
    Ok(Judged::Good(Box::new(TrustedToken {
        at: token.at,
        authority,
        authority_until: certificate::validity(certificate).1,
        anchor: Untrusted::new(&anchor.name),
        anchor_digest: anchor.digest.clone(),
        accuracy_micros: token.accuracy_micros,
        ordering: token.ordering,
        policy: token.policy.to_string(),
        serial: token.serial,
    })))
}

/// RFC 3161 2.3: issued for timestamps alone, and critically so.
fn may_stamp(certificate: &Certificate, authority: &CertificateName) -> std::result::Result<(), TokenFault> {
    let tbs = &certificate.tbs_certificate;
    let purposes = tbs.get::<ExtendedKeyUsage>().ok().flatten();
    let usage = tbs.get::<KeyUsage>();
    let may_sign = usage.as_ref().is_ok_and(|usage| {
        usage.as_ref().is_none_or(|(_, usage)| usage.digital_signature() || usage.non_repudiation())
    });
    let fault = match &purposes {
        None => AuthorityFault::NoPurpose,
        Some((_, purposes)) if purposes.0 != [ID_KP_TIME_STAMPING] => AuthorityFault::NotAlone,
        Some((false, _)) => AuthorityFault::NotCritical,
        Some((true, _)) if !may_sign => AuthorityFault::KeyUsage,
        Some((true, _)) => return Ok(()),
    };
    Err(TokenFault::Authority { authority: authority.clone(), fault })
}

/// The anchor that the signer leads to at the token's time, or why it is none of ours.
fn leads_to<'t>(
    signer: &[u8],
    token: &Token,
    named: &Named<'t>,
) -> std::result::Result<std::result::Result<&'t Anchor, Stranger>, TokenFault> {
    let mut stranger = Stranger::NobodyTrusted;
    let mut bad = None;
    for (anchor, authority) in named {
        if authority.signer.as_deref().is_some_and(|only| only != signer) {
            stranger = Stranger::OtherSigner;
            continue;
        }
        let certificates: Vec<Vec<u8>> =
            std::iter::once(signer.to_vec()).chain(token.certificates.iter().cloned()).collect();
        let judged = chain::judge_authority(&certificates, &authority.certificates, ChainTime::of(token.at));
        if judged.anchor.is_none() {
            let why = match judged.check.why {
                Why::Chain(why) => why,
                _ => Box::new(ChainWhy::Rule { rule: PathRule::Path, at: None }),
            };
            let fault = ChainFault { code: judged.check.code, why };
            if ELSEWHERE.contains(&fault.code) {
                stranger = Stranger::Chain(fault);
            } else {
                bad = Some(TokenFault::Chain { at: token.at, fault });
            }
        } else if let Some((from, until)) = authority.window
            && (token.at < from || until.is_some_and(|until| token.at > until))
        {
            bad = Some(TokenFault::OutsideWindow { at: token.at, from, until });
        } else {
            return Ok(Ok(anchor));
        }
    }
    bad.map_or(Ok(Err(stranger)), Err)
}
