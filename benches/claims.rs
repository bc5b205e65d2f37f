//! Models with ten signed claims each, n beside 2n in one run: verify all; open, which verifies every signature again from
//! the stored evidence; score all by what was verified; report on all; one claim more.
//! `cargo bench --bench claims -- MODELS`. Ratios to read: 2 for what looks at all models, and 1 for one claim more,
//! which concerns one model however many there are.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)] // files of its own

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use touchmark::attest::append_claims;
use touchmark::documents::{
    InventoryReportDocument, MaturityReportDocument, PolicyFigures, PolicyReportDocument, ReportAbout,
    StockFigures,
};
use touchmark::forms::{Form, PolicyFile, ReportFile, policies, report, stocks};
use touchmark::inventory::ModelId;
use touchmark::policy::lint::lint;
use touchmark::signing::{Curve, Progress, RootDigest, SignOptions, SigningKey, pae, sign_key};
use touchmark::view::{SurveyOf, View};
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

/// So many claims has each model.
const CLAIMS: usize = 10;
/// So many models get one more, one after the other.
const ROUNDS: usize = 30;

fn main() {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let models: usize = asked.unwrap_or(1_000);
    println!("{:<40}{:>12}{:>12}{:>8}", "", models, 2 * models, "ratio");
    let (small, large) = (measured(models), measured(2 * models));
    for ((what, before), (_, after)) in small.iter().zip(&large) {
        let (before, after) = (before.as_secs_f64() * 1e3, after.as_secs_f64() * 1e3);
        println!("{what:<40}{before:>10.1}ms{after:>10.1}ms{:>8.2}", after / before);
    }
}

fn measured(models: usize) -> [(&'static str, Duration); 7] {
    let dir = tempfile::tempdir().unwrap();
    let key = SigningKey::generate(Curve::P256).unwrap();
    make(dir.path(), &key, models);
    let verified = timed(|| {
        let workbench = open(dir.path());
        workbench.wait(workbench.start(JobKind::Scan)).unwrap();
        let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
        workbench.wait(workbench.start(JobKind::Verify(ids))).unwrap();
        let view = workbench.view();
        assert!(view.policy_errors.is_empty(), "{:?}", view.policy_errors);
        assert_eq!(view.verified.iter().flatten().count(), models);
        let claims: usize = view.verified.iter().flatten().map(|one| one.testimonies.len()).sum();
        assert_eq!(claims, models * CLAIMS);
    });
    let opened = timed(|| {
        open(dir.path());
    });
    let workbench = open(dir.path());
    let view = workbench.view();
    let some: Vec<(ModelId, RootDigest)> = view
        .models
        .iter()
        .zip(view.verified.iter())
        .filter_map(|(model, seen)| Some((model.id.clone(), seen.as_ref()?.verification.root_digest?)))
        .take(ROUNDS)
        .collect();
    let mut again = View::clone(&view);
    let scored = timed(|| {
        for _ in 0..ROUNDS {
            again.judge();
        }
    }) / u32::try_from(ROUNDS).unwrap();
    let reported = reports(&workbench, &view);
    drop((view, again));
    let one = timed(|| {
        for (id, root) in &some {
            let claims = dir.path().join("models").join(id.raw()).join("claims.jsonl");
            append_claims(&claims, &[claim(&key, root, CLAIMS)]).unwrap();
            workbench.wait(workbench.start(JobKind::Verify(vec![id.clone()]))).unwrap();
        }
    }) / u32::try_from(ROUNDS).unwrap();
    [
        ("verify all", verified),
        ("open and verify from the store", opened),
        ("score all", scored),
        ("report maturity of all, as rows", reported[0]),
        ("report policy of all, as rows", reported[1]),
        ("report inventory of all, as rows", reported[2]),
        ("verify one with a claim more", one),
    ]
}

/// The reports on all models, as rows for programs: what they take beside opening.
fn reports(workbench: &Workbench, view: &View) -> [Duration; 3] {
    let all: Vec<usize> = (0..view.models.len()).collect();
    let (progress, of) = (Progress::default(), SurveyOf { rows: Some(&all), ..SurveyOf::default() });
    let about = || ReportAbout::Inventory(&view.workspace.name);
    let mut bytes = 0;
    let mut out = |some: &[u8]| {
        bytes += some.len();
        Ok(())
    };
    let maturity = timed(|| {
        let survey = view.survey_on_evidence(&of).unwrap();
        let figures = (&survey, &[][..]);
        let document =
            MaturityReportDocument::of_models(view, about(), "all", &all, figures, &progress).unwrap();
        report(&ReportFile { view, document, models: &all }, Form::Csv, &mut out).unwrap();
    });
    let policy = timed(|| {
        let figures = PolicyFigures {
            survey: &view.survey_on_evidence(&of).unwrap(),
            ruled: &view.ruled(&all, &progress).unwrap(),
            excepted: &[],
            lint: &lint(&view.policy, view.at, Some(&view.listed_for_lint())),
            activity: &workbench.activity(None, None, &progress).unwrap(),
            period: None,
        };
        let document = PolicyReportDocument::of(view, about(), (&all, "all"), figures, &progress).unwrap();
        policies(&PolicyFile { document, rubric: &view.rubric }, Form::Csv, &mut out).unwrap();
    });
    let inventory = timed(|| {
        let figures = StockFigures {
            survey: &view.survey_on_evidence(&of).unwrap(),
            stock: &view.stock(&all, &progress).unwrap(),
            activity: &workbench.activity(None, None, &progress).unwrap(),
            period: None,
        };
        let document = InventoryReportDocument::of(view, about(), (&all, "all"), figures, &progress).unwrap();
        stocks(&document, Form::Csv, &mut out).unwrap();
    });
    assert!(bytes > all.len() * 3, "a row for each model");
    [maturity, policy, inventory]
}

fn timed(act: impl FnOnce()) -> Duration {
    let began = Instant::now();
    act();
    began.elapsed()
}

fn open(dir: &Path) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
}

