//! Whether certificates lead upwards from the one that is about to sign, so that a verifier who trusts the top of them
//! could follow. Nobody is trusted here: it says whether a chain could hold, never whether it does.

use crate::check::step::Check;
use crate::text::Untrusted;
use jiff::Timestamp;

use super::judgement::{Broken, ChainTime, Purpose};
use super::rules;
use super::search::{Member, Pool};

/// Judges the certificates of a signer, DER, leaf first, as of `now`: names those that do not belong to its chain.
///
/// # Errors
/// The check that fails: none of the others issued the leaf, or every way up breaks a rule.
pub(crate) fn lead(chain: &[Vec<u8>], now: Timestamp) -> Result<Vec<Untrusted>, Box<Check>> {
    if chain.len() < 2 {
        return Ok(Vec::new());
    }
    let pool = Pool::new(chain, &[])?;
    let (ways, obstacles) = pool.ways_up();
    let is_root =
        |way: &Vec<usize>| way.len() == 1 && pool.path(way).iter().all(|member| member.is_self_signed());
    if ways.iter().all(|way| way.len() == 1 && !is_root(way)) {
        let told = obstacles.iter().min_by_key(|obstacle| obstacle.rank()).and_then(|one| one.check(&pool));
        if let Some(check) = told {
            return Err(Box::new(check));
        }
    }
    let mut nearest: Option<Broken> = None;
    let mut holds = false;
    for way in &ways {
        let members: Vec<&Member> = pool.path(way);
        match rules::check(&members, &pool, ChainTime::now(now), Purpose::Models) {
            Ok(()) => holds = true,
            Err(broken) if nearest.as_ref().is_none_or(|known| broken.rank < known.rank) => {
                nearest = Some(broken)
            }
            Err(_) => {}
        }
    }
    match nearest.filter(|_| !holds) {
        Some(broken) => Err(broken.check),
        None => Ok(pool.beside(&ways)),
    }
}
