//! `ClusterImagePolicy` of the Sigstore policy controller: its keyless authorities are one publisher, or else its keys are.

use super::draft::{Anchor, Draft, Identity, Publisher};
use super::go_regex::{literal, pattern};
use super::tree::{Node, Tree, Unreadable};
use crate::policy::convert::losses::{Lost, Why};

const WHY: Why = &[
    ("apiVersion", "another version of the format"),
    ("status", "what the controller noted"),
    ("metadata", "it concerns the cluster"),
    ("spec.images", "only a star is special in names of models"),
    ("spec.mode", "stricter here: what is not verified is refused"),
    ("spec.match", "a policy is about models, not about what runs them"),
    ("spec.policy", "write [[require]] with clauses"),
    ("spec.authorities.attestations.policy", "write clauses in the `where` of its [[require]]"),
    ("spec.authorities.attestations", "not a predicate that can be required here"),
    ("spec.authorities.static", "nothing is admitted without evidence"),
    ("spec.authorities.source", "signatures lie beside the model"),
    ("spec.authorities.ctlog", "the log is that of the trusted root"),
    ("spec.authorities.rfc3161timestamp", "add a [trust.NAME] of kind tsa"),
    ("spec.authorities.key", "no key that can be put into a file"),
    (
        "spec.authorities.keyless",
        "another instance of Sigstore needs its trusted root: add a [trust.NAME] with `files`",
    ),
    ("spec.authorities", "it has no counterpart"),
];
const FULCIO: [&str; 2] = ["https://fulcio.sigstore.dev", "https://fulcio.sigstore.dev/"];
const REKOR: [&str; 2] = ["https://rekor.sigstore.dev", "https://rekor.sigstore.dev/"];

pub(super) fn read(tree: &Tree, draft: &mut Draft, lost: &mut Vec<Lost>) -> Result<(), Unreadable> {
    let top = tree.top();
    if top.take("kind") != Some("ClusterImagePolicy") {
        return Err(Unreadable { what: "no `kind: ClusterImagePolicy`", line: None });
    }
    top.take_if("apiVersion", &["policy.sigstore.dev/v1beta1", "policy.sigstore.dev/v1alpha1"]);
    let name = top.get("metadata").and_then(|metadata| metadata.take("name")).unwrap_or("unnamed");
    draft.name = name.to_owned();
    if let Some(spec) = top.get("spec") {
        spec.take_if("mode", &["enforce"]);
        publisher(top, spec, draft, lost);
    }
    tree.rest(WHY, lost);
    Ok(())
}

fn publisher(top: &Node, spec: &Node, draft: &mut Draft, lost: &mut Vec<Lost>) {
    let mut models = Vec::new();
    for image in spec.all("images").iter().filter_map(|image| image.get("glob")) {
        let Some(glob) = image.text().filter(|glob| !glob.contains(['?', '[', '{', '\\'])) else { continue };
        image.keep();
        let model = glob.replace("**", "*");
        if glob.replace("**", "").contains('*') {
            image.lose("a star here also matches slashes", lost);
        }
        models.push((image.spot.clone(), model));
    }
    let (mut keys, mut roots, mut identities) = (Vec::new(), Vec::new(), Vec::new());
    let authorities = spec.all("authorities");
    for authority in authorities {
        authority.take("name");
        if let Some(fail) = authority.get("static") {
            fail.take_if("action", &["fail"]);
        }
        if let Some(log) = authority.get("ctlog") {
            log.take_if("url", &REKOR);
        }
        if let Some(key) = authority.get("key") {
            keys.extend(of_key(key, authority, draft, lost).map(|anchor| (key, anchor)));
        } else if let Some(keyless) = authority.get("keyless")
            && let Some(root) = of_root(keyless, draft, lost)
        {
            // Under two roots an identity would count under both.
            if roots.is_empty() || roots.contains(&root) {
                identities.extend(keyless.all("identities").iter().filter_map(|one| identity(one, lost)));
                roots = vec![root];
            }
        }
    }
    let anchors = if roots.is_empty() {
        keys.into_iter().map(|(_, anchor)| anchor).collect()
    } else {
        for (key, _) in &keys {
            lost.push(key.spot.lost("left out: a publisher signs either by keys or by identities"));
        }
        roots
    };
    let metadata = top.get("metadata").and_then(|metadata| metadata.get("name"));
    let spot = metadata.unwrap_or(spec).spot.clone();
    draft.publish(Publisher { id: draft.name.clone(), spot, models, anchors, identities }, lost);
    for attestation in authorities.iter().flat_map(|authority| authority.all("attestations")) {
        let Some(predicate) = attestation.get("predicateType") else { continue };
        let name = attestation.get("name").and_then(Node::text).unwrap_or("attestation");
        if predicate.text().is_some_and(|uri| draft.require(name, uri)) {
            predicate.keep();
            attestation.take("name");
        }
    }
}

/// The anchor for a key that can be put into a file.
fn of_key(key: &Node, authority: &Node, draft: &Draft, lost: &mut Vec<Lost>) -> Option<Anchor> {
    let secret = key.get("secretRef");
    let name = secret.and_then(|secret| secret.get("name"));
    let source = name.or_else(|| key.get("data"))?;
    let name = match source.text()? {
        pem if pem.contains("-----") => authority.get("name").and_then(Node::text).unwrap_or("key"),
        name => name,
    };
    source.lose("the policy names a file for the key: put it, in PEM, into it", lost);
    if let Some(secret) = secret {
        secret.take("namespace");
    }
    key.take_if("hashAlgorithm", &["sha256"]);
    let anchor = draft.anchor(name, "key", Vec::new());
    Some(Anchor { files: vec![format!("keys/{}.pub", anchor.name)], ..anchor })
}

/// The anchor for an instance of Sigstore whose root is known, or can be put into a file.
fn of_root(keyless: &Node, draft: &Draft, lost: &mut Vec<Lost>) -> Option<Anchor> {
    let url = keyless.get("url");
    let is_public = url.is_none_or(|url| url.text().is_some_and(|text| FULCIO.contains(&text)));
    if keyless.get("ca-cert").is_some() {
        return None;
    }
    if let Some(root) = keyless.get("trustRootRef") {
        let name = root.text()?;
        root.lose("the policy names a file for the root: put its trusted_root.json into it", lost);
        if let Some(url) = url {
            url.keep();
        }
        let anchor = draft.anchor(name, "sigstore", Vec::new());
        return Some(Anchor { files: vec![format!("roots/{}.json", anchor.name)], ..anchor });
    }
    if !is_public {
        return None;
    }
    if let Some(url) = url {
        url.keep();
    }
    Some(draft.anchor("sigstore-public", "sigstore", Vec::new()))
}

/// An identity with its place, if it has a subject.
fn identity(one: &Node, lost: &mut Vec<Lost>) -> Option<(super::draft::Spot, Identity)> {
    let exact = one.get("subject").and_then(|subject| Some((subject, format!("exact:{}", subject.text()?))));
    let regex = one.get("subjectRegExp").and_then(|regex| Some((regex, pattern(regex.text()?))));
    let (subject, text) = exact.or(regex)?;
    let issuer = match (one.take("issuer"), one.get("issuerRegExp")) {
        (Some(issuer), _) => Some(issuer.to_owned()),
        (None, Some(regex)) => regex.text().and_then(literal).inspect(|_| {
            regex.lose("an issuer is exact here", lost);
        }),
        (None, None) => None,
    };
    subject.keep();
    Some((subject.spot.clone(), Identity { subject: text, issuer }))
}
