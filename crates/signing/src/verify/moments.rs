//! When a judgement may come out differently though nothing was changed: certificates begin and end, revocation lists
//! go out of date, anchors grow older. It judges nothing; a moment too many costs time, and one too few a wrong answer.

use crate::bundle::document::{Bundle, Material};
use crate::check::anchor::AnchorKind;
use crate::check::identity::Method;
use crate::text::Untrusted;
use crate::time::token::Token;
use crate::trust::anchor::{Anchor, AnchorMaterial, Trust};
use crate::x509::{RevocationList, certificate};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::time::TOLERANCE;

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The earliest moment after `now` at which judging the same bundle against the same trust could come out differently.
/// None when it never will.
///
/// Of many bundles, ask [`TrustMoments`] and [`bundle_moments`]: each is made once.
pub fn next_change(trust: &Trust, bundle: Option<&Bundle>, now: Timestamp) -> Option<Timestamp> {
    let own = bundle.map(bundle_moments).unwrap_or_default();
    TrustMoments::of(trust).next_change(bundle.map(Bundle::method), &own, now)
}

/// The moments that depend on what is trusted alone.
#[derive(Debug, Clone, Default)]
pub struct TrustMoments {
    kinds: Vec<(AnchorKind, Moments)>,
}

#[derive(Debug, Clone, Default)]
struct Moments {
    /// In their order, each once.
    fixed: Vec<Timestamp>,
    /// When anchors were made, in seconds since 1970: each grows a day older every day.
    made: Vec<i64>,
}

impl TrustMoments {
    /// Those of an anchor's certificates, services, revocation lists and age.
    pub fn of(trust: &Trust) -> Self {
        let kinds = [AnchorKind::Key, AnchorKind::Ca, AnchorKind::Sigstore, AnchorKind::Tsa];
        TrustMoments { kinds: kinds.map(|kind| (kind, Moments::of(trust, kind))).to_vec() }
    }

    /// The earliest moment after `now` at which judging a bundle by this method, with these moments of its own, could
    /// come out differently. Without a method, a bundle by any.
    pub fn next_change(
        &self,
        method: Option<Method>,
        bundle: &[Timestamp],
        now: Timestamp,
    ) -> Option<Timestamp> {
        let concerned = self.kinds.iter().filter(|(kind, _)| concerns(*kind, method));
        concerned.filter_map(|(_, moments)| moments.next(now)).chain(after(bundle, now)).min()
    }
}

/// Whether anchors of this kind bear on a signature by this method.
fn concerns(kind: AnchorKind, method: Option<Method>) -> bool {
    match method {
        None => true,
        Some(Method::Key) => matches!(kind, AnchorKind::Key | AnchorKind::Tsa),
        Some(Method::Certificate) => matches!(kind, AnchorKind::Ca | AnchorKind::Tsa),
        Some(Method::Sigstore) => kind == AnchorKind::Sigstore,
    }
}

impl Moments {
    fn of(trust: &Trust, kind: AnchorKind) -> Self {
        let mut moments = Moments::default();
        for anchor in trust.anchors.iter().filter(|anchor| anchor.kind() == kind) {
            moments.fixed.extend(of_material(anchor));
            moments.made.extend(anchor.made.map(Timestamp::as_second));
        }
        // Revocation lists count for every chain, whatever anchor they lie beside.
        if kind == AnchorKind::Ca {
            let lists = trust.anchors.iter().flat_map(|anchor| &anchor.crls);
            for list in lists {
                moments.fixed.extend(list.beginnings());
                moments.fixed.extend(list.end().and_then(after_end));
            }
        }
        moments.fixed.sort_unstable();
        moments.fixed.dedup();
        moments.made.sort_unstable();
        moments.made.dedup();
        moments
    }

    fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let second = now.as_second();
        let older = |made: &i64| match second - made {
            ..0 => *made,
            age => made + (age / DAY_SECONDS + 1) * DAY_SECONDS,
        };
        let older = self.made.iter().map(older).min().and_then(|at| Timestamp::from_second(at).ok());
        after(&self.fixed, now).into_iter().chain(older).min()
    }
}

fn of_material(anchor: &Anchor) -> Vec<Timestamp> {
    match &anchor.material {
        AnchorMaterial::Key(_) => Vec::new(),
        AnchorMaterial::Ca(certificates) => certificates.iter().flat_map(|der| of_certificate(der)).collect(),
        AnchorMaterial::Sigstore(root) => {
            let certificates = root.certificates();
            let windows = root.windows().into_iter().flat_map(of_window);
            certificates.into_iter().flat_map(of_certificate).chain(windows).collect()
        }
        AnchorMaterial::Tsa(authorities) => {
            let certificates = authorities.iter().flat_map(|one| one.certificates.iter().chain(&one.signer));
            let windows = authorities.iter().filter_map(|one| one.window).flat_map(of_window);
            certificates.flat_map(|der| of_certificate(der)).chain(windows).collect()
        }
    }
}

