//! The tables: evidence, stage, and what must come of them.

use super::Situation;
use super::changes::*;
use crate::decision::{by, unsigned};
use touchmark::inventory::ModelId;
use touchmark::maturity::Gated;
use touchmark::signing::{Outcome, RootDigest, Stage};

/// Evidence, stage, decision, and the codes of the reasons that decide, in their order.
pub(super) type Row = (&'static str, fn(&mut Situation), &'static str, &'static str, &'static str);
pub(super) const EVIDENCE: &[Row] = &[
    ("all is well", as_it_is, "closed", "admit", ""),
    ("all is well", as_it_is, "prod", "admit", ""),
    ("all is well", as_it_is, "zero", "admit", ""),
    ("there is no such stage", as_it_is, "nowhere", "refuse", "STAGE"),
    ("a file differs", changed, "open", "admit", "L1.03"),
    ("a file differs", changed, "warn", "warn", "L1.03"),
    ("a file differs", changed, "closed", "refuse", "L1.03"),
    ("a file differs", changed, "zero", "refuse", "L1.03"),
    ("a file differs", changed, "prod", "refuse", "L1.03"),
    ("it is not signed", bare, "open", "admit", "L1.01"),
    ("it is not signed", bare, "warn", "warn", "L1.01"),
    ("it is not signed", bare, "closed", "refuse", "L1.01"),
    ("it is not signed", bare, "zero", "admit", ""),
    ("it is not signed", bare, "picky", "refuse", "L1.06"),
    ("all is well", as_it_is, "picky", "admit", ""),
    ("a file cannot be read", unreadable, "open", "admit", "L1.03"),
    ("a file cannot be read", unreadable, "warn", "warn", "L1.03"),
    ("a file cannot be read", unreadable, "closed", "refuse", "L1.03"),
    ("a file cannot be read", unreadable, "zero", "admit", ""),
    ("files were not checked", unchecked, "open", "admit", "L1.03"),
    ("files were not checked", unchecked, "warn", "warn", "L1.03"),
    ("files were not checked", unchecked, "closed", "refuse", "L1.03"),
    ("a part was verified", part, "open", "admit", "PARTIAL"),
    ("a part was verified", part, "warn", "warn", "PARTIAL"),
    ("a part was verified", part, "closed", "refuse", "PARTIAL"),
    ("nobody's model", nobody, "closed", "refuse", "L1.06"),
    ("nobody's model", nobody, "zero", "admit", ""),
    ("a stranger signed", stranger, "closed", "refuse", "L1.06"),
    ("a stranger signed", stranger, "zero", "refuse", "L1.06"),
    ("a denied identity signed", thief, "zero", "refuse", "L1.06"),
    ("it signed before it was denied", thief_before, "closed", "admit", ""),
    ("it signed when it was denied", thief_after, "closed", "refuse", "L1.06"),
    ("another anchor", other_anchor, "closed", "refuse", "L1.06"),
    ("another issuer", other_issuer, "closed", "refuse", "L1.06"),
    ("inside the window", edge_in, "closed", "admit", ""),
    ("at its end", edge_late, "closed", "refuse", "L1.06"),
    ("before it", edge_early, "closed", "refuse", "L1.06"),
    ("in a window that has ended, at no trusted time", edge, "closed", "refuse", "L1.06"),
    ("a banned format", pickled, "closed", "refuse", "POLICY-FORMAT"),
    ("a banned format", pickled, "zero", "refuse", "POLICY-FORMAT"),
    ("a hash that is not listed", hashed_otherwise, "closed", "refuse", "POLICY-HASH"),
    ("a key that is not listed", p384, "closed", "refuse", "POLICY-KEY"),
    ("links were followed", linked, "closed", "refuse", "POLICY-SYMLINKS"),
    ("what may be left out", ignoring_docs, "closed", "admit", ""),
    ("code was left out", ignoring_code, "closed", "refuse", "POLICY-IGNORED"),
    ("what may not be left out", ignoring_else, "closed", "refuse", "POLICY-IGNORED"),
    ("an old anchor is only told", old_anchor, "closed", "admit", ""),
    ("no log entry", unlogged, "closed", "refuse", "L1.09"),
    ("no log entry", unlogged, "zero", "admit", ""),
    ("nobody looked into the files", not_looked_into, "closed", "refuse", "POLICY"),
    ("nobody verified it", not_verified, "closed", "refuse", "L1.01"),
    ("nobody verified it", not_verified, "open", "admit", "L1.01"),
    ("nobody verified it", not_verified, "zero", "admit", ""),
    ("files changed since", changed_since, "closed", "not judged", "L1.01"),
    ("evidence was lost", lost, "closed", "not judged", "L1.01"),
    ("verified too long ago", long_ago, "closed", "refuse", "L1.11"),
    ("verified too long ago", long_ago, "zero", "admit", ""),
    ("the policy has expired", expired, "closed", "refuse", "POLICY-EXPIRED"),
    ("digests of three hours ago", recalled_lately, "cached", "admit", ""),
    ("digests of five hours ago", recalled_long_ago, "cached", "refuse", "FILES-CACHED"),
    ("digests of three hours ago", recalled_lately, "closed", "refuse", "FILES-CACHED"),
    ("digests of three hours ago", recalled_lately, "warn", "warn", "FILES-CACHED"),
    ("a reviewer rejected it", rejected, "closed", "admit", "REVIEW-REJECTED"),
    ("a reviewer rejected it", rejected, "reviewed", "refuse", "REVIEW-REJECTED"),
    ("a reviewer rejected it", rejected, "prod", "refuse", "REVIEW-REJECTED"),
    ("a reviewer approved it", approved, "prod", "admit", ""),
    ("the ledger is anchored", anchored, "closed", "admit", ""),
    ("four records are not", unanchored, "closed", "refuse", "LEDGER-UNANCHORED"),
    ("four records are not", unanchored, "warn", "warn", "LEDGER-UNANCHORED"),
    ("one is not, for long", unanchored_long, "closed", "refuse", "LEDGER-UNANCHORED"),
    ("nobody looked for checkpoints", not_anchored, "closed", "refuse", "LEDGER-UNANCHORED"),
    ("a control that there is not is raised", raised, "closed", "refuse", "L1.99"),
];

