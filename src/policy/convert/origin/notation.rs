//! `trustpolicy.json` of Notation: each of its policies is a publisher.

use super::draft::{Anchor, Draft, Identity, Publisher};
use super::tree::{Node, Tree, Unreadable};
use crate::policy::convert::losses::{Lost, Why};

const WHY: Why = &[
    ("version", "another version of the format"),
    ("trustPolicies.signatureVerification.override", "stricter here: every check refuses"),
    ("trustPolicies.signatureVerification.level", "stricter here: every check refuses"),
    (
        "trustPolicies.signatureVerification.verifyTimestamp",
        "timestamps are always verified where there are any",
    ),
    ("trustPolicies.trustStores", "no ca:NAME, signingAuthority:NAME or tsa:NAME"),
    ("trustPolicies.trustedIdentities", "no distinguished name; a policy names its signers, never anybody"),
    ("trustPolicies", "its policy was left out, or it has no counterpart"),
];
/// Attributes as certificates that begin with the country have them, from the least to the most general: so RFC 4514
/// writes a name.
const ORDER: [&str; 7] = ["CN", "OU", "O", "STREET", "L", "ST", "C"];

pub(super) fn read(tree: &Tree, draft: &mut Draft, lost: &mut Vec<Lost>) -> Result<(), Unreadable> {
    let top = tree.top();
    let policies = top.get("trustPolicies").ok_or(Unreadable { what: "no `trustPolicies`", line: None })?;
    top.take_if("version", &["1.0"]);
    for policy in policies.list() {
        statement(policy, draft, lost);
    }
    tree.rest(WHY, lost);
    Ok(())
}

fn statement(policy: &Node, draft: &mut Draft, lost: &mut Vec<Lost>) {
    let checks = policy.get("signatureVerification");
    let level = checks.and_then(|checks| checks.get("level"));
    if let Some(level) = level.filter(|level| level.text() == Some("skip")) {
        level.lose(
            "what is not signed is refused, so its policy was left out; an [[exception]] can excuse models",
            lost,
        );
        return;
    }
    if let Some(checks) = checks {
        checks.take_if("level", &["strict"]);
        if let Some(overridden) = checks.get("override") {
            for check in ["authenticity", "authenticTimestamp", "expiry", "revocation"] {
                overridden.take_if(check, &["enforce"]);
            }
        }
    }
    let texts = |key: &str| policy.all(key).iter().filter_map(|node| Some((node, node.text()?)));
    let mut anchors = Vec::new();
    for (node, store) in texts("trustStores") {
        if let Some(anchor) = anchor(draft, store) {
            node.lose("the policy names one file for the store: put its certificates, in PEM, into it", lost);
            anchors.push(anchor);
        }
    }
    let mut identities = Vec::new();
    for (node, identity) in texts("trustedIdentities") {
        if let Some(subject) = identity.strip_prefix("x509.subject:").and_then(subject) {
            node.lose("exact here: certificates with further attributes do not match", lost);
            identities
                .push((node.spot.clone(), Identity { subject: format!("exact:{subject}"), issuer: None }));
        }
    }
    let models = texts("registryScopes").map(|(node, scope)| (node.spot.clone(), scope.to_owned())).collect();
    policy.all("registryScopes").iter().filter(|node| node.text().is_some()).for_each(Node::keep);
    let id = policy.take("name").unwrap_or_default().to_owned();
    let spot = policy.get("name").unwrap_or(policy).spot.clone();
    draft.publish(Publisher { id, spot, models, anchors, identities }, lost);
}

/// The anchor for a store.
fn anchor(draft: &Draft, store: &str) -> Option<Anchor> {
    let (kind, name) = store.split_once(':')?;
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    let ours = match kind {
        "ca" | "signingAuthority" => "x509",
        "tsa" => "tsa",
        _ => return None,
    };
    is_plain.then(|| draft.anchor(&format!("{kind}-{name}"), ours, vec![format!("x509/{kind}/{name}.pem")]))
}

/// A distinguished name as RFC 4514 has it.
fn subject(written: &str) -> Option<String> {
    let mut parts: Vec<(usize, String)> = Vec::new();
    for part in split(written) {
        let (name, value) = part.split_once('=')?;
        let name = name.trim().to_ascii_uppercase();
        let name = if name == "S" { "ST".to_owned() } else { name };
        let rank = ORDER.iter().position(|known| *known == name)?;
        // An escaped space at the end belongs to the value.
        let value = value.trim_start();
        let trimmed = value.trim_end();
        let value = if trimmed.ends_with('\\') && trimmed.len() < value.len() {
            format!("{trimmed} ")
        } else {
            trimmed.to_owned()
        };
        if value.is_empty() {
            return None;
        }
        parts.push((rank, format!("{name}={value}")));
    }
    if parts.is_empty() {
        return None;
    }
    // Of attributes that are there twice, the later is the less general one.
    parts.reverse();
    parts.sort_by_key(|(rank, _)| *rank);
    let parts: Vec<String> = parts.into_iter().map(|(_, part)| part).collect();
    Some(parts.join(","))
}

/// At each comma that is not escaped.
fn split(written: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = written.chars();
    while let Some(c) = chars.next() {
        let Some(part) = parts.last_mut() else { break };
        match c {
            '\\' => {
                part.push(c);
                part.extend(chars.next());
            }
            ',' => parts.push(String::new()),
            _ => part.push(c),
        }
    }
    parts
}
