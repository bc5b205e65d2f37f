//! Levels that real claims earn, through the program: signed by a key that the policy trusts for it, and by others.

use crate::attesting::Desk;
use serde_json::Value;
use std::fs;

const ROOT: &str = "northwind/harbour-7b";
const CHILD: &str = "northwind/harbour-7b-instruct";

/// The samples, whose policy lets the key `key.pem` say these things of every model.
fn desk(roles: &str) -> Desk {
    let desk = Desk::new();
    let policy = desk.path("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let more = format!(
        "\n[trust.lab-key]\nkind = \"key\"\nfiles = [\"../key.pem.pub\"]\n\n\
         [[attester]]\nid = \"lab\"\ntrust = [\"lab-key\"]\nroles = [{roles}]\n"
    );
    fs::write(policy, text + &more).unwrap();
    desk
}

fn attest(desk: &Desk, model: &str, words: &[&str]) {
    let builder = ["--builder", "urn:acme:lab", "--parameter", "method=sft", "--private-key", "key.pem"];
    desk.works(&[&["attest", "provenance", model][..], words, &builder].concat());
}

/// The verdict of a model that was verified just now.
fn verdict(desk: &Desk, model: &str) -> Value {
    desk.says(&["score", model])["verdicts"][0]["verdict"].clone()
}

fn outcome<'v>(verdict: &'v Value, control: &str) -> &'v str {
    let controls = verdict["assessment"]["controls"].as_array().unwrap();
    let found = controls.iter().find(|one| one["id"] == control).unwrap();
    found["outcome"].as_str().unwrap()
}

#[test]
fn a_root_that_a_trusted_claim_calls_one_is_at_level_2() {
    let desk = desk(r#""lineage", "build""#);
    assert_eq!(verdict(&desk, ROOT)["assessment"]["score"]["own"], 1);
    attest(&desk, ROOT, &["--build", "train"]);
    let found = verdict(&desk, ROOT);
    assert_eq!(
        (&found["assessment"]["score"]["own"], &found["effective"]),
        (&2.into(), &2.into()),
        "{found:#}"
    );
    assert_eq!(outcome(&found, "L2.04"), "not-applicable");
    assert_eq!(desk.run(&["gate", ROOT, "--stage", "production"]).status.code(), Some(0));
}

#[test]
fn what_a_claim_proves_of_a_parent_passes_and_what_it_lacks_is_named() {
    let desk = desk(r#""lineage", "build""#);
    attest(&desk, ROOT, &["--build", "train"]);
    desk.works(&["verify", ROOT]);
    attest(&desk, CHILD, &["--build", "finetune", "--base", ROOT]);
    let found = verdict(&desk, CHILD);
    for control in ["L2.01", "L2.02", "L2.03", "L2.04", "L2.06", "L2.07", "L2.14", "L3.16"] {
        assert_eq!(outcome(&found, control), "pass", "{control}");
    }
    // A bare key carries no time: level 2 wants one.
    assert_eq!((outcome(&found, "L2.13"), &found["assessment"]["score"]["own"]), ("missing", &1.into()));
}

#[test]
fn claims_by_a_key_that_the_policy_does_not_know_change_no_level_and_refuse_nothing() {
    let desk = Desk::new();
    let before = verdict(&desk, ROOT);
    attest(&desk, ROOT, &["--build", "train"]);
    attest(&desk, ROOT, &["--build", "finetune", "--base", "lumen/iris-base"]);
    let after = verdict(&desk, ROOT);
    assert_eq!(after["assessment"]["score"]["own"], before["assessment"]["score"]["own"]);
    assert_eq!(after["decision"], before["decision"]);
    assert_eq!(outcome(&after, "L2.03"), "missing");
    let controls = after["assessment"]["controls"].as_array().unwrap();
    assert!(controls.iter().all(|one| one["outcome"] != "fail"), "{after:#}");
}

#[test]
fn a_claim_by_a_signer_with_another_role_is_reported_and_counts_for_nothing() {
    let desk = desk(r#""eval""#);
    attest(&desk, ROOT, &["--build", "train"]);
    let found = verdict(&desk, ROOT);
    assert_eq!((&found["assessment"]["score"]["own"], &found["decision"]), (&1.into(), &"admit".into()));
    assert_eq!(outcome(&found, "L2.03"), "missing");
    let listed = desk.works(&["claims", "list", ROOT]);
    assert!(listed.contains("IDENTITY-ROLE"), "{listed}");
}
