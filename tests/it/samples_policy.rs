//! What the samples show of policies: a promotion, a change that somebody proposes, and the policy's own tests.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::path::Path;
use std::process::Output;

fn run(dir: &Path, words: &[&str]) -> Output {
    touchmark([&["--workspace", dir.to_str().unwrap()], words].concat())
}

#[test]
fn a_model_gets_to_the_fleet_by_way_of_production_only() {
    let dir = copy_of_samples();
    let gate = |stage: &str| {
        let done = run(dir.path(), &["gate", "northwind/harbour-1b", "--stage", stage, "--format", "json"]);
        let verdict: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        verdict["verdict"]["reasons"].to_string() + verdict["verdict"]["decision"].as_str().unwrap()
    };
    let refused = gate("fleet");
    assert!(refused.ends_with("refuse") && refused.contains("PROMOTION"), "{refused}");
    assert!(gate("production").ends_with("admit"));
    let promoted = gate("fleet");
    assert!(promoted.ends_with("admit") && !promoted.contains("PROMOTION"), "{promoted}");
    let ledger = out(&run(dir.path(), &["ledger", "show"]));
    assert_eq!(ledger.matches("  decision  ").count(), 3, "{ledger}");
    // Other bytes are not promoted.
    let weights = dir.path().join("models/northwind/harbour-1b/config.json");
    std::fs::write(&weights, "{}").unwrap();
    assert!(gate("fleet").ends_with("refuse"));
}

#[test]
fn the_linter_finds_fault_with_the_proposed_policy_alone() {
    let dir = copy_of_samples();
    run(dir.path(), &["score", "orchid/speech-1", "orchid/speech-1-distilled"]);
    let lint = |policy: &str, at: &str| {
        let file = dir.path().join("policies").join(policy);
        let done = run(dir.path(), &["policy", "lint", "--policy", file.to_str().unwrap(), "--at", at]);
        out(&done) + &err(&done)
    };
    let soon = "2026-12-01T00:00:00Z";
    let (proposed, in_force) = (lint("next.toml", soon), lint("samples.toml", soon));
    for code in ["EXCEPTION-ENDS", "without requirement `evaluated`"] {
        assert!(proposed.contains(code) && !in_force.contains(code), "{code}: {proposed}{in_force}");
    }
    assert!(lint("next.toml", "2027-01-01T00:00:00Z").contains("EXCEPTION-ENDED"));
    assert!(!lint("next.toml", "2026-11-21T00:00:00Z").contains("EXCEPTION-ENDS"));
}

#[test]
fn the_policies_of_the_samples_pass_their_own_tests() {
    for policy in ["samples.toml", "next.toml"] {
        let dir = copy_of_samples();
        let file = dir.path().join("policies").join(policy);
        let done = touchmark(["policy", "test", file.to_str().unwrap()]);
        assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
        let text = std::fs::read_to_string(&file).unwrap().replace("from = \"production\"\n", "");
        std::fs::write(&file, text).unwrap();
        let done = touchmark(["policy", "test", file.to_str().unwrap()]);
        assert_eq!(done.status.code(), Some(1), "{}", out(&done));
        assert!(out(&done).contains("✗ the fleet takes nothing that production never saw"), "{}", out(&done));
    }
}
