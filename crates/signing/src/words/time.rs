//! The words for TIME, of signatures by key and certificate.

use crate::check::why::time::{
    AuthorityFault, ChainFault, OtherToken, Stamper, Stranger, TimeWhy, TokenDamage, TokenFault, TokenState,
    TrustedToken,
};
use crate::text::Untrusted;

use super::codes::code_info;
use super::{Words, chain};

pub(super) fn words(why: &TimeWhy) -> Words {
    match why {
        TimeWhy::Trusted { index, token, others } => Words {
            summary: format!("Signed at {} (trusted timestamp authority)", token.at),
            found: Some(
                format!("{}, trusted as {}", chain::name(&token.authority), token.anchor.raw()).into(),
            ),
            evidence: Some(place(*index)),
            details: trusted_token(token).into_iter().chain(others.iter().map(other)).collect(),
            ..Words::default()
        },
        TimeWhy::Bad { index, fault, others } => Words {
            listed: Vec::new(),
            summary: summary(fault).to_owned(),
            expected: expected(fault),
            found: Some(found(fault)),
            evidence: Some(place(*index)),
            remedy: code_info(fault.code()).map(|info| info.remedy.to_owned()),
            details: others.iter().map(other).collect(),
        },
        TimeWhy::UnknownAuthority { index, authority, stranger: why, trusted, others } => {
            let trusted: Vec<&str> = trusted.iter().map(Untrusted::raw).collect();
            Words {
                listed: Vec::new(),
                summary: "The timestamp is from an authority that is not trusted, so it does not count"
                    .to_owned(),
                expected: Some(format!("a timestamp under {}", trusted.join(" or ")).into()),
                found: Some(stamper(authority)),
                evidence: Some(place(*index)),
                remedy: Some(
                    "Trust the authority only if you have its certificate from an independent source: \
                     --tsa-certificate-chain, or kind = \"tsa\" in the policy"
                        .to_owned(),
                ),
                details: std::iter::once(stranger(why)).chain(others.iter().map(other)).collect(),
            }
        }
        TimeWhy::Untrusted { others } => {
            let remedy = match others.as_slice() {
                [] => "Where the time matters, sign with a timestamp (--tsa-url) or keyless",
                _ => {
                    "Where the time matters, name the timestamp authority's certificate: --tsa-certificate-chain, or kind = \"tsa\" in the policy"
                }
            };
            Words {
                summary: "No trusted signing time; the time of the verification counts instead".to_owned(),
                evidence: (!others.is_empty()).then(|| place(0)),
                remedy: Some(remedy.to_owned()),
                details: others.iter().map(other).collect(),
                ..Words::default()
            }
        }
    }
}

fn place(index: usize) -> Untrusted {
    format!("verificationMaterial.timestampVerificationData.rfc3161Timestamps[{index}]").into()
}

fn trusted_token(token: &TrustedToken) -> Vec<Untrusted> {
    let accuracy = match token.accuracy_micros {
        Some(micros) => format!("accurate to {}", seconds(micros)),
        None => "does not state its accuracy".to_owned(),
    };
    let order = if token.ordering { "yes" } else { "no" };
    vec![
        accuracy.into(),
        format!("in strict order with the authority's other timestamps: {order}").into(),
        format!("under the authority's policy {}, serial {}", token.policy, token.serial).into(),
        format!(
            "the authority's certificate is valid until {}; its validity at the time of the timestamp counts",
            token.authority_until
        )
        .into(),
        format!("anchor {}: sha256 {}", token.anchor.raw(), token.anchor_digest).into(),
    ]
}

/// `1.5 s`.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Who made a timestamp, as far as it says.
pub(crate) fn stamper(stamper: &Stamper) -> Untrusted {
    match stamper {
        Stamper::Certificate(certificate) => chain::name(certificate).into(),
        Stamper::IssuedBy { issuer } => format!("a signer certified by {}", issuer.raw()).into(),
        Stamper::Unnamed => "an unnamed signer".into(),
    }
}

fn stranger(stranger: &Stranger) -> Untrusted {
    match stranger {
        Stranger::NobodyTrusted => "no timestamp authority is trusted here".into(),
        Stranger::OtherSigner => "the trusted root names other certificates".into(),
        Stranger::NoCertificate => {
            "its certificate is neither in the timestamp nor among the trusted ones".into()
        }
        Stranger::Chain(fault) => of_chain(fault),
    }
}

fn of_chain(fault: &ChainFault) -> Untrusted {
    let words = chain::words(&fault.why);
    match &words.found {
        Some(found) => format!("{}: {}", words.summary, found.raw()).into(),
        None => words.summary.into(),
    }
}

fn other(other: &OtherToken) -> Untrusted {
    let number = other.index + 1;
    match &other.state {
        TokenState::Trusted { at, authority } => {
            format!("timestamp {number}: {at} by {}, trusted", chain::name(authority)).into()
        }
        TokenState::UnknownAuthority { at, authority, stranger: why } => format!(
            "timestamp {number} does not count: {at} by {}, not trusted ({})",
            stamper(authority).raw(),
            stranger(why).raw()
        )
        .into(),
        TokenState::Bad { fault } => format!(
            "timestamp {number} does not count: {} ({}: {})",
            summary(fault),
            fault.code(),
            found(fault).raw()
        )
        .into(),
    }
}

