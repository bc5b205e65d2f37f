//! The page on predicates and build types, generated from the registry.

use crate::attest::{BuildType, Field, Predicate, Registry, Standing};
use std::fmt::Write;

const HEAD: &str = "# Predicates: what claims state, and what Touchmark reads

<!-- Made by `cargo run --example make-docs` from policies/predicates; do not edit. -->

A claim is a signed [in-toto statement](https://github.com/in-toto/attestation): a subject, named by digest, and a
predicate, whose type is a URI. Touchmark reads claims from `claims.jsonl`, `*.intoto.jsonl`, `*.sigstore.jsonl` and
`*.sigstore.json` in a model's folder (or next to a single-file model, named after it), and from attestations that
refer to a model's manifest in an OCI layout. Each line is a Sigstore bundle, or a bare DSSE envelope with one or
more signatures. Touchmark reads statements of version 1 and 0.1, and writes version 1.

A file that is added to a signed model is an unsigned file (`FILES-EXTRA`) unless it has one of these names and holds
nothing but Sigstore bundles. `touchmark claims append MODEL FILE` adds the claims of any file, bare envelopes too, to the
model's `claims.jsonl`; remove the file then. `touchmark claims check FILE` checks form and schema beforehand.

A claim **counts** when all of the following hold:

- it is about this model: a subject's SHA-256 is the model's root digest, or another digest of the same bytes (that of
  its manifest in a registry). A name never links a claim to a model;
- every subject has a usable digest: lower-case hex of the right length, and not only a broken algorithm (SHA-1, MD5);
- its predicate is known and matches its schema;
- its signer is proven, and the policy allows the signer to make this claim. One such signature in an envelope is
  enough; two signatures by one signer count once, and a signature that proves nothing does no harm.

An **unknown** predicate is kept and shown, and never counts. A known predicate that violates its schema is **invalid**:
it never counts, and `touchmark claims show` lists every error with its path. Fields that the schema does not define are
ignored, and a `null` member is treated as absent. Lists of more than 10,000 items, strings of more than 64 KiB and more
than 1,000 subjects are rejected.

`standing`: *vetted* by in-toto, SLSA or OpenSSF; *proposed* to one of them; a *vendor*'s own; *legacy*, read
but never written; *ours*.

";

const OURS: &str = "
## Touchmark's own

No vetted predicate covers these. Their types are URNs (`urn:touchmark:NAME:1`), as for Touchmark's other signed
documents: absolute, stable and independent of any host. The number is the major version. A version may gain fields; a
field that changes its meaning gets a new version. The JSON Schemas are in [schemas/predicates](schemas/predicates).
`touchmark attest` writes them.
";

const BUILDS: &str = "
## Build types

Touchmark writes SLSA provenance v1 under one of these build types. `externalParameters` holds the parameters, and
`resolvedDependencies` the inputs, each with its digest: the root digest for a model or a dataset. The role of an input
comes from `annotations.role` of the dependency (base, adapter, teacher, dataset, code, config, tokenizer, template), or
else from the parameter that names it; otherwise it is unknown. `annotations.verifiedAt` states when it was verified
before use. Training from scratch without a base declares the model a root.
";

/// The page `docs/predicates.md`.
pub fn predicates_page() -> String {
    let mut out = HEAD.to_owned();
    out.push_str("| predicate | type | about | standing | serves |\n|---|---|---|---|---|\n");
    let known = Registry::bundled().predicates();
    for one in known {
        let uris: Vec<String> = one.uris().map(|uri| format!("`{uri}`")).collect();
        let title = match &one.source {
            Some(source) => format!("[{}]({source})", one.title),
            None => format!("[{}](#{})", one.title, one.id),
        };
        let (kind, standing) = (one.kind.word(), one.standing.word());
        let serves = one.controls.join(", ");
        let _ = writeln!(out, "| {title} | {} | {kind} | {standing} | {serves} |", uris.join("<br>"));
    }
    out.push_str(OURS);
    for one in known.iter().filter(|one| one.standing == Standing::Ours) {
        ours(&mut out, one);
    }
    out.push_str("\n## Predicates of others\n\nTheir required fields, and the fields that are shown.\n");
    for one in known.iter().filter(|one| one.standing != Standing::Ours && !one.fields.is_empty()) {
        let _ = writeln!(out, "\n### {}\n", one.title);
        fields(&mut out, &one.fields);
    }
    out.push_str(BUILDS);
    for one in BuildType::bundled() {
        build(&mut out, one);
    }
    out
}

fn ours(out: &mut String, one: &Predicate) {
    let about = one.about.as_deref().unwrap_or_default();
    let _ = writeln!(
        out,
        "\n### {}\n\n`{}` · [schema](schemas/predicates/{}.schema.json)\n\n{about}\n",
        one.id, one.uri, one.id
    );
    fields(out, &one.fields);
}

fn fields(out: &mut String, fields: &[Field]) {
    out.push_str("| field | type | |\n|---|---|---|\n");
    for field in fields {
        let mut notes: Vec<String> = Vec::new();
        if field.required {
            notes.push("required".to_owned());
        }
        if field.filled {
            notes.push("not empty".to_owned());
        }
        if field.expected {
            notes.push("required by the specification, optional here".to_owned());
        }
        if field.foreign {
            notes.push("of a dialect".to_owned());
        }
        let code = |values: &[String]| {
            values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
        };
        if !field.values.is_empty() {
            notes.push(format!("one of {}", code(&field.values)));
        }
        if !field.also.is_empty() {
            notes.push(format!("in dialects also {}", code(&field.also)));
        }
        let _ = writeln!(out, "| `{}` | {} | {} |", field.path, field.kind.words(), notes.join("; "));
    }
}

fn build(out: &mut String, one: &BuildType) {
    let _ = writeln!(out, "\n### {}: {}\n\n`{}`\n\n{}\n", one.id, one.title, one.uri, one.about);
    out.push_str("| parameter | type | |\n|---|---|---|\n");
    for parameter in &one.parameters {
        let required = if parameter.required { "required: " } else { "" };
        let role = parameter.role.map(|role| format!(" (names inputs with the role {})", role.word()));
        let (kind, role) = (parameter.kind.words(), role.unwrap_or_default());
        let _ = writeln!(out, "| `{}` | {kind} | {required}{}{role} |", parameter.name, parameter.about);
    }
}
