//! The library of runbooks: what the program has, what its linter finds by the two examples of each rule, and the files
//! that a workspace adds.

use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;
use touchmark::Code;
use touchmark::commands::{OnLine, TABLE};
use touchmark::incident::{END, HEAD, INVALID, Library, Origin, Phase, RULES, Runbook, StepKind, Trouble};

fn library() -> Library {
    Library::bundled().unwrap()
}

fn check(text: &str) -> Result<Runbook, Vec<Trouble>> {
    library().check(text)
}

fn codes(checked: &Result<Runbook, Vec<Trouble>>) -> BTreeSet<&'static str> {
    checked.as_ref().err().into_iter().flatten().map(|trouble| trouble.code).collect()
}

fn runbook(id: &str) -> Runbook {
    library().find(id).unwrap().runbook.clone()
}

#[test]
fn each_rule_finds_its_example_and_nothing_else_and_nothing_in_the_other_one() {
    for rule in RULES {
        let example = |text: &str| check(&format!("{HEAD}{}", rule.around.replacen("{}", text, 1)));
        let bad = example(rule.bad);
        assert_eq!(codes(&bad), BTreeSet::from([rule.code]), "{bad:#?}");
        let good = example(rule.good);
        assert!(good.is_ok(), "{}: {good:#?}", rule.code);
        assert_ne!(rule.bad, rule.good);
    }
}

#[test]
fn a_finding_names_the_line_of_what_it_is_about() {
    let line = |code: &str| {
        let rule = RULES.iter().find(|rule| rule.code == code).unwrap();
        let text = format!("{HEAD}{}", rule.around.replacen("{}", rule.bad, 1));
        let line = check(&text).unwrap_err()[0].line.unwrap();
        text.lines().nth(line - 1).unwrap().to_owned()
    };
    for code in
        ["GOTO-UNKNOWN", "STEP-LOOP", "STEP-NO-END", "EVIDENCE-LATE", "EVIDENCE-UNLISTED", "WORD-UNKNOWN"]
    {
        assert_eq!(line(code), "[[step]]", "{code}");
    }
    assert_eq!(line("PROFILE-UNKNOWN"), "evidence = [\"infrastructure\"]");
    assert_eq!(line("RETENTION-UNKNOWN"), "[profile.tickets]");
}

#[test]
fn the_program_has_31_runbooks_that_all_work() {
    let library = library();
    assert_eq!(library.runbooks().len(), 31);
    let ids: BTreeSet<&str> = library.runbooks().iter().map(|shelved| shelved.runbook.id.as_str()).collect();
    assert_eq!(ids.len(), 31);
    // Each file of the folder is in the program.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/runbooks");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "common")
        .collect();
    assert!(files.iter().map(String::as_str).eq(ids), "{files:?}");
    for shelved in library.runbooks() {
        let Runbook { id, detection, evidence, steps, clocks, severity, questions, sources, .. } =
            &shelved.runbook;
        assert_eq!(shelved.origin, Origin::BuiltIn);
        assert!(!detection.is_empty() && !evidence.is_empty() && !sources.is_empty(), "{id}");
        assert!(!clocks.is_empty() && !severity.is_empty() && questions.len() >= 3, "{id}");
        // The digest comes first, and the review last.
        assert_eq!((steps[0].phase, steps[0].kind), (Phase::Triage, StepKind::Auto), "{id}");
        let last = steps.last().unwrap();
        assert_eq!(
            (last.phase, last.next.as_deref(), last.due_days),
            (Phase::Learn, Some(END), Some(14)),
            "{id}"
        );
        for profile in shelved.runbook.needed() {
            assert!(profile.retention_days.is_some(), "{id}: {}", profile.id);
            // Every field has a name for people.
            let fields = profile.required.iter().chain(&profile.recommended);
            fields.for_each(|field| assert_ne!(field.name.raw(), field.id, "{id}: nothing names it"));
        }
        // What may follow exists.
        for child in steps.iter().filter_map(|step| step.child.as_ref()) {
            assert!(library.find(child).is_ok(), "{id}: {child}");
        }
    }
}