fn summary(fault: &TokenFault) -> &'static str {
    match fault {
        TokenFault::Malformed(_) => "A timestamp in the bundle cannot be read",
        TokenFault::OtherSignature { .. } => "A timestamp in the bundle belongs to another signature",
        TokenFault::Digest { .. } | TokenFault::Algorithm { .. } => {
            "A timestamp uses an algorithm that is not accepted"
        }
        TokenFault::OtherTime | TokenFault::NotSigned { .. } => {
            "A timestamp in the bundle was altered: its signature does not hold"
        }
        TokenFault::Authority { .. } | TokenFault::Chain { .. } | TokenFault::OutsideWindow { .. } => {
            "A timestamp was made with a certificate that may not make timestamps"
        }
        TokenFault::Future { .. } => "A timestamp lies in the future",
    }
}

fn expected(fault: &TokenFault) -> Option<Untrusted> {
    let text: String = match fault {
        TokenFault::Malformed(_) | TokenFault::OtherTime => return None,
        TokenFault::OtherSignature { .. } => "the digest of this signature".to_owned(),
        TokenFault::Digest { .. } | TokenFault::Algorithm { .. } => {
            "SHA-256, SHA-384 or SHA-512, with RSA, ECDSA or Ed25519".to_owned()
        }
        TokenFault::NotSigned { .. } => "a signature over the time by the authority's certificate".to_owned(),
        TokenFault::Authority { fault: AuthorityFault::NamesAnother | AuthorityFault::NamesNone, .. } => {
            "the digest of the signer's certificate among the signed attributes (RFC 5816)".to_owned()
        }
        TokenFault::Authority { .. } => {
            "a critical extended key usage with timeStamping alone (RFC 3161, 2.3)".to_owned()
        }
        TokenFault::Chain { at, .. } => format!("certificates that were valid at {at}"),
        TokenFault::OutsideWindow { from, until: Some(until), .. } => {
            format!("a time from {from} to {until}, when the trusted root accepts the authority")
        }
        TokenFault::OutsideWindow { from, until: None, .. } => {
            format!("a time since {from}, when the trusted root began to accept the authority")
        }
        TokenFault::Future { .. } => {
            "at most the time of the verification, plus 5 minutes for clocks that differ".to_owned()
        }
    };
    Some(text.into())
}

fn found(fault: &TokenFault) -> Untrusted {
    match fault {
        TokenFault::Malformed(damage) => token_damage(damage).into(),
        TokenFault::OtherSignature { digest } => format!("the digest {digest}").into(),
        TokenFault::Digest { oid } => format!("a digest with {oid}").into(),
        TokenFault::Algorithm { oid, authority } => {
            format!("a signature with {oid} by {}", chain::name(authority)).into()
        }
        TokenFault::OtherTime => "the signed digest does not match the time".into(),
        TokenFault::NotSigned { authority } => chain::name(authority).into(),
        TokenFault::Authority { authority, fault } => {
            let said = match fault {
                AuthorityFault::NoPurpose => "it has no extended key usage",
                AuthorityFault::NotAlone => "it is not for timestamps alone",
                AuthorityFault::NotCritical => "its extended key usage is not critical",
                AuthorityFault::KeyUsage => "its key usage does not allow signatures",
                AuthorityFault::NamesAnother => "the timestamp names another certificate",
                AuthorityFault::NamesNone => "the timestamp names no certificate",
            };
            format!("{}: {said}", chain::name(authority)).into()
        }
        TokenFault::Chain { fault, .. } => of_chain(fault),
        TokenFault::OutsideWindow { at, .. } => format!("{at}, outside of that period").into(),
        TokenFault::Future { at } => at.to_string().into(),
    }
}

/// Why a timestamp cannot be read.
pub(crate) fn token_damage(damage: &TokenDamage) -> String {
    match damage {
        TokenDamage::TooLarge { most } => format!("it is larger than {most} bytes"),
        TokenDamage::Bloated => "it has more parts than any timestamp needs".to_owned(),
        TokenDamage::Der { cause } => format!("not a timestamp in DER ({})", cause.raw()),
        TokenDamage::Refused => "the authority refused to make it".to_owned(),
        TokenDamage::NoToken => "the answer contains no timestamp".to_owned(),
        TokenDamage::Unsigned => "it is not signed".to_owned(),
        TokenDamage::OtherContent => "what it signs is not a time".to_owned(),
        TokenDamage::NoContent => "it contains no time".to_owned(),
        TokenDamage::Version { version } => format!("it is of version {version}"),
        TokenDamage::CriticalExtension => "it has an unknown critical extension".to_owned(),
        TokenDamage::Signers => "it does not have exactly one signer".to_owned(),
        TokenDamage::NoAttributes => "it signs no attributes".to_owned(),
        TokenDamage::AttributeTwice => "it contains an attribute twice".to_owned(),
        TokenDamage::OtherAttributes => "its signed attributes do not belong to a time".to_owned(),
        TokenDamage::Digest { oid } => format!("its digest algorithm is not accepted ({oid})"),
        TokenDamage::Time => "its time cannot be read".to_owned(),
        TokenDamage::NoCertificateNamed => "it does not say which certificate signed it".to_owned(),
        TokenDamage::CertificateDigest => {
            "it names its certificate by a digest that is not accepted".to_owned()
        }
    }
}
