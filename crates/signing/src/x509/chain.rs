//! Certificate chains by RFC 5280: reading certificates, and the one door that judges a chain. Which paths
//! could lead to an authority is searched by [`crate::x509::search`], whether one holds by
//! [`crate::x509::rules`], whether one was revoked by [`crate::x509::revocation`]. It knows neither bundles nor models.

use crate::check::step::{Check, Outcome, Stage};
use crate::clock::whole_second;
use crate::error::{Code, Error, Result};
use crate::text::Untrusted;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use der::{Decode, Encode};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::time::Time;

use super::der_limits::is_modest;
use super::revocation::{self, RevocationList};
use super::rules::{self, Broken};
use super::search::{Obstacle, Pool};

const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;
const MAX_PEM_CERTIFICATES: usize = 512;

/// The time that a chain is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainTime {
    /// The time of the verification: revocation lists must be current then.
    pub now: Timestamp,
    /// When it was signed, if somebody who is trusted says so: certificates must have been valid then.
    pub signed: Option<Timestamp>,
}

impl ChainTime {
    /// Nobody who is trusted says when it was signed.
    pub fn now(now: Timestamp) -> Self {
        ChainTime { now: whole_second(now), signed: None }
    }

    /// The time at which certificates must have been valid.
    pub fn validity(self) -> Timestamp {
        whole_second(self.signed.unwrap_or(self.now))
    }
}

/// What became of a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainJudgement {
    /// The check of CHAIN.
    pub check: Check,
    /// Index of the anchor that the chain leads to; none unless it holds.
    pub anchor: Option<usize>,
    /// How many signatures were verified for it: bounded, whatever the chain holds.
    pub signatures: usize,
}

/// Judges CHAIN: does `chain` (DER, leaf first; the others are untrusted helpers in any order) lead to a
/// self-signed certificate among `anchors` (DER), at that time, without one that `lists` revoke, and may the
/// leaf sign?
///
/// As in the reference, anchors that are not self-signed only help: their own root must be trusted, too.
/// Never fails: what is wrong is in the check.
pub fn judge_chain(
    chain: &[Vec<u8>],
    anchors: &[Vec<u8>],
    lists: &[&RevocationList],
    time: ChainTime,
) -> ChainJudgement {
    judge_for(Purpose::Models, chain, anchors, lists, time)
}

/// As [`judge_chain`], for the signer of timestamps, without revocation lists. What its certificate may be used
/// for is for the caller to judge.
pub(crate) fn judge_authority(chain: &[Vec<u8>], anchors: &[Vec<u8>], time: ChainTime) -> ChainJudgement {
    judge_for(Purpose::Timestamps, chain, anchors, &[], time)
}

/// What the leaf signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Models,
    Timestamps,
}

fn judge_for(
    purpose: Purpose,
    chain: &[Vec<u8>],
    anchors: &[Vec<u8>],
    lists: &[&RevocationList],
    time: ChainTime,
) -> ChainJudgement {
    let pool = match Pool::new(chain, anchors) {
        Ok(pool) => pool,
        Err(check) => return ChainJudgement { check: *check, anchor: None, signatures: 0 },
    };
    let (check, anchor) = match judge(purpose, &pool, lists, time) {
        Ok((check, anchor)) => (check, Some(anchor)),
        Err(check) => (*check, None),
    };
    ChainJudgement { check, anchor, signatures: pool.signatures.made() }
}

/// Certificates in a PEM file (`CERTIFICATE` blocks, in order; text around them is skipped) or one in DER.
///
/// # Errors
/// `E-MALFORMED` when there is none or one cannot be read, `E-TOO-LARGE` for more than 512.
pub fn certificates_from_pem(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    if bytes.first() == Some(&0x30) {
        parse(bytes)?;
        return Ok(vec![bytes.to_vec()]);
    }
    let malformed = |what: String| {
        Error::new(Code::Malformed, what)
            .help("expected PEM blocks that begin with -----BEGIN CERTIFICATE-----")
    };
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("not a PEM file".to_owned()))?;
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let number = found.len() + 1;
        let Some((body, after)) = after.split_once(END) else {
            return Err(malformed(format!("certificate {number} in the file is cut off")));
        };
        let base64: String = body.split_ascii_whitespace().collect();
        let der = STANDARD
            .decode(base64)
            .map_err(|_| malformed(format!("certificate {number} in the file is not base64")))?;
        parse(&der)?;
        found.push(der);
        if found.len() > MAX_PEM_CERTIFICATES {
            return Err(Error::new(Code::TooLarge, format!("more than {MAX_PEM_CERTIFICATES} certificates")));
        }
        rest = after;
    }
    if found.is_empty() {
        return Err(malformed("no certificate in the file".to_owned()));
    }
    Ok(found)
}