/// A part, under a policy that says which parts are enough.
fn under(k: &mut Situation, word: &str, part: fn(&mut Situation)) {
    parts_of(k, word);
    part(k);
}

pub(super) const PARTS: &[Row] = &[
    ("weights beside it", |k| under(k, "never", part), "closed", "refuse", "PARTIAL"),
    ("a load set", load_set, "closed", "refuse", "PARTIAL"),
    ("a load set", |k| under(k, "never", load_set), "closed", "refuse", "PARTIAL"),
    ("a load set", |k| under(k, "load-set-only", load_set), "closed", "admit", "PARTIAL"),
    ("a load set", |k| under(k, "load-set-only", load_set), "prod", "admit", "PARTIAL"),
    ("weights beside it", |k| under(k, "load-set-only", part), "closed", "refuse", "PARTIAL"),
    ("nobody knows what", |k| under(k, "load-set-only", unnamed_part), "closed", "refuse", "PARTIAL"),
    ("more than was kept", |k| under(k, "load-set-only", too_many_beside), "closed", "refuse", "PARTIAL"),
    ("weights beside it", |k| under(k, "any", part), "closed", "admit", "PARTIAL"),
    // What a stage says itself counts.
    ("a load set", |k| under(k, "load-set-only", load_set), "warn", "warn", "PARTIAL"),
    ("weights beside it", |k| under(k, "never", part), "warn", "warn", "PARTIAL"),
    (
        "a load set that was changed",
        |k| {
            under(k, "load-set-only", load_set);
            changed(k);
        },
        "closed",
        "refuse",
        "L1.03",
    ),
];

