//! All 57 controls through the program: what the samples show of each, what holds at level 3, and what becomes of it when
//! one thing is changed. `tests/it/controls.rs` has every outcome of every control through the library.

use crate::samples_claims::{expected, says, walked};
use crate::support::{copy_with_seal, samples};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use touchmark::maturity::Rubric;

/// The outcomes of a verdict, by control.
pub fn outcomes(verdict: &Value) -> BTreeMap<String, String> {
    let controls = verdict["assessment"]["controls"].as_array().unwrap();
    let text = |of: &Value| of.as_str().unwrap().to_owned();
    controls.iter().map(|one| (text(&one["id"]), text(&one["outcome"]))).collect()
}

const ROOT: &str = "orchid/speech-1";
const CHILD: &str = "orchid/speech-1-distilled";

/// What does not pass at level 3: it does not apply, or is no must.
const AT_LEVEL_3: [(&str, &str); 11] = [
    ("L1.10", "unknown"),
    ("L1.12", "partial"),
    ("L1.17", "not-applicable"),
    ("L2.08", "not-applicable"),
    ("L3.07", "not-applicable"),
    ("L3.08", "not-applicable"),
    ("L3.12", "not-applicable"),
    ("L3.19", "missing"),
    ("L3.20", "unknown"),
    ("L3.21", "not-applicable"),
    ("L3.22", "not-applicable"),
];

#[test]
fn at_level_3_every_control_passes_but_those_that_do_not_apply_and_some_that_are_no_musts() {
    let verdict = &says(&walked().workspace, &["score", CHILD])["verdicts"][0]["verdict"];
    let found = outcomes(verdict);
    assert_eq!(found.len(), 57);
    let open = found.iter().filter(|(_, outcome)| *outcome != "pass");
    let open: Vec<(&str, &str)> = open.map(|(id, outcome)| (id.as_str(), outcome.as_str())).collect();
    assert_eq!(open, AT_LEVEL_3);
}

/// The outcomes of each control among the samples.
const SEEN: [&str; 57] = [
    "L1.01 fail missing pass",
    "L1.02 missing pass unknown",
    "L1.03 fail missing pass unknown",
    "L1.04 fail missing pass unknown",
    "L1.05 fail missing pass unknown",
    "L1.06 fail missing pass unknown",
    "L1.07 fail missing pass unknown",
    "L1.08 missing not-applicable partial pass unknown",
    "L1.09 missing not-applicable pass unknown",
    "L1.10 missing unknown",
    "L1.11 fail missing pass",
    "L1.12 not-applicable partial",
    "L1.13 fail not-applicable pass unknown",
    "L1.14 fail missing partial pass",
    "L1.15 missing pass unknown",
    "L1.16 missing pass unknown",
    "L1.17 not-applicable",
    "L2.01 missing partial pass",
    "L2.02 missing not-applicable pass",
    "L2.03 missing not-applicable partial pass unknown",
    "L2.04 fail missing not-applicable pass",
    "L2.05 missing not-applicable pass",
    "L2.06 missing partial pass unknown",
    "L2.07 fail missing partial pass",
    "L2.08 not-applicable pass unknown",
    "L2.09 fail not-applicable pass unknown",
    "L2.10 missing not-applicable partial pass",
    "L2.11 missing not-applicable pass",
    "L2.12 missing pass unknown",
    "L2.13 missing not-applicable pass unknown",
    "L2.14 pass unknown",
    "L2.15 not-applicable pass unknown",
    "L2.16 not-applicable pass unknown",
    "L2.17 fail missing not-applicable partial pass",
    "L2.18 fail partial pass",
    "L3.01 missing pass unknown",
    "L3.02 missing not-applicable pass unknown",
    "L3.03 missing not-applicable pass unknown",
    "L3.04 missing pass unknown",
    "L3.05 pass unknown",
    "L3.06 missing partial pass unknown",
    "L3.07 missing not-applicable unknown",
    "L3.08 not-applicable",
    "L3.09 pass unknown",
    "L3.10 pass",
    "L3.11 missing pass unknown",
    "L3.12 not-applicable",
    "L3.13 missing not-applicable pass",
    "L3.14 pass",
    "L3.15 pass",
    "L3.16 fail missing not-applicable pass",
    "L3.17 pass",
    "L3.18 pass unknown",
    "L3.19 missing not-applicable",
    "L3.20 unknown",
    "L3.21 not-applicable",
    "L3.22 not-applicable",
];

