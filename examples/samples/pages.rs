//! The texts of the samples: workspace, policy, README, and the table of what a test should find.

use super::cast::{Bom, CAST, Fault, Signer, Spec};
use super::policies;
use super::signers::Signers;
use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fs;
use std::path::Path;

/// The first line of `expected.toml`, by which a samples workspace is known.
pub const MARK: &str = "schema = \"samples-expected/0.1\"";

const WORKSPACE: &str = r#"# A workspace of made-up models, written by `cargo run --example make-samples`.
schema = "workspace/0.1"
name = "samples"
policy = "policies/samples.toml"
# Who may sign the policy. The signature lies beside it: policies/samples.toml.sig
policy_trust = ["keys/governance.pub.pem"]
stage = "production"
store = "touchmark.db"

[[source]]
kind = "models"
path = "models"

[[source]]
kind = "bom"
path = "boms"

# What runs where.
[[deployment]]
model = "acme/claims-sorter"
stage = "production"
where = "claims-desk/eu-1"
owner = "claims team"
since = 2026-10-26T08:00:00Z

[[deployment]]
model = "northwind/harbour-7b-instruct-q4"
stage = "dev"
where = "laptops"
owner = "platform team"
since = 2026-10-13T08:00:00Z

[[deployment]]
model = "orchid/speech-1-distilled"
stage = "production"
where = "help-desk/eu-1"
owner = "help desk team"
since = 2026-11-23T08:00:00Z
"#;

/// How acme's gate calls itself.
pub const GATE: &str = "https://gate.acme.example";

/// Writes all texts.
pub fn write_pages(root: &Path, signers: &Signers) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(root.join("policies"))?;
    fs::write(root.join("touchmark.toml"), WORKSPACE)?;
    fs::write(root.join(".gitignore"), "touchmark.db*\n")?;
    // Signatures are over bytes: a checkout must not rewrite line ends.
    fs::write(root.join(".gitattributes"), "* -text\n")?;
    let (file, seal) = (root.join("policies/samples.toml"), root.join("policies/samples.toml.sig"));
    let policy = policies::in_force(signers)?;
    fs::write(&file, &policy)?;
    fs::write(root.join("policies/next.toml"), policies::proposed(&policy))?;
    signers.sign_file(&file, &seal, Signer::Governance)?;
    // Beside the policies, so that they find it wherever the samples are copied to.
    let (schema, text) = touchmark::documents::policy_schema_file();
    fs::write(root.join("policies").join(schema), text)?;
    fs::write(root.join("expected.toml"), expected())?;
    fs::write(root.join("README.md"), readme())?;
    Ok(())
}

/// Stage, outcome and code of the one check that does not pass.
fn finding(fault: Fault) -> (&'static str, &'static str, &'static str) {
    match fault {
        Fault::None => ("none", "pass", ""),
        Fault::Unsigned => ("PARSE", "missing", "PARSE-ABSENT"),
        Fault::Tampered(_) => ("FILES", "fail", "FILES-CHANGED"),
        Fault::Added(_) => ("FILES", "fail", "FILES-EXTRA"),
        Fault::Removed(_) => ("FILES", "fail", "FILES-MISSING"),
        Fault::Expired => ("CHAIN", "fail", "CHAIN-EXPIRED"),
        Fault::OtherSigner => ("IDENTITY", "fail", "IDENTITY-MISMATCH"),
        Fault::WrongPublisher => ("IDENTITY", "fail", "IDENTITY-WRONG-PUBLISHER"),
        Fault::CopiedFrom(_) => ("FILES", "fail", "FILES-OTHER-MODEL"),
        Fault::Truncated => ("PARSE", "fail", "PARSE-TRUNCATED"),
        Fault::Pickle => ("POLICY", "fail", "POLICY-FORMAT"),
    }
}

/// The file that the failing check has to name.
fn named(fault: Fault) -> Option<&'static str> {
    match fault {
        Fault::Tampered(file) | Fault::Added(file) | Fault::Removed(file) => Some(file),
        _ => None,
    }
}

