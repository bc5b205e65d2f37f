//! A case let out: Markdown for people, JSON, and a CACAO 2.0 playbook, which is held here against what the OASIS
//! specification says of its structure.

use crate::incidents::{open, run};
use crate::support::{copy_of_samples, err, out};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use touchmark::incident::Library;

const RUNS: &str = "acme/claims-sorter";
const AT: &str = "2026-11-27T12:00:00Z";

fn export(dir: &Path, case: &str, form: &str) -> String {
    let done = run(dir, &["incident", "export", case, "--as", form, "--at", AT]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    out(&done)
}

fn playbook(dir: &Path, case: &str) -> Value {
    serde_json::from_str(&export(dir, case, "cacao")).unwrap()
}

/// The eight types of playbooks, and the types of steps that are written here.
const TYPES: [&str; 8] = [
    "attack",
    "detection",
    "engagement",
    "investigation",
    "mitigation",
    "notification",
    "prevention",
    "remediation",
];

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_else(|| panic!("{member}: {value:#}"))
}

/// Whether it is an id of that kind with a UUID of that version.
fn is_id(id: &str, kind: &str, version: char) -> bool {
    let Some(uuid) = id.strip_prefix(kind).and_then(|rest| rest.strip_prefix("--")) else { return false };
    let parts: Vec<&str> = uuid.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && uuid.chars().all(|c| c == '-' || c.is_ascii_digit() || ('a'..='f').contains(&c))
        && parts[2].starts_with(version)
        && parts[3].starts_with(['8', '9', 'a', 'b'])
}

/// What CACAO 2.0 says of a playbook, as far as ours go.
fn holds(playbook: &Value) {
    assert_eq!((text(playbook, "type"), text(playbook, "spec_version")), ("playbook", "cacao-2.0"));
    assert!(is_id(text(playbook, "id"), "playbook", '5'));
    assert!(is_id(text(playbook, "created_by"), "identity", '4'));
    for time in ["created", "modified"] {
        assert!(
            text(playbook, time).parse::<jiff::Timestamp>().is_ok() && text(playbook, time).ends_with('Z')
        );
    }
    assert!(playbook["severity"].as_u64().unwrap() <= 100);
    let types = playbook["playbook_types"].as_array().unwrap();
    assert!(!types.is_empty() && types.iter().all(|one| TYPES.contains(&one.as_str().unwrap())));
    let known = [
        "type",
        "spec_version",
        "id",
        "name",
        "description",
        "playbook_types",
        "created_by",
        "created",
        "modified",
        "severity",
        "labels",
        "external_references",
        "playbook_variables",
        "workflow_start",
        "workflow",
        "agent_definitions",
    ];
    assert!(playbook.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())));
    let workflow = playbook["workflow"].as_object().unwrap();
    let agents = playbook["agent_definitions"].as_object().unwrap();
    let variables: BTreeSet<&str> = playbook["playbook_variables"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    let start = text(playbook, "workflow_start");
    assert_eq!(workflow[start]["type"], "start");
    let mut uuids = BTreeSet::new();
    let mut named: BTreeMap<&str, usize> = BTreeMap::from([(start, 1)]);
    for (id, step) in workflow {
        let kind = text(step, "type");
        assert!(is_id(id, kind, '4'), "{id}");
        assert!(uuids.insert(id.split_once("--").unwrap().1), "two objects have the UUID of {id}");
        let members: &[&str] = match kind {
            "start" => &["on_completion"],
            "end" => &[],
            "action" => &["name", "description", "commands", "agent", "on_completion", "out_args"],
            "if-condition" => &["name", "condition", "on_true", "on_false", "on_completion"],
            "parallel" => &["name", "description", "next_steps", "on_completion"],
            other => panic!("no step is of the type {other}"),
        };
        let is_known = |key: &String| key == "type" || members.contains(&key.as_str());
        assert!(step.as_object().unwrap().keys().all(is_known), "{step:#}");
        let mut follows: Vec<&str> = Vec::new();
        for member in ["on_completion", "on_true", "on_false"] {
            if members.contains(&member) {
                follows.push(text(step, member));
            }
        }
        if kind == "parallel" {
            let branches = step["next_steps"].as_array().unwrap();
            assert!(branches.len() > 1);
            follows.extend(branches.iter().map(|branch| branch.as_str().unwrap()));
        }
        if kind == "action" {
            assert!(agents.contains_key(text(step, "agent")));
            let commands = step["commands"].as_array().unwrap();
            assert!(!commands.is_empty());
            for command in commands {
                assert!(
                    ["manual", "bash"].contains(&text(command, "type"))
                        && !text(command, "command").is_empty()
                );
            }
            let sets = step["out_args"].as_array().into_iter().flatten();
            sets.for_each(|name| assert!(variables.contains(name.as_str().unwrap())));
        }
        if kind == "if-condition" {
            // A STIX comparison of a variable of the playbook.
            let (variable, value) = text(step, "condition").split_once(":value = '").unwrap();
            assert!(variables.contains(variable) && value.ends_with('\''), "{}", step["condition"]);
        }
        for next in follows {
            assert!(workflow.contains_key(next), "{id} leads to {next}");
            *named.entry(next).or_default() += 1;
        }
    }
    // Each step is reached in one way, and each branch has an end of its own.
    for id in workflow.keys() {
        assert_eq!(named.get(id.as_str()), Some(&1), "{id}: {:#}", workflow[id]);
    }
    let ends = |from: &str| {
        let mut at = from.to_owned();
        let mut seen = BTreeSet::new();
        while let Some(next) = workflow[&at]["on_completion"].as_str() {
            assert!(seen.insert(at.clone()), "a circle through {at}");
            at = next.to_owned();
        }
        assert_eq!(workflow[&at]["type"], "end", "{from} ends at {at}");
    };
    ends(start);
    for step in workflow.values() {
        let parts = ["on_true", "on_false"].iter().filter_map(|member| step[*member].as_str());
        let branches = step["next_steps"].as_array().into_iter().flatten().filter_map(Value::as_str);
        parts.chain(branches).for_each(ends);
    }
}

