//! The commands `model_signing verify …` of the Python reference, version 1.1.1.

use super::losses::{Kept, Why};
use crate::policy::written::{Grant, table, tables, text, texts};
use crate::tables::{At, Table};
use crate::text::screen;
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

const VERIFY: &str = "model_signing verify";

/// A command for each way in which a publisher may sign; what they say is kept.
pub(super) fn write(top: Table<'_>, kept: &mut Kept) -> String {
    let mut out = String::from("# ");
    for key in ["name", "version"] {
        if let Some(word) = text(top, key) {
            kept.keep(word.at);
            let _ = write!(out, "{} ", screen(word.value));
        }
    }
    out.push_str("for model_signing 1.1.1; set MODEL to the folder of the model\n");
    // What is not said is as strict: no command, no pass.
    for key in ["schema", "default"] {
        if let Some(word) = text(top, key) {
            kept.keep(word.at);
        }
    }
    let symlinks = table(top, "artifact").and_then(|artifact| artifact.get("allow_symlinks"));
    if let Some(value) = symlinks {
        kept.keep(value.at());
    }
    let follows = symlinks.is_some_and(|value| value.flag().unwrap_or_default());
    let end = if follows { " --allow_symlinks" } else { "" };
    for grant in Grant::all(top).into_iter().filter(|grant| grant.kind == "publisher") {
        if let Some(id) = text(grant.table, "id") {
            kept.keep(id.at);
        }
        let models: Vec<&str> = grant.models().into_iter().map(|pattern| pattern.value).collect();
        let _ = writeln!(out, "\n# {}: {}", screen(grant.id), screen(&models.join(", ")));
        let commands = commands(top, &grant, kept);
        if commands.is_empty() {
            out.push_str("# no command can be written for this publisher\n");
        }
        for command in commands {
            let _ = writeln!(out, "{VERIFY} {command}{end} --signature \"$MODEL/model.sig\" \"$MODEL\"");
        }
    }
    out
}

fn commands(top: Table<'_>, grant: &Grant<'_>, kept: &mut Kept) -> Vec<String> {
    let mut all = Vec::new();
    for name in texts(grant.table, "trust") {
        let Some(anchor) = table(top, "trust").and_then(|trust| table(trust, name.value)) else { continue };
        let Some(kind) = text(anchor, "kind") else { continue };
        let files = texts(anchor, "files");
        let found = match kind.value {
            "key" => by_file(&files, kept),
            "x509" => by_authority(&files, kept).into_iter().collect(),
            // A trusted root is no client trust config, and another root must not take its place.
            "sigstore" if files.is_empty() => by_identity(grant, kept),
            _ => Vec::new(),
        };
        if !found.is_empty() {
            kept.keep(name.at);
            kept.keep(kind.at);
        }
        all.extend(found);
    }
    all
}

/// Each key alone would do.
fn by_file(files: &[At<&str>], kept: &mut Kept) -> Vec<String> {
    let one = |file: &At<&str>| {
        let word = argument(file.value)?;
        kept.keep(file.at);
        Some(format!("key --public_key {word}"))
    };
    files.iter().filter_map(one).collect()
}

/// All authorities together.
fn by_authority(files: &[At<&str>], kept: &mut Kept) -> Option<String> {
    let mut command = String::from("certificate");
    let mut is_any = false;
    for file in files {
        if let Some(word) = argument(file.value) {
            let _ = write!(command, " --certificate_chain {word}");
            kept.keep(file.at);
            is_any = true;
        }
    }
    // Without a chain the command would trust the authorities of the system.
    is_any.then_some(command)
}

fn by_identity(grant: &Grant<'_>, kept: &mut Kept) -> Vec<String> {
    let one = |identity: Table<'_>| {
        let (subject, issuer) = (text(identity, "subject")?, text(identity, "issuer")?);
        let who = argument(subject.value.strip_prefix("exact:")?)?;
        let provider = argument(issuer.value)?;
        kept.keep(subject.at);
        kept.keep(issuer.at);
        Some(format!("sigstore --identity {who} --identity_provider {provider}"))
    };
    tables(grant.table, "identities").into_iter().filter_map(one).collect()
}

/// A word that a POSIX shell takes as it is; none when it cannot be shown as it is, or could be taken for an option.
fn argument(word: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@=+,".contains(c);
    match word {
        _ if word.is_empty() || word.starts_with('-') || screen(word) != word => None,
        _ if word.chars().all(is_plain) => Some(word.to_owned()),
        _ => Some(format!("'{}'", word.replace('\'', r"'\''"))),
    }
}