/// Commands that runbooks give exist, with these flags.
#[test]
fn the_commands_in_runbooks_are_commands_of_this_program() {
    let mut seen = 0;
    for shelved in library().runbooks() {
        for command in shelved.runbook.steps.iter().flat_map(|step| &step.commands) {
            let words: Vec<&str> = command.raw().split(' ').collect();
            assert_eq!(words[0], "touchmark");
            let is_known = TABLE.iter().any(|row| match &row.line {
                OnLine::Own(line) => {
                    let path: Vec<&str> = line.path.split(' ').collect();
                    words[1..].starts_with(&path)
                }
                _ => false,
            });
            assert!(is_known, "{}: {}", shelved.runbook.id, command.raw());
            // The parser knows each flag; what it is about is not there.
            let done = touchmark(words[1..].iter().map(|word| word.replace('$', "no-such-")));
            assert!(!err(&done).contains("unexpected argument"), "{}: {}", command.raw(), err(&done));
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn a_runbook_without_steps_gets_plain_ones_from_its_lists() {
    let text = format!(
        "{HEAD}detection = [\"It is slow\"]\ncontainment = [\"Stop it\"]\nevidence = [\"infra\"]\neradication = [\"Mend it\"]\n"
    );
    let made = check(&text).unwrap();
    assert!(made.plain);
    let ids: Vec<&str> = made.steps.iter().map(|step| step.id.as_str()).collect();
    // There is nothing to recover, so there is no such step.
    assert_eq!(ids, ["verify", "intact", "substituted", "confirm", "contain", "eradicate", "learn"]);
    let contain = made.step("contain").unwrap();
    assert_eq!(
        (contain.tasks[0].raw(), contain.evidence_before.as_slice()),
        ("Stop it", &["infra".to_owned()][..])
    );
    assert!(contain.approval);
    assert_eq!(made.step("eradicate").unwrap().next.as_deref(), Some("learn"));
    // Its own containment without evidence is found as in any other.
    let bare = check(&text.replace("evidence = [\"infra\"]\n", ""));
    assert_eq!(codes(&bare), BTreeSet::from(["EVIDENCE-LATE"]));
    assert!(!runbook("model_substitution").plain);
}

#[test]
fn a_file_that_is_no_runbook_names_the_line_and_the_nearest_key() {
    for (text, what) in [
        ("schema = \"runbook/9\"\nid = \"x\"\nname = \"X\"\nversion = \"1\"\n", "`schema` must be"),
        ("id = \"x\"\nname = \"X\"\nversion = \"1\"\n", "no `schema`"),
        (&format!("{HEAD}detecton = []\n"), "did you mean `detection`"),
        (&format!("{HEAD}playbook_types = [\"incident-response\"]\n"), "`playbook_types` cannot be"),
        (&format!("{HEAD}clocks = [\"gdpr\"]\n"), "`clocks` cannot be `gdpr`"),
        (&HEAD.replace("outage", "Out age"), "not an id"),
        (
            &format!(
                "{HEAD}[[step]]\nid = \"a\"\nphase = \"triage\"\nkind = \"decision\"\ntitle = \"A\"\nnext = \"end\"\n"
            ),
            "needs `when`",
        ),
        (
            &format!(
                "{HEAD}[[step]]\nid = \"a\"\nphase = \"triage\"\nkind = \"manual\"\ntitle = \"A\"\nwhen = [{{ if = \"b\", goto = \"end\" }}]\n"
            ),
            "only a decision",
        ),
        (&format!("{HEAD}[[severity]]\nlevel = \"dire\"\n"), "`level` cannot be"),
        ("not toml", "not valid TOML"),
    ] {
        let troubles = check(text).unwrap_err();
        assert!(troubles.iter().all(|trouble| trouble.code == INVALID), "{text}");
        assert!(troubles.iter().any(|trouble| trouble.what.contains(what)), "{text}: {troubles:#?}");
    }
    let twice =
        "[[step]]\nid = \"a\"\nphase = \"triage\"\nkind = \"manual\"\ntitle = \"A\"\nnext = \"end\"\n";
    let troubles = check(&format!("{HEAD}{twice}{twice}")).unwrap_err();
    assert!(troubles[0].what.contains("two steps"), "{troubles:?}");
    assert_eq!(troubles[0].line, Some(11));
}

#[test]
fn what_is_too_large_too_deep_or_too_many_is_no_runbook() {
    let large = format!("{HEAD}#{}", "x".repeat(256 * 1024));
    assert!(check(&large).unwrap_err()[0].what.contains("larger than"));
    let deep = format!("{HEAD}sources = {}{}", "[".repeat(5000), "]".repeat(5000));
    assert_eq!(codes(&check(&deep)), BTreeSet::from([INVALID]));
    let step = |index: usize| {
        format!(
            "[[step]]\nid = \"s{index}\"\nphase = \"learn\"\nkind = \"manual\"\ntitle = \"S\"\nnext = \"s{}\"\n",
            index + 1
        )
    };
    let many: String = (0..201).map(step).collect();
    assert!(check(&format!("{HEAD}{many}")).unwrap_err()[0].what.contains("more than 200 steps"));
    // Each leads to all that follow: ways are walked once, not each as often as there are others to it.
    let dense = |index: usize| {
        let ways: Vec<String> =
            (index + 1..60).map(|to| format!("{{ if = \"x\", goto = \"s{to}\" }}")).collect();
        let way = match ways.is_empty() {
            true => "kind = \"manual\"\nnext = \"end\"".to_owned(),
            false => format!("kind = \"decision\"\nwhen = [{}]", ways.join(", ")),
        };
        format!("[[step]]\nid = \"s{index}\"\nphase = \"learn\"\ntitle = \"S\"\n{way}\n")
    };
    let text: String = (0..60).map(dense).collect();
    assert!(check(&format!("{HEAD}{text}")).is_ok());
}

#[test]
fn a_profile_of_a_runbook_takes_the_place_of_the_shared_one() {
    let text = |profile: &str| format!("{HEAD}evidence = [\"infra\"]\n{profile}");
    let shared = check(&text("")).unwrap();
    assert_eq!(shared.profile("infra").unwrap().retention_days, Some(365));
    let own =
        check(&text("[profile.infra]\nrequired = [\"auth_events\", \"badge_log\"]\nretention_days = 30\n"));
    let own = own.unwrap();
    assert_eq!(own.profiles.len(), 1);
    assert_eq!(own.profiles[0].retention_days, Some(30));
    let names: Vec<&str> = own.profiles[0].required.iter().map(|field| field.name.raw()).collect();
    assert_eq!(names, ["log of sign-ins and failed sign-ins", "badge_log"]);
}

fn run(dir: &Path, words: &[&str]) -> Output {
    touchmark(words.iter().copied().chain(["--workspace", dir.to_str().unwrap()]))
}

fn json(dir: &Path, words: &[&str]) -> Value {
    let done = run(dir, &[words, &["--format", "json"]].concat());
    serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}{}", out(&done), err(&done)))
}

#[test]
fn a_workspace_adds_runbooks_and_replaces_those_of_the_program() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let plain = out(&run(dir, &["incident", "types"]));
    assert!(plain.contains("31 types") && plain.contains("model_substitution"), "{plain}");
    let folder = dir.join("runbooks");
    fs::create_dir(&folder).unwrap();
    let source = out(&run(dir, &["incident", "runbook", "model_drift", "--source"]));
    fs::write(folder.join("drift.toml"), source.replacen("version = \"1\"", "version = \"ours\"", 1))
        .unwrap();
    fs::write(folder.join("outage.toml"), HEAD).unwrap();
    fs::write(folder.join("twice.toml"), HEAD).unwrap();
    fs::write(folder.join("loop.toml"), {
        let rule = RULES.iter().find(|rule| rule.code == "STEP-LOOP").unwrap();
        format!("{HEAD}{}", rule.around.replacen("{}", rule.bad, 1))
    })
    .unwrap();
    fs::write(folder.join("bytes.toml"), [0xff, 0xfe]).unwrap();
    fs::write(folder.join("notes.txt"), "no runbook").unwrap();
    fs::create_dir(folder.join("folder.toml")).unwrap();
    let types = json(dir, &["incident", "types"]);
    let of = |id: &str| {
        let types = types["types"].as_array().unwrap();
        types.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{id}")).clone()
    };
    assert_eq!(types["types"].as_array().unwrap().len(), 32);
    assert_eq!(
        (&of("model_drift")["file"], &of("model_drift")["replaces"]),
        (&"runbooks/drift.toml".into(), &true.into())
    );
    assert_eq!(of("model_drift")["version"], "ours");
    assert_eq!(
        (&of("outage")["file"], &of("outage")["replaces"]),
        (&"runbooks/outage.toml".into(), &false.into())
    );
    assert_eq!(of("jailbreak")["file"], Value::Null);
    let broken: Vec<&str> =
        types["broken"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert_eq!(
        broken,
        ["runbooks/bytes.toml", "runbooks/folder.toml", "runbooks/loop.toml", "runbooks/twice.toml"]
    );
    let human = out(&run(dir, &["incident", "types"]));
    assert!(human.contains("✗ runbooks/loop.toml cannot be used:") && human.contains("STEP-LOOP"), "{human}");
    assert!(human.contains("runbooks/drift.toml, instead of the built-in one"), "{human}");
    // One that cannot be used is not there.
    let shown = out(&run(dir, &["incident", "runbook", "outage"]));
    assert!(shown.contains("runbooks/outage.toml") && shown.contains("verify  triage, auto"), "{shown}");
    for index in 0..201 {
        fs::write(folder.join(format!("many-{index}.toml")), HEAD).unwrap();
    }
    let done = run(dir, &["incident", "types"]);
    assert!(err(&done).contains("E-TOO-LARGE"), "{}", err(&done));
}

#[test]
fn a_runbook_is_shown_and_a_file_is_checked() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let text = out(&run(dir, &["incident", "runbook", "model_substitution"]));
    for line in [
        "critical where it runs at production or prod and its integrity is contradicted",
        "$ touchmark verify MODEL --explain",
        "if the digest is the approved one: go to clean",
        "evidence first: model_integrity, infra",
        "may open a case of signing_key_compromise",
        "model_integrity: Integrity of the model, kept 2555 days (CoSAI's companion draft)",
        "llm_trace: Traces of requests, kept 365 days (CoSAI's announcement)",
        "infra: Infrastructure, kept 365 days (chosen here; the sources give no number)",
        "72 h  GDPR",
        "15 d  EU AI Act",
        "due 14 days after the case was opened",
        "How long was it from the first bad load to detection?",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let document = json(dir, &["incident", "runbook", "model_substitution"]);
    assert_eq!(document["runbook"]["steps"].as_array().unwrap().len(), 10);
    let done = run(dir, &["incident", "runbook", "model_subsitution"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("did you mean `model_substitution`?"), "{}", err(&done));
    let status = |text: &str| {
        let file = dir.join("checked.toml");
        fs::write(&file, text).unwrap();
        let done = run(dir, &["incident", "runbook", "--check", file.to_str().unwrap()]);
        (done.status.code().unwrap(), out(&done))
    };
    assert_eq!(status(HEAD), (0, "✓ a runbook for outage, 5 steps\n".to_owned()));
    let late = RULES.iter().find(|rule| rule.code == "EVIDENCE-LATE").unwrap();
    let (code, text) = status(&format!("{HEAD}{}", late.around.replacen("{}", late.bad, 1)));
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains("line 7: step `stop` contains the incident") && text.contains("EVIDENCE-LATE"),
        "{text}"
    );
    assert!(text.contains("help: write evidence_before"), "{text}");
    assert_eq!(status("x").0, 2);
    assert_eq!(run(dir, &["incident", "runbook"]).status.code(), Some(2));
    assert_eq!(run(dir, &["incident", "runbook", "--check", "no-such.toml"]).status.code(), Some(4));
}

#[test]
fn hostile_words_in_a_runbook_reach_no_terminal() {
    let dir = copy_of_samples();
    let dir = dir.path();
    fs::create_dir(dir.join("runbooks")).unwrap();
    let text = HEAD.replace("name = \"Outage\"", "name = \"\\u001b[31mOut\\u202eage\"");
    fs::write(dir.join("runbooks/bad\u{1b}[2J.toml"), text + "detection = [\"\\u001b]0;x\\u0007\"]\n")
        .unwrap();
    for words in [&["incident", "types"][..], &["incident", "runbook", "outage"]] {
        let shown = out(&run(dir, words));
        assert!(
            shown.contains("outage") && !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
            "{shown:?}"
        );
    }
}

#[test]
fn the_page_of_the_rules_is_fresh() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbook-lint.md");
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page == touchmark::report::runbooks::runbook_lint_page(),
        "stale: run `cargo run --example make-docs`"
    );
}

#[test]
fn the_nearest_type_is_named() {
    let error = library().find("jailbrake").unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    assert!(error.help.unwrap().contains("`jailbreak`"));
}