/// Which models production admits: bound to a good signature, and made from nothing that contradicts itself.
/// What is unsigned or nowhere only caps, above level 1.
fn admitted() -> HashMap<&'static str, bool> {
    let mut tainted = HashSet::new();
    let mut admitted = HashMap::new();
    // Parents stand before their children, but for the cycle, which no AIBOM of ours binds.
    for spec in CAST {
        let contradicts = finding(spec.fault).1 == "fail";
        if contradicts || spec.base.iter().any(|base| tainted.contains(base)) {
            tainted.insert(spec.id);
        }
        let good = spec.fault == Fault::None && spec.bom == Bom::Bound && !tainted.contains(spec.id);
        admitted.insert(spec.id, good);
    }
    admitted
}

/// `admit` or `refuse`.
fn decision(admitted: &HashMap<&str, bool>, spec: &Spec) -> &'static str {
    if admitted.get(spec.id) == Some(&true) { "admit" } else { "refuse" }
}

fn expected() -> String {
    let admitted = admitted();
    let mut text = format!(
        "{MARK}\n# What a verification under policies/samples.toml finds: the one stage that does not pass\n\
         # (`none` when all do), its outcome and code, and the file that it names; what the AIBOM's binding is\n\
         # to the bundle; and the decision at stage production.\n"
    );
    for spec in CAST {
        let (stage, outcome, code) = finding(spec.fault);
        text.push_str(&format!(
            "\n[[model]]\nid = \"{}\"\nstage = \"{stage}\"\noutcome = \"{outcome}\"\n",
            spec.id
        ));
        if !code.is_empty() {
            text.push_str(&format!("code = \"{code}\"\n"));
        }
        if let Some(file) = named(spec.fault) {
            text.push_str(&format!("file = \"{file}\"\n"));
        }
        let binding = match spec.bom {
            Bom::Bound => "agrees",
            Bom::Stale => "contradicts",
            Bom::Listed | Bom::Absent => "absent",
        };
        text.push_str(&format!("binding = \"{binding}\"\nproduction = \"{}\"\n", decision(&admitted, spec)));
    }
    text.push_str(LINEAGE);
    text.push_str("\n# What the commands of README.md lead to.\n");
    for Earned { model, own, effective, held, .. } in EARNED {
        text.push_str(&format!("\n[[level]]\nmodel = \"{model}\"\nown = {own}\neffective = {effective}\n"));
        if let Some(held) = held {
            text.push_str(&format!("sentence = \"{held}\"\n"));
        }
    }
    let [tainted, suspect, clean] = BLAST;
    text + &format!(
        "\n# What is downstream of the identity, which somebody else used since then.\n[blast]\n\
         subject = \"identity:{COMPROMISED}\"\nsince = {SINCE}\ntainted = {tainted:#?}\n\
         suspect = {suspect:#?}\nclean = {clean:#?}\n"
    )
}

/// A level that a model earns.
struct Earned {
    model: &'static str,
    own: u8,
    effective: u8,
    /// Why it is no higher, in a sentence, where an ancestor is the reason.
    held: Option<&'static str>,
    /// What earns it, for the README.
    by: &'static str,
}

const fn earned(model: &'static str, level: u8, by: &'static str) -> Earned {
    Earned { model, own: level, effective: level, held: None, by }
}

const EARNED: &[Earned] = &[
    earned("orchid/speech-1", 3, "every must of level 3: six claims, a signed policy, the gate's summary"),
    earned(
        "orchid/speech-1-distilled",
        3,
        "the same, a parent at level 3, and the gate's decision: it runs in production",
    ),
    earned("northwind/harbour-7b", 2, "a signed claim, with a time, that it is a root"),
    earned(
        "northwind/harbour-7b-instruct",
        2,
        "a signed claim, with a time, that names its parent by digest",
    ),
    earned("lumen/iris-base", 1, "its signature and the AIBOM; there are no claims"),
    earned("lumen/iris-ocr", 1, "the same"),
    Earned {
        held: Some(
            "acme/claims-sorter stays at level 1 and cannot rise: it was merged from vendor/claims-lora, which is not signed.",
        ),
        ..earned("acme/claims-sorter", 1, "its own claim names both parents, but one of them is unsigned")
    },
    Earned {
        effective: 0,
        held: Some(
            "acme/support-bot-voice stays at level 0 instead of 1: it is an adapter for acme/support-bot-7b, which fails its own verification.",
        ),
        ..earned("acme/support-bot-voice", 1, "good by itself, but its base fails")
    },
];