#[test]
fn every_runbook_makes_a_playbook_that_holds() {
    let dir = copy_of_samples();
    for shelved in Library::bundled().unwrap().runbooks() {
        let runbook = &shelved.runbook;
        let case = open(dir.path(), &runbook.id, RUNS, &[]);
        let playbook = playbook(dir.path(), &case);
        holds(&playbook);
        // Each step and each task of the runbook is in it, once.
        let names: Vec<&str> = playbook["workflow"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(|step| step["name"].as_str())
            .collect();
        for step in &runbook.steps {
            let many = names.iter().filter(|name| **name == step.title.raw()).count();
            assert_eq!(many, 1, "{}: {}", runbook.id, step.id);
        }
        let whole = playbook.to_string();
        for task in runbook.steps.iter().flat_map(|step| &step.tasks) {
            let task = task.raw().replace("$model", RUNS);
            assert!(whole.contains(&task), "{}: {task}", runbook.id);
        }
        for technique in &runbook.atlas {
            assert!(whole.contains(&format!("\"external_id\":\"{}\"", technique.raw())), "{}", runbook.id);
        }
    }
}

#[test]
fn a_decision_becomes_branches_that_come_together_again() {
    let dir = copy_of_samples();
    let case = open(dir.path(), "model_substitution", RUNS, &[]);
    let playbook = playbook(dir.path(), &case);
    let workflow = playbook["workflow"].as_object().unwrap();
    let named = |name: &str| {
        let mut found = workflow.values().filter(|step| step["name"] == name);
        found.next().unwrap_or_else(|| panic!("{name}"))
    };
    // Four ways are three conditions; three of the ways come together where others who are affected are found.
    let conditions: Vec<&Value> = workflow.values().filter(|step| step["type"] == "if-condition").collect();
    assert_eq!(conditions.len(), 3);
    let clean = named("the digest is the approved one");
    assert_eq!(clean["condition"], "__which__:value = 'clean'");
    assert_eq!(workflow[text(clean, "on_completion")]["type"], "end");
    let on_true = &workflow[text(clean, "on_true")];
    assert_eq!(on_true["name"], "Close the case: the integrity of the model is intact");
    let known = &workflow[text(clean, "on_false")];
    assert_eq!(known["condition"], "__which__:value = 'known'");
    let after = &workflow[text(known, "on_completion")];
    assert_eq!(after["name"], "Find out who else is affected");
    let signed = &workflow[text(known, "on_false")];
    assert_eq!(signed["condition"], "__which__:value = 'signed'");
    assert_eq!(workflow[text(signed, "on_completion")]["type"], "end");
    // The last way is what is left; evidence comes before it.
    let evidence = &workflow[text(signed, "on_false")];
    assert_eq!(evidence["name"], "Collect the evidence first");
    let contain = &workflow[text(evidence, "on_completion")];
    assert_eq!(
        (contain["type"].as_str(), contain["next_steps"].as_array().unwrap().len()),
        (Some("parallel"), 4)
    );
    assert_eq!(contain["description"], "Needs approval.");
    assert_eq!(playbook["severity"], 75);
    assert_eq!(
        playbook["agent_definitions"].as_object().unwrap().values().next().unwrap()["name"],
        "incident commander"
    );
    let commands = &named("Find out who else is affected")["commands"];
    assert_eq!(
        commands[0],
        serde_json::json!({ "type": "bash", "command": format!("touchmark blast {RUNS}") })
    );
}

/// Branches that never come together are each written out, and that has an end.
#[test]
fn branches_that_do_not_come_together_are_written_out_as_far_as_a_limit() {
    let dir = copy_of_samples();
    fs::create_dir(dir.path().join("runbooks")).unwrap();
    let runbook = |id: &str, many: usize| {
        let mut text = format!("schema = \"runbook/0.1\"\nid = \"{id}\"\nname = \"X\"\nversion = \"1\"\n");
        // From each step to the next or to the one after it: the number of ways grows with every step.
        for at in 0..many {
            let (next, after) = (at + 1, (at + 2).min(many));
            text += &format!(
                "[[step]]\nid = \"s{at}\"\nphase = \"triage\"\nkind = \"decision\"\ntitle = \"S\"\n\
                 when = [{{ if = \"a\", goto = \"s{next}\" }}, {{ if = \"b\", goto = \"s{after}\" }}]\n"
            );
        }
        text + &format!(
            "[[step]]\nid = \"s{many}\"\nphase = \"learn\"\nkind = \"manual\"\ntitle = \"L\"\nnext = \"end\"\n"
        )
    };
    fs::write(dir.path().join("runbooks/few.toml"), runbook("few", 4)).unwrap();
    fs::write(dir.path().join("runbooks/many.toml"), runbook("many", 60)).unwrap();
    let case = open(dir.path(), "few", RUNS, &[]);
    holds(&playbook(dir.path(), &case));
    let case = open(dir.path(), "many", RUNS, &[]);
    let done = run(dir.path(), &["incident", "export", &case, "--as", "cacao"]);
    assert_eq!(done.status.code(), Some(4), "{}", err(&done));
    assert!(
        err(&done).contains("E-TOO-LARGE") && err(&done).contains("come together again"),
        "{}",
        err(&done)
    );
}

#[test]
fn an_export_is_the_same_again_and_differs_from_case_to_case() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let case = open(dir, "jailbreak", RUNS, &[]);
    let other = open(dir, "jailbreak", RUNS, &[]);
    for form in ["md", "json", "cacao"] {
        assert_eq!(export(dir, &case, form), export(dir, &case, form), "{form}");
        assert_ne!(export(dir, &case, form), export(dir, &other, form), "{form}");
    }
    let ids = |case: &str| -> BTreeSet<String> {
        playbook(dir, case)["workflow"].as_object().unwrap().keys().cloned().collect()
    };
    assert!(ids(&case).is_disjoint(&ids(&other)));
    let before = playbook(dir, &case);
    run(dir, &["incident", "step", &case, "verify", "--outcome", "done"]);
    let after = playbook(dir, &case);
    assert_eq!((&before["id"], &before["workflow"]), (&after["id"], &after["workflow"]), "its ids stay");
    // The id of a playbook is what CACAO makes of its name and its types.
    assert_eq!(uuid_of(&after), text(&after, "id"));
    let status = run(dir, &["incident", "status", &case, "--at", AT, "--format", "json"]);
    assert_eq!(export(dir, &case, "json"), out(&status));
}