/// One certificate, DER.
///
/// # Errors
/// `E-MALFORMED`, `E-TOO-LARGE`.
pub(crate) fn parse(der: &[u8]) -> Result<Certificate> {
    if der.len() > MAX_CERTIFICATE_BYTES {
        return Err(Error::new(Code::TooLarge, "a certificate of more than 64 KiB"));
    }
    if !is_modest(der) {
        return Err(Error::new(Code::TooLarge, "a certificate with more in one set than any has"));
    }
    Certificate::from_der(der)
        .map_err(|cause| Error::new(Code::Malformed, format!("not a certificate that can be read ({cause})")))
}

/// The subject's name, RFC 4514.
pub(crate) fn subject(certificate: &Certificate) -> Untrusted {
    Untrusted::new(certificate.tbs_certificate.subject.to_string())
}

/// The issuer's name, RFC 4514.
pub(crate) fn issuer(certificate: &Certificate) -> Untrusted {
    Untrusted::new(certificate.tbs_certificate.issuer.to_string())
}

/// The DER SubjectPublicKeyInfo.
pub(crate) fn spki(certificate: &Certificate) -> Vec<u8> {
    certificate.tbs_certificate.subject_public_key_info.to_der().unwrap_or_default()
}

/// First and last moment of validity.
pub(crate) fn validity(certificate: &Certificate) -> (Timestamp, Timestamp) {
    let validity = &certificate.tbs_certificate.validity;
    (moment(&validity.not_before), moment(&validity.not_after))
}

/// A time in a certificate or a list.
pub(crate) fn moment(time: &Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// As [`judge_chain`] at a time that nobody vouches for, without revocation lists: the check alone.
pub fn check_chain(chain: &[Vec<u8>], anchors: &[Vec<u8>], at: Timestamp) -> Check {
    judge_chain(chain, anchors, &[], ChainTime::now(at)).check
}

type Judged<T> = std::result::Result<T, Box<Check>>;

fn judge(
    purpose: Purpose,
    pool: &Pool,
    lists: &[&RevocationList],
    time: ChainTime,
) -> Judged<(Check, usize)> {
    let search = pool.search();
    let mut nearest: Option<Broken> = None;
    for path in &search.paths {
        let members = pool.path(path);
        let holds = rules::check(&members, pool, time.validity(), purpose)
            .and_then(|()| revocation::check(&members, lists, time, &pool.signatures));
        match (holds, members.last().and_then(|top| top.anchor)) {
            (Ok(check), Some(anchor)) => return Ok((check, anchor)),
            (Ok(_), None) => {}
            (Err(broken), _) => {
                if nearest.as_ref().is_none_or(|known| broken.rank < known.rank) {
                    nearest = Some(broken);
                }
            }
        }
    }
    if let Some(broken) = nearest {
        return Err(broken.check);
    }
    let told = search.obstacles.iter().min_by_key(|obstacle| obstacle.rank());
    let mut check = match told {
        Some(obstacle) => obstacle.check(pool),
        None => Obstacle::NoIssuer { child: 0 }.check(pool),
    };
    check.details.extend(pool.notes.iter().cloned());
    Err(Box::new(check))
}

/// Subject and serial number: which certificate is meant.
pub(crate) fn name_of(certificate: &Certificate) -> String {
    let tbs = &certificate.tbs_certificate;
    let subject = if tbs.subject.is_empty() { "(no subject)".to_owned() } else { tbs.subject.to_string() };
    format!("{subject} (serial {})", hex::encode(tbs.serial_number.as_bytes()))
}

pub(crate) fn fault(code: &str, summary: impl Into<String>) -> Check {
    Check::new(Stage::Chain, code, Outcome::Fail, summary)
}
