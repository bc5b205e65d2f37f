//! Command lines of `cosign verify`: each is a publisher.

use super::draft::{Anchor, Draft, Identity, Publisher, Spot};
use super::go_regex::{literal, pattern};
use super::tree::Unreadable;
use crate::policy::convert::losses::Lost;

/// What is asked for.
const COMMANDS: [&str; 4] = ["verify", "verify-attestation", "verify-blob", "verify-blob-attestation"];
/// Options without a value.
const FLAGS: [&str; 16] = [
    "--allow-http-registry",
    "--allow-insecure-registry",
    "--check-claims",
    "--experimental-oci11",
    "--help",
    "-h",
    "--insecure-ignore-sct",
    "--insecure-ignore-tlog",
    "--k8s-keychain",
    "--local-image",
    "--new-bundle-format",
    "--offline",
    "--private-infrastructure",
    "--sk",
    "--use-signed-timestamps",
    "-d",
];
/// Options that change whom the command trusts, in ways that no anchor of ours has: without them it would say another
/// thing.
const TRUST: [(&str, &str); 8] = [
    ("--certificate-chain", "identities under other authorities are not those of certificates here"),
    ("--cert-chain", "identities under other authorities are not those of certificates here"),
    ("--ca-roots", "identities under other authorities are not those of certificates here"),
    ("--ca-intermediates", "identities under other authorities are not those of certificates here"),
    ("--certificate", "one certificate is no anchor; its key can be one"),
    ("--cert", "one certificate is no anchor; its key can be one"),
    ("--sk", "a hardware key is no anchor; put its public key into a file"),
    (
        "--rekor-url",
        "another log needs the trusted root of its instance: add it as `files` of a [trust.NAME]",
    ),
];
/// Options that say who signs.
const SIGNERS: [&str; 6] = [
    "--key",
    "--trusted-root",
    "--certificate-identity",
    "--certificate-identity-regexp",
    "--certificate-oidc-issuer",
    "--certificate-oidc-issuer-regexp",
];
const REKOR: [&str; 2] = ["https://rekor.sigstore.dev", "https://rekor.sigstore.dev/"];
const LIMIT_WORDS: usize = 5_000;

/// Whether a text looks like command lines.
pub(super) fn is_one(text: &str) -> bool {
    let lines = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    lines.is_some_and(|line| line.starts_with("cosign ") || line.starts_with("--"))
}

pub(super) fn read(text: &str, draft: &mut Draft, lost: &mut Vec<Lost>) -> Result<(), Unreadable> {
    let commands = commands(text)?;
    if commands.iter().map(Vec::len).sum::<usize>() > LIMIT_WORDS {
        return Err(Unreadable { what: "more than 5000 words", line: None });
    }
    for words in commands {
        command(&words, draft, lost);
    }
    Ok(())
}

/// A word, and the line that it begins in.
#[derive(Debug)]
struct Word {
    text: String,
    line: usize,
    /// The shell would put something else there.
    is_open: bool,
}

impl Word {
    fn spot(&self, key: &str) -> Spot {
        Spot { key: key.to_owned(), line: self.line }
    }
}

/// What the options of one command say.
#[derive(Default)]
struct Said {
    models: Vec<(Spot, String)>,
    anchor: Option<Anchor>,
    subject: Option<(Spot, String)>,
    issuer: Option<String>,
    is_left_out: bool,
}

fn command(words: &[Word], draft: &mut Draft, lost: &mut Vec<Lost>) {
    let Some(first) = words.first() else { return };
    let mut said = Said::default();
    let mut rest = words.iter().peekable();
    if first.text == "cosign" {
        rest.next();
        match rest.next() {
            Some(verb) if COMMANDS.contains(&verb.text.as_str()) => {}
            other => {
                lost.push(other.unwrap_or(first).spot("cosign").lost("not a command that verifies"));
                return;
            }
        }
    }
    while let Some(word) = rest.next() {
        if !word.text.starts_with('-') {
            image(word, &mut said, lost);
            continue;
        }
        let (name, value) = match word.text.split_once('=') {
            Some((name, value)) => (name, Some((value, word.is_open))),
            None if FLAGS.contains(&word.text.as_str()) => (word.text.as_str(), None),
            None => {
                let next = rest.next_if(|next| !next.text.starts_with('-'));
                (word.text.as_str(), next.map(|next| (next.text.as_str(), next.is_open)))
            }
        };
        if value.is_some_and(|(_, is_open)| is_open) && SIGNERS.contains(&name) {
            lost.push(word.spot(name).lost("the shell puts another value there"));
            said.is_left_out = true;
            continue;
        }
        let value = value.map(|(value, _)| value);
        option(word, (name, value), &mut said, draft, lost);
    }
    let spot = first.spot("cosign");
    if said.models.is_empty() {
        lost.push(
            spot.lost("no image that is named: the publisher is for all models, so narrow its `models`"),
        );
        said.models.push((spot.clone(), "*".to_owned()));
    }
    let public = || draft.anchor("sigstore-public", "sigstore", Vec::new());
    let anchors = if said.is_left_out { Vec::new() } else { vec![said.anchor.unwrap_or_else(public)] };
    let by_key = anchors.iter().any(|anchor| anchor.kind == "key");
    let issuer = said.issuer;
    let identities = match said.subject {
        Some((spot, _)) if by_key => {
            lost.push(spot.lost("a key is its own signer"));
            Vec::new()
        }
        subject => subject
            .into_iter()
            .map(|(spot, subject)| (spot, Identity { subject, issuer: issuer.clone() }))
            .collect(),
    };
    draft
        .publish(Publisher { id: "cosign".to_owned(), spot, models: said.models, anchors, identities }, lost);
}

