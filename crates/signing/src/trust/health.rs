//! Whether an anchor is still good at a time: how old it is, and when what it holds ends. It only tells:
//! what an ended authority signed is for CHAIN to judge.

use crate::json;
use crate::text::{Untrusted, clip, screen};
use crate::x509::certificate;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::anchor::{Anchor, AnchorMaterial};

/// How an anchor is at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It is old, or something in it has ended or soon will.
    Warn,
    /// It has ended, or a kind of service in it has: nothing new can be proven under it.
    Ended,
}

/// Something wrong with an anchor's age or end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AnchorFault {
    /// How bad.
    pub health: Health,
    /// What, in words that may quote a name.
    pub text: Untrusted,
}

/// A Sigstore root gains logs and authorities as time goes by; a CA or a key does not.
const SIGSTORE_DAYS: u32 = 120;
/// What ends within these days is told.
const SOON_DAYS: i64 = 30;
const DAY_SECONDS: i64 = 24 * 60 * 60;
const MAX_DEPTH: usize = 32;
const NAME_COLUMNS: usize = 80;
const LIMIT_FAULTS: usize = 20;

/// The services of a trusted root. When all of one kind have ended, nothing new verifies.
const SERVICES: [(&str, &str); 4] = [
    ("certificateAuthorities", "certificate authorities"),
    ("tlogs", "transparency logs"),
    ("ctlogs", "certificate logs"),
    ("timestampAuthorities", "timestamp authorities"),
];

impl Anchor {
    /// What is wrong with its age and its end at a time, the worst first; nothing when all is well. It is too
    /// old after `most_days`, or else after what is usual for its kind.
    pub fn health(&self, at: Timestamp, most_days: Option<u32>) -> Vec<AnchorFault> {
        let mut faults = Vec::new();
        let usual = matches!(self.material, AnchorMaterial::Sigstore(_)).then_some(SIGSTORE_DAYS);
        if let (Some(age), Some(most)) = (self.used_at(at).age_days, most_days.or(usual))
            && age > i64::from(most)
        {
            faults.push((Health::Warn, format!("{age} days old, more than {most}: get it again")));
        }
        let windows = match &self.material {
            AnchorMaterial::Ca(certificates) => of_certificates(certificates),
            AnchorMaterial::Sigstore(root) => of_root(root.json()),
            AnchorMaterial::Tsa(authorities) => {
                authorities.iter().flat_map(|one| of_certificates(&one.certificates)).collect()
            }
            AnchorMaterial::Key(_) => Vec::new(),
        };
        faults.extend(self.notes.iter().map(|note| (Health::Warn, note.text().raw().to_owned())));
        // Other certificates of the same file may still stand.
        let all_ended = windows.iter().all(|window| window.until.is_some_and(|until| until < at));
        for Window { what, from, until, alone } in windows {
            if let Some(from) = from.filter(|from| *from > at) {
                faults.push((Health::Warn, format!("{what} is not valid before {from}")));
            }
            let Some(until) = until else { continue };
            let left_days = (until.as_second() - at.as_second()).div_euclid(DAY_SECONDS);
            let health = if until < at && (alone || all_ended) { Health::Ended } else { Health::Warn };
            if until < at {
                faults.push((health, format!("{what} ended on {until}")));
            } else if left_days < SOON_DAYS {
                faults.push((health, format!("{what} ends in {left_days} days, on {until}")));
            }
        }
        faults.sort_by_key(|(health, _)| std::cmp::Reverse(*health));
        faults.truncate(LIMIT_FAULTS);
        faults.into_iter().map(|(health, text)| AnchorFault { health, text: Untrusted::new(text) }).collect()
    }
}

/// A thing with an end.
struct Window {
    what: String,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    /// Whether nothing else in the anchor can stand in for it.
    alone: bool,
}

fn of_certificates(certificates: &[Vec<u8>]) -> Vec<Window> {
    let window = |der: &Vec<u8>| {
        let certificate = certificate::parse(der).ok()?;
        let (from, until) =
            certificate::written_validity(der).unwrap_or_else(|| certificate::validity(&certificate));
        let what = clip(&screen(certificate::subject(&certificate).raw()), NAME_COLUMNS);
        Some(Window { what, from: Some(from), until: Some(until), alone: false })
    };
    certificates.iter().filter_map(window).collect()
}

/// One window for each kind of service: it ends when the last of them does.
fn of_root(root: &str) -> Vec<Window> {
    let Ok(document) = json::parse(root.as_bytes(), MAX_DEPTH) else { return Vec::new() };
    let mut windows = Vec::new();
    for (kind, what) in SERVICES {
        let services = document.get(kind).and_then(Value::as_array).filter(|list| !list.is_empty());
        let Some(ends) = services.map(|list| list.iter().map(end_of).collect::<Vec<_>>()) else { continue };
        let until = if ends.contains(&None) { None } else { ends.into_iter().flatten().max() };
        windows.push(Window { what: format!("the last of its {what}"), from: None, until, alone: true });
    }
    windows
}

/// When a service ends: its window's end, or that of the first of its certificates that ends.
fn end_of(service: &Value) -> Option<Timestamp> {
    let window = service.get("validFor").or_else(|| service.pointer("/publicKey/validFor"));
    let stated = window.and_then(|window| window.get("end")?.as_str()?.parse::<Timestamp>().ok());
    let certificates = service.pointer("/certChain/certificates").and_then(Value::as_array);
    let of_certificate = |certificate: &Value| {
        let der = STANDARD.decode(certificate.get("rawBytes")?.as_str()?).ok()?;
        Some(certificate::validity(&certificate::parse(&der).ok()?).1)
    };
    certificates.into_iter().flatten().filter_map(of_certificate).chain(stated).min()
}
