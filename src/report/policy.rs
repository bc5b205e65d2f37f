//! A policy as plain text: its content, its own signature, and its faults.

use crate::maturity::PolicySeal;
use crate::policy::{Clause, LineageRules, Policy, PolicyError, Role, Severity, Strategy, UnsignedAncestor};
use crate::tables::Few;
use crate::text::count;
use crate::words::seal::seal as seal_words;
use std::fmt::Write as _;

/// A policy in a few lines.
pub fn policy(policy: &Policy, seal: &PolicySeal) -> String {
    let short = |digest: &str| digest.chars().take(12).collect::<String>();
    let stages: Vec<String> = policy.stages.iter().map(|s| crate::text::screen(&s.name)).collect();
    let name = format!("{} {}", crate::text::screen(&policy.name), crate::text::screen(&policy.version));
    let mut parts = vec![count(policy.trust.len(), "anchor"), count(policy.publishers.len(), "publisher")];
    let counted = [
        (policy.attesters.len(), "attester"),
        (policy.requirements.len(), "requirement"),
        (policy.summaries.len(), "trusted summary"),
    ];
    parts.extend(counted.iter().filter(|(many, _)| *many > 0).map(|(many, what)| plural(*many, what)));
    let mut out = format!("✓ pass  {name}\n  {}, stages {}\n", parts.join(", "), stages.join(", "));
    let _ = writeln!(out, "  policy digest {}  independent of comments and layout", short(&policy.digest));
    let _ = writeln!(out, "  file digest   {}  SHA-256 of the file", short(&policy.file_digest));
    if !seal.is_unsigned() {
        let (outcome, words) = seal_words(seal);
        let _ = writeln!(out, "  signature     {} {words}", outcome.glyph());
    }
    if let Some(owner) = &policy.owner {
        let _ = writeln!(out, "  owner {}", crate::text::screen(owner));
    }
    if !policy.approved_by.is_empty() {
        let names: Vec<String> = policy.approved_by.iter().map(|name| crate::text::screen(name)).collect();
        let _ = writeln!(out, "  approved by {}, according to the file", names.join(", "));
    }
    if let Some(expires) = &policy.expires {
        let _ = writeln!(out, "  expires {expires}");
    }
    demands(&mut out, policy);
    out
}

/// A count of something with an irregular plural.
fn plural(many: usize, what: &str) -> String {
    match (many, what.strip_suffix('y')) {
        (2.., Some(stem)) => format!("{many} {stem}ies"),
        _ => count(many, what),
    }
}

/// Who may claim what, and what claims must state; empty if the policy has no such rules.
fn demands(out: &mut String, policy: &Policy) {
    let shown = |text: &str| crate::text::screen(text);
    let words = |roles: Few<Role>| roles.iter().map(Role::word).collect::<Vec<_>>().join(", ");
    if policy.assigns_roles() {
        for publisher in &policy.publishers {
            let _ = writeln!(out, "  publisher {}: {}", shown(&publisher.id), words(publisher.roles));
        }
    }
    for attester in &policy.attesters {
        let _ = write!(out, "  attester {}: {}", shown(&attester.id), words(attester.roles));
        if !attester.domains.is_empty() {
            let _ = write!(out, ", of {}", shown(&attester.domains.join(" and ")));
        }
        if !attester.models.is_empty() {
            let models: Vec<&str> = attester.models.iter().map(|pattern| pattern.as_str()).collect();
            let _ = write!(out, ", for {}", shown(&models.join(", ")));
        }
        out.push('\n');
    }
    for requirement in &policy.requirements {
        let severity = match requirement.severity {
            Severity::Must => "must",
            Severity::Should => "should",
        };
        let _ = write!(
            out,
            "  requirement {} ({severity}): {}",
            shown(&requirement.id),
            shown(&requirement.predicate)
        );
        if let Some(role) = requirement.from_role {
            let _ = write!(out, ", by {}", role.word());
        }
        if let Some(domain) = &requirement.domain {
            let _ = write!(out, " of {}", shown(domain));
        }
        if let Some(days) = requirement.max_age_days {
            let _ =
                write!(out, ", at most {} old", count(usize::try_from(days).unwrap_or(usize::MAX), "day"));
        }
        out.push('\n');
        for Clause { path, test } in &requirement.clauses {
            let _ = writeln!(out, "    {} {}", shown(&path.to_string()), shown(&test.to_string()));
        }
    }
    for summary in &policy.summaries {
        let (verifier, signer) = (shown(&summary.verifier), shown(&summary.signer));
        let _ = writeln!(out, "  summaries of {verifier}, signed by {signer}");
    }
    let lineage = &policy.lineage;
    if *lineage != LineageRules::default() {
        let share = lineage.min_completeness.map_or(100.0, |share| f64::from(share) / 10_000.0);
        let unsigned = match lineage.unsigned_ancestor {
            UnsignedAncestor::Cap => "caps the level",
            UnsignedAncestor::Warn => "caps the level and needs an acknowledgement",
            UnsignedAncestor::Fail => "fails",
        };
        let _ = writeln!(
            out,
            "  lineage: {share} % verified, at most {} up; an unsigned ancestor {unsigned}",
            count(usize::try_from(lineage.depth()).unwrap_or(usize::MAX), "edge")
        );
    }
    if let Some(strategy) = policy.conflicts.strategy {
        let strategy = match strategy {
            Strategy::Strict => "stay open".to_owned(),
            Strategy::Quorum => "are resolved by the majority of signers".to_owned(),
            Strategy::Latest => "are resolved by the latest signature".to_owned(),
            Strategy::Hierarchy => {
                let roles: Vec<&str> = policy.conflicts.hierarchy.iter().map(|role| role.word()).collect();
                format!("are resolved by role: {}", roles.join(", then "))
            }
        };
        let _ = writeln!(out, "  conflicting claims {strategy}");
    }
    let artifact = &policy.artifact;
    let datasets: Vec<&str> = artifact.dataset_deny.iter().map(|one| one.as_str()).collect();
    let licences: Vec<&str> = artifact.license_deny.iter().map(|one| one.as_str()).collect();
    for (what, denied) in [("datasets", datasets), ("licences", licences)] {
        if !denied.is_empty() {
            let _ = writeln!(out, "  denied {what}: {}", shown(&denied.join(", ")));
        }
    }
    if artifact.allow_resign_at_ingest {
        out.push_str("  a signature made at ingest replaces the producer's\n");
    }
}

/// The faults of a policy file.
pub fn policy_faults(faults: &[PolicyError]) -> String {
    let mut out = String::new();
    for fault in faults {
        let line = fault.line.map(|l| format!("line {l}: ")).unwrap_or_default();
        let _ = writeln!(out, "✗ FAIL  {line}{}", fault.message);
        if let Some(help) = &fault.help {
            let _ = writeln!(out, "        help: {help}");
        }
    }
    out
}
