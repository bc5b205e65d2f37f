//! The whole inventory in numbers: what is counted, what is not known, what each number rests on; on the command line
//! and on the screen.

use crate::support::{checked, copy_of_samples, err, out, touchmark};
use crate::tui::{app, many, open, press, seen, text, told};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use touchmark::commands::Screen;
use touchmark::decision::Decision;
use touchmark::inventory::ModelId;
use touchmark::maturity::Duty;
use touchmark::query::{Index, Matcher, parse_strictly};
use touchmark::signing::{Method, Outcome, Stage};
use touchmark::tui::{Action, App, Effect, SurveyPane, update};
use touchmark::view::{Share, Survey, SurveyOf};
use touchmark::workbench::{JobKind, ReviewWord, View};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

fn run(dir: &Path, words: &[&str]) -> (i32, String, String) {
    let done = touchmark(words.iter().copied().chain(["--workspace", dir.to_str().unwrap()]));
    (done.status.code().unwrap(), out(&done), err(&done))
}

fn json(dir: &Path, words: &[&str]) -> Value {
    let words: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    let (status, text, error) = run(dir, &words);
    assert_eq!(status, 0, "{error}");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{error}"))
}

fn found(view: &Arc<View>, filter: &str) -> BTreeSet<usize> {
    let query = parse_strictly(filter).unwrap();
    Matcher::new(&query, &Index::of(view), None).find().into_iter().map(|row| row as usize).collect()
}

/// A judged view of so many models of which only documents speak.
fn unseen(models: usize) -> View {
    let mut view = (*many(models)).clone();
    view.draw_lineage();
    view.judge();
    view
}

// ---- what is counted ----

#[test]
fn every_model_is_measured_or_not_and_stands_at_one_level_or_none() {
    for view in [&seen().found, &seen().verified] {
        let survey = view.survey();
        assert_eq!(survey.counted.models, view.models.len());
        assert_eq!(survey.measured.models + survey.not_measured.all.models, survey.counted.models);
        let own: usize = survey.levels.iter().map(|level| level.own.models).sum();
        let effective: usize = survey.levels.iter().map(|level| level.effective.models).sum();
        assert_eq!((own, effective), (survey.measured.models, survey.measured.models));
        let not = survey.not_measured;
        assert_eq!(not.not_verified + not.changed + not.evidence_lost + not.no_files, not.all.models);
        let producers: usize = survey.producers.iter().map(|producer| producer.measured).sum();
        assert_eq!(producers, survey.measured.models);
        for producer in &survey.producers {
            let levels: (usize, usize) = (producer.own.iter().sum(), producer.effective.iter().sum());
            assert_eq!(levels, (producer.measured, producer.measured), "{}", producer.name.screen());
        }
        let share = |share: Share| share.of() + share.not_applicable;
        let covered = survey.coverage;
        for each in [covered.signed, covered.verified, covered.passing, covered.pinned, covered.logged] {
            assert_eq!(share(each), view.models.len());
        }
        assert_eq!(share(covered.bound), view.models.len());
    }
}

#[test]
fn nobody_has_looked_is_no_level_and_no_gap() {
    let survey = unseen(7).survey();
    assert_eq!((survey.measured.models, survey.not_measured.all.models), (0, 7));
    assert_eq!(survey.not_measured.no_files, 7);
    assert!(survey.levels.iter().all(|level| level.own.models + level.effective.models == 0));
    assert!(survey.gaps.is_empty() && survey.producers[0].measured == 0);
    assert_eq!(survey.coverage.signed, Share { unknown: 7, ..Share::default() });
    assert_eq!((survey.coverage.signed.percent(), survey.coverage.verified.percent()), (None, None));
    let found = &seen().found.survey();
    // Before the first verification only unsigned models are at a level: at 0, for a signature was looked for.
    let unsigned = seen().found.models.iter().filter(|m| m.signature.is_none() && m.location.is_some());
    assert!(found.measured.models <= unsigned.count() + 2, "{found:?}");
    assert!(found.not_measured.not_verified > 0 && found.coverage.passing.unknown > 0);
}