fn image(word: &Word, said: &mut Said, lost: &mut Vec<Lost>) {
    let spot = word.spot("image");
    if word.is_open {
        lost.push(spot.lost("the shell puts another name there"));
        return;
    }
    let name = word.text.split_once('@').map_or(word.text.as_str(), |(name, _)| name);
    let start = name.rfind('/').map_or(0, |slash| slash + 1);
    let tag = name.get(start..).and_then(|last| last.find(':')).map(|colon| start + colon);
    let name = tag.and_then(|tag| name.get(..tag)).unwrap_or(name);
    if name != word.text {
        lost.push(spot.lost("any version of it: neither tag nor digest is kept"));
    }
    said.models.push((spot, name.to_owned()));
}

fn option(
    word: &Word,
    (name, value): (&str, Option<&str>),
    said: &mut Said,
    draft: &Draft,
    lost: &mut Vec<Lost>,
) {
    let spot = word.spot(name);
    match (name, value) {
        ("--key", Some(file)) if !file.contains("://") => {
            let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
            if base != file {
                lost.push(spot.lost("files lie beside the policy: put the key there"));
            }
            let stem = base.split('.').next().unwrap_or(base);
            said.anchor = Some(draft.anchor(&format!("key-{stem}"), "key", vec![base.to_owned()]));
        }
        ("--key", _) => {
            lost.push(spot.lost("not a file: put the public key into one"));
            said.is_left_out = true;
        }
        ("--trusted-root", Some(file)) => {
            let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
            if base != file {
                lost.push(spot.lost("files lie beside the policy: put the root there"));
            }
            said.anchor = Some(draft.anchor("sigstore", "sigstore", vec![base.to_owned()]));
        }
        ("--certificate-identity", Some(who)) => said.subject = Some((spot, format!("exact:{who}"))),
        ("--certificate-identity-regexp", Some(regex)) => said.subject = Some((spot, pattern(regex))),
        ("--certificate-oidc-issuer", Some(issuer)) => said.issuer = Some(issuer.to_owned()),
        ("--certificate-oidc-issuer-regexp", Some(regex)) => {
            said.issuer = literal(regex);
            lost.push(spot.lost("an issuer is exact here"));
        }
        ("--type", _) => {
            lost.push(spot.lost("write a [[require]] for it, with an [[attester]] if others sign it"))
        }
        ("--rekor-url", Some(url)) if REKOR.contains(&url) => {}
        ("--insecure-ignore-tlog" | "--private-infrastructure", _) => {
            lost.push(spot.lost("stricter here: signatures by an identity need their log entry"));
        }
        _ => {
            let trust = TRUST.iter().find(|(option, _)| *option == name);
            said.is_left_out |= trust.is_some();
            lost.push(spot.lost(trust.map_or("no counterpart", |(_, why)| why)));
        }
    }
}

/// The words of each command, as a POSIX shell has them.
fn commands(text: &str) -> Result<Vec<Vec<Word>>, Unreadable> {
    let mut all = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    let mut word: Option<Word> = None;
    let mut line = 1_usize;
    let mut quote: Option<(char, usize)> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let at = line;
        if c == '\n' {
            line += 1;
        }
        let is_start = word.is_none();
        // A dollar alone is itself.
        let is_variable = |next: &char| next.is_ascii_alphanumeric() || "_{(@*#?!".contains(*next);
        let is_open = c == '`' || (c == '$' && chars.peek().is_some_and(is_variable));
        let mut push = |c: Option<char>, is_open: bool| {
            let word = word.get_or_insert_with(|| Word { text: String::new(), line: at, is_open: false });
            word.text.extend(c);
            word.is_open |= is_open;
        };
        match (quote, c) {
            (Some((open, _)), _) if c == open => quote = None,
            (Some(('"', _)), '\\') => match chars.next_if(|next| "\"\\$`\n".contains(*next)) {
                Some('\n') => line += 1,
                next => push(Some(next.unwrap_or(c)), false),
            },
            (Some((open, _)), _) => push(Some(c), open == '"' && is_open),
            (None, '\'' | '"') => {
                quote = Some((c, at));
                push(None, false);
            }
            (None, '\\') => match chars.next() {
                Some('\n') => line += 1,
                // Lines of a file from elsewhere.
                Some('\r') => line += chars.next_if_eq(&'\n').map_or(0, |_| 1),
                Some(next) => push(Some(next), false),
                None => {}
            },
            (None, '#') if is_start => while chars.next_if(|next| *next != '\n').is_some() {},
            (None, '\n' | ';' | '&' | '|') => {
                words.extend(word.take());
                all.push(std::mem::take(&mut words));
            }
            (None, _) if c.is_whitespace() => words.extend(word.take()),
            (None, _) => push(Some(c), is_open),
        }
    }
    if let Some((_, line)) = quote {
        return Err(Unreadable { what: "a quote is not closed", line: Some(line) });
    }
    words.extend(word.take());
    all.push(words);
    all.retain(|words| !words.is_empty());
    Ok(all)
}
