//! The commands `model_signing verify …` of the Python reference, version 1.1.1.

use super::losses::{Kept, Why};
use super::ways::{How, Way, head, publishers, symlinks, ways};
use crate::tables::Table;
use crate::text::{screen, shell_word};
use std::fmt::Write as _;

pub(super) const WHY: Why = &[
    ("publisher.models", "only in a comment: a command takes one model, and you choose the command"),
    (
        "publisher.identities",
        "only `verify sigstore` checks who signed, by an exact subject and an exact issuer; \
         other methods accept every signer of the anchor",
    ),
    ("publisher.trust", "no command can be written for this anchor"),
    ("publisher", "the commands do not restrict a publisher further"),
    ("attester", "the commands do not read claims"),
    ("deny_identity", "the commands still accept this signer"),
    ("expires", "the commands do not expire"),
    ("trust", "this part of the anchor cannot be passed to a command"),
    ("stage", "the commands have no stages"),
    ("require", "the commands do not read claims"),
];

/// A command for each way in which a publisher may sign; what they say is kept.
pub(super) fn write(top: Table<'_>, kept: &mut Kept) -> String {
    let head = screen(&head(top, kept).join(" "));
    let mut out = format!("# {head} for model_signing 1.1.1; set MODEL to the folder of the model\n");
    let end = if symlinks(top, kept) { " --allow_symlinks" } else { "" };
    for grant in publishers(top, kept) {
        let models: Vec<&str> = grant.models().into_iter().map(|pattern| pattern.value).collect();
        let _ = writeln!(out, "\n# {}: {}", screen(grant.id), screen(&models.join(", ")));
        let mut is_any = false;
        for way in ways(top, &grant) {
            let Some(method) = method(&way) else { continue };
            way.keep(kept);
            is_any = true;
            let _ = writeln!(
                out,
                "model_signing verify {method}{end} --signature \"$MODEL/model.sig\" \"$MODEL\""
            );
        }
        if !is_any {
            out.push_str("# no command can be written for this publisher\n");
        }
    }
    out
}

/// Method and options; none where no command does the same.
fn method(way: &Way<'_>) -> Option<String> {
    match &way.how {
        How::Key(file) => Some(format!("key --public_key {}", argument(file.value)?)),
        // Without a chain the command would trust the authorities of the system.
        How::Authorities(files) if files.is_empty() => None,
        How::Authorities(files) => {
            let one = |file| Some(format!(" --certificate_chain {}", argument(file)?));
            let chain: Option<String> = files.iter().map(|file| one(file.value)).collect();
            Some(format!("certificate{}", chain?))
        }
        How::Identity { .. } => {
            let (subject, issuer) = way.how.exact()?;
            let (subject, issuer) = (argument(subject)?, argument(issuer)?);
            Some(format!("sigstore --identity {subject} --identity_provider {issuer}"))
        }
    }
}

/// A word of the shell that is not taken for an option.
fn argument(word: &str) -> Option<String> {
    if word.starts_with('-') { None } else { shell_word(word) }
}
