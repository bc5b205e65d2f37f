//! TIME for signatures by key and certificate: whether a trusted authority (RFC 3161) says when the signature was
//! there. It knows the signature only as bytes.

use crate::check::codes::CheckCode;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::clock::whole_second;
use crate::text::Untrusted;
use crate::time::authority::TimestampAuthority;
use crate::time::token::{Token, is_meant, unnamed};
use crate::trust::anchor::{Anchor, AnchorMaterial, Trust};
use crate::words::code_info;
use crate::x509::judgement::ChainTime;
use crate::x509::signatures::signature_holds;
use crate::x509::{certificate, chain};
use der::oid::db::rfc5280::ID_KP_TIME_STAMPING;
use jiff::{SignedDuration, Timestamp};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage};

/// How far a token may be ahead of the time of the verification: clocks differ.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(300);

/// Why a timestamp does not count.
struct Bad {
    code: &'static str,
    summary: &'static str,
    expected: Option<String>,
    found: Untrusted,
}

impl Bad {
    fn new(code: &'static str, summary: &'static str, found: impl Into<Untrusted>) -> Self {
        Bad { code, summary, expected: None, found: found.into() }
    }

    fn expected(self, text: impl Into<String>) -> Self {
        Bad { expected: Some(text.into()), ..self }
    }
}

/// A token that holds.
struct Good<'t> {
    at: Timestamp,
    anchor: &'t Anchor,
    authority: Untrusted,
    details: Vec<String>,
}

enum Judged<'t> {
    Good(Good<'t>),
    /// By whom it says to be, and why that is not one of ours.
    Unknown {
        at: Timestamp,
        authority: Untrusted,
        why: Untrusted,
    },
    Bad(Bad),
}

/// TIME, and the signing time, of a signature with these timestamps.
pub(crate) fn check(
    stamps: &[Vec<u8>],
    signature: &[u8],
    trust: &Trust,
    now: Timestamp,
) -> (Check, Option<Timestamp>) {
    let named: Vec<(&Anchor, &TimestampAuthority)> = authorities(trust).collect();
    let judged: Vec<Judged> = stamps.iter().map(|stamp| judge(stamp, signature, &named, now)).collect();
    let earliest = judged
        .iter()
        .enumerate()
        .filter_map(|(index, one)| match one {
            Judged::Good(good) => Some((index, good)),
            _ => None,
        })
        .min_by_key(|(_, good)| good.at);
    let told = earliest
        .map(|(index, _)| index)
        .or_else(|| judged.iter().position(|one| matches!(one, Judged::Bad(_))))
        .unwrap_or(0);
    let mut check = match (earliest, judged.get(told)) {
        (Some((_, good)), _) => {
            let summary = format!("Signed at {}, says a trusted timestamp authority", good.at);
            let found = format!(
                "{}, trusted as {} from {}",
                good.authority.raw(),
                good.anchor.name,
                good.anchor.origin
            );
            let mut check = Check::prose_pass(Stage::Time, summary).found(found);
            check.prose_mut().details.extend(good.details.iter().map(|line| line.as_str().into()));
            let used = good.anchor.used_at(now);
            let age =
                used.age_days.map_or_else(|| "of unknown age".to_owned(), |days| format!("{days} d old"));
            check
                .prose_mut()
                .details
                .push(format!("anchor {}: sha256 {}, {age}", used.name, used.digest).into());
            check
        }
        (None, Some(Judged::Bad(bad))) => {
            let mut check = Check::prose(Stage::Time, bad.code, Outcome::Fail, bad.summary)
                .found(bad.found.clone())
                .remedy(
                    CheckCode::parse(bad.code)
                        .and_then(code_info)
                        .map(|info| info.remedy)
                        .unwrap_or_default(),
                );
            check.prose_mut().expected = bad.expected.as_deref().map(Untrusted::new);
            check
        }
        (None, Some(Judged::Unknown { authority, why, .. })) if !named.is_empty() => {
            Check::prose(
                Stage::Time,
                "TIME-UNKNOWN-AUTHORITY",
                // As without a timestamp: one more stranger's is no reason to believe less.
                Outcome::Partial,
                format!(
                    "The timestamp is of an authority that is not trusted, and does not count; judged as of {}",
                    whole_second(now)
                ),
            )
            .expected(named_list(&named))
            .found(authority.clone())
            .detail(why.clone())
            .remedy("Trust the authority only if you have its certificate from a source of your own: --tsa-certificate-chain, or kind = \"tsa\" in the policy")
        }
        _ => untrusted(now, stamps.len()),
    };
    if !stamps.is_empty() {
        check = check.evidence(place(told));
    }
    let others = judged
        .iter()
        .enumerate()
        .filter(|(index, one)| *index != told || (named.is_empty() && matches!(one, Judged::Unknown { .. })));
    check.prose_mut().details.extend(others.map(|(index, one)| line(index, one)));
    (check, earliest.map(|(_, good)| good.at))
}