#[test]
fn each_control_has_its_outcomes_among_the_samples() {
    let ids: Vec<String> = expected().model.into_iter().map(|model| model.id).collect();
    let words: Vec<&str> = std::iter::once("score").chain(ids.iter().map(String::as_str)).collect();
    let found = scored(&walked().workspace, &words);
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for verdict in found["verdicts"].as_array().unwrap() {
        for (id, outcome) in outcomes(&verdict["verdict"]) {
            seen.entry(id).or_default().insert(outcome);
        }
    }
    let rubric = Rubric::bundled().unwrap();
    assert!(rubric.controls.iter().map(|control| &*control.id).eq(seen.keys().map(String::as_str)));
    let row = |(id, outcomes): (&String, &BTreeSet<String>)| {
        format!("{id} {}", outcomes.iter().cloned().collect::<Vec<_>>().join(" "))
    };
    let written: Vec<String> = seen.iter().map(row).collect();
    assert_eq!(written, SEEN, "{}", written.join("\n"));
}

/// One thing that is changed in a copy of the samples.
enum Change {
    /// This text of the policy becomes that one; the policy is then not signed.
    Policy(&'static str, &'static str),
    /// The same, wherever it stands.
    WholePolicy(&'static str, &'static str),
    /// The same, and the signature stays where it is.
    SignedPolicy(&'static str, &'static str),
    /// Of the child's claims this line is gone.
    NoClaim(usize),
    /// Of the child's claims none is left.
    NoClaims,
    /// This text of `touchmark.toml` becomes that one.
    Workspace(&'static str, &'static str),
    /// A file of the child changes.
    Bytes(&'static str),
    /// A file of the child is gone.
    Gone(&'static str),
    /// A file comes to the child.
    More(&'static str),
}

use Change::{Bytes, Gone, More, NoClaim, NoClaims, Policy, SignedPolicy, WholePolicy, Workspace};

impl Change {
    fn make(&self, dir: &Path) {
        let edit_some = |file: &str, from: &str, to: &str, most| {
            let path = dir.join(file);
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains(from), "{from} is not in {file}");
            fs::write(path, text.replacen(from, to, most)).unwrap();
        };
        let edit = |file: &str, from: &str, to: &str| edit_some(file, from, to, 1);
        let model = dir.join("models").join(CHILD);
        match self {
            Policy(from, to) => {
                edit("policies/samples.toml", from, to);
                fs::remove_file(dir.join("policies/samples.toml.sig")).unwrap();
            }
            WholePolicy(from, to) => {
                edit_some("policies/samples.toml", from, to, usize::MAX);
                fs::remove_file(dir.join("policies/samples.toml.sig")).unwrap();
            }
            SignedPolicy(from, to) => edit("policies/samples.toml", from, to),
            Workspace(from, to) => edit("touchmark.toml", from, to),
            NoClaim(line) => {
                let claims = model.join("claims.jsonl");
                let text = fs::read_to_string(&claims).unwrap();
                let left = text.lines().enumerate().filter(|(at, _)| at + 1 != *line);
                let left: String = left.map(|(_, line)| format!("{line}\n")).collect();
                fs::write(claims, left).unwrap();
            }
            NoClaims => fs::remove_file(model.join("claims.jsonl")).unwrap(),
            Bytes(file) => {
                let mut bytes = fs::read(model.join(file)).unwrap();
                *bytes.last_mut().unwrap() ^= 1;
                fs::write(model.join(file), bytes).unwrap();
            }
            Gone(file) => fs::remove_file(model.join(file)).unwrap(),
            More(file) => fs::write(model.join(file), "print('more')\n").unwrap(),
        }
    }
}

/// The score of models, whatever the stage decides on them.
fn scored(dir: &Path, words: &[&str]) -> Value {
    let (_, said, error) = crate::samples_claims::run(dir, &[words, &["--format", "json"]].concat());
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{error}"))
}

/// The child at level 3 but for the gate's decision; then one thing is changed, and this becomes of these controls.
const CHANGED: &[(Change, &[(&str, &str)])] = &[
    (Bytes("model.safetensors"), &[("L1.03", "fail"), ("L1.11", "fail"), ("L1.12", "fail")]),
    (Gone("tokenizer_config.json"), &[("L1.03", "fail")]),
    (More("more.py"), &[("L1.04", "fail")]),
    (
        Gone("model.sig"),
        &[
            ("L1.01", "missing"),
            ("L1.02", "missing"),
            ("L1.05", "missing"),
            ("L1.06", "missing"),
            ("L1.07", "missing"),
            ("L1.08", "missing"),
            ("L1.09", "missing"),
            ("L1.12", "missing"),
            ("L1.14", "missing"),
            ("L1.15", "missing"),
            ("L1.16", "missing"),
        ],
    ),
    (
        NoClaims,
        &[
            ("L2.03", "partial"),
            ("L2.05", "missing"),
            ("L2.06", "partial"),
            ("L2.07", "missing"),
            ("L2.12", "missing"),
            ("L2.13", "missing"),
            ("L3.01", "missing"),
            ("L3.02", "missing"),
            ("L3.03", "missing"),
            ("L3.04", "missing"),
            ("L3.06", "partial"),
            ("L3.11", "missing"),
        ],
    ),
    (NoClaim(2), &[("L3.03", "missing"), ("L3.02", "pass")]),
    (NoClaim(3), &[("L3.06", "partial")]),
    (NoClaim(4), &[("L3.02", "missing"), ("L3.03", "pass")]),
    (NoClaim(5), &[("L3.04", "missing"), ("L3.05", "unknown"), ("L3.18", "unknown")]),
    (NoClaim(6), &[("L3.11", "missing")]),
    (Policy("roles = [\"data\"]", "roles = [\"eval\"]"), &[("L3.02", "missing")]),
    (
        Policy("[\"producer\", \"lineage\", \"build\", \"card\"]", "[\"producer\", \"lineage\"]"),
        &[("L3.01", "partial"), ("L3.06", "partial"), ("L2.14", "pass")],
    ),
    (
        Policy("trust = [\"earwitness-key\"]", "trust = [\"vendor-key\"]"),
        &[("L3.04", "missing"), ("L3.05", "unknown"), ("L3.18", "unknown")],
    ),
    (Policy("value = \"calls-held-back\"", "value = \"calls-of-2026\""), &[("L3.04", "fail")]),
    (Policy("max_age_days = 7300\n\n# Acme", "max_age_days = 1\n\n# Acme"), &[("L3.18", "missing")]),
    (
        Policy("max_age_days = 7300\n\n# Acme", "\n# Acme"),
        &[("L3.18", "unknown"), ("L3.11", "partial"), ("L3.10", "partial")],
    ),
    (SignedPolicy("# Who may sign", "# Who is to sign"), &[("L3.10", "fail")]),
    (Policy("[conflicts]\nstrategy = \"strict\"\n", ""), &[("L3.17", "missing")]),
    (
        Policy(
            "production = true\nmin_level = 1\non_contradicted = \"closed\"\non_missing = \"closed\"",
            "production = true\nmin_level = 1\non_contradicted = \"closed\"\non_missing = \"open\"",
        ),
        &[("L3.14", "partial")],
    ),
    (WholePolicy("production = true\n", ""), &[("L3.14", "missing")]),
    (Policy("ban_formats", "license_deny = [\"CC-BY-*\"]\nban_formats"), &[("L3.02", "fail")]),
    (Policy("ban_formats", "dataset_deny = [\"data/*\"]\nban_formats"), &[("L3.02", "fail")]),
    (Policy("hash = [\"sha256\", ", "hash = ["), &[("L1.15", "partial")]),
    (Policy("roles = [\"verifier\"]", "roles = [\"verifier\", \"infrastructure\"]"), &[("L3.07", "pass")]),
    (
        Policy(
            "[conflicts]",
            "[[require]]\nid = \"floor\"\npredicate = \"https://slsa.dev/verification_summary/v1\"\nwhere = [{ path = \"verifiedLevels\", op = \"contains_level\", value = \"SLSA_BUILD_LEVEL_2\" }]\n\n[conflicts]",
        ),
        &[("L3.08", "partial")],
    ),
    (
        Workspace("where = \"help-desk/eu-1\"", "where = \"help-desk/eu-1\"\nuntil = 2026-11-24T00:00:00Z"),
        &[
            ("L3.13", "not-applicable"),
            ("L3.19", "not-applicable"),
            ("L1.12", "not-applicable"),
            ("L2.18", "partial"),
        ],
    ),
];

#[test]
fn when_one_thing_is_changed_its_controls_say_so_and_no_level_3_is_left() {
    let mut faults = Vec::new();
    for (at, (change, wanted)) in CHANGED.iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        copy_with_seal(&samples(), dir.path());
        change.make(dir.path());
        let found = scored(dir.path(), &["score", ROOT, CHILD]);
        let verdict = &found["verdicts"][1]["verdict"];
        if verdict["model"] != CHILD {
            faults.push(format!("{at}: {found}"));
            continue;
        }
        let outcomes = outcomes(verdict);
        for (id, outcome) in *wanted {
            if outcomes[*id] != *outcome {
                faults.push(format!("{at}: {id} is {}, wanted {outcome}", outcomes[*id]));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