/// RFC 9562, version 5, with the namespace of CACAO.
fn uuid_of(playbook: &Value) -> String {
    use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
    let types: Vec<String> =
        playbook["playbook_types"].as_array().unwrap().iter().map(Value::to_string).collect();
    let named = format!("{{\"name\":{},\"playbook_types\":[{}]}}", playbook["name"], types.join(","));
    let mut bytes = hex::decode("aa7caf3ad55a4e9ab34e056215fba56a").unwrap();
    bytes.extend(named.as_bytes());
    let mut sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, &bytes).as_ref()[..16].to_vec();
    sum[6] = sum[6] % 16 + 0x50;
    sum[8] = sum[8] % 64 + 0x80;
    let all = hex::encode(sum);
    format!("playbook--{}-{}-{}-{}-{}", &all[..8], &all[8..12], &all[12..16], &all[16..20], &all[20..])
}

#[test]
fn the_markdown_says_what_to_do_to_whoever_never_saw_the_program() {
    let dir = copy_of_samples();
    let dir = dir.path();
    run(dir, &["verify", "acme/support-bot-7b"]);
    run(dir, &["deploy", "add", "acme/support-bot-7b", "--where", "shop/eu-1", "--owner", "shop team"]);
    let case = open(dir, "model_substitution", "acme/support-bot-7b", &["--aware", "2026-11-27T00:00:00Z"]);
    let steps = ["compare", "which"];
    run(dir, &["incident", "step", &case, steps[0], "--outcome", "done", "--note", "seen on *two* hosts"]);
    run(dir, &["incident", "step", &case, steps[1], "--outcome", "done", "--goto", "unknown"]);
    run(dir, &["incident", "evidence", &case, "host_snapshot", "--holder", "security team"]);
    let page = export(dir, &case, "md");
    let lines: Vec<&str> = page.lines().collect();
    assert_eq!(lines[0], format!("# Case {case}: Model substitution: what runs is not what was approved"));
    let headings: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(
        headings,
        [
            "Next step",
            "Deadlines that may apply",
            "Steps",
            "Ahead: Find out who else is affected",
            "Ahead: Close the way in, and distrust what came through it",
            "Ahead: Bring the approved model back, and prove it",
            "Ahead: Review the incident",
            "Evidence",
            "Affected",
            "Where it runs",
            "Questions for the review",
            "Log",
            "Where this comes from",
        ]
    );
    for line in [
        "- **severity**: critical",
        "shop team",
        "A foreign model runs: contain it \\(contain, parallel\\)",
        "Needs approval.",
        "[ ] Freeze the gates for the family of acme/support-bot-7b",
        "Collect this evidence first, or give it up and say why: ",
        "touchmark incident step",
        "Timers only",
        "seen on \\*two\\* hosts",
        "held by security team",
    ] {
        let plain = line.replace("\\(", "(").replace("\\)", ")");
        assert!(page.contains(line) || page.contains(&plain), "{line}\n{page}");
    }
    assert!(!page.contains("$model") && !page.contains("$stage"), "{page}");
    insta::with_settings!({ snapshot_path => "snapshots", omit_expression => true }, {
        insta::assert_snapshot!("incident_md", masked(&page));
    });
}