fn place(index: usize) -> String {
    format!("verificationMaterial.timestampVerificationData.rfc3161Timestamps[{index}]")
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

fn named_list(named: &[(&Anchor, &TimestampAuthority)]) -> String {
    let mut names: Vec<&str> = named.iter().map(|(anchor, _)| anchor.name.as_str()).collect();
    names.dedup();
    format!("a timestamp under {}", names.join(" or "))
}

/// Not a failure by itself: OMS v1.0 asks for no time.
fn untrusted(now: Timestamp, stamps: usize) -> Check {
    let remedy = match stamps {
        0 => "Where the time matters, sign with a timestamp (--tsa-url) or keyless",
        _ => {
            "Where the time matters, name the timestamp authority's certificate: --tsa-certificate-chain, or kind = \"tsa\" in the policy"
        }
    };
    let summary =
        format!("Nothing that is trusted says when it was signed; judged as of {}", whole_second(now));
    Check::prose(Stage::Time, "TIME-UNTRUSTED", Outcome::Partial, summary).remedy(remedy)
}

fn line(index: usize, judged: &Judged) -> Untrusted {
    let number = index + 1;
    match judged {
        Judged::Good(good) => {
            format!("timestamp {number}: {} by {}, trusted", good.at, good.authority.raw()).into()
        }
        Judged::Unknown { at, authority, why } => format!(
            "timestamp {number} does not count: {at} by {}, who is not trusted ({})",
            authority.raw(),
            why.raw()
        )
        .into(),
        Judged::Bad(bad) => {
            format!("timestamp {number} does not count: {} ({}: {})", bad.summary, bad.code, bad.found.raw())
                .into()
        }
    }
}

fn judge<'t>(
    stamp: &[u8],
    signature: &[u8],
    named: &[(&'t Anchor, &'t TimestampAuthority)],
    now: Timestamp,
) -> Judged<'t> {
    match judge_token(stamp, signature, named, now) {
        Ok(judged) => judged,
        Err(bad) => Judged::Bad(bad),
    }
}

/// First what contradicts whoever made it, then who made it, then whether they may.
fn judge_token<'t>(
    stamp: &[u8],
    signature: &[u8],
    named: &[(&'t Anchor, &'t TimestampAuthority)],
    now: Timestamp,
) -> std::result::Result<Judged<'t>, Bad> {
    let token = Token::read(stamp)
        .map_err(|why| Bad::new("TIME-MALFORMED", "A timestamp in the bundle cannot be read", why))?;
    match token.imprint.is_of(signature) {
        Some(true) => {}
        Some(false) => {
            let summary = "A timestamp in the bundle is of another signature";
            return Err(Bad::new(
                "TIME-OTHER-SIGNATURE",
                summary,
                format!("the digest {}", token.imprint.hex()),
            )
            .expected("the digest of this signature"));
        }
        None => return Err(algorithm(format!("a digest by {}", token.imprint.algorithm()))),
    }
    if !token.is_whole {
        let why = "the digest that was signed is not of the time in it";
        return Err(Bad::new("TIME-INVALID", ALTERED, why));
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
        let why = "its certificate is neither in the timestamp nor among the trusted ones".into();
        return Ok(Judged::Unknown { at: token.at, authority, why });
    };
    let holds = signature_holds(
        certificate,
        token.signer.signature_algorithm.oid,
        token.signer.digest_alg.oid,
        &token.signed,
        token.signer.signature.as_bytes(),
    );
    let authority: Untrusted = certificate::name_of(certificate).into();
    if holds == Some(false) {
        return Err(Bad::new("TIME-INVALID", ALTERED, authority)
            .expected("a signature by the authority's certificate over the time"));
    }
    let (anchor, unknown) = match leads_to(der, &token, named)? {
        Ok(anchor) => (Some(anchor), None),
        Err(why) => (None, Some(why)),
    };
    if let Some(why) = unknown {
        return Ok(Judged::Unknown { at: token.at, authority, why });
    }
    if holds.is_none() {
        let oid = token.signer.signature_algorithm.oid;
        return Err(algorithm(format!("a signature by {oid} with {}", authority.raw())));
    }
    may_stamp(certificate, &authority)?;
    if !is_named(der) {
        let what = if token.named.is_some() { "it names another certificate" } else { "it names none" };
        return Err(Bad::new("TIME-AUTHORITY", WRONG_AUTHORITY, format!("{}: {what}", authority.raw()))
            .expected("the digest of the signer's certificate among what was signed (RFC 5816)"));
    }
    if token.at.duration_since(now) > TOLERANCE {
        let summary = "A timestamp says a time that is still to come";
        return Err(Bad::new("TIME-FUTURE", summary, token.at.to_string())
            .expected(format!("at most {}", whole_second(now))));
    }
    let Some(anchor) = anchor else {
        return Ok(Judged::Unknown { at: token.at, authority, why: Untrusted::default() });
    };
    Ok(Judged::Good(Good { at: token.at, anchor, authority, details: details(&token, certificate, now) }))
}

