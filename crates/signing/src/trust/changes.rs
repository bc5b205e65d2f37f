//! What differs between two Sigstore trusted roots, service by service. It shows and never judges.

use crate::json;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// What happened to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Added,
    /// Its time has an end that it had not.
    Ended,
    /// Something else of it changed.
    Changed,
    /// It is not there any more.
    Removed,
}

/// One service that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ServiceChange {
    /// What happened to it.
    pub change: Change,
    /// What it is: `transparency log`.
    pub kind: &'static str,
    /// Its address.
    pub place: Untrusted,
    /// When it ends, as the newer root says.
    pub until: Option<Untrusted>,
}

const KINDS: [(&str, &str); 4] = [
    ("certificateAuthorities", "certificate authority"),
    ("tlogs", "transparency log"),
    ("ctlogs", "certificate log"),
    ("timestampAuthorities", "timestamp authority"),
];
const MAX_DEPTH: usize = 32;

/// The services that differ between two roots, or between the roots inside two `ClientTrustConfig`s.
pub fn root_changes(before: &str, after: &str) -> Vec<ServiceChange> {
    let read = |root: &str| json::parse(root.as_bytes(), MAX_DEPTH).unwrap_or_default();
    let (before, after) = (read(before), read(after));
    let mut changes = Vec::new();
    for (key, kind) in KINDS {
        let (old, new) = (services(&before, key), services(&after, key));
        for service in new.iter().filter(|service| !old.contains(service)) {
            let same: Vec<&&Value> = old.iter().filter(|other| id(other) == id(service)).collect();
            let change = match (same.is_empty(), end(service)) {
                (true, _) => Change::Added,
                (false, Some(until)) if same.iter().all(|other| end(other) != Some(until)) => Change::Ended,
                (false, _) => Change::Changed,
            };
            changes.push(change_of(change, kind, service));
        }
        for service in old.iter().filter(|service| !new.iter().any(|other| id(other) == id(service))) {
            changes.push(change_of(Change::Removed, kind, service));
        }
    }
    changes
}

fn services<'r>(root: &'r Value, key: &str) -> Vec<&'r Value> {
    let root = root.get("trustedRoot").unwrap_or(root);
    root.get(key).and_then(Value::as_array).into_iter().flatten().collect()
}

/// What makes it the same service: its log id, else its certificates.
fn id(service: &Value) -> Option<&Value> {
    service.pointer("/logId/keyId").or_else(|| service.pointer("/certChain/certificates"))
}

fn end(service: &Value) -> Option<&str> {
    let window = service.get("validFor").or_else(|| service.pointer("/publicKey/validFor"));
    window?.get("end")?.as_str()
}

fn change_of(change: Change, kind: &'static str, service: &Value) -> ServiceChange {
    let place = ["uri", "baseUrl"].iter().find_map(|key| service.get(key)?.as_str());
    ServiceChange {
        change,
        kind,
        place: Untrusted::new(place.unwrap_or("no address")),
        until: end(service).map(Untrusted::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn services_that_come_end_and_go_are_named() {
        let log = |id: &str, end: Option<&str>| json!({ "baseUrl": id, "logId": { "keyId": id }, "publicKey": { "validFor": { "end": end } } });
        let before = json!({ "tlogs": [log("a", None), log("b", None), log("c", None)] }).to_string();
        let after =
            json!({ "trustedRoot": { "tlogs": [log("a", None), log("b", Some("2026")), log("d", None)] } });
        let changes = root_changes(&before, &after.to_string());
        let seen: Vec<(Change, &str)> = changes.iter().map(|c| (c.change, c.place.raw())).collect();
        assert_eq!(seen, [(Change::Ended, "b"), (Change::Added, "d"), (Change::Removed, "c")]);
    }
}
