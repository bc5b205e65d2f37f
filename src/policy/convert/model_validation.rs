//! `ModelValidation` of the Sigstore model validation operator, version v1alpha1.

use super::losses::{Kept, Why};
use super::ways::{How, Way, head, publishers, symlinks, ways};
use super::yaml::{Names, quoted};
use crate::tables::Table;
use crate::text::screen;
use std::fmt::Write as _;

pub(super) const WHY: Why = &[
    (
        "publisher.models",
        "only in a comment: an object names the path of one model, and you choose the object",
    ),
    (
        "publisher.identities",
        "only sigstoreConfig checks who signed, by an exact subject and an exact issuer; \
         other methods accept every signer of the anchor",
    ),
    ("publisher.trust", "no object can be written for this anchor"),
    ("publisher", "the objects do not restrict a publisher further"),
    ("attester", "the operator does not read claims"),
    ("deny_identity", "the operator still accepts this signer"),
    ("expires", "the objects do not expire"),
    ("trust", "this part of the anchor has no place in an object"),
    ("stage", "the operator has no stages"),
    ("require", "the operator does not read claims"),
];

/// An object for each way in which a publisher may sign; what they say is kept.
pub(super) fn write(top: Table<'_>, kept: &mut Kept) -> String {
    let head = screen(&head(top, kept).join(" "));
    let mut out =
        format!("# {head} for the model validation operator; correct the paths to those in the pod\n");
    let links = if symlinks(top, kept) { "    allowSymlinks: true\n" } else { "" };
    let mut names = Names::default();
    for grant in publishers(top, kept) {
        let models: Vec<&str> = grant.models().into_iter().map(|pattern| pattern.value).collect();
        let _ = writeln!(out, "# {}: {}", screen(grant.id), screen(&models.join(", ")));
        let mut is_any = false;
        for way in ways(top, &grant) {
            let Some(config) = config(&way) else { continue };
            way.keep(kept);
            is_any = true;
            let name = names.of(grant.id);
            let _ = write!(
                out,
                "---\napiVersion: ml.sigstore.dev/v1alpha1\nkind: ModelValidation\nmetadata:\n  name: \"{name}\"\n\
                 spec:\n  config:\n{config}  model:\n    path: /data\n    signaturePath: /data/model.sig\n{links}"
            );
        }
        if !is_any {
            out.push_str("# no object can be written for this publisher\n");
        }
    }
    out
}

/// The method; none where no object does the same.
fn config(way: &Way<'_>) -> Option<String> {
    match &way.how {
        How::Key(file) => Some(format!("    publicKeyConfig:\n      keyPath: {}\n", quoted(file.value)?)),
        How::Authorities(files) => match files.as_slice() {
            [file] => Some(format!("    pkiConfig:\n      certificateAuthority: {}\n", quoted(file.value)?)),
            _ => None,
        },
        How::Identity { .. } => {
            let (subject, issuer) = way.how.exact()?;
            Some(format!(
                "    sigstoreConfig:\n      certificateIdentity: {}\n      certificateOidcIssuer: {}\n",
                quoted(subject)?,
                quoted(issuer)?
            ))
        }
    }
}