/// Both, one after the other.
fn and(k: &mut Situation, first: fn(&mut Situation), second: fn(&mut Situation)) {
    first(k);
    second(k);
}

pub(super) const LOG: &[Row] = &[
    ("a proof", logged, "closed", "admit", ""),
    ("a promise", promised, "closed", "refuse", "L1.09"),
    ("a promise", promised, "open", "admit", "L1.09"),
    ("a promise, accepted", |k| and(k, promised, promise_accepted), "closed", "admit", ""),
    (
        "nothing, where a promise would do",
        |k| and(k, unlogged, promise_accepted),
        "closed",
        "refuse",
        "L1.09",
    ),
];

/// Something, and then the word of three hours ago.
fn and_passed(k: &mut Situation, of: fn(&mut Situation)) {
    of(k);
    passed(k, 3);
}

/// The word of the stage before.
fn before(root: Option<RootDigest>) -> Gated {
    Gated { root, ..gated("zero", None) }
}

pub(super) const EARLIER: &[Row] = &[
    ("no earlier word", not_looked_into, "relying", "refuse", "POLICY"),
    ("a word of three hours ago", |k| and_passed(k, not_looked_into), "relying", "admit", "POLICY LAST-PASS"),
    ("a word of three hours ago", |k| and_passed(k, not_looked_into), "closed", "refuse", "POLICY"),
    ("nothing needs it", |k| and_passed(k, as_it_is), "relying", "admit", ""),
    (
        "a word of 24 hours ago",
        |k| {
            not_looked_into(k);
            passed(k, 24);
        },
        "relying",
        "admit",
        "LAST-PASS",
    ),
    (
        "a word of 25 hours ago",
        |k| {
            not_looked_into(k);
            passed(k, 25);
        },
        "relying",
        "refuse",
        "POLICY",
    ),
    (
        "a word of later",
        |k| {
            not_looked_into(k);
            passed(k, -1);
        },
        "relying",
        "refuse",
        "POLICY",
    ),
    (
        "under another policy",
        |k| {
            and_passed(k, not_looked_into);
            k.with("[[deny_identity]]\nsubject = \"exact:CN=nobody\"\n");
        },
        "relying",
        "refuse",
        "POLICY",
    ),
    (
        "about other bytes",
        |k| {
            and_passed(k, not_looked_into);
            k.gates[2].passed.as_mut().unwrap().root = RootDigest([9; 32]);
        },
        "relying",
        "refuse",
        "POLICY",
    ),
    (
        "that relied on another itself",
        |k| {
            not_looked_into(k);
            k.gates = vec![gated("relying", None)];
        },
        "relying",
        "refuse",
        "POLICY",
    ),
    ("it answers no contradiction", |k| and_passed(k, stranger), "relying", "refuse", "L1.06"),
    ("nor what is missing", |k| and_passed(k, |k| k.bound = false), "relying", "refuse", "L1.14"),
    (
        "nor what could not be read",
        |k| and_passed(k, |k| k.set(Stage::Trust, "TRUST-UNUSABLE", Outcome::Unknown)),
        "relying",
        "refuse",
        "L1.07",
    ),
    ("nor files that were not read", |k| and_passed(k, unchecked), "relying", "refuse", "L1.03"),
    (
        "nor digests of long ago",
        |k| and_passed(k, |k| and(k, not_looked_into, recalled_lately)),
        "relying",
        "refuse",
        "FILES-CACHED POLICY",
    ),
    ("nor a policy that has expired", |k| and_passed(k, expired), "relying", "refuse", "POLICY-EXPIRED"),
    ("nor a policy that has expired", |k| and_passed(k, expired), "lenient", "refuse", "POLICY-EXPIRED"),
    ("a word of three hours ago", |k| and_passed(k, not_looked_into), "lenient", "admit", "LAST-PASS"),
    (
        "nor a ledger that was not looked at",
        |k| and_passed(k, not_anchored),
        "relying",
        "refuse",
        "LEDGER-UNANCHORED",
    ),
    ("no word of the stage before", as_it_is, "promoted", "refuse", "PROMOTION"),
    (
        "a word about the same bytes",
        |k| k.gates = vec![before(Some(RootDigest([0x11; 32])))],
        "promoted",
        "admit",
        "",
    ),
    (
        "a word about other bytes",
        |k| k.gates = vec![before(Some(RootDigest([0x12; 32])))],
        "promoted",
        "refuse",
        "PROMOTION",
    ),
    (
        "a word about bytes that nobody knows, of a model of which they are not known",
        |k| {
            bare(k);
            k.gates = vec![before(None)];
        },
        "promoted",
        "refuse",
        "PROMOTION",
    ),
    ("a parent that nobody verified", |k| lineage(k, None, ""), "far", "refuse", "L2.04"),
    ("and a word of before", |k| and_passed(k, |k| lineage(k, None, "")), "far", "admit", "L2.04 LAST-PASS"),
];

