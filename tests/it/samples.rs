//! The samples workspace: each bad sample fails its own check and nothing else, and each good one passes.
//! `TOUCHMARK_SAMPLES` names another copy of it, made anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, non_snake_case)]

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use touchmark::decision::{Descent, Input, Judgement, Known, Verdict, apply_policy};
use touchmark::inventory::{Format, Looked, Model, ModelId, Scan, Workspace, look, scan};
use touchmark::lineage::{Graph, GraphFinding, doubts};
use touchmark::maturity::{Rubric, Since};
use touchmark::policy::{self, Policy};
use touchmark::signing::{
    Anchor, AnchorMaterial, HashAlgorithm, IdentityRule, Outcome, Progress, PublicKey, Stage, Trust,
    Verification, VerifyOptions, hash_bytes, verify,
};
use x509_cert::der::Encode;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    schema: String,
    model: Vec<ExpectedModel>,
    lineage: Vec<ExpectedFinding>,
    /// What claims lead to is in `samples_claims`.
    #[serde(rename = "level")]
    _level: Vec<toml::Value>,
    #[serde(rename = "blast")]
    _blast: toml::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedModel {
    id: String,
    stage: String,
    outcome: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    file: Option<String>,
    binding: String,
    production: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFinding {
    finding: String,
    models: Vec<String>,
}

/// The samples, opened once a test: workspace, policy, inventory, and the table of what should be found.
struct Samples {
    root: PathBuf,
    policy: Policy,
    trust: Trust,
    scan: Scan,
    expected: Expected,
    now: jiff::Timestamp,
}

impl Samples {
    fn open() -> Self {
        let root = std::env::var_os("TOUCHMARK_SAMPLES")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"), PathBuf::from);
        let now = jiff::Timestamp::now();
        let workspace = Workspace::find(Some(&root)).unwrap();
        let path = root.join("policies/samples.toml");
        let text = fs::read_to_string(&path).unwrap();
        let base = path.parent().map(Path::to_path_buf);
        let policy =
            policy::parse(&text, "samples.toml", base).unwrap_or_else(|faults| panic!("{faults:#?}"));
        let trust = Trust { anchors: anchors(&policy), identity: IdentityRule::Later };
        let scan = scan(&workspace, &Progress::default()).unwrap();
        let expected: Expected =
            toml::from_str(&fs::read_to_string(root.join("expected.toml")).unwrap()).unwrap();
        assert_eq!(expected.schema, "samples-expected/0.1");
        Samples { root, policy, trust, scan, expected, now }
    }

    fn model(&self, id: &str) -> &Model {
        let id = ModelId::new(id);
        self.scan
            .models
            .iter()
            .find(|model| model.id == id)
            .unwrap_or_else(|| panic!("{id:?} is not in the scan"))
    }

    fn verify(&self, model: &Model) -> Verification {
        let folder = self.root.join(model.location.as_ref().unwrap());
        let bundle = folder.join("model.sig");
        let options = VerifyOptions::at(self.now);
        let mut verification = verify(&folder, &bundle, &self.trust, &options, &Progress::default()).unwrap();
        let looked = look(&folder, &[]).unwrap();
        apply_policy(&mut verification, model, Some(&looked), &self.policy, self.now);
        verification
    }
}

fn anchors(policy: &Policy) -> Vec<Anchor> {
    let base = policy.base.as_ref().unwrap();
    let of = |source: &policy::AnchorSource, file: &PathBuf| {
        let bytes = fs::read(base.join(file)).unwrap();
        let material = match source.kind {
            policy::AnchorKind::Key => AnchorMaterial::Key(vec![PublicKey::from_pem(&bytes).unwrap()]),
            policy::AnchorKind::Sigstore => {
                return Anchor::sigstore(&source.name, "test", &bytes, None).unwrap();
            }
            policy::AnchorKind::Tsa => return Anchor::tsa(&source.name, "test", &bytes, None).unwrap(),
            _ => AnchorMaterial::Ca(
                x509_cert::Certificate::load_pem_chain(&bytes)
                    .unwrap()
                    .iter()
                    .map(|certificate| certificate.to_der().unwrap())
                    .collect(),
            ),
        };
        Anchor {
            name: source.name.clone(),
            origin: file.display().to_string(),
            digest: hex::encode(hash_bytes(HashAlgorithm::Sha256, &bytes)),
            made: None,
            material,
            crls: Vec::new(),
            notes: Vec::new(),
        }
    };
    policy.trust.iter().flat_map(|source| source.files.iter().map(move |file| of(source, file))).collect()
}

/// Stages that stand in the way of trust.
fn open_stages(verification: &Verification) -> Vec<(Stage, Outcome)> {
    verification
        .checks
        .iter()
        .filter(|check| matches!(check.outcome, Outcome::Fail | Outcome::Missing))
        .map(|check| (check.stage, check.outcome))
        .collect()
}

#[test]
fn every_bad_sample_fails_its_own_check_and_nothing_else() {
    let samples = Samples::open();
    let mut faults = Vec::new();
    for expected in &samples.expected.model {
        let verification = samples.verify(samples.model(&expected.id));
        let open = open_stages(&verification);
        if expected.stage == "none" {
            // A stage that nobody could look at would make a pass by accident.
            if verification.outcome() != Outcome::Pass {
                faults.push(format!("{}: {:#?}", expected.id, verification.headline()));
            }
            continue;
        }
        let found: Vec<_> =
            open.iter().map(|(stage, outcome)| format!("{} {}", stage.name(), outcome.word())).collect();
        let wanted =
            format!("{} {}", expected.stage, if expected.outcome == "fail" { "FAIL" } else { "missing" });
        let Some(check) = verification.headline() else {
            faults.push(format!("{}: passes, wanted {wanted}", expected.id));
            continue;
        };
        if found != [wanted.clone()] || check.code != expected.code.as_str() {
            faults.push(format!(
                "{}: found {found:?} {}, wanted {wanted} {}",
                expected.id, check.code, expected.code
            ));
        }
        if let Some(file) = &expected.file {
            let report = &verification.files;
            let names: Vec<&str> = report
                .changed
                .iter()
                .map(|changed| changed.name.raw())
                .chain(report.missing.iter().chain(&report.extra).map(|name| name.raw()))
                .collect();
            if names != [file.as_str()] {
                faults.push(format!("{}: names {names:?}, wanted {file}", expected.id));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_folder_of_the_samples_is_in_the_table() {
    let samples = Samples::open();
    let folders: BTreeSet<&str> = samples
        .scan
        .models
        .iter()
        .filter(|model| model.location.is_some())
        .map(|model| model.id.raw())
        .collect();
    let table: BTreeSet<&str> = samples.expected.model.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(folders, table);
    assert!(table.len() >= 24, "{}", table.len());
}

#[test]
fn an_AIBOM_binding_agrees_with_the_bundle_except_where_it_is_stale() {
    let samples = Samples::open();
    for expected in &samples.expected.model {
        let model = samples.model(&expected.id);
        let Some(binding) = &model.binding else {
            assert_eq!(expected.binding, "absent", "{}", expected.id);
            continue;
        };
        let verification = samples.verify(model);
        let declared = binding.root_digest.as_ref().map(|digest| digest.raw().to_owned());
        let found = verification.root_digest.map(|digest| digest.to_string());
        // A bundle that cannot be read says nothing about the digest.
        if verification.outcome_of(Stage::Parse) == Outcome::Pass {
            assert_eq!(declared == found, expected.binding == "agrees", "{}", expected.id);
        }
        let signer = verification.signer.as_ref();
        if let Some(signer) = signer {
            assert_eq!(binding.identity.as_ref(), Some(&signer.subject), "{}", expected.id);
            assert_eq!(binding.issuer, signer.issuer, "{}", expected.id);
        }
        let bundle = binding.bundle_digest.as_ref().map(|digest| digest.raw().to_owned());
        if verification.bundle_digest.is_some() {
            assert_eq!(bundle, verification.bundle_digest, "{}", expected.id);
        }
    }
}

#[test]
fn production_admits_what_is_good_and_bound_and_refuses_the_rest() {
    let samples = Samples::open();
    let rubric = Rubric::bundled().unwrap();
    let models = &samples.scan.models;
    let verifications: Vec<_> =
        models.iter().map(|model| model.location.as_ref().map(|_| samples.verify(model))).collect();
    let descent = Arc::new(Descent::of(&Graph::build(models)));
    let looked: Vec<Looked> = models.iter().map(Looked::of).collect();
    let verdicts = Judgement::verdicts(&Input {
        models,
        descent: &descent,
        proven: &touchmark::lineage::Proven::default(),
        stated: &touchmark::lineage::Stated::default(),
        verified: &|index| Known {
            testimonies: &[],
            usage: None,
            verification: verifications[index].as_ref(),
            looked: looked.get(index),
            since: Since::Same,
        },
        reviews: &|_| Vec::new(),
        ledger: None,
        policy: &samples.policy,
        seal: &touchmark::maturity::PolicySeal::Unsigned,
        feeds: None,
        stage: "production",
        rubric: &rubric,
        now: samples.now,
    });
    let verdicts: Vec<_> = verdicts.into_iter().map(Verdict::by_gate).collect();
    assert_eq!(verdicts.len(), models.len());
    for verdict in &verdicts {
        let row = samples.expected.model.iter().find(|row| row.id == verdict.model.raw());
        // What only the vendor's document knows is nowhere to be looked at.
        let wanted = row.map_or("refuse", |row| row.production.as_str());
        assert_eq!(verdict.decision.word(), wanted, "{:?}: {:#?}", verdict.model, verdict.reasons);
        if wanted == "admit" {
            assert_eq!(verdict.effective, 1, "{:?}", verdict.model);
        }
    }
    assert!(samples.expected.model.iter().filter(|row| row.production == "admit").count() >= 10);
    let tainted = |id: &str| verdicts.iter().any(|verdict| verdict.model.raw() == id && verdict.tainted);
    assert!(tainted("acme/support-bot-voice"));
    assert!(!tainted("acme/claims-sorter"));
}

#[test]
fn a_cycle_a_doubt_and_parents_that_are_nowhere_are_found_and_nothing_else_is() {
    let samples = Samples::open();
    let graph = Graph::build(&samples.scan.models);
    let doubtful: Vec<String> =
        doubts(&samples.scan.models, &graph).iter().map(|doubt| doubt.models()[0].raw().to_owned()).collect();
    assert_eq!(doubtful, ["vendor/ocr-large"]);
    let mut found: BTreeMap<Vec<String>, &str> = BTreeMap::new();
    for finding in graph.findings() {
        let (mut models, word) = match &finding {
            GraphFinding::Cycle(models) => (models.clone(), "cycle"),
            GraphFinding::Dangling { child, parent, name_only: true } => {
                (vec![child.clone(), parent.clone()], "name-only")
            }
            GraphFinding::Dangling { child, parent, .. } => (vec![child.clone(), parent.clone()], "dangling"),
            other => panic!("{other:?}"),
        };
        if word == "cycle" {
            models.sort();
        }
        found.insert(models.iter().map(|id| id.raw().to_owned()).collect(), word);
    }
    let expected: BTreeMap<Vec<String>, &str> =
        samples.expected.lineage.iter().map(|row| (row.models.clone(), row.finding.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn names_of_the_vendor_that_attack_a_terminal_are_kept_raw_and_shown_safe() {
    let samples = Samples::open();
    let hostile: Vec<&Model> = samples.scan.models.iter().filter(|model| model.name.is_hostile()).collect();
    for attack in ['\u{1b}', '\u{202e}', '\n'] {
        assert!(hostile.iter().any(|model| model.name.raw().contains(attack)), "{attack:?} is missing");
        assert!(!hostile.iter().any(|model| model.name.screen().contains(attack)), "{attack:?} is shown");
    }
}

#[test]
fn a_hash_of_the_wrong_length_is_a_finding_of_the_scan() {
    let samples = Samples::open();
    let about = ModelId::new("vendor/ocr-large");
    assert!(
        samples
            .scan
            .findings
            .iter()
            .any(|finding| finding.code.contains("HASH") && finding.model == Some(about.clone())),
        "{:#?}",
        samples.scan.findings
    );
}

#[test]
fn the_only_format_that_runs_code_is_the_pickle() {
    let samples = Samples::open();
    let unsafe_models: Vec<&str> = samples
        .scan
        .models
        .iter()
        .filter(|model| model.formats.iter().any(|format| format.executes_code()))
        .map(|model| model.id.raw())
        .collect();
    assert_eq!(unsafe_models, ["vendor/iris-quick"]);
    assert_eq!(samples.model("vendor/iris-quick").formats, [Format::Pickle]);
    assert!(samples.model("northwind/harbour-7b-instruct-q4").formats.contains(&Format::Gguf));
    assert!(samples.model("northwind/harbour-7b").formats.contains(&Format::Safetensors));
}

#[test]
fn no_private_key_lies_in_the_samples() {
    let samples = Samples::open();
    let mut folders = vec![samples.root.clone()];
    let mut bytes = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let content = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&content);
            assert!(!text.contains("PRIVATE KEY"), "{}", path.display());
            // A store that somebody's workbench left there is not part of the samples.
            if !path.to_string_lossy().contains("touchmark.db") {
                bytes += content.len();
            }
        }
    }
    assert!(bytes < 1 << 20, "{bytes} bytes");
}