#[test]
fn coverage_is_what_the_verdicts_and_verifications_say() {
    let view = &seen().verified;
    let survey = view.survey();
    let outcomes = |control: &str| -> BTreeMap<&'static str, usize> {
        let mut all = BTreeMap::new();
        for index in 0..view.models.len() {
            let verdict = view.verdict(index).unwrap();
            let outcome = verdict.assessment.of(control).unwrap().outcome;
            *all.entry(outcome.word()).or_default() += 1;
        }
        all
    };
    let of =
        |all: &BTreeMap<&'static str, usize>, outcome: Outcome| all.get(outcome.word()).copied().unwrap_or(0);
    let covered = survey.coverage;
    for (control, share) in [("L1.06", covered.pinned), ("L1.09", covered.logged), ("L1.14", covered.bound)] {
        let all = outcomes(control);
        assert_eq!(share.yes, of(&all, Outcome::Pass), "{control}");
        assert_eq!(share.unknown, of(&all, Outcome::Unknown), "{control}");
        assert_eq!(share.not_applicable, of(&all, Outcome::NotApplicable), "{control}");
    }
    assert!(covered.pinned.yes > 0 && covered.pinned.no > 0 && covered.bound.yes > 0);
    let signed = view.models.iter().filter(|model| model.signature.is_some()).count();
    assert_eq!(covered.signed.yes, signed);
    assert!(covered.signed.no > 0);
    let passes = (0..view.models.len()).filter(|index| view.summary(*index).outcome == Outcome::Pass);
    assert_eq!(covered.passing.yes, passes.count());
    // A month later the verifications are not recent any more, and nothing else changed.
    let mut later = (**view).clone();
    later.at += jiff::SignedDuration::from_hours(24 * 31);
    let aged = later.survey();
    assert_eq!((aged.coverage.verified.yes, aged.coverage.signed), (0, covered.signed));
    let of = SurveyOf { rows: None, days: 40, ..SurveyOf::default() };
    assert_eq!(later.survey_of(&of).coverage.verified, covered.verified);
    assert!(covered.verified.yes > 20);
}

#[test]
fn a_share_says_nothing_where_nothing_is_known() {
    let share = |yes, no, unknown, not_applicable| Share { yes, no, unknown, not_applicable };
    assert_eq!(share(0, 0, 5, 2).percent(), None);
    assert_eq!(share(0, 0, 0, 9).percent(), None);
    assert_eq!(share(1, 2, 1, 9).percent(), Some(25), "of those it applies to, unknown ones too");
    assert_eq!(share(999, 1, 0, 0).percent(), Some(99), "never rounded up to all");
}

