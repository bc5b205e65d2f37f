//! The policies of the samples: the one in force, and one that somebody proposes.

use super::cast::Signer;
use super::policy_tests::tests;
use super::signers::Signers;
use std::error::Error;

const POLICY_HEAD: &str = r#"#:schema trust-policy-0.1.json
# Who may sign what in the samples, and what each stage asks for.
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

[trust.earwitness-key]
kind = "key"
files = ["../keys/earwitness.pub.pem"]

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
# Who may claim what of models that others publish.
[[attester]]
id = "data-office"
trust = ["data-office-key"]
roles = ["data"]

[[attester]]
id = "earwitness"
trust = ["earwitness-key"]
roles = ["eval"]
domains = ["speech"]

[[attester]]
id = "acme-gate"
trust = ["samples-ca"]
identities = [{ issuer = "CN=Touchmark Samples Issuing CA,O=Touchmark Samples", subject = "exact:CN=acme gate,O=Acme" }]
roles = ["verifier"]

# What a claim of level 3 must state. Twenty years, so that the samples stay what they are.
[[require]]
id = "speech-evaluation"
predicate = "urn:touchmark:evaluation:1"
from_role = "eval"
domain = "speech"
where = [
  { path = "benchmark.name", op = "==", value = "calls-held-back" },
  { path = "results[*].passed", op = "==", value = true },
]
max_age_days = 7300

# Acme's gate vouches for what it received: a summary stands in for evidence that a supplier does not give.
[[trusted_summary]]
verifier = "https://gate.acme.example"
signer = "acme-gate"
kinds = ["vsa"]
max_age_days = 7300

[conflicts]
strategy = "strict"

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

# What runs on every machine has stood in production: the same bytes, let in there last.
[[stage]]
name = "fleet"
from = "production"
production = true
min_level = 1
on_contradicted = "closed"
on_missing = "closed"
on_error = "closed"
on_unavailable = "closed"
require = ["L1.13"]
"#;

/// How it begins.
const PROPOSED_HEAD: &str = "\
# A change that somebody proposes: the policy of the samples, with an exception and a requirement at the end.
# `touchmark policy lint --policy policies/next.toml` finds fault with both; `policy preview` shows what they would change.";

/// What somebody wants to add, and the linter has something to say about.
const PROPOSED: &str = r#"
# For a month: nobody has said yet what the voice was made from.
[[exception]]
id = "EX-7"
control = "L1.14"
subject = "vendor/voice-tts"
stages = ["production"]
owner = "help-desk@acme.example"
approved_by = "model-governance@acme.example"
reason = "the vendor sends a bill of materials in January"
compensating = ["scanned on receipt", "runs without a network"]
created = 2026-11-20T00:00:00Z
expires = 2026-12-31T00:00:00Z
warn_days = 30

# It sounds strict, and every evaluation meets it: a result is always the one or the other.
[[require]]
id = "evaluated"
predicate = "urn:touchmark:evaluation:1"
from_role = "eval"
domain = "speech"
where = [{ path = "results[*].passed", op = "in", value = [true, false] }]
"#;

/// Publisher, anchor, signer.
pub const PUBLISHERS: [(&str, &str, Signer); 7] = [
    ("northwind", "samples-ca", Signer::Northwind),
    ("acme", "samples-ca", Signer::Acme),
    ("lumen", "lumen-key", Signer::Lumen),
    ("ternlab", "ternlab-key", Signer::Ternlab),
    ("orchid", "samples-sigstore", Signer::Orchid),
    ("data", "data-office-key", Signer::DataOffice),
    ("vendor", "vendor-key", Signer::Vendor),
];

/// The publishers whose claims of how their models were made count, and what else they may say.
const BUILDERS: [(&str, &[&str]); 3] = [
    ("northwind", &["producer", "lineage", "build"]),
    ("acme", &["producer", "lineage", "build"]),
    ("orchid", &["producer", "lineage", "build", "card"]),
];

/// The policy in force.
pub fn in_force(signers: &Signers) -> Result<String, Box<dyn Error>> {
    let mut text = POLICY_HEAD.to_owned();
    for (id, anchor, signer) in PUBLISHERS {
        let (subject, issuer) = signers.identity(signer).ok_or("every publisher signs")?;
        let issuer = issuer.map(|issuer| format!("issuer = \"{issuer}\", ")).unwrap_or_default();
        text.push_str(&format!(
            "\n[[publisher]]\nid = \"{id}\"\nmodels = [\"{id}/*\"]\ntrust = [\"{anchor}\"]\n\
             identities = [{{ {issuer}subject = \"exact:{subject}\" }}]\n"
        ));
        if let Some((_, roles)) = BUILDERS.iter().find(|(builder, _)| *builder == id) {
            text.push_str(&format!("roles = {roles:?}\n"));
        }
    }
    Ok(text + POLICY_TAIL + &tests(signers)?)
}

/// The policy that somebody proposes, given the one in force.
pub fn proposed(policy: &str) -> String {
    let text = policy.replacen(
        "# Who may sign what in the samples, and what each stage asks for.",
        PROPOSED_HEAD,
        1,
    );
    text.replacen("2026.11.1", "2026.12.1", 1) + PROPOSED
}
