//! The texts of the samples: workspace, policy, README, and the table of what a test should find.

use super::cast::{Bom, CAST, Fault, Signer, Spec};
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
stage = "production"
store = "touchmark.db"

[[source]]
kind = "models"
path = "models"

[[source]]
kind = "bom"
path = "boms"
"#;

const POLICY_HEAD: &str = r#"# Who may sign what in the samples, and what each stage asks for.
schema = "trust-policy/0.1"
name = "samples"
version = "2026.11.1"
expires = 2045-01-01T00:00:00Z
owner = "model-governance@acme.example"
default = "deny"

[trust.samples-ca]
kind = "x509"
files = ["../keys/samples-root-ca.pem"]

# Who may say when: for signatures by certificate, which outlive it then.
[trust.samples-stamps]
kind = "tsa"
files = ["../keys/samples-stamps.pem"]

# A Sigstore instance: its certificate authority, logs and timestamp authority.
[trust.samples-sigstore]
kind = "sigstore"
files = ["../keys/samples-trusted-root.json"]

[trust.lumen-key]
kind = "key"
files = ["../keys/lumen.pub.pem"]

[trust.ternlab-key]
kind = "key"
files = ["../keys/ternlab.pub.pem"]

[trust.data-office-key]
kind = "key"
files = ["../keys/data-office.pub.pem"]

[trust.vendor-key]
kind = "key"
files = ["../keys/vendor.pub.pem"]

[crypto]
hash = ["sha256", "blake2b", "blake3"]
keys = ["p256", "p384", "p521"]

[artifact]
ban_formats = ["pickle", "remote-code"]
allow_ignore_paths = [".git", ".gitattributes", ".github", ".gitignore"]
allow_symlinks = false

[log]
required = ["sigstore"]

[freshness]
max_verification_age_days = 30
clock_skew_seconds = 300
"#;

const POLICY_TAIL: &str = r#"
# closed: refuse; warn: let in when somebody acknowledges it; open: let in and record it
[[stage]]
name = "dev"
min_level = 0
on_contradicted = "closed"
on_missing = "open"
on_error = "open"
on_unavailable = "open"

[[stage]]
name = "staging"
min_level = 1
on_contradicted = "closed"
on_missing = "warn"
on_error = "closed"
on_unavailable = "warn"

[[stage]]
name = "production"
production = true
min_level = 1
on_contradicted = "closed"
on_missing = "closed"
on_error = "closed"
on_unavailable = "closed"
require = ["L1.13"]
"#;

/// Publisher, anchor, signer.
const PUBLISHERS: [(&str, &str, Signer); 7] = [
    ("northwind", "samples-ca", Signer::Northwind),
    ("acme", "samples-ca", Signer::Acme),
    ("lumen", "lumen-key", Signer::Lumen),
    ("ternlab", "ternlab-key", Signer::Ternlab),
    ("orchid", "samples-sigstore", Signer::Orchid),
    ("data", "data-office-key", Signer::DataOffice),
    ("vendor", "vendor-key", Signer::Vendor),
];

/// Writes all texts.
pub fn write_pages(root: &Path, signers: &Signers) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(root.join("policies"))?;
    fs::write(root.join("touchmark.toml"), WORKSPACE)?;
    fs::write(root.join(".gitignore"), "touchmark.db*\n")?;
    // Signatures are over bytes: a checkout must not rewrite line ends.
    fs::write(root.join(".gitattributes"), "* -text\n")?;
    fs::write(root.join("policies/samples.toml"), policy(signers)?)?;
    fs::write(root.join("expected.toml"), expected())?;
    fs::write(root.join("README.md"), readme())?;
    Ok(())
}

fn policy(signers: &Signers) -> Result<String, Box<dyn Error>> {
    let mut text = POLICY_HEAD.to_owned();
    for (id, anchor, signer) in PUBLISHERS {
        let (subject, issuer) = signers.identity(signer).ok_or("every publisher signs")?;
        let issuer = issuer.map(|issuer| format!("issuer = \"{issuer}\", ")).unwrap_or_default();
        text.push_str(&format!(
            "\n[[publisher]]\nid = \"{id}\"\nmodels = [\"{id}/*\"]\ntrust = [\"{anchor}\"]\n\
             identities = [{{ {issuer}subject = \"exact:{subject}\" }}]\n"
        ));
    }
    Ok(text + POLICY_TAIL)
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
    text + LINEAGE
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
    let rows: String = CAST.iter().map(|spec| row(spec, decision(&admitted, spec))).collect();
    format!(
        "# Samples\n\n\
A workspace to try Touchmark on: `touchmark open samples`. It is written by `cargo run --example make-samples`;\n\
do not edit it by hand. Every model, publisher and dataset is made up, and the weights are random numbers.\n\n\
The files are the same on every run. Keys, certificates and signatures are not: they are made anew each time.\n\
`keys/` holds public keys, authority certificates and the trusted root of a Sigstore instance only. The private\n\
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
## Policy\n\n\
| stage | asks for |\n|---|---|\n\
| `dev` | nothing contradicted |\n\
| `staging` | level 1; what is missing is a warning |\n\
| `production` | level 1, and no format that runs code when it is loaded |\n\n\
The samples' authority ends in 2046 and the policy in 2045.\n"
    )
}