fn make(dir: &Path, key: &SigningKey, models: usize) {
    fs::write(dir.join("ours.pub"), key.public().to_pem()).unwrap();
    let mut policy = touchmark::policy::BUILT_IN.first().map(|(_, text)| (*text).to_owned()).unwrap();
    write!(
        policy,
        "\n[trust.ours]\nkind = \"key\"\nfiles = [\"ours.pub\"]\n[[publisher]]\nid = \"acme\"\nmodels = [\"acme/*\"]\ntrust = [\"ours\"]\nidentities = [{{ subject = \"exact:{}\" }}]\n[[attester]]\nid = \"ci\"\ntrust = [\"ours\"]\nroles = [\"lineage\", \"build\", \"data\", \"eval\"]\n",
        key.public().fingerprint()
    )
    .unwrap();
    fs::write(dir.join("policy.toml"), policy).unwrap();
    let text = "schema = \"workspace/0.1\"\nname = \"bench\"\nstage = \"dev\"\npolicy = \"policy.toml\"\n[[source]]\nkind = \"models\"\npath = \"models\"\n";
    fs::write(dir.join("touchmark.toml"), text).unwrap();
    (0..models).into_par_iter().for_each(|number| {
        let folder = dir.join(format!("models/acme/m{number}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.json"), format!("{{\"number\": {number}}}")).unwrap();
        let signed =
            sign_key(&folder, key, &SignOptions::to(folder.join("model.sig")), &Progress::default()).unwrap();
        let claims: Vec<Vec<u8>> = (0..CLAIMS).map(|which| claim(key, &signed.root_digest, which)).collect();
        append_claims(&folder.join("claims.jsonl"), &claims).unwrap();
    });
}

fn claim(key: &SigningKey, root: &RootDigest, which: usize) -> Vec<u8> {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "model", "digest": { "sha256": root.to_string() } }],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://build.example/v1",
                "externalParameters": { "number": which },
                "resolvedDependencies": (0..4).map(|n| json!({
                    "uri": format!("https://data.example/set-{n}"), "digest": { "sha256": format!("{n:064x}") },
                })).collect::<Vec<Value>>(),
            },
            "runDetails": { "builder": { "id": "https://builder.example" } },
        },
    });
    let kind = "application/vnd.in-toto+json";
    let payload = statement.to_string();
    let signature = key.sign(&pae(kind, payload.as_bytes())).unwrap();
    serde_json::to_vec(&json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": { "publicKey": { "hint": key.public().hint() }, "tlogEntries": [] },
        "dsseEnvelope": {
            "payload": STANDARD.encode(payload),
            "payloadType": kind,
            "signatures": [{ "sig": STANDARD.encode(signature), "keyid": "" }],
        },
    }))
    .unwrap()
}
