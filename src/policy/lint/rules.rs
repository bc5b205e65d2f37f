//! The rules of the linter, as data: each with a part of a policy that triggers it and one that does not. It examines
//! nothing.

use schemars::JsonSchema;
use serde::Serialize;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// The policy very likely does not do what its author meant.
    Error,
    /// It may not.
    Warning,
    /// Something could be left out or added.
    Note,
}

impl Weight {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Weight::Error => "error",
            Weight::Warning => "warning",
            Weight::Note => "note",
        }
    }
}

/// What a rule needs beside the file, each more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Nothing.
    File,
    /// An inventory.
    Inventory,
    /// An inventory in which models were verified.
    Verified,
}

/// One rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, which stays.
    pub code: &'static str,
    /// How much its findings weigh.
    pub weight: Weight,
    /// What it needs beside the file.
    pub needs: Needs,
    /// What it finds.
    pub title: &'static str,
    /// What to do.
    pub help: &'static str,
    /// A policy after its head, with `{}` where the two examples differ.
    pub around: &'static str,
    /// What triggers it.
    pub bad: &'static str,
    /// What does not.
    pub good: &'static str,
}

/// Each rule under its name in the code, and the list of all.
macro_rules! rules {
    ($($name:ident: $weight:ident $needs:ident, $code:literal, $title:literal, $help:literal, $around:expr,
        $bad:literal, $good:literal;)*) => {
        $(pub(super) static $name: Rule = Rule {
            code: $code,
            weight: Weight::$weight,
            needs: Needs::$needs,
            title: $title,
            help: $help,
            around: $around,
            bad: $bad,
            good: $good,
        };)*

        /// All rules, in the order of the documentation.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

const KEY: &str = r#"
[trust.acme-key]
kind = "key"
files = ["acme.pub"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["acme-key"]
{}
"#;
const SIGSTORE: &str = r#"
[trust.public]
kind = "sigstore"
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["public"]
identities = [{}]
"#;
const STAGE: &str = r#"
[[stage]]
{}
"#;

const EXCEPTION: &str = r#"
[[stage]]
name = "staging"
[[exception]]
id = "EX-1"
control = "L1.06"
stages = ["staging"]
reason = "signed from June on"
{}
"#;

rules! {
    PATTERN_BROAD: Error File, "PATTERN-BROAD", "A pattern of subjects matches anybody",
        "write the subject as `touchmark show MODEL` prints it, with exact:", SIGSTORE,
        r#"{ issuer = "https://ci.acme.example", subject = "regex:^.*$" }"#,
        r#"{ issuer = "https://ci.acme.example", subject = "exact:ci@acme.example" }"#;
    PATTERN_START: Warning File, "PATTERN-START", "Anything may stand at the start of a pattern, so it is not anchored there",
        "begin with what every subject has, such as https://git\\\\.acme\\\\.example/, or [^@]+@ for mail addresses", SIGSTORE,
        r#"{ issuer = "https://ci.acme.example", subject = "regex:^.*@acme\\.example$" }"#,
        r#"{ issuer = "https://ci.acme.example", subject = "regex:^[^@]+@acme\\.example$" }"#;
    PATTERN_END: Warning File, "PATTERN-END", "Anything may stand at the end of a pattern, so it is not anchored there",
        "end with what every subject has, or with a class such as [a-z]+", SIGSTORE,
        r#"{ issuer = "https://ci.acme.example", subject = "regex:^https://git\\.acme\\.example/.*$" }"#,
        r#"{ issuer = "https://ci.acme.example", subject = "regex:^https://git\\.acme\\.example/[a-z]+$" }"#;
    PATTERN_DOT: Warning File, "PATTERN-DOT", "A dot in a regex is not escaped, so any character may stand there",
        "write \\\\. for a dot, or exact: where nothing varies", SIGSTORE,
        r#"{ issuer = "https://ci.acme.example", subject = "regex:^(ci|cd)@acme.example$" }"#,
        r#"{ issuer = "https://ci.acme.example", subject = "regex:^(ci|cd)@acme\\.example$" }"#;
    REF_WILDCARD: Warning File, "REF-WILDCARD", "A workflow may sign from any branch or tag, including unreviewed ones",
        "name the branch, or limit the tags: @refs/tags/v[0-9.]+", SIGSTORE,
        r#"{ issuer = "https://ci.acme.example", subject = "regex:^https://git\\.acme\\.example/release\\.yml@refs/tags/.*$" }"#,
        r#"{ issuer = "https://ci.acme.example", subject = "regex:^https://git\\.acme\\.example/release\\.yml@refs/tags/v[0-9.]+$" }"#;
    ISSUER_MISSING: Error File, "ISSUER-MISSING", "An identity of a Sigstore anchor has no issuer, so every identity provider may vouch for its subject",
        "add issuer = \"https://…\"", SIGSTORE,
        r#"{ subject = "exact:ci@acme.example" }"#,
        r#"{ issuer = "https://ci.acme.example", subject = "exact:ci@acme.example" }"#;
    MODELS_BROAD: Warning File, "MODELS-BROAD", "A pattern of models leaves the owner open",
        "write the owner in full, up to the slash: owner/*", r#"
[trust.acme-key]
kind = "key"
files = ["acme.pub"]
[[publisher]]
id = "acme"
models = [{}]
trust = ["acme-key"]
"#,
        r#""acme*""#, r#""acme/*""#;
    PUBLISHERS_OVERLAP: Warning File, "PUBLISHERS-OVERLAP", "Patterns of two publishers match the same models, equally long; the first one in the file owns them",
        "make one pattern longer, so that the owner does not depend on the order", r#"
[trust.acme-key]
kind = "key"
files = ["acme.pub"]
[[publisher]]
id = "chat"
models = ["acme/chat-*"]
trust = ["acme-key"]
[[publisher]]
id = "tuned"
models = [{}]
trust = ["acme-key"]
"#,
        r#""acme/*-chat""#, r#""acme/*-tuned""#;
    GRANT_DENIED: Warning File, "GRANT-DENIED", "A granted identity is denied at all times, so the grant never counts",
        "remove the identity, or add `after` to the [[deny_identity]]", r#"
[trust.public]
kind = "sigstore"
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["public"]
identities = [{ issuer = "https://ci.acme.example", subject = "exact:ci@acme.example" }]
[[deny_identity]]
subject = "exact:ci@acme.example"
{}
"#,
        "reason = \"stolen\"", "after = 2026-10-01T00:00:00Z";
    GRANT_ENDED: Note File, "GRANT-ENDED", "A grant has ended: only older signatures with a trusted time still count",
        "remove it when no model with such a signature is left, or extend `valid_until`", KEY,
        "valid_until = 2020-01-01T00:00:00Z", "valid_until = 2999-01-01T00:00:00Z";
    LOOKS_ALIKE: Warning File, "LOOKS-ALIKE", "Two names of the policy look the same and are different",
        "correct the one that was mistyped; different letters can look alike", r#"
[trust.acme-key]
kind = "key"
files = ["acme.pub"]
[[publisher]]
id = "acme"
models = ["acme/chat", {}]
trust = ["acme-key"]
"#,
        r#""асme/voice""#, r#""acne/voice""#;
    STAGE_CONTRADICTED: Warning File, "STAGE-CONTRADICTED", "A stage admits contradicted evidence, such as files that were changed after signing",
        "write on_contradicted = \"closed\"", STAGE,
        "name = \"dev\"\non_contradicted = \"open\"", "name = \"dev\"\non_contradicted = \"closed\"";
    STAGE_OPEN: Error File, "STAGE-OPEN", "A production stage admits what was not proven",
        "write \"closed\", or \"warn\" to ask for an acknowledgement", STAGE,
        "name = \"production\"\nproduction = true\non_missing = \"open\"",
        "name = \"production\"\nproduction = true\non_missing = \"warn\"";
    STAGE_NAME: Warning File, "STAGE-NAME", "A stage is named like production and does not say that it is",
        "add production = true, or rename it", STAGE,
        "name = \"prod\"", "name = \"prod\"\nproduction = true";
    REQUIREMENT_CONTRARY: Error File, "REQUIREMENT-CONTRARY", "Two clauses of a requirement exclude each other, so no claim can meet it",
        "remove one; use `in` where one of several values is enough", r#"
[trust.acme-key]
kind = "key"
files = ["acme.pub"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["acme-key"]
roles = ["producer", "eval"]
[[require]]
id = "tested"
predicate = "https://in-toto.io/attestation/test-result/v0.1"
where = [{ path = "result", op = "==", value = "PASSED" }, {}]
"#,
        r#"{ path = "result", op = "==", value = "WARNED" }"#,
        r#"{ path = "url", op = "==", value = "https://tests.acme.example" }"#;
    UNUSED: Note File, "UNUSED", "A rule has no effect, because nothing else uses it",
        "remove it, or correct the name where it was meant to be used", r#"
[trust.acme-key]
kind = "key"
files = ["acme.pub"]
[trust.other-key]
kind = "key"
files = ["other.pub"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = [{}]
"#,
        r#""acme-key""#, r#""acme-key", "other-key""#;
    ANCHOR_AGELESS: Note File, "ANCHOR-AGELESS", "A pinned Sigstore root counts at any age, though its keys are replaced from time to time",
        "add max_age_days = 90, and refresh it with `touchmark trust refresh`", r#"
[trust.private]
kind = "sigstore"
files = ["root.json"]
{}
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["private"]
identities = [{ issuer = "https://ci.acme.example", subject = "exact:ci@acme.example" }]
"#,
        "", "max_age_days = 90";
    MODELS_UNMATCHED: Warning Inventory, "MODELS-UNMATCHED", "A pattern matches no model of the inventory",
        "correct the pattern, or remove it; keep it for models that are still to come", r#"
[trust.acme-key]
kind = "key"
files = ["acme.pub"]
[[publisher]]
id = "acme"
models = ["acme/*", {}]
trust = ["acme-key"]
"#,
        r#""acme/chta""#, r#""acme/chat""#;
    SIGNER_UNSEEN: Note Verified, "SIGNER-UNSEEN", "An identity has signed nothing in the inventory",
        "compare it with the signers that `touchmark show MODEL` prints", SIGSTORE,
        r#"{ issuer = "https://ci.acme.example", subject = "exact:cd@acme.example" }"#,
        r#"{ issuer = "https://ci.acme.example", subject = "exact:ci@acme.example" }"#;
    ANCHOR_OLD: Warning Inventory, "ANCHOR-OLD", "The file of an anchor is older than max_age_days",
        "fetch a newer one with `touchmark trust refresh`, or replace the file", r#"
[trust.public]
kind = "sigstore"
max_age_days = {}
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["public"]
identities = [{ issuer = "https://ci.acme.example", subject = "exact:ci@acme.example" }]
"#,
        "30", "365";
    REQUIREMENT_IDLE: Warning Verified, "REQUIREMENT-IDLE", "A requirement is never met in the inventory, or without it no score, level and decision changes: it never fails, or other rules decide before it",
        "check its clauses with a model that should meet it and one that should not", r#"
[trust.acme-key]
kind = "key"
files = ["acme.pub"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["acme-key"]
roles = ["producer", "eval"]
[[require]]
id = {}
predicate = "https://in-toto.io/attestation/test-result/v0.1"
"#,
        "\"idle\"", "\"busy\"";
    EXCEPTION_LONG: Warning File, "EXCEPTION-LONG", "An exception lasts longer than a year, so hardly anybody will look at it again",
        "let it end within a year, and renew it if it is still needed", EXCEPTION,
        "subject = \"vendor/*\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2036-01-31T00:00:00Z",
        "subject = \"vendor/*\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2027-01-31T00:00:00Z";
    EXCEPTION_ENDED: Warning File, "EXCEPTION-ENDED", "An exception has ended: it has no effect, and L3.15 fails for its models",
        "remove it, or have it approved again with a later `expires`", EXCEPTION,
        "subject = \"vendor/*\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2020-01-01T00:00:00Z\nexpires = 2020-06-01T00:00:00Z",
        "subject = \"vendor/*\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2027-01-31T00:00:00Z";
    EXCEPTION_ENDS: Note File, "EXCEPTION-ENDS", "An exception ends soon",
        "make sure that the evidence will be there, or have it approved again", EXCEPTION,
        "subject = \"vendor/*\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2026-12-01T00:00:00Z",
        "subject = \"vendor/*\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2027-01-31T00:00:00Z";
    EXCEPTION_APPROVAL: Warning File, "EXCEPTION-APPROVAL", "The owner of an exception approved it",
        "let somebody else approve it", EXCEPTION,
        "subject = \"vendor/*\"\nowner = \"a@acme.example\"\napproved_by = \"a@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2027-01-31T00:00:00Z",
        "subject = \"vendor/*\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2027-01-31T00:00:00Z";
    EXCEPTION_BROAD: Error File, "EXCEPTION-BROAD", "An exception is for the models of any owner",
        "write the owner in full, up to the slash: owner/*", EXCEPTION,
        "subject = \"*\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2027-01-31T00:00:00Z",
        "subject = \"vendor/*\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2027-01-31T00:00:00Z";
    EXCEPTION_UNMATCHED: Warning Inventory, "EXCEPTION-UNMATCHED", "The subject of an exception is no model of the inventory",
        "correct the subject, or remove the exception", EXCEPTION,
        "subject = \"vendor/*\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2027-01-31T00:00:00Z",
        "subject = \"acme/chat\"\nowner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\ncreated = 2026-11-01T00:00:00Z\nexpires = 2027-01-31T00:00:00Z";
    GLASS_CONTRADICTED: Error File, "GLASS-CONTRADICTED", "Breaking the glass of a production stage admits contradicted evidence, such as files that were changed after signing",
        "add \"contradicted\" to `forbids`, or leave `forbids` out", STAGE,
        "name = \"production\"\nproduction = true\nbreak_glass = { approvers = 2, max_hours = 12, forbids = [] }",
        "name = \"production\"\nproduction = true\nbreak_glass = { approvers = 2, max_hours = 12 }";
}