#[test]
fn exposure_counts_places_and_descendants() {
    let dir = copy_of_samples();
    // Of deployments only those that are added here.
    let settings = dir.path().join("touchmark.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.split("[[deployment]]").next().unwrap()).unwrap();
    let plain = open(dir.path(), false).view().survey();
    assert_eq!(plain.counted.deployments, 0);
    for place in ["here", "there"] {
        let (status, _, error) = run(dir.path(), &["deploy", "add", "lumen/iris-base", "--where", place]);
        assert_eq!(status, 0, "{error}");
    }
    let workbench = open(dir.path(), false);
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    workbench.wait(workbench.start(JobKind::Verify(ids)));
    let view = workbench.view();
    let survey = view.survey();
    assert_eq!(survey.counted.deployments, 2);
    let (index, _) = view.model(&ModelId::new("lumen/iris-base")).unwrap();
    let standing = view.judgement.standing(index).unwrap();
    assert_eq!(survey.levels[usize::from(standing.own)].own.deployments, 2);
    assert_eq!(survey.levels[usize::from(standing.effective)].effective.deployments, 2);
    let descendants = |level: u8| -> usize {
        let at = |index: &usize| {
            let standing = view.judgement.standing(*index).unwrap();
            standing.effective == level && standing.decision != Decision::NotJudged
        };
        let below = |index: usize| view.judgement.descent().descendants(index) as usize;
        (0..view.models.len()).filter(at).map(below).sum()
    };
    for level in &survey.levels {
        assert_eq!(level.effective.descendants, descendants(level.level), "L{}", level.level);
    }
    assert!(survey.counted.descendants > 10);
}

#[test]
fn gaps_say_who_has_to_act_and_what_was_found() {
    let view = &seen().verified;
    let survey = view.survey();
    let mut open = BTreeMap::new();
    for gap in &survey.gaps {
        let control = view.rubric.control(&gap.control).unwrap();
        assert_eq!((gap.duty, gap.level, &gap.title), (control.duty, control.level, &control.title));
        let found = gap.outcomes;
        let all = found.contradicted + found.missing + found.partial + found.unknown;
        assert_eq!((all, gap.exposure.models), (gap.models, gap.models), "{}", gap.control);
        *open.entry(format!("{:?}", gap.duty)).or_insert(0) += gap.models;
    }
    let duties = survey.duties;
    for (duty, musts) in
        [(Duty::Producer, duties.producer), (Duty::Consumer, duties.us), (Duty::Both, duties.both)]
    {
        assert_eq!(open.get(&format!("{duty:?}")).copied().unwrap_or(0), musts.open, "{duty:?}");
    }
    let models = duties.models_producer + duties.models_us + duties.models_both + duties.models_none;
    assert_eq!(models, survey.measured.models);
    assert!(survey.gaps.iter().any(|gap| gap.outcomes.contradicted > 0));
    assert!(survey.gaps.iter().any(|gap| gap.outcomes.missing > 0));
}

#[test]
fn producers_have_methods_proven_times_and_open_requests() {
    let dir = copy_of_samples();
    let workbench = open(dir.path(), false);
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    let before = workbench.view().survey();
    let unread: usize = before.producers.iter().map(|producer| producer.methods.unknown).sum();
    assert_eq!(unread, before.coverage.signed.yes, "nobody has read a signature yet");
    assert!(before.producers.iter().all(|producer| producer.times.first.is_none()));
    workbench.wait(workbench.start(JobKind::Verify(ids)));
    let asked = ModelId::new("lumen/iris-base");
    workbench.review(&asked, ReviewWord::AskProducer, "where is the data claim?").unwrap();
    let view = workbench.view();
    let survey = view.survey();
    for producer in &survey.producers {
        let mut methods = BTreeMap::new();
        let mut times = Vec::new();
        for index in 0..view.models.len() {
            let model = &view.models[index];
            let name = model.id.raw().split_once('/').map(|(name, _)| name);
            if name != Some(producer.name.raw()) || model.signature.is_none() {
                continue;
            }
            let v = view.standing(index).map(|verified| &verified.verification);
            *methods.entry(v.and_then(|v| v.method).map(Method::as_str)).or_insert(0) += 1;
            let proven = v.filter(|v| v.signer_proven() && v.outcome_of(Stage::Time) == Outcome::Pass);
            times.extend(proven.and_then(|v| v.signed_at).map(|(at, _)| at));
        }
        if producer.name.raw().is_empty() {
            continue;
        }
        let of = |method: Option<&'static str>| methods.get(&method).copied().unwrap_or(0);
        let found = producer.methods;
        assert_eq!(found.certificate, of(Some("certificate")), "{}", producer.name.screen());
        assert_eq!((found.key, found.keyless), (of(Some("key")), of(Some("sigstore"))));
        assert_eq!(found.unknown, of(None));
        assert_eq!(producer.times.proven, times.len());
        assert_eq!(
            (producer.times.first, producer.times.last),
            (times.iter().min().copied(), times.iter().max().copied())
        );
    }
    // A time beside a signature that does not verify proves nothing.
    let timed = |index: &usize| view.standing(*index).is_some_and(|v| v.verification.signed_at.is_some());
    let index = (0..view.models.len()).find(timed).unwrap();
    let mut forged = view.standing(index).unwrap().clone();
    forged.verification.set(checked(Stage::Signature, "SIGNATURE-INVALID", Outcome::Fail));
    let proven =
        |survey: &Survey| survey.producers.iter().map(|producer| producer.times.proven).sum::<usize>();
    let less = proven(&view.with(&[(index, Some(Arc::new(forged)))]).survey());
    assert_eq!(less + 1, proven(&survey));
    let producers = || survey.producers.iter();
    assert!(producers().any(|producer| producer.times.first.is_some()), "a sample has a proven time");
    assert!(producers().any(|p| p.signed.yes > 0 && p.times.first.is_none()), "and others have none");
    let lumen = producers().find(|producer| producer.name.raw() == "lumen").unwrap();
    assert_eq!((survey.asks(), lumen.asks.len()), (1, 1));
    let ask = &lumen.asks[0];
    assert_eq!((&ask.model, ask.reason.raw()), (&asked, "where is the data claim?"));
    // Taken back, it is not open any more.
    workbench.take_back(&asked, ask.record.number, "answered").unwrap();
    assert_eq!(workbench.view().survey().asks(), 0);
}

// ---- what it rests on ----

#[test]
fn numbers_name_the_digests_that_they_rest_on() {
    let view = &seen().verified;
    let all = SurveyOf::default();
    let survey = view.survey_on_evidence(&all).unwrap();
    assert_eq!(survey, view.survey_on_evidence(&all).unwrap(), "the same each time");
    let inputs = survey.inputs.clone().unwrap();
    assert_eq!(inputs.policy.digest, view.policy.digest);
    assert_eq!(inputs.rubric.unwrap().to_string(), view.rubric.digest);
    assert_eq!((inputs.stage.as_deref(), inputs.at), (Some(view.stage.as_str()), view.at));
    assert!(survey.gaps.iter().all(|gap| gap.evidence.is_some()));
    assert!(survey.producers.iter().all(|producer| producer.evidence.is_some()));
    assert!(view.survey().inputs.is_none());
    // One producer alone rests on what it rests on among all.
    let lumen = found(view, "publisher:lumen").into_iter().collect::<Vec<_>>();
    let of = SurveyOf { rows: Some(&lumen), ..all };
    let alone = view.survey_on_evidence(&of).unwrap();
    let among = survey.producers.iter().find(|producer| producer.name.raw() == "lumen").unwrap();
    assert_eq!(alone.producers, std::slice::from_ref(among));
    assert_eq!(Some(alone.inputs.unwrap().evidence), among.evidence);
    // With other evidence the digest is another one, and only where the evidence is.
    let index = lumen[0];
    let other = view.with(&[(index, None)]).survey_on_evidence(&all).unwrap();
    assert_ne!(other.inputs.unwrap().evidence, inputs.evidence);
    let of = |survey: &Survey, name: &str| {
        let mut producers = survey.producers.iter();
        producers.find(|producer| producer.name.raw() == name).unwrap().evidence
    };
    let other = view.with(&[(index, None)]).survey_on_evidence(&all).unwrap();
    assert_ne!(of(&other, "lumen"), of(&survey, "lumen"));
    assert_eq!(of(&other, "acme"), of(&survey, "acme"));
}

// ---- the filter ----

#[test]
fn the_term_open_finds_the_models_of_each_gap_and_no_others() {
    let view = &seen().verified;
    let survey = view.survey();
    assert!(survey.gaps.len() > 5);
    for gap in &survey.gaps {
        let models = found(view, &format!("open:{}", gap.control));
        assert_eq!(models.len(), gap.models, "{}", gap.control);
        for index in models {
            let verdict = view.verdict(index).unwrap();
            assert!(verdict.assessment.score.open_musts.contains(&gap.control));
            assert_ne!(verdict.decision, Decision::NotJudged);
        }
    }
    assert!(found(view, "open:L9.99").is_empty());
    assert_eq!(
        found(view, "open:l1.*").len(),
        survey.levels[0].own.models,
        "who is at 0 lacks one of level 1"
    );
}

#[test]
fn models_alike_are_counted_once_for_all_of_them() {
    let kinds = |view: &View| -> BTreeSet<Option<usize>> {
        (0..view.models.len()).map(|index| view.judgement.kind(index)).collect()
    };
    let (few, more) = (unseen(50), unseen(5000));
    assert_eq!((kinds(&few).len(), kinds(&more).len()), (1, 1));
    assert_eq!(more.survey().not_measured.all.models, 5000);
    let view = &seen().verified;
    assert!(kinds(view).len() > 5);
}

// ---- the command line ----

#[test]
fn maturity_prints_bars_with_counts_and_a_document() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let (status, first, error) = run(dir, &["maturity"]);
    assert_eq!(status, 0, "{error}");
    assert!(first.contains("not measured") && first.contains("not verified"), "{first}");
    let view = {
        let workbench = open(dir, false);
        let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
        workbench.wait(workbench.start(JobKind::Verify(ids)));
        workbench.view()
    };
    let (_, text, _) = run(dir, &["maturity"]);
    for words in
        ["Levels of", "Coverage", "Whose turn it is", "Gaps", "Producers: ", "Rests on: policy", "▮", " of "]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let document = json(dir, &["maturity"]);
    assert_eq!(document["schema"], "touchmark.maturity/1");
    let survey = view.survey();
    assert_eq!(document["measured"]["models"], survey.measured.models);
    assert_eq!(document["levels"][0]["effective"]["models"], survey.levels[0].effective.models);
    assert_eq!(document["gaps"].as_array().unwrap().len(), survey.gaps.len());
    assert!(document["gaps"][0]["evidence"].is_string() && document["inputs"]["evidence"].is_string());
    // The filter is that of `list`.
    let lumen = json(dir, &["maturity", "--filter", "publisher:lumen", "--days", "7"]);
    assert_eq!((&lumen["filter"], &lumen["days"]), (&"publisher:lumen".into(), &7.into()));
    assert_eq!(lumen["producers"].as_array().unwrap().len(), 1);
    assert_eq!(lumen["counted"]["models"], found(&view, "publisher:lumen").len());
    assert_eq!(lumen["inventory"], view.models.len());
    let (_, none, _) = run(dir, &["maturity", "--filter", "publisher:nobody"]);
    assert!(none.contains("No model matches."), "{none}");
    let (status, _, error) = run(dir, &["maturity", "--filter", "nonsense:1"]);
    assert!(status != 0 && error.contains("there is no term"), "{error}");
    // What is compared is not counted.
    let (status, _, error) = run(dir, &["maturity", "compare"]);
    assert!(status != 0 && error.contains("RUBRIC"), "{error}");
}