pub(super) const LINEAGE: &[Row] = &[
    ("a good parent", |k| lineage(k, Some(by("CN=acme release")), ""), "closed", "admit", ""),
    ("a tampered parent", |k| lineage(k, Some(tampered()), ""), "closed", "refuse", "CAP"),
    ("a tampered parent", |k| lineage(k, Some(tampered()), ""), "warn", "warn", "CAP"),
    ("a tampered parent", |k| lineage(k, Some(tampered()), ""), "zero", "refuse", "CAP"),
    ("a parent that is not signed", |k| lineage(k, Some(unsigned()), ""), "closed", "admit", ""),
];

pub(super) const EXCEPTIONS: &[Row] = &[
    ("by name", |k| unbound_but(k, &format!("{L114}\n{TERM}")), "closed", "admit", "L1.14"),
    ("by digest", |k| of_root(k, &"11".repeat(32)), "closed", "admit", "L1.14"),
    ("by another digest", |k| of_root(k, &"12".repeat(32)), "closed", "refuse", "L1.14"),
    ("of another model", |k| unbound_but(k, &format!("{L101}\n{TERM}")), "closed", "refuse", "L1.14"),
    (
        "of another control",
        |k| {
            unbound_but(k, &format!("{}\n{TERM}", L114.replace("L1.14", "L1.02")));
        },
        "closed",
        "refuse",
        "L1.14",
    ),
    ("of another stage", |k| unbound_but(k, &format!("{L114}\n{TERM}")), "prod", "refuse", "L1.14"),
    (
        "that has not begun",
        |k| {
            unbound_but(
                k,
                &format!("{L114}\ncreated = 2026-12-01T00:00:00Z\nexpires = 2027-12-01T00:00:00Z"),
            );
        },
        "closed",
        "refuse",
        "L1.14",
    ),
    (
        "that begins now",
        |k| {
            unbound_but(
                k,
                &format!("{L114}\ncreated = 2026-11-20T12:00:00Z\nexpires = 2027-12-01T00:00:00Z"),
            );
        },
        "closed",
        "admit",
        "L1.14",
    ),
    (
        "of a model in other letters",
        |k| {
            k.model().id = ModelId::new("Acme/Bot");
            unbound_but(k, &format!("{L114}\n{TERM}"));
        },
        "closed",
        "admit",
        "L1.14",
    ),
    (
        "that has ended",
        |k| {
            unbound_but(
                k,
                &format!("{L114}\ncreated = 2026-01-01T00:00:00Z\nexpires = 2026-11-20T12:00:00Z"),
            );
        },
        "closed",
        "refuse",
        "L3.15 L1.14",
    ),
    (
        "that ends a second later",
        |k| {
            unbound_but(
                k,
                &format!("{L114}\ncreated = 2026-01-01T00:00:00Z\nexpires = 2026-11-20T12:00:01Z"),
            );
        },
        "closed",
        "admit",
        "L1.14",
    ),
    (
        "excuses no contradiction",
        |k| {
            stranger(k);
            excepted(k, &format!("{}\n{TERM}", L114.replace("L1.14", "L1.06")));
        },
        "closed",
        "refuse",
        "L1.06",
    ),
    (
        "excuses no error",
        |k| {
            unreadable(k);
            excepted(k, &format!("control = \"L1.03\"\nsubject = \"acme/*\"\nstages = [\"closed\"]\n{TERM}"));
        },
        "closed",
        "refuse",
        "L1.03",
    ),
    (
        "excuses nothing that was not checked",
        |k| {
            unchecked(k);
            excepted(k, &format!("control = \"L1.03\"\nsubject = \"acme/*\"\nstages = [\"closed\"]\n{TERM}"));
        },
        "closed",
        "refuse",
        "L1.03",
    ),
    (
        "excuses a requirement",
        |k| {
            excepted(
                k,
                &format!("requirement = \"claim\"\nsubject = \"acme/bot\"\nstages = [\"claims\"]\n{TERM}"),
            );
        },
        "claims",
        "admit",
        "claim",
    ),
    (
        "excuses no claim that states otherwise",
        |k| {
            claims(k, "{ path = \"a\", op = \"==\", value = 1 }", "{\"a\":2}");
            excepted(
                k,
                &format!("requirement = \"claim\"\nsubject = \"acme/bot\"\nstages = [\"claims\"]\n{TERM}"),
            );
        },
        "claims",
        "refuse",
        "claim",
    ),
    (
        "in any case of letters",
        |k| unbound_but(k, &format!("{}\n{TERM}", L114.replace("acme", "AcMe"))),
        "closed",
        "admit",
        "L1.14",
    ),
];

