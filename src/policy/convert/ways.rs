//! The ways in which publishers of a policy may sign, as other tools have them: by a key, under authorities, by an identity.

use super::losses::Kept;
use crate::policy::written::{Grant, table, tables, text, texts};
use crate::tables::{At, Table};

/// One way to sign.
pub(super) struct Way<'a> {
    /// The name of its anchor, where the publisher trusts it.
    pub anchor: At<&'a str>,
    kind: At<&'a str>,
    pub how: How<'a>,
}

pub(super) enum How<'a> {
    /// By the key in this file.
    Key(At<&'a str>),
    /// Under the authorities in these files.
    Authorities(Vec<At<&'a str>>),
    /// By an identity, under the public root of Sigstore. Another root must not take its place.
    Identity { subject: At<&'a str>, issuer: At<&'a str> },
}

impl How<'_> {
    /// What is exact in both patterns of an identity.
    pub fn exact(&self) -> Option<(&str, &str)> {
        match self {
            How::Identity { subject, issuer } => Some((subject.value.strip_prefix("exact:")?, issuer.value)),
            How::Key(_) | How::Authorities(_) => None,
        }
    }
}

impl Way<'_> {
    /// A tool takes all of it.
    pub fn keep(&self, kept: &mut Kept) {
        kept.keep(self.anchor.at);
        kept.keep(self.kind.at);
        match &self.how {
            How::Key(file) => kept.keep(file.at),
            How::Authorities(files) => files.iter().for_each(|file| kept.keep(file.at)),
            How::Identity { subject, issuer } => {
                kept.keep(subject.at);
                kept.keep(issuer.at);
            }
        }
    }
}

/// The ways of one publisher, in the order of its anchors.
pub(super) fn ways<'a>(top: Table<'a>, grant: &Grant<'a>) -> Vec<Way<'a>> {
    let mut all = Vec::new();
    for anchor in texts(grant.table, "trust") {
        let Some(of) = table(top, "trust").and_then(|trust| table(trust, anchor.value)) else { continue };
        let Some(kind) = text(of, "kind") else { continue };
        let files = texts(of, "files");
        let how: Vec<How<'a>> = match kind.value {
            "key" => files.into_iter().map(How::Key).collect(),
            "x509" => vec![How::Authorities(files)],
            "sigstore" if files.is_empty() => {
                let one = |identity: Table<'a>| {
                    let (subject, issuer) = (text(identity, "subject")?, text(identity, "issuer")?);
                    Some(How::Identity { subject, issuer })
                };
                tables(grant.table, "identities").into_iter().filter_map(one).collect()
            }
            _ => Vec::new(),
        };
        all.extend(how.into_iter().map(|how| Way { anchor, kind, how }));
    }
    all
}

/// The publishers; their ids are kept.
pub(super) fn publishers<'a>(top: Table<'a>, kept: &mut Kept) -> Vec<Grant<'a>> {
    let all: Vec<Grant<'a>> = Grant::all(top).into_iter().filter(|grant| grant.kind == "publisher").collect();
    for id in all.iter().filter_map(|grant| text(grant.table, "id")) {
        kept.keep(id.at);
    }
    all
}

/// Name and version of the policy. What it says besides is as strict in every tool: what nothing names does not pass.
pub(super) fn head<'a>(top: Table<'a>, kept: &mut Kept) -> Vec<&'a str> {
    let mut words = |keys: [&str; 2]| {
        let found: Vec<At<&'a str>> = keys.iter().filter_map(|key| text(top, key)).collect();
        found.iter().for_each(|word| kept.keep(word.at));
        found.iter().map(|word| word.value).collect()
    };
    let _: Vec<&str> = words(["schema", "default"]);
    words(["name", "version"])
}

/// Whether links may be followed.
pub(super) fn symlinks(top: Table<'_>, kept: &mut Kept) -> bool {
    let flag = table(top, "artifact").and_then(|artifact| artifact.get("allow_symlinks"));
    if let Some(value) = flag {
        kept.keep(value.at());
    }
    flag.is_some_and(|value| value.flag().unwrap_or_default())
}