/// Digests and times differ from run to run.
fn masked(page: &str) -> String {
    let digest = regex_lite::Regex::new("[0-9a-f]{32,}").unwrap();
    let time = regex_lite::Regex::new(r"\d{4}-\d\d-\d\dT[0-9:.]+Z").unwrap();
    let account = regex_lite::Regex::new(r"\(account [^)]+\)").unwrap();
    let text = time.replace_all(page, "TIME").into_owned();
    let text = digest.replace_all(&text, "#").into_owned();
    let text = account.replace_all(&text, "(account SOMEBODY)").into_owned();
    let row = regex_lite::Regex::new(r"\| (\d+) \| TIME \| [^|]+ \|").unwrap();
    row.replace_all(&text, "| $1 | TIME | SOMEBODY |").into_owned()
}

#[test]
fn an_export_goes_to_a_new_file() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let case = open(dir, "jailbreak", RUNS, &[]);
    let file = dir.join("case.md");
    let to = |file: &Path| {
        run(dir, &["incident", "export", &case, "--as", "md", "--at", AT, "-o", file.to_str().unwrap()])
    };
    let done = to(&file);
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(0), ""), "{}", err(&done));
    assert_eq!(fs::read_to_string(&file).unwrap(), export(dir, &case, "md"));
    // One that is there is not overwritten, and a folder is not made.
    fs::write(&file, "mine").unwrap();
    assert_eq!(to(&file).status.code(), Some(4));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(to(&dir.join("no/case.md")).status.code(), Some(4));
    assert_eq!(run(dir, &["incident", "export", "99", "--as", "md"]).status.code(), Some(2));
}

#[test]
fn hostile_words_stay_text_in_every_form() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let evil = "\u{1b}[31m<script>alert(1)</script>| [x](javascript:y) \u{202e}`";
    let case = open(dir, "jailbreak", &format!("identity:{evil}"), &[]);
    run(dir, &["incident", "note", &case, evil]);
    for form in ["md", "json", "cacao"] {
        let text = export(dir, &case, form);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{form}: {text:?}");
        if form == "md" {
            assert!(!text.contains("<script>") && !text.contains("[x](java"), "{text}");
        }
    }
    holds(&playbook(dir, &case));
}