pub(super) const RISKS: &[Row] = &[
    ("high risk", loans, "risky", "refuse", "L1.01"),
    ("limited risk", bare, "risky", "admit", ""),
    (
        "no risk is known",
        |k| {
            nobody(k);
            bare(k);
        },
        "risky",
        "admit",
        "",
    ),
    ("high risk, signed", |k| k.model().id = ModelId::new("acme/loans"), "risky", "admit", ""),
    ("elsewhere risk asks for nothing", loans, "zero", "admit", ""),
];

pub(super) const GLASS: &[Row] = &[
    (
        "one account",
        |k| {
            bare(k);
            ada(k);
        },
        "prod",
        "refuse",
        "L1.01",
    ),
    (
        "one account twice",
        |k| {
            bare(k);
            ada(k);
            ada(k);
        },
        "prod",
        "refuse",
        "L1.01",
    ),
    (
        "two accounts",
        |k| {
            bare(k);
            both(k);
        },
        "prod",
        "warn",
        "L1.01",
    ),
    (
        "at a stage without glass",
        |k| {
            bare(k);
            both(k);
        },
        "closed",
        "refuse",
        "L1.01",
    ),
    (
        "one has ended",
        |k| {
            bare(k);
            ada(k);
            glass(k, "ben", "2026-11-20T10:00:00Z", "2026-11-20T12:00:00Z");
        },
        "prod",
        "refuse",
        "L1.01",
    ),
    (
        "one has not begun",
        |k| {
            bare(k);
            ada(k);
            glass(k, "ben", "2026-11-20T12:00:01Z", "2026-11-20T13:00:00Z");
        },
        "prod",
        "refuse",
        "L1.01",
    ),
    (
        "one is for longer than the policy lets",
        |k| {
            bare(k);
            ada(k);
            glass(k, "ben", "2026-11-20T10:00:00Z", "2026-11-20T22:00:01Z");
        },
        "prod",
        "refuse",
        "L1.01",
    ),
    (
        "a contradiction is forbidden",
        |k| {
            changed(k);
            both(k);
        },
        "prod",
        "refuse",
        "L1.03",
    ),
    (
        "where nothing is forbidden",
        |k| {
            changed(k);
            both(k);
        },
        "glass",
        "warn",
        "L1.03",
    ),
    (
        "a rejection stands",
        |k| {
            bare(k);
            both(k);
            rejected(k);
        },
        "prod",
        "refuse",
        "REVIEW-REJECTED L1.01",
    ),
    ("nothing is refused", both, "prod", "admit", ""),
    (
        "an ancestor contradicts",
        |k| {
            lineage(k, Some(tampered()), "");
            both(k);
        },
        "prod",
        "refuse",
        "CAP",
    ),
    (
        "an ancestor contradicts, where nothing is forbidden",
        |k| {
            lineage(k, Some(tampered()), "");
            both(k);
        },
        "glass",
        "warn",
        "CAP",
    ),
];

