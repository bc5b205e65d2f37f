//! `ClusterImagePolicy` of the Sigstore policy controller, version v1beta1.

use super::losses::{Kept, Why};
use super::ways::{How, Way, head, publishers, ways};
use super::yaml::{Names, quoted};
use crate::policy::written::{tables, text};
use crate::tables::{At, Table};
use crate::text::screen;
use std::fmt::Write as _;

pub(super) const WHY: Why = &[
    ("publisher.models", "not a glob of images"),
    ("publisher.identities", "only keyless authorities check who signed"),
    ("publisher.trust", "no authority can be written for this anchor"),
    ("publisher", "the controller does not restrict a publisher further"),
    ("attester", "an authority makes the claims about its own images only"),
    ("deny_identity", "the controller still accepts this signer"),
    ("expires", "the objects do not expire"),
    ("trust", "this part of the anchor has no place in an authority"),
    ("stage", "the controller has no stages"),
    ("require.where", "write it in CUE or Rego"),
    ("require", "the controller cannot require this"),
];

/// An object for each publisher; what they say is kept.
pub(super) fn write(top: Table<'_>, kept: &mut Kept) -> String {
    let head = screen(&head(top, kept).join(" "));
    let mut out = format!(
        "# {head} for the policy controller. Globs match images: put the registry before the names of models,\n\
         # and store each key as the secret that its authority names.\n"
    );
    let mut names = Names::default();
    let mut secrets = Names::default();
    for grant in publishers(top, kept) {
        let globs: Vec<(At<&str>, String)> =
            grant.models().into_iter().filter_map(|model| Some((model, glob(model.value)?))).collect();
        let mut authorities = Vec::new();
        for way in ways(top, &grant) {
            if let Some(authority) = authority(&way, &mut secrets) {
                authorities.push((way, authority));
            }
        }
        // Without an authority the controller would look for any signature.
        if globs.is_empty() || authorities.is_empty() {
            let _ = writeln!(out, "# no object can be written for the publisher {}", screen(grant.id));
            continue;
        }
        let name = names.of(grant.id);
        let _ = write!(
            out,
            "---\napiVersion: policy.sigstore.dev/v1beta1\nkind: ClusterImagePolicy\nmetadata:\n  name: \"{name}\"\n\
             spec:\n  images:\n"
        );
        for (model, glob) in &globs {
            kept.keep(model.at);
            let _ = writeln!(out, "    - glob: {glob}");
        }
        out.push_str("  authorities:\n");
        let attestations = attestations(top, kept);
        for (way, authority) in &authorities {
            way.keep(kept);
            let _ = write!(out, "    - {authority}{attestations}");
        }
    }
    out
}

/// A star of ours matches what two stars of theirs match; what is special there and not here has no form.
fn glob(model: &str) -> Option<String> {
    if model.contains(['?', '[', ']', '\\', '{', '}']) {
        return None;
    }
    let pieces: Vec<&str> = model.split('*').filter(|piece| !piece.is_empty()).collect();
    let start = if model.starts_with('*') { "**" } else { "" };
    let end = if model.ends_with('*') && model.len() > 1 && !pieces.is_empty() { "**" } else { "" };
    quoted(&format!("{start}{}{end}", pieces.join("**")))
}

/// Who signs; none where no authority is the same.
fn authority(way: &Way<'_>, secrets: &mut Names) -> Option<String> {
    match &way.how {
        How::Key(file) => {
            let secret = secrets.of(way.anchor.value);
            Some(format!("key: # {}\n        secretRef:\n          name: \"{secret}\"\n", screen(file.value)))
        }
        How::Authorities(_) => None,
        How::Identity { subject, issuer } => {
            let subject = match subject.value.split_once(':')? {
                ("exact", exact) => format!("subject: {}", quoted(exact)?),
                ("regex", regex) => format!("subjectRegExp: {}", quoted(&whole(regex)?)?),
                _ => return None,
            };
            Some(format!(
                "keyless:\n        url: https://fulcio.sigstore.dev\n        identities:\n          - issuer: {}\n            \
                 {subject}\n      ctlog:\n        url: https://rekor.sigstore.dev\n",
                quoted(issuer.value)?
            ))
        }
    }
}

/// Anchored as a whole, as ours are: `^a|b$` alone would match everything that begins with `a`.
fn whole(regex: &str) -> Option<String> {
    let body = regex.strip_prefix('^')?.strip_suffix('$')?;
    Some(if body.contains('|') { format!("^(?:{body})$") } else { regex.to_owned() })
}

/// What every authority has to attest: the requirements that name a predicate by its address and must be met.
/// Where others than publishers make claims, nothing: an authority has to attest by itself.
fn attestations(top: Table<'_>, kept: &mut Kept) -> String {
    let mut out = String::new();
    if !tables(top, "attester").is_empty() {
        return out;
    }
    for require in tables(top, "require") {
        let (Some(id), Some(predicate)) = (text(require, "id"), text(require, "predicate")) else { continue };
        let severity = text(require, "severity");
        if severity.is_some_and(|severity| severity.value != "must") || !predicate.value.contains("://") {
            continue;
        }
        let (Some(name), Some(uri)) = (quoted(id.value), quoted(predicate.value)) else { continue };
        kept.keep(id.at);
        kept.keep(predicate.at);
        if let Some(severity) = severity {
            kept.keep(severity.at);
        }
        let start = if out.is_empty() { "      attestations:\n" } else { "" };
        let _ = write!(out, "{start}        - name: {name}\n          predicateType: {uri}\n");
    }
    out
}
