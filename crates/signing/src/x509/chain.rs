//! Certificate chains by RFC 5280: the one door that judges a chain. Which paths could lead to an authority is
//! searched by `search`, whether one holds by `rules`, whether one was revoked by `revocation`. It knows neither
//! bundles nor models.

use crate::check::codes::CheckCode;
use crate::check::step::Check;
use crate::check::why::chain::{ChainWhy, PathRule};
use jiff::Timestamp;

use super::judgement::{Broken, ChainJudgement, ChainTime, Judged, Purpose, fault};
use super::revocation::{self, RevocationList};
use super::rules;
use super::search::Pool;

/// Judges CHAIN: does `chain` (DER, leaf first; the others are untrusted helpers in any order) lead to a
/// self-signed certificate among `anchors` (DER), at that time, without one that `lists` revoke, and may the
/// leaf sign?
///
/// As in the reference, anchors that are not self-signed only help: their own root must be trusted, too.
/// Never fails: what is wrong is in the check.
///
/// ```
/// # use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose};
/// use touchmark_signing::{ChainTime, Outcome, judge_chain};
///
/// # let mut params = CertificateParams::new(Vec::<String>::new())?;
/// # params.distinguished_name.push(DnType::CommonName, "Root");
/// # params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
/// # params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
/// # let root_key = KeyPair::generate()?;
/// # let root = params.self_signed(&root_key)?.der().to_vec();
/// # let issuer = Issuer::new(params, root_key);
/// # let mut params = CertificateParams::new(Vec::<String>::new())?;
/// # params.distinguished_name.push(DnType::CommonName, "Signer");
/// # params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
/// # params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
/// # params.use_authority_key_identifier_extension = true;
/// # let leaf = params.signed_by(&KeyPair::generate()?, &issuer)?.der().to_vec();
/// // Certificates in DER: the signer's first; `certificates_from_pem` reads files.
/// let now = ChainTime::now(jiff::Timestamp::now());
/// let judged = judge_chain(&[leaf.clone()], &[root], &[], now);
/// assert_eq!((judged.check.outcome, judged.anchor), (Outcome::Pass, Some(0)));
///
/// // It leads nowhere by itself.
/// assert_eq!(judge_chain(&[leaf], &[], &[], now).check.outcome, Outcome::Fail);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

/// As [`judge_chain`] at a time that nobody vouches for, without revocation lists: the check alone.
pub fn check_chain(chain: &[Vec<u8>], anchors: &[Vec<u8>], at: Timestamp) -> Check {
    judge_chain(chain, anchors, &[], ChainTime::now(at)).check
}

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
        let holds = rules::check(&members, pool, time, purpose)
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
    // A search without a path met an obstacle.
    let told = search.obstacles.iter().min_by_key(|obstacle| obstacle.rank());
    let told = told.and_then(|obstacle| obstacle.check(pool));
    let none = || fault(CheckCode::ChainInvalid, ChainWhy::Rule { rule: PathRule::Path, at: None });
    Err(Box::new(told.unwrap_or_else(none)))
}
