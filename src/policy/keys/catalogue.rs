//! The catalogue of keys. Each meaning stands in `docs/policy.md` in the same words.

use super::layout::Form::{
    Compared, Flag, List, Moment, Named, Number, Of, Open, Share, Table, Tables, Text, Word,
};
use super::layout::{Form, Key, Layout, Thing};
use crate::policy::names::{
    ACCEPT_CACHE, ACTIONS, ALWAYS, CLASSES, DENY_ALL, EVIDENCE_PROFILES, FORMATS, HASHES, KEYS, KINDS,
    METHODS, OPERATORS, PARTS, RISKS, ROLES, SCHEMA, SELF_ATTESTED, SEVERITIES, STATES, STRATEGIES,
    SUMMARIES, UNAVAILABLE, UNSIGNED_ANCESTORS,
};
use crate::policy::stage_rules::{DigestBasis, Moment as Asked};
use crate::policy::trial::Wanted;

const fn may(name: &'static str, form: Form, meaning: &'static str) -> Key {
    Key { name, is_required: false, form, meaning }
}

const fn must(name: &'static str, form: Form, meaning: &'static str) -> Key {
    Key { name, is_required: true, form, meaning }
}

fn words<T>(vocabulary: &[(&'static str, T)]) -> Vec<&'static str> {
    vocabulary.iter().map(|(word, _)| *word).collect()
}

const TEXTS: Form = List(&Text, 0);
const ANCHORS: Form = List(&Of(Thing::Anchor), 1);
const SIGNER_ROLES: Form = List(&Word(|| words(&ROLES)), 1);
const ACTION: Form = Word(|| words(&ACTIONS));
const DAYS: Form = Number(1, 36_500);
const LEVEL: Form = Number(0, 3);
const FROM: &str = "signatures before this time do not count";
const UNTIL: &str = "signatures after this time do not count; without a trusted time, now counts";
const WHO_SIGNS: &str = "`subject` (`exact:TEXT` or `regex:^…$`) and `issuer` (exact)";
const TRUST: &str = "names of anchors";

/// The policy as a whole.
pub static POLICY: Layout = Layout {
    label: "the policy",
    keys: &[
        must("schema", Word(|| vec![SCHEMA]), "the version of the format: `\"trust-policy/0.1\"`"),
        must("name", Text, "shown with every decision"),
        must("version", Text, "shown with every decision"),
        may("expires", Moment, "after this time the policy admits nothing"),
        may("owner", Text, "who is responsible, according to the file"),
        may("approved_by", TEXTS, "who approved it, according to the file"),
        may("default", Word(|| words(&DENY_ALL)), "`\"deny\"`, the only value"),
        may("trust", Named(&TRUST_ANCHOR), "whom to trust"),
        may("crypto", Table(&CRYPTO), "which hashes and keys may be used"),
        may("publisher", Tables(&PUBLISHER), "who publishes and signs which models"),
        may("attester", Tables(&ATTESTER), "who makes claims about models that others publish"),
        may("deny_identity", Tables(&DENY), "signers that nothing else lets in"),
        may("artifact", Table(&ARTIFACT), "what a model may be"),
        may("require", Tables(&REQUIRE), "what claims must state"),
        may("trusted_summary", Tables(&SUMMARY), "whose summaries replace the evidence of ancestors"),
        may("lineage", Table(&LINEAGE), "what ancestors must show"),
        may("conflicts", Table(&CONFLICTS), "how conflicting claims are resolved"),
        may("log", Table(&LOG), "which signatures need a log entry"),
        may("freshness", Table(&FRESHNESS), "how old a verification may be"),
        may("ledger", Table(&LEDGER), "which checkpoints the ledger needs"),
        may("controls", Table(&CONTROLS), "which controls count more"),
        may("risk", Tables(&RISK), "the risk of a model's use"),
        may("stage", Tables(&STAGE), "what happens at each stage"),
        may("exception", Tables(&EXCEPTION), "which evidence may be missing, where and until when"),
        may("test", Tables(&TEST), "what this policy has to decide"),
    ],
};

/// The key that puts a policy on top of another one: it is read before all others.
pub static EXTENDS: Key = may("extends", Of(Thing::File), "the file that this policy tightens, see layers");

pub(in crate::policy) static TRUST_ANCHOR: Layout = Layout {
    label: "[trust.NAME]",
    keys: &[
        must("kind", Word(|| words(&KINDS)), "`key`, `x509`, `sigstore` or `tsa`"),
        may(
            "files",
            List(&Of(Thing::File), 0),
            "PEM keys, PEM certificates or one `trusted_root.json`, relative to the policy",
        ),
        may("crls", List(&Of(Thing::File), 0), "revocation lists, for `x509`"),
        may("max_age_days", DAYS, "an older file is reported"),
    ],
};

pub(in crate::policy) static PUBLISHER: Layout = Layout {
    label: "[[publisher]]",
    keys: &[
        must("id", Of(Thing::NewPublisher), "its name; unique among publishers and attesters"),
        must("models", List(&Of(Thing::Models), 1), "patterns such as `owner/*`"),
        must("trust", ANCHORS, TRUST),
        may("identities", Tables(&IDENTITY), WHO_SIGNS),
        may("roles", SIGNER_ROLES, "what it may claim"),
        may("valid_from", Moment, FROM),
        may("valid_until", Moment, UNTIL),
    ],
};

pub(in crate::policy) static ATTESTER: Layout = Layout {
    label: "[[attester]]",
    keys: &[
        must("id", Of(Thing::NewName), "its name; unique among publishers and attesters"),
        must("trust", ANCHORS, TRUST),
        may("identities", Tables(&IDENTITY), WHO_SIGNS),
        must("roles", SIGNER_ROLES, "what it may claim"),
        may(
            "domains",
            List(&Of(Thing::NewName), 0),
            "what it may evaluate, for requirements with a `domain`",
        ),
        may("models", List(&Of(Thing::Models), 1), "patterns such as `owner/*`"),
        may("valid_from", Moment, FROM),
        may("valid_until", Moment, UNTIL),
    ],
};

pub(in crate::policy) static IDENTITY: Layout = Layout {
    label: "an identity",
    keys: &[
        must("subject", Of(Thing::Identity), "who signs: `exact:TEXT` or `regex:^…$`"),
        may("issuer", Of(Thing::Issuer), "who vouches for the subject, exactly as written"),
    ],
};

pub(in crate::policy) static DENY: Layout = Layout {
    label: "[[deny_identity]]",
    keys: &[
        must("subject", Of(Thing::Identity), "a pattern for the signer's subject or key fingerprint"),
        may("after", Moment, "signatures with an earlier trusted time still count"),
        may("reason", Text, "shown with what is refused"),
    ],
};

pub(in crate::policy) static CRYPTO: Layout = Layout {
    label: "[crypto]",
    keys: &[
        may(
            "hash",
            List(&Word(|| words(&HASHES)), 1),
            "hashes of files that count: `sha256`, `blake2b`, `blake3`",
        ),
        may(
            "keys",
            List(&Word(|| words(&KEYS)), 1),
            "keys of signers that count: `p256`, `p384`, `p521`; beyond OMS: `rsa`, `ed25519`",
        ),
    ],
};

pub(in crate::policy) static ARTIFACT: Layout = Layout {
    label: "[artifact]",
    keys: &[
        may(
            "ban_formats",
            List(&Word(|| words(&FORMATS)), 0),
            "formats that a model must not contain, detected from the bytes",
        ),
        may("allow_ignore_paths", TEXTS, "paths that a signature may leave out"),
        may("allow_symlinks", Flag, "whether a signature may follow links"),
        may(
            "allow_resign_at_ingest",
            Flag,
            "whether a signature by an attester with the role `ingest` replaces the producer's",
        ),
        may(
            "dataset_deny",
            TEXTS,
            "datasets by name (`owner/*`) or digest (`sha256:…`), in any document or claim",
        ),
        may(
            "license_deny",
            TEXTS,
            "licences, as SPDX ids with `*`; a choice (`OR`) is denied only if every alternative is",
        ),
        may(
            "partial_verification",
            Word(|| words(&PARTS)),
            "which part of a model (`--only`) is enough at stages that do not say `on_partial`: `never`, `load-set-only`, `any`; see below",
        ),
    ],
};

pub(in crate::policy) static REQUIRE: Layout = Layout {
    label: "[[require]]",
    keys: &[
        must("id", Of(Thing::NewName), "its name"),
        must("predicate", Of(Thing::Predicate), "URI or id, see predicates"),
        may("from_role", Word(|| words(&ROLES)), "the role of the signer"),
        may(
            "domain",
            Of(Thing::Domain),
            "a domain that the signer must cover, by a grant with `from_role`, or else with a role for the predicate",
        ),
        may("verifier", Text, "the verifier that a summary must name"),
        may("where", Tables(&CLAUSE), "clauses: `path`, `op`, `value`; a list has at most 1000 values"),
        may("max_age_days", DAYS, "days since a trusted signing time"),
        may("severity", Word(|| words(&SEVERITIES)), "`must` or `should`"),
        may(
            "self_attested",
            Word(|| words(&SELF_ATTESTED)),
            "result of a claim by the model's own producer: `pass`, `warn` (met in part), `fail` (not met)",
        ),
    ],
};

pub(in crate::policy) static CLAUSE: Layout = Layout {
    label: "a clause of `where`",
    keys: &[
        must(
            "path",
            Text,
            "the member of the predicate: names with dots, and `[*]` for each entry of a list",
        ),
        must("op", Word(|| OPERATORS.to_vec()), "how it is compared"),
        must("value", Compared, "what it is compared with; its type depends on `op`"),
    ],
};

pub(in crate::policy) static SUMMARY: Layout = Layout {
    label: "[[trusted_summary]]",
    keys: &[
        must("verifier", Text, "the verifier that a summary names"),
        must(
            "signer",
            Of(Thing::Signer),
            "the attester or publisher that signs its summaries, with the role `verifier`",
        ),
        may("kinds", List(&Word(|| words(&SUMMARIES)), 1), "`vsa`, `svr`"),
        may("min_properties", TEXTS, "properties or levels that it must state; higher levels count too"),
        may("resource", Text, "the resource that it must be about, by URI"),
        may("policy", Of(Thing::Digest), "digest of the policy that the verifier used"),
        may("max_age_days", DAYS, "how long it counts"),
        may("max_hops_covered", Number(1, 10_000), "how many generations of ancestors it covers"),
    ],
};

pub(in crate::policy) static LINEAGE: Layout = Layout {
    label: "[lineage]",
    keys: &[
        may("min_completeness", Share, "share of the declared edges that must be verified, 0 to 1"),
        may("max_depth", Number(1, 100_000), "how many generations of ancestors are examined"),
        may(
            "unsigned_ancestor",
            Word(|| words(&UNSIGNED_ANCESTORS)),
            "what an unsigned ancestor means: `cap` (it caps levels), `warn` (every stage also asks for an acknowledgement) or `fail` (every stage refuses)",
        ),
        may("ancestor_contradicted", Word(|| words(&ALWAYS)), "`fail`, the only value"),
    ],
};

pub(in crate::policy) static CONFLICTS: Layout = Layout {
    label: "[conflicts]",
    keys: &[
        must(
            "strategy",
            Word(|| words(&STRATEGIES)),
            "how conflicting claims are resolved: `strict` (never), `quorum`, `hierarchy`, `latest`",
        ),
        may(
            "hierarchy",
            List(&Word(|| words(&ROLES)), 1),
            "roles, highest priority first; only with strategy `hierarchy`",
        ),
        may(
            "digest_conflict",
            Word(|| words(&ALWAYS)),
            "`fail`, the only value: two digests of one artifact are never resolved",
        ),
    ],
};

pub(in crate::policy) static LOG: Layout = Layout {
    label: "[log]",
    keys: &[
        may("required", List(&Word(|| words(&METHODS)), 0), "methods that need a log entry"),
        may(
            "accept_promise_only",
            Flag,
            "whether the log's promise is enough where the bundle holds no proof of the entry: bundles of version 0.1 may hold nothing else",
        ),
    ],
};

pub(in crate::policy) static FRESHNESS: Layout = Layout {
    label: "[freshness]",
    keys: &[
        may("max_verification_age_days", Number(1, 3650), "an older verification does not count"),
        may("clock_skew_seconds", Number(0, 86_400), "tolerated difference of clocks"),
    ],
};

pub(in crate::policy) static LEDGER: Layout = Layout {
    label: "[ledger]",
    keys: &[
        may("max_unanchored_records", Number(0, 1_000_000), "how many records may lack a signed checkpoint"),
        may(
            "max_unanchored_days",
            Number(0, 3650),
            "for how many days a record may lack a signed checkpoint",
        ),
        may("trust", ANCHORS, "names of anchors whose signers sign checkpoints"),
        may("identities", Tables(&IDENTITY), "who signs checkpoints"),
    ],
};

pub(in crate::policy) static CONTROLS: Layout = Layout {
    label: "[controls]",
    keys: &[may("raise", List(&Of(Thing::Control), 0), "controls that count as musts")],
};

pub(in crate::policy) static RISK: Layout = Layout {
    label: "[[risk]]",
    keys: &[
        must(
            "class",
            Word(|| words(&RISKS)),
            "`minimal`, `limited` or `high`; the highest that names a model counts",
        ),
        must("models", List(&Of(Thing::Models), 1), "patterns such as `owner/*`"),
    ],
};

pub(in crate::policy) static STAGE: Layout = Layout {
    label: "[[stage]]",
    keys: &[
        must("name", Of(Thing::NewName), "its name"),
        may("production", Flag, "always refuses contradictions"),
        may("min_level", LEVEL, "the required effective level"),
        may("on_contradicted", ACTION, "what happens when evidence contradicts: `open`, `warn` or `closed`"),
        may("on_missing", ACTION, "what happens when evidence is missing: `open`, `warn` or `closed`"),
        may("on_error", ACTION, "what happens when something could not be read: `open`, `warn` or `closed`"),
        may(
            "on_unavailable",
            Word(|| words(&UNAVAILABLE)),
            "what happens when something was not checked yet: `open`, `warn` or `closed`; or `cached`: an earlier decision counts",
        ),
        may(
            "cached_max_hours",
            Number(1, 168),
            "for how many hours an earlier decision counts, with `cached`",
        ),
        may(
            "on_partial",
            ACTION,
            "what happens when only part of the model was verified: `open`, `warn` or `closed`",
        ),
        may(
            "require",
            List(&Of(Thing::Demand), 0),
            "ids of controls that must pass, and of requirements that claims must meet",
        ),
        may("cached_digests_max_hours", Number(1, 8760), "how many hours a cached digest counts"),
        may("refuse_rejected", Flag, "whether a reviewer's rejection refuses"),
        may(
            "accept_cache",
            Word(|| words(&ACCEPT_CACHE)),
            "`\"knowing\"`: cached digests count in production, too",
        ),
        may(
            "min_level_by_risk",
            Table(&RISK_LEVELS),
            "higher levels for models of a `[[risk]]`: `minimal`, `limited`, `high`",
        ),
        may(
            "break_glass",
            Table(&BREAK_GLASS),
            "who may admit for some hours what the stage refuses, see below",
        ),
        may(
            "ir_surface",
            Table(&IR_SURFACE),
            "what incident response needs where a model runs: `runbook`, `evidence`, `retention_days`; read by L3.19",
        ),
        may(
            "require_evidence_profile",
            Table(&EVIDENCE_RULE),
            "what has to be declared as logged wherever a model runs at the stage: `profiles`, `min_retention_days`; see below",
        ),
        may(
            "digest_basis",
            List(&Word(|| words(&DigestBasis::WORDS)), 1),
            "what digests of files may rest on where bytes were not read: `provider-checksum`, `registry-digest`; `recomputed` counts in any case",
        ),
        may(
            "at",
            List(&Word(|| words(&Asked::WORDS)), 1),
            "when the gate is asked: `pull`, `load`, `periodic`; at other times asking it is an error. `gate --when` says which (`pull` if not given), `exec` is `load`",
        ),
        may("from", Of(Thing::Stage), "the stage that a model is promoted from, see promotion"),
    ],
};

const BY_RISK: &str = "the level for models of this risk";

pub(in crate::policy) static RISK_LEVELS: Layout = Layout {
    label: "min_level_by_risk",
    keys: &[may("minimal", LEVEL, BY_RISK), may("limited", LEVEL, BY_RISK), may("high", LEVEL, BY_RISK)],
};

pub(in crate::policy) static BREAK_GLASS: Layout = Layout {
    label: "break_glass",
    keys: &[
        must("approvers", Number(2, 20), "how many different accounts must say so"),
        must("max_hours", Number(1, 168), "for how many hours at most"),
        may("forbids", List(&Word(|| words(&CLASSES)), 0), "the classes that are refused nonetheless"),
    ],
};

pub(in crate::policy) static IR_SURFACE: Layout = Layout {
    label: "ir_surface",
    keys: &[
        must("runbook", Text, "the runbook, by its id"),
        may("evidence", TEXTS, "the evidence that is kept"),
        may("retention_days", DAYS, "for how many days it is kept"),
    ],
};

pub(in crate::policy) static EVIDENCE_RULE: Layout = Layout {
    label: "require_evidence_profile",
    keys: &[
        must(
            "profiles",
            List(&Word(|| words(&EVIDENCE_PROFILES)), 1),
            "evidence profiles of runbooks: all of their required fields",
        ),
        must("min_retention_days", DAYS, "for how many days each field is kept at least"),
    ],
};

pub(in crate::policy) static EXCEPTION: Layout = Layout {
    label: "[[exception]]",
    keys: &[
        must("id", Of(Thing::NewName), "its name"),
        may(
            "control",
            Of(Thing::Excused),
            "the control that may be missing, or `CAP`: the level that ancestors leave",
        ),
        may("requirement", Of(Thing::Requirement), "the `id` of the `[[require]]` that may be unmet"),
        must(
            "subject",
            Of(Thing::Subject),
            "a pattern such as `owner/*`, or `sha256:` and a root digest, which no other bytes can meet",
        ),
        must("stages", List(&Of(Thing::Stage), 1), "the stages"),
        must("owner", Text, "who answers for it"),
        must("approved_by", Text, "who approved it"),
        must("reason", Text, "why it is granted"),
        may("compensating", TEXTS, "what is done instead"),
        must("created", Moment, "when it begins"),
        must("expires", Moment, "when it ends"),
        may("warn_days", Number(0, 366), "how many days before its end it is reported"),
    ],
};

const CLOCK: &str = "a trusted signing time";

pub(in crate::policy) static TEST: Layout = Layout {
    label: "[[test]]",
    keys: &[
        must("name", Text, "its name"),
        must("stage", Of(Thing::Stage), "the stage that is asked for"),
        may("at", Moment, "the time of the question"),
        must("given", Table(&GIVEN), "the evidence"),
        must("expect", Table(&EXPECT), "what must come of it"),
    ],
};

pub(in crate::policy) static GIVEN: Layout = Layout {
    label: "`given`",
    keys: &[
        must("model", Of(Thing::Models), "the model's id"),
        may(
            "state",
            Word(|| words(&STATES)),
            "`signed`, `tampered` (a file was changed), `unsigned`, `unreadable` (a file cannot be read), `unverified`",
        ),
        may("signer", Table(&GIVEN_SIGNER), "its proven signer"),
        may(
            "assume_publisher",
            Flag,
            "as if a publisher of this model alone named the signer: tries the other rules",
        ),
        may("signed_at", Moment, CLOCK),
        may("log", Flag, "whether there is a log entry"),
        may("bound", Flag, "whether a bill of materials binds the signature, as `touchmark bind` writes it"),
        may("key", Word(|| words(&KEYS)), "the kind of the signer's key"),
        may("hash", Word(|| words(&HASHES)), "the hash of files"),
        may("age_days", Number(0, 36_500), "the age of the verification"),
        may("ahead_seconds", Number(0, 864_000), "how far its clock was ahead"),
        may("cached_hours", Number(0, 8760), "the age of digests that were not computed"),
        may("partial", Flag, "whether only a part was verified"),
        may(
            "digest_basis",
            Word(|| words(&DigestBasis::WORDS)),
            "what the digests of its files rest on: `recomputed`, `provider-checksum`, `registry-digest`",
        ),
        may("symlinks", Flag, "whether links were followed"),
        may("ignored", TEXTS, "paths that the signature leaves out"),
        may(
            "formats",
            List(&Word(|| words(&FORMATS)), 0),
            "the formats of its files, in the words of `ban_formats`",
        ),
        may("datasets", TEXTS, "names in documents"),
        may("licenses", TEXTS, "names in documents"),
        may("digest", Of(Thing::Digest), "its root digest, `sha256:` and 64 hex digits"),
        may("claims", Tables(&GIVEN_CLAIM), "what claims say of it"),
        may("parents", List(&Open, 0), "models that it was made from, with the keys of `given` up to here"),
        may("rejected", Flag, "whether a reviewer rejected it"),
        may("admitted_at", List(&Of(Thing::Stage), 0), "stages whose gates let it in last"),
        may("refused_at", List(&Of(Thing::Stage), 0), "stages whose gates refused it last"),
        may("glass", Table(&GIVEN_GLASS), "who broke the glass an hour ago"),
        may("logged", Table(&GIVEN_LOGGED), "what is declared as logged where it runs at the stage"),
        may("ledger", Table(&GIVEN_LEDGER), "what no checkpoint covers"),
    ],
};

pub(in crate::policy) static GIVEN_SIGNER: Layout = Layout {
    label: "`signer`",
    keys: &[
        must("anchor", Of(Thing::Anchor), "the anchor that proves it; of a key it suffices"),
        may("subject", Text, "as the signature has it"),
        may("issuer", Text, "as the signature has it"),
    ],
};

pub(in crate::policy) static GIVEN_CLAIM: Layout = Layout {
    label: "`claims`",
    keys: &[
        must("predicate", Of(Thing::Predicate), "URI or id, see predicates"),
        must("signer", Table(&GIVEN_SIGNER), "its proven signer"),
        may("signed_at", Moment, CLOCK),
        may("states", Open, "what it says: the predicate"),
    ],
};

pub(in crate::policy) static GIVEN_GLASS: Layout = Layout {
    label: "`glass`",
    keys: &[may("by", TEXTS, "the accounts"), must("hours", Number(1, 8760), "for how many hours")],
};

pub(in crate::policy) static GIVEN_LOGGED: Layout = Layout {
    label: "`logged`",
    keys: &[
        may(
            "profiles",
            List(&Word(|| words(&EVIDENCE_PROFILES)), 0),
            "evidence profiles, with all of their fields",
        ),
        must("days", DAYS, "for how many days they are kept"),
    ],
};

const UNCOVERED: &str = "how much of the ledger that is";

pub(in crate::policy) static GIVEN_LEDGER: Layout = Layout {
    label: "`ledger`",
    keys: &[
        may("unanchored_records", Number(0, u32::MAX), UNCOVERED),
        may("unanchored_days", Number(0, u32::MAX), UNCOVERED),
    ],
};

pub(in crate::policy) static EXPECT: Layout = Layout {
    label: "`expect`",
    keys: &[
        must("decision", Word(|| words(&Wanted::WORDS)), "`admit`, `warn` or `refuse`"),
        may("effective_level", LEVEL, "the effective level"),
        may("reasons", TEXTS, "codes that must be among the reasons that weigh as much as the decision"),
    ],
};