/// Whose key somebody else used, and since when.
const COMPROMISED: &str = "CN=northwind release,O=Northwind";
const SINCE: &str = "2026-09-01T00:00:00Z";

/// What is tainted, suspect and proven clean then.
const BLAST: [&[&str]; 3] = [
    &["acme/claims-sorter", "northwind/harbour-7b-instruct", "northwind/harbour-7b-instruct-q4"],
    &[
        "acme/badge-check",
        "acme/claims-sorter-q8",
        "acme/mail-triage",
        "acme/policy-writer",
        "acme/summary-lora",
        "acme/support-bot-7b",
        "acme/support-bot-voice",
        "northwind/harbour-legacy-1b",
        "vendor/claims-lora",
        "vendor/translate-mini",
    ],
    &["acme/form-filler", "northwind/harbour-1b", "northwind/harbour-7b", "northwind/harbour-legacy-3b"],
];

/// The commands that lead to the levels, in this order.
const COMMANDS: &str = "\
touchmark demo samples
cd samples
touchmark score orchid/speech-1 orchid/speech-1-distilled
touchmark gate orchid/speech-1-distilled --stage production
touchmark score orchid/speech-1 orchid/speech-1-distilled
touchmark score northwind/harbour-7b northwind/harbour-7b-instruct
touchmark score lumen/iris-base lumen/iris-ocr
touchmark score acme/claims-sorter
touchmark score acme/support-bot-7b acme/support-bot-voice
touchmark why acme/claims-sorter
touchmark why acme/support-bot-voice
";

/// The commands that promote a model, in this order.
const PROMOTION: &str = "\
touchmark gate northwind/harbour-1b --stage fleet
touchmark gate northwind/harbour-1b --stage production
touchmark gate northwind/harbour-1b --stage fleet
touchmark ledger show
";

/// The commands that look at a proposed policy.
const PROPOSAL: &str = "\
touchmark policy lint --policy policies/next.toml --at 2026-12-01T00:00:00Z
touchmark policy exceptions --policy policies/next.toml --at 2026-12-01T00:00:00Z
touchmark policy preview policies/next.toml
touchmark policy test policies/samples.toml
";

fn levels() -> String {
    let row = |earned: &Earned| {
        let Earned { model, own, effective, held, by } = earned;
        let level = if own == effective { format!("L{own}") } else { format!("L{own} → L{effective}") };
        let held = held.map(|held| format!(". {held}")).unwrap_or_default();
        format!("| `{model}` | {level} | {by}{held} |\n")
    };
    EARNED.iter().map(row).collect()
}

fn listed(models: &[&str]) -> String {
    models.iter().map(|model| format!("`{model}`")).collect::<Vec<_>>().join(", ")
}

/// What is odd about the graph.
const LINEAGE: &str = r#"
[[lineage]]
finding = "cycle"
models = ["vendor/echo-a", "vendor/echo-b"]

[[lineage]]
finding = "dangling"
models = ["acme/call-notes", "ternlab/tern-xl"]

[[lineage]]
finding = "dangling"
models = ["vendor/ocr-tables", "vendor/ocr-base-2023"]

[[lineage]]
finding = "name-only"
models = ["vendor/voice-tts", "tern-classic"]
"#;

fn row(spec: &Spec, decision: &str) -> String {
    let see = match finding(spec.fault) {
        ("none", ..) => "✓ pass".to_owned(),
        (_, "missing", _) => "? unsigned".to_owned(),
        (stage, ..) => format!("✗ FAIL {stage}"),
    };
    format!("| `{}` | {see} | {decision} | {} |\n", spec.id, spec.shows)
}