/// The moments of a bundle's own, in their order: those of its certificates, timestamps and log entries.
pub fn bundle_moments(bundle: &Bundle) -> Vec<Timestamp> {
    let mut moments = Vec::new();
    match &bundle.material {
        Material::Key { .. } => {}
        Material::Certificate { chain } => moments.extend(chain.iter().flat_map(|der| of_certificate(der))),
        Material::Sigstore { leaf } => {
            moments.extend(of_certificate(leaf));
            moments.extend(log_times(&bundle.raw));
        }
    }
    for token in bundle.timestamps.iter().filter_map(|stamp| Token::read(stamp).ok()) {
        moments.extend(token.at.checked_sub(TOLERANCE));
        moments.extend(token.certificates.iter().flat_map(|der| of_certificate(der)));
    }
    moments.sort_unstable();
    moments.dedup();
    moments
}

fn of_certificate(der: &[u8]) -> impl Iterator<Item = Timestamp> + use<> {
    let validity = certificate::parse(der).ok().map(|certificate| certificate::validity(&certificate));
    validity.into_iter().flat_map(|(from, to)| of_window((from, Some(to))))
}

fn of_window((from, until): (Timestamp, Option<Timestamp>)) -> impl Iterator<Item = Timestamp> {
    std::iter::once(from).chain(until.and_then(after_end))
}

/// What ends still holds in its last second: RFC 5280, 4.1.2.5.
fn after_end(end: Timestamp) -> Option<Timestamp> {
    end.checked_add(SECOND).ok()
}

/// The times that a keyless bundle's log entries state: one that is still to come does not hold yet.
fn log_times(raw: &[u8]) -> Vec<Timestamp> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        verification_material: Evidence,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Evidence {
        #[serde(default)]
        tlog_entries: Vec<Entry>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry {
        integrated_time: Option<Seconds>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Seconds {
        Number(i64),
        Text(String),
    }
    let Ok(document) = serde_json::from_slice::<Document>(raw) else { return Vec::new() };
    let times = document.verification_material.tlog_entries.into_iter().filter_map(|one| one.integrated_time);
    let seconds = times.filter_map(|time| match time {
        Seconds::Number(seconds) => Some(seconds),
        Seconds::Text(text) => text.parse().ok(),
    });
    seconds.filter_map(|seconds| Timestamp::from_second(seconds).ok()).collect()
}

/// The first of sorted moments that lies after `now`.
fn after(moments: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    moments.get(moments.partition_point(|moment| *moment <= now)).copied()
}

/// What begins or ends at a moment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Due {
    /// A certificate or a service of this anchor.
    Anchor(String),
    /// A revocation list beside this anchor, or what it revokes.
    RevocationList(String),
    /// A certificate in the bundle, by its subject.
    Certificate {
        /// The subject.
        subject: Untrusted,
        /// Whether it ends, rather than begins.
        ends: bool,
    },
    /// The time that a timestamp or a log entry of the bundle states.
    SignedTime,
}

/// The moments of what is trusted, each with what is due then. The age of anchors is not among them.
pub fn trust_dues(trust: &Trust) -> Vec<(Timestamp, Due)> {
    let of_anchor = |anchor: &Anchor| {
        let material = of_material(anchor).into_iter().map(|at| (at, Due::Anchor(anchor.name.clone())));
        let list = |list: &RevocationList| list.beginnings().chain(list.end().and_then(after_end)).collect();
        let lists = anchor.crls.iter().flat_map(|one| -> Vec<Timestamp> { list(one) });
        let lists = lists.map(|at| (at, Due::RevocationList(anchor.name.clone())));
        material.chain(lists).collect::<Vec<_>>()
    };
    trust.anchors.iter().flat_map(of_anchor).collect()
}

/// The moments of a bundle's own, each with what is due then.
pub fn bundle_dues(bundle: &Bundle) -> Vec<(Timestamp, Due)> {
    let of = |der: &[u8]| -> Vec<(Timestamp, Due)> {
        let subject = certificate::parse(der).ok().map(|certificate| certificate::subject(&certificate));
        let due = |ends| {
            let named = subject.clone().map(|subject| Due::Certificate { subject, ends });
            named.unwrap_or(Due::SignedTime)
        };
        of_certificate(der).zip([false, true]).map(|(at, ends)| (at, due(ends))).collect()
    };
    let mut dues: Vec<(Timestamp, Due)> = match &bundle.material {
        Material::Key { .. } => Vec::new(),
        Material::Certificate { chain } => chain.iter().flat_map(|der| of(der)).collect(),
        Material::Sigstore { leaf } => of(leaf),
    };
    for token in bundle.timestamps.iter().filter_map(|stamp| Token::read(stamp).ok()) {
        dues.extend(token.certificates.iter().flat_map(|der| of(der)));
    }
    let known: Vec<Timestamp> = dues.iter().map(|(at, _)| *at).collect();
    let others = bundle_moments(bundle).into_iter().filter(|at| !known.contains(at));
    dues.extend(others.map(|at| (at, Due::SignedTime)).collect::<Vec<_>>());
    dues
}