#[test]
fn what_an_inventory_says_of_itself_is_printed_as_text_alone() {
    let dir = tempfile::tempdir().unwrap();
    let toml = "schema = \"workspace/0.1\"\nname = \"w\"\n[[source]]\nkind = \"bom\"\npath = \".\"\n";
    std::fs::write(dir.path().join("touchmark.toml"), toml).unwrap();
    let bill = serde_json::json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
        { "type": "machine-learning-model", "group": "ac\u{1b}[31mme", "name": "x\u{7}y" },
        { "type": "machine-learning-model", "name": "alone" },
    ] });
    std::fs::write(dir.path().join("a.cdx.json"), bill.to_string()).unwrap();
    let (status, text, error) = run(dir.path(), &["maturity"]);
    assert_eq!(status, 0, "{error}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{text:?}");
    assert!(text.contains("(no producer)"), "{text}");
}

// ---- the screen ----

/// The maturity screen of the whole inventory, on a pane.
fn whole(view: &Arc<View>, pane: SurveyPane) -> App {
    let mut app = app("dark", Some(view));
    press(&mut app, &["4"]);
    assert_eq!(press(&mut app, &["a"]), [Effect::Survey]);
    update(&mut app, Action::Surveyed(view.generation, Arc::new(view.survey())));
    while app.surveying.pane != pane {
        assert!(press(&mut app, &["tab"]).is_empty());
    }
    app
}

