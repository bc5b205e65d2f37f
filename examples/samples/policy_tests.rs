//! The tests of the samples' policy: what it has to decide of evidence that they describe.

use super::policies::PUBLISHERS;
use super::signers::Signers;
use std::error::Error;

/// How the tests are introduced.
const HEAD: &str = "
# What this policy has to decide of evidence that is written down here: `touchmark policy test` tries them. With `--mutate`
# it lists the rules that could be changed and no test would fail: those about claims have none here.
";

const ACME: &str = r#"signer = { anchor = "samples-ca", subject = "CN=acme release,O=Acme", issuer = "CN=Touchmark Samples Issuing CA,O=Touchmark Samples" }"#;

/// Name, stage, what is given of a model of acme's, what is expected.
type Row = (&'static str, &'static str, &'static str, &'static str);

const ADMIT: &str = r#"decision = "admit", effective_level = 1"#;
const NO: &str = r#"decision = "refuse""#;

/// What acme signed, unless `state` says that nobody did.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("what is unsigned gets no further than staging", "production", r#"state = "unsigned""#, r#"decision = "refuse", reasons = ["L1.01"]"#),
    ("what is unsigned is a warning at staging", "staging", r#"state = "unsigned""#, r#"decision = "warn", reasons = ["L1.01"]"#),
    ("what is unsigned can be tried", "dev", r#"state = "unsigned""#, r#"decision = "admit", effective_level = 0"#),
    ("what nobody has verified does not get into production", "production", r#"state = "unverified""#, r#"decision = "refuse", reasons = ["L1.03"]"#),
    ("what nobody has verified is a warning at staging", "staging", r#"state = "unverified""#, r#"decision = "warn", reasons = ["L1.03"]"#),
    ("what cannot be read does not get into production", "production", r#"state = "unreadable""#, r#"decision = "refuse", reasons = ["L1.03"]"#),
    ("what cannot be read does not get into staging", "staging", r#"state = "unreadable""#, r#"decision = "refuse", reasons = ["L1.03"]"#),
    ("what was changed after signing is refused at dev", "dev", r#"state = "tampered""#, r#"decision = "refuse", reasons = ["L1.03"]"#),
    ("what was changed after signing is refused at staging", "staging", r#"state = "tampered""#, r#"decision = "refuse", reasons = ["L1.03"]"#),
    ("what was changed after signing is refused in production", "production", r#"state = "tampered""#, r#"decision = "refuse", reasons = ["L1.03"]"#),
    ("a part of a model is refused", "production", "partial = true", r#"decision = "refuse", reasons = ["PARTIAL"]"#),
    ("what a reviewer rejected is refused in production", "production", "rejected = true", r#"decision = "refuse", reasons = ["REVIEW-REJECTED"]"#),
    ("what a reviewer rejected can be tried at staging", "staging", "rejected = true", ADMIT),
    ("a pickle is refused", "production", r#"formats = ["pickle"]"#, r#"decision = "refuse", reasons = ["POLICY-FORMAT"]"#),
    ("code beside the weights is refused", "production", r#"formats = ["remote-code"]"#, r#"decision = "refuse", reasons = ["POLICY-FORMAT"]"#),
    ("a signature may leave out what Git keeps", "production", r#"ignored = [".git", ".gitattributes", ".github", ".gitignore"]"#, ADMIT),
    ("a signature must not leave out anything else", "production", r#"ignored = ["weights"]"#, NO),
    ("a signature must not follow links", "production", "symlinks = true", r#"decision = "refuse", reasons = ["POLICY-SYMLINKS"]"#),
    ("other curves and hashes count", "production", r#"key = "p384", hash = "blake2b""#, ADMIT),
    ("so do the third of each", "production", r#"key = "p521", hash = "blake3""#, ADMIT),
    ("an RSA key does not", "production", r#"key = "rsa""#, r#"decision = "refuse", reasons = ["POLICY-KEY"]"#),
    ("a verification counts for a month", "production", "age_days = 31", r#"decision = "refuse", reasons = ["L1.11"]"#),
    ("a verification from the future does not count", "production", "ahead_seconds = 600", r#"decision = "refuse", reasons = ["L1.11"]"#),
    ("the fleet takes what production let in", "fleet", r#"admitted_at = ["production"]"#, ADMIT),
    ("the fleet takes nothing that production never saw", "fleet", "", r#"decision = "refuse", reasons = ["PROMOTION"]"#),
    ("the fleet takes nothing that production refused", "fleet", r#"refused_at = ["production"]"#, r#"decision = "refuse", reasons = ["PROMOTION"]"#),
];

fn one(name: &str, stage: &str, given: &[&str], expect: &str) -> String {
    let given: Vec<&str> = given.iter().copied().filter(|part| !part.is_empty()).collect();
    let given = given.join(", ");
    format!(
        "\n[[test]]\nname = \"{name}\"\nstage = \"{stage}\"\ngiven = {{ {given} }}\nexpect = {{ {expect} }}\n"
    )
}

/// All of them, as they stand in the policy.
pub fn tests(signers: &Signers) -> Result<String, Box<dyn Error>> {
    let mut text = HEAD.to_owned();
    for (id, anchor, signer) in PUBLISHERS {
        let (subject, issuer) = signers.identity(signer).ok_or("every publisher signs")?;
        let issuer = issuer.map(|issuer| format!(", issuer = \"{issuer}\"")).unwrap_or_default();
        let signer = format!("signer = {{ anchor = \"{anchor}\", subject = \"{subject}\"{issuer} }}");
        let model = |owner: &str| format!("model = \"{owner}/any\"");
        text += &one(&format!("{id} signs its own models"), "production", &[&model(id), &signer], ADMIT);
        let other = if id == "acme" { "northwind" } else { "acme" };
        let name = format!("{id} signs no models of {other}");
        text += &one(
            &name,
            "production",
            &[&model(other), &signer],
            r#"decision = "refuse", reasons = ["L1.06"]"#,
        );
    }
    for (name, stage, given, expect) in ROWS {
        let is_signed = !given.contains("unsigned") && !given.contains("unverified");
        let signer = if is_signed { ACME } else { "" };
        text += &one(name, stage, &["model = \"acme/any\"", signer, given], expect);
    }
    Ok(text)
}