const ALTERED: &str = "A timestamp in the bundle was altered: its signature does not hold";
const WRONG_AUTHORITY: &str = "A timestamp was made with a certificate that may not make it";

fn algorithm(found: String) -> Bad {
    Bad::new("TIME-ALGORITHM", "A timestamp is made with an algorithm that is refused", found)
        .expected("SHA-256, SHA-384 or SHA-512, with RSA (PKCS #1 v1.5) or ECDSA")
}

fn details(token: &Token, signer: &Certificate, now: Timestamp) -> Vec<String> {
    let accuracy = match &token.accuracy {
        Some(accuracy) => format!("accurate to {accuracy}"),
        None => "does not say how accurate it is".to_owned(),
    };
    let order = if token.ordering { "yes" } else { "no" };
    let mut lines = vec![
        accuracy,
        format!("always in the order of the authority's timestamps: {order}"),
        format!("under the authority's policy {}, serial {}", token.policy, token.serial),
    ];
    let (_, until) = certificate::validity(signer);
    if until < now {
        lines.push(format!("the authority's certificate has ended since, on {until}; it counts as of then"));
    }
    lines
}

/// RFC 3161 2.3: issued for timestamps alone, and critically so.
fn may_stamp(certificate: &Certificate, authority: &Untrusted) -> std::result::Result<(), Bad> {
    let tbs = &certificate.tbs_certificate;
    let purposes = tbs.get::<ExtendedKeyUsage>().ok().flatten();
    let usage = tbs.get::<KeyUsage>();
    let may_sign = usage.as_ref().is_ok_and(|usage| {
        usage.as_ref().is_none_or(|(_, usage)| usage.digital_signature() || usage.non_repudiation())
    });
    let said = match &purposes {
        None => "it has no extended key usage",
        Some((_, purposes)) if purposes.0 != [ID_KP_TIME_STAMPING] => "it is not for timestamps alone",
        Some((false, _)) => "its extended key usage is not critical",
        Some((true, _)) if !may_sign => "its key usage does not allow signatures",
        Some((true, _)) => return Ok(()),
    };
    Err(Bad::new("TIME-AUTHORITY", WRONG_AUTHORITY, format!("{}: {said}", authority.raw()))
        .expected("a critical extended key usage with timeStamping alone (RFC 3161, 2.3)"))
}

/// The anchor that the signer leads to at the token's time, or why it is none of ours.
fn leads_to<'t>(
    signer: &[u8],
    token: &Token,
    named: &[(&'t Anchor, &'t TimestampAuthority)],
) -> std::result::Result<std::result::Result<&'t Anchor, Untrusted>, Bad> {
    // Without a path to a trusted root it is somebody else's; with one that breaks a rule it is ours, and bad.
    const ELSEWHERE: [&str; 6] = [
        "CHAIN-ALGORITHM",
        "CHAIN-KEY",
        "CHAIN-LIMIT",
        "CHAIN-PARTIAL",
        "CHAIN-SIGNATURE",
        "CHAIN-UNTRUSTED",
    ];
    let mut why: Untrusted = "no timestamp authority is trusted here".into();
    let mut bad = None;
    for (anchor, authority) in named {
        if authority.signer.as_deref().is_some_and(|only| only != signer) {
            why = "it is none of the certificates that the trusted root names".into();
            continue;
        }
        let certificates: Vec<Vec<u8>> =
            std::iter::once(signer.to_vec()).chain(token.certificates.iter().cloned()).collect();
        let judged = chain::judge_authority(&certificates, &authority.certificates, ChainTime::now(token.at));
        let told = |check: &Check| match &check.words().found {
            Some(found) => Untrusted::new(format!("{}: {}", check.words().summary, found.raw())),
            None => check.words().summary.as_str().into(),
        };
        if judged.anchor.is_none() && ELSEWHERE.contains(&judged.check.code.as_str()) {
            why = told(&judged.check);
        } else if judged.anchor.is_none() {
            bad = Some(
                Bad::new("TIME-AUTHORITY", WRONG_AUTHORITY, told(&judged.check))
                    .expected(format!("certificates that held at {}", token.at)),
            );
        } else if let Some((from, until)) = authority.window
            && (token.at < from || until.is_some_and(|until| token.at > until))
        {
            let found = format!("{}, outside of when the trusted root believes the authority", token.at);
            bad = Some(Bad::new("TIME-AUTHORITY", WRONG_AUTHORITY, found));
        } else {
            return Ok(Ok(anchor));
        }
    }
    bad.map_or(Ok(Err(why)), Err)
}