fn readme() -> String {
    let admitted = admitted();
    let levels = levels();
    let [tainted, suspect, clean] = BLAST.map(listed);
    let rows: String = CAST.iter().map(|spec| row(spec, decision(&admitted, spec))).collect();
    format!(
        "# Samples\n\n\
A workspace to try Touchmark on: `touchmark open samples`. It is written by `cargo run --example make-samples`;\n\
do not edit it by hand. Every model, publisher and dataset is made up, and the weights are random numbers.\n\n\
Files and trusted times are the same on every run. Keys, certificates and signatures are not: they are made anew each\n\
time. `keys/` holds public keys, authority certificates and the trusted root of a Sigstore instance only. The private\n\
keys existed in the generator's memory while it ran and were thrown away, so nobody can sign as these publishers\n\
again; the instance ran for as long.\n\n\
## What each model is for\n\n\
The second column is what a verification under `policies/samples.toml` says; a model that fails, fails that one\n\
check and no other. The third is the decision at stage `production`, once everything is verified.\n\
`expected.toml` is the same table for the tests.\n\n\
| model | verification | production | what it shows |\n|---|---|---|---|\n{rows}\n\
Only in `boms/vendor.cdx.json`: three names that try to clear the screen, to reorder text and to forge a line\n\
of a table; `vendor/ocr-tables`, made from a model that is nowhere; `vendor/translate-mini`, whose parent stands\n\
in a property of its model card. `boms/acme.cdx.json` binds most models to their signatures; without such a\n\
binding a model does not reach level 1.\n\n\
## Levels\n\n\
Claims take some models further. They lie in `claims.jsonl` beside each model, each signed by somebody who has the\n\
role for it in the policy, with a time from a log or a timestamp authority: how it was made and from what, its data,\n\
its training configuration, its card, an evaluation by a third party, and what acme's gate found. These commands\n\
lead to the levels below; nothing else is needed:\n\n\
```sh\n{COMMANDS}```\n\n\
`score` verifies the models that it names, and ends with 1 when the stage refuses one: the last one names two that are. `orchid/speech-1` is at level 3 at once. `orchid/speech-1-distilled` runs in\n\
production (`touchmark deploy list`), so level 3 needs a gate decision in the ledger of your copy: before\n\
`gate` it is at level 2, afterwards at level 3. `score --all` shows the evidence for each control.\n\n\
| model | level | earned by |\n|---|---|---|\n{levels}\n\
The policy is signed: `policies/samples.toml.sig`, by a key that `policy_trust` in `touchmark.toml` names. When you\n\
change the policy, its signature no longer fits, control L3.10 fails, and every stage refuses; remove the signature,\n\
or sign it again with a key of yours. The summaries of acme's gate are about this policy, too.\n\n\
## Blast radius\n\n\
Suppose that somebody else has used northwind's release key since September. Verify everything first, in the\n\
workbench with `*` and `V` or by the first command (which ends with 1, as some are refused); then ask by the second,\n\
in the workbench after `:`.\n\n\
```sh\ntouchmark score $(cd models && ls -d */*) --quiet\n\
touchmark blast 'identity:{COMPROMISED}' --since {SINCE}\n```\n\n\
| group | models | because |\n|---|---|---|\n\
| tainted | {tainted} | signed by the key since then, or a claim names the digest of such a model as its input |\n\
| suspect | {suspect} | signed by the key without a trusted time, or made from one of these as far as documents say |\n\
| proven clean | {clean} | a trusted time puts the signature before, or a claim names the digest of a clean parent |\n\n\
`acme/claims-sorter` and `northwind/harbour-7b-instruct-q4` are deployed; `blast` names the places and owners.\n\n\
## Policy\n\n\
| stage | asks for |\n|---|---|\n\
| `dev` | nothing contradicted |\n\
| `staging` | level 1; what is missing is a warning |\n\
| `production` | level 1, and no format that runs code when it is loaded |\n\
| `fleet` | the same, and that `production` let in the same bytes last |\n\n\
A model gets to `fleet` by way of `production`: the first command is refused, the third is not, and the ledger holds\n\
all three decisions, each with the digest of the bytes that it is about.\n\n\
```sh\n{PROMOTION}```\n\n\
`policies/next.toml` is a change that somebody proposes. It has two faults for the linter to find: an exception that\n\
ends within a month of 1 December 2026, and a requirement that every evaluation meets, whatever its results. Verify\n\
everything first, so that the linter can see that the requirement changes nothing.\n\n\
```sh\n{PROPOSAL}```\n\n\
`policy test` tries the policy's own tests: what it has to decide of evidence that they describe.\n\n\
The samples' authority ends in 2046 and the policy in 2045.\n"
    )
}