/// An operator, its value, and predicates with what they come to.
pub(super) type Operator = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Of each operator: its clause, and predicates with what they come to. Refused as `contradicted` where they state
/// otherwise, as `missing` where they do not say.
pub(super) const OPERATORS: &[Operator] = &[
    ("==", "\"yes\"", &[("\"yes\"", "admit"), ("\"no\"", "contradicted"), ("1", "contradicted")]),
    (
        "==",
        "0.970",
        &[("0.97", "admit"), ("9.7e-1", "admit"), ("0.971", "contradicted"), ("\"0.97\"", "contradicted")],
    ),
    ("==", "true", &[("true", "admit"), ("false", "contradicted"), ("\"true\"", "contradicted")]),
    ("!=", "\"no\"", &[("\"yes\"", "admit"), ("\"no\"", "contradicted")]),
    ("in", "[\"a\", \"b\"]", &[("\"b\"", "admit"), ("\"c\"", "contradicted")]),
    ("not_in", "[\"a\", \"b\"]", &[("\"c\"", "admit"), ("\"a\"", "contradicted")]),
    ("<", "2", &[("1.999", "admit"), ("2", "contradicted"), ("\"1\"", "contradicted")]),
    ("<=", "2", &[("2.0", "admit"), ("2.0000000000000000001", "contradicted")]),
    (">=", "0.97", &[("0.97", "admit"), ("0.9699999999999999999999", "contradicted")]),
    (">", "0.97", &[("0.98", "admit"), ("0.97", "contradicted")]),
    (
        "matches",
        "'regex:^v[0-9]+$'",
        &[("\"v12\"", "admit"), ("\"v12x\"", "contradicted"), ("12", "contradicted")],
    ),
    ("matches", "'exact:v1'", &[("\"v1\"", "admit"), ("\"v2\"", "contradicted")]),
    ("contains", "\"a\"", &[("[\"b\",\"a\"]", "admit"), ("[\"b\"]", "contradicted"), ("[]", "contradicted")]),
    ("covers", "[\"a\", \"b\"]", &[("[\"b\",\"a\",\"c\"]", "admit"), ("[\"a\"]", "contradicted")]),
    (
        "contains_level",
        "\"SLSA_BUILD_LEVEL_2\"",
        &[
            ("[\"SLSA_BUILD_LEVEL_3\"]", "admit"),
            ("[\"SLSA_BUILD_LEVEL_1\"]", "contradicted"),
            ("[\"SLSA_SOURCE_LEVEL_3\"]", "contradicted"),
        ],
    ),
    ("exists", "true", &[("null", "missing"), ("0", "admit")]),
    ("exists", "false", &[("null", "admit"), ("0", "contradicted")]),
    (
        "between_dates",
        "[2026-01-01T00:00:00Z, 2026-02-01T00:00:00Z]",
        &[
            ("\"2026-01-01T00:00:00Z\"", "admit"),
            ("\"2026-02-01T00:00:00Z\"", "contradicted"),
            ("7", "contradicted"),
        ],
    ),
];