#[test]
fn every_number_is_in_sight_at_every_size() {
    let view = &seen().verified;
    let survey = view.survey();
    let of = |share: Share| format!("{} of {}", share.yes, share.of());
    for (columns, rows) in SIZES {
        let levels = text(&whole(view, SurveyPane::Levels), columns, rows);
        for words in [
            "own",
            "effective",
            "deployed",
            "descendants",
            "not measured",
            "signed",
            "signer pinned",
            "bound in a BOM",
            "logged",
            "us alone",
            "producer alone",
        ] {
            assert!(levels.contains(words), "{columns}×{rows} {words}:\n{levels}");
        }
        for share in [survey.coverage.signed, survey.coverage.pinned, survey.coverage.bound] {
            assert!(levels.contains(&of(share)), "{columns}×{rows} {share:?}:\n{levels}");
        }
        let gaps = text(&whole(view, SurveyPane::Gaps), columns, rows);
        let gap = &survey.gaps[0];
        for words in [&*gap.control, "measured model", "→"] {
            assert!(gaps.contains(words), "{columns}×{rows} {words}:\n{gaps}");
        }
        let producers = text(&whole(view, SurveyPane::Producers), columns, rows);
        for producer in survey.producers.iter().take(8).filter(|p| p.name.screen().len() < 15) {
            let name = producer.name.screen();
            assert!(producers.contains(&name), "{columns}×{rows} {name}:\n{producers}");
        }
        assert!(producers.contains("methods:") && producers.contains("refused"), "{producers}");
    }
}

