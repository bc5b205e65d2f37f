//! Whether certificates lead upwards from the one that is about to sign, so that a verifier who trusts the top of them
//! could follow. Nobody is trusted here: it says whether a chain could hold, never whether it does.

use crate::check::step::Check;
use crate::check::why::Why;
use crate::check::why::chain::{ChainWhy, PathRule};
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
            // Some rules can only be judged with the root, which is not here.
            Err(broken) if !ends_in_root(&members) && is_open(&broken) => holds = true,
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

fn ends_in_root(way: &[&Member]) -> bool {
    way.last().is_some_and(|top| top.is_self_signed())
}

fn is_open(broken: &Broken) -> bool {
    let Why::Chain(why) = &broken.check.why else { return false };
    matches!(**why, ChainWhy::Rule { rule: PathRule::Other { .. }, .. })
}