#[test]
fn a_cell_of_the_heat_map_says_its_share_without_colour() {
    let view = &seen().verified;
    let drawn = text(&whole(view, SurveyPane::Producers), 120, 40);
    assert!(drawn.contains('░') || drawn.contains('▒'), "{drawn}");
    assert!(drawn.contains('█') || drawn.contains('▓'), "{drawn}");
}

#[test]
fn enter_shows_the_models_of_a_row() {
    let view = &seen().verified;
    let survey = view.survey();
    let shown = |app: &App| app.rows.shown().iter().map(|row| *row as usize).collect::<BTreeSet<_>>();
    for (at, gap) in survey.gaps.iter().enumerate().take(4) {
        let mut app = whole(view, SurveyPane::Gaps);
        for _ in 0..at {
            press(&mut app, &["j"]);
        }
        press(&mut app, &["enter"]);
        assert_eq!(app.screen, Screen::Inventory);
        assert_eq!(app.rows.filter, format!("open:{}", gap.control.to_lowercase()));
        assert_eq!(shown(&app).len(), gap.models, "{}", told(&app));
        press(&mut app, &["esc"]);
        assert_eq!(shown(&app).len(), view.models.len(), "Esc clears the filter");
    }
    for (at, producer) in survey.producers.iter().enumerate() {
        let mut app = whole(view, SurveyPane::Producers);
        for _ in 0..at {
            press(&mut app, &["j"]);
        }
        press(&mut app, &["enter"]);
        assert_eq!(shown(&app).len(), producer.models, "{}: {}", producer.name.screen(), app.rows.filter);
    }
    let mut app = whole(view, SurveyPane::Levels);
    press(&mut app, &["enter"]);
    assert_eq!(shown(&app), found(view, "level:3"));
    let mut app = whole(view, SurveyPane::Levels);
    press(&mut app, &["G", "enter"]);
    assert_eq!(shown(&app).len(), survey.not_measured.all.models, "{}", app.rows.filter);
}

#[test]
fn one_survey_is_made_at_a_time_and_again_when_the_view_went_on() {
    let view = &seen().verified;
    let mut app = app("dark", Some(view));
    press(&mut app, &["4"]);
    assert_eq!(press(&mut app, &["a"]), [Effect::Survey]);
    let newer = |by: u64| {
        let mut newer = (**view).clone();
        newer.generation += by;
        Arc::new(newer)
    };
    assert!(update(&mut app, Action::View(newer(1))).is_empty(), "one is under way");
    let survey = Arc::new(view.survey());
    let again = update(&mut app, Action::Surveyed(view.generation, survey.clone()));
    assert_eq!(again, [Effect::Survey], "it was of the view before");
    assert!(update(&mut app, Action::Surveyed(view.generation + 1, survey)).is_empty());
    // The model again, and no survey while nobody looks at it.
    press(&mut app, &["a"]);
    assert!(!app.whole && update(&mut app, Action::View(newer(2))).is_empty());
}

#[test]
fn enter_on_a_model_says_how_to_get_to_the_rows() {
    let mut app = app("dark", Some(&seen().verified));
    press(&mut app, &["4", "enter"]);
    assert!(
        app.screen == Screen::Maturity && told(&app).contains("a shows the whole inventory"),
        "{}",
        told(&app)
    );
}
