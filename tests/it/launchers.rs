//! The samples for engines that work fleets: their YAML has the fields that matter, their commands run as they stand, with
//! paths of a test in the place of theirs, and what they make of a status is what `fleet work --help` says of it. The
//! engines themselves run in `.ci` alone.

use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const JOB: &str = include_str!("../../deploy/kubernetes/fleet-job.yaml");
const ARGO: &str = include_str!("../../deploy/argo/fleet.yaml");
const NEXTFLOW: &str = include_str!("../../deploy/nextflow/fleet.nf");
const CONTAINERFILE: &str = include_str!("../../deploy/container/Containerfile");

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

fn words(value: &Value) -> Vec<String> {
    list(value).iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

fn named<'v>(values: &'v Value, name: &str) -> &'v Value {
    list(values).iter().find(|value| value["name"] == name).unwrap_or_else(|| panic!("no {name}: {values}"))
}

/// What `fleet work` can end with, as its help tells.
fn statuses() -> BTreeSet<i64> {
    let help = out(&touchmark(["fleet", "work", "--help"]));
    let told = help.split("Exits with ").nth(1).unwrap().split_whitespace().collect::<Vec<_>>();
    // "Exits with 0 …; with 75 …; with 2 …".
    let numbers = told.iter().enumerate().filter(|(at, _)| *at == 0 || told[at - 1] == "with");
    numbers.filter_map(|(_, word)| word.trim_end_matches(['.', ';', ',']).parse().ok()).collect()
}

/// A workspace, a key that signs shards and that the policy names, and a folder for runs.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Place { dir: copy_of_samples() };
        let key = place.at("writer.pem");
        for words in [
            &["key", "generate", &key, "--no-password"][..],
            &["trust", "add", "writer", &format!("{key}.pub"), "--workspace", &place.at("")],
        ] {
            let done = touchmark(words);
            assert_eq!(done.status.code(), Some(0), "{words:?}: {}", err(&done));
        }
        let policy = place.at("policies/samples.toml");
        let text = fs::read_to_string(&policy).unwrap();
        fs::write(&policy, format!("{text}\n[ledger]\ntrust = [\"writer\"]\n")).unwrap();
        fs::create_dir(place.at("scratch")).unwrap();
        place
    }

    fn at(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    fn plan(&self, shards: &str) -> String {
        let (source, runs, workspace) = (self.at("models"), self.at("runs"), self.at(""));
        let done = touchmark([
            "fleet",
            "plan",
            "--source",
            &source,
            "--out",
            &runs,
            "--shards",
            shards,
            "--workspace",
            &workspace,
            "--format",
            "json",
        ]);
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        let planned: Value = serde_json::from_str(&out(&done)).unwrap();
        planned["place"].as_str().unwrap().to_owned()
    }

    /// Runs a command of a sample; `with` says what stands in the place of what.
    fn run(&self, command: &[String], with: &[(&str, &str)], environment: &[(&str, &str)]) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_touchmark"));
        let paths = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
        let (key, scratch, workspace) = (self.at("writer.pem"), self.at("scratch"), self.at(""));
        let usual = [("/secure/writer.pem", &*key), ("/scratch", &scratch), ("/srv/workspace", &workspace)];
        let mapped = command.iter().map(|word| {
            let all = with.iter().chain(&usual);
            all.fold(word.clone(), |word, (theirs, ours)| word.replace(theirs, ours))
        });
        let mapped: Vec<String> = mapped.collect();
        assert!(mapped.iter().all(|word| !word.contains("{{") && !word.contains("!{")), "{mapped:?}");
        let (first, rest) = mapped.split_first().unwrap();
        let first = if first == "touchmark" { program.to_str().unwrap() } else { first };
        Command::new(first)
            .args(rest)
            .env("PATH", paths)
            .envs(environment.iter().copied())
            .current_dir(self.dir.path().join("scratch"))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn committed(&self, run: &str) -> u64 {
        let done = touchmark(["fleet", "status", run, "--format", "json"]);
        serde_json::from_str::<Value>(&out(&done)).unwrap()["done"].as_u64().unwrap()
    }
}

#[track_caller]
fn ended(done: &Output, status: i32) {
    assert_eq!(done.status.code(), Some(status), "{}{}", out(done), err(done));
}

#[test]
fn the_help_names_every_status_that_the_samples_speak_of() {
    assert_eq!(statuses(), BTreeSet::from([0, 2, 4, 75]));
}

/// What a Job makes of a container that ended so, without any trouble of its node.
fn action(job: &Value, status: i64) -> &str {
    let rules = list(&job["spec"]["podFailurePolicy"]["rules"]);
    let fits = |rule: &&Value| {
        rule.get("onExitCodes").is_some_and(|codes| {
            assert_eq!(codes["operator"], "In");
            list(&codes["values"]).contains(&status.into())
        })
    };
    // Where no rule fits, a failure counts.
    rules.iter().find(fits).map_or("Count", |rule| rule["action"].as_str().unwrap())
}

#[test]
fn the_job_works_a_shard_a_pod_and_stops_only_where_no_attempt_can_succeed() {
    let job = yaml(JOB);
    assert_eq!((&job["apiVersion"], &job["kind"]), (&"batch/v1".into(), &"Job".into()));
    let spec = &job["spec"];
    assert_eq!(spec["completionMode"], "Indexed");
    assert!(spec["completions"].as_u64().unwrap() >= spec["parallelism"].as_u64().unwrap());
    assert!(spec["backoffLimitPerIndex"].as_u64().unwrap() > 0);
    assert_eq!(spec.get("backoffLimit"), None, "the limit of each shard holds");
    let pod = &spec["template"]["spec"];
    assert_eq!(pod["restartPolicy"], "Never", "a podFailurePolicy asks for it");
    assert!(pod["terminationGracePeriodSeconds"].as_u64().unwrap() > 5);
    let worker = named(&pod["containers"], "worker");
    // Every status, once: what no attempt can change ends the whole, and everything else is tried again.
    let mut spoken = BTreeSet::new();
    for rule in list(&spec["podFailurePolicy"]["rules"]) {
        let Some(codes) = rule.get("onExitCodes") else { continue };
        assert_eq!(codes["containerName"], worker["name"]);
        for code in list(&codes["values"]) {
            assert!(spoken.insert(code.as_i64().unwrap()), "{code} twice");
        }
    }
    spoken.insert(0);
    assert_eq!(spoken, statuses());
    assert_eq!([2, 4, 75, 137].map(|status| action(&job, status)), ["FailJob", "Count", "Count", "Count"]);
    // A drained node has sent SIGTERM, which ends with 75: that rule comes first, or it would count.
    let rules = list(&spec["podFailurePolicy"]["rules"]);
    let place = |wanted: &str| rules.iter().position(|rule| rule["action"] == wanted).unwrap();
    assert!(place("Ignore") < place("Count"));
    assert_eq!(rules[place("Ignore")]["onPodConditions"][0]["type"], "DisruptionTarget");
    for mount in list(&worker["volumeMounts"]) {
        named(&pod["volumes"], mount["name"].as_str().unwrap());
    }
    assert_eq!(worker["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert!(worker["image"].as_str().unwrap().ends_with(&format!(":{}", env!("CARGO_PKG_VERSION"))));
    assert!(CONTAINERFILE.contains("ARG FEATURES"));

    let place = Place::new();
    let run = place.plan("3");
    let command = [words(&worker["command"]), words(&worker["args"])].concat();
    let index = |index: &str, with: &[(&str, &str)]| {
        let usual = [("s3://audit/runs/ID", &*run)];
        place.run(&command, &[with, &usual].concat(), &[("JOB_COMPLETION_INDEX", index)])
    };
    for shard in ["0", "1", "2"] {
        ended(&index(shard, &[]), 0);
    }
    assert_eq!(place.committed(&run), 3);
    ended(&index("0", &[]), 0);
    // More pods than shards, and a disk that is not there.
    ended(&index("3", &[]), 2);
    ended(&index("0", &[("/scratch", "/nowhere/at/all")]), 75);
}

#[test]
fn the_template_of_argo_plans_works_and_seals() {
    let template = yaml(ARGO);
    assert_eq!(template["apiVersion"], "argoproj.io/v1alpha1");
    assert_eq!(template["kind"], "WorkflowTemplate");
    let spec = &template["spec"];
    let step = |name: &str| named(&spec["templates"], name);
    // Each step names a template and gives it what it asks for.
    let steps = list(&step(spec["entrypoint"].as_str().unwrap())["steps"]);
    let order: Vec<&str> = steps.iter().map(|at_once| at_once[0]["template"].as_str().unwrap()).collect();
    assert_eq!(order, ["plan", "work", "seal"]);
    for one in steps.iter().flat_map(list) {
        let asks = step(one["template"].as_str().unwrap())["inputs"]["parameters"].as_array();
        let given = one["arguments"]["parameters"].as_array();
        let names = |list: Option<&Vec<Value>>| -> BTreeSet<String> {
            let list = list.into_iter().flatten();
            list.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(asks), names(given), "{one}");
    }
    assert_eq!(steps[1][0]["withSequence"]["count"], "{{steps.plan.outputs.parameters.shards}}");
    assert_eq!(steps[1][0]["withSequence"]["start"], "0");
    let retry = &step("work")["retryStrategy"];
    assert_eq!(retry["retryPolicy"], "Always", "a pod that was killed is an error, and tried again as well");
    assert_eq!(retry["expression"], "asInt(lastRetry.exitCode) != 2");
    assert!(statuses().contains(&2));
    assert!(step("seal").get("retryStrategy").is_none());
    for name in ["plan", "work", "seal"] {
        let container = &step(name)["container"];
        assert_eq!(container["image"], step("work")["container"]["image"], "a plan wants one program");
        for mount in list(&container["volumeMounts"]) {
            named(&spec["volumes"], mount["name"].as_str().unwrap());
        }
    }

    let place = Place::new();
    let command = |name: &str| {
        let container = &step(name)["container"];
        [words(&container["command"]), words(&container["args"])].concat()
    };
    let (source, runs, tmp) = (place.at("models"), place.at("runs"), format!("{}/", place.at("tmp")));
    fs::create_dir(&tmp).unwrap();
    let planned = place.run(
        &command("plan"),
        &[
            ("/tmp/", &tmp),
            ("{{workflow.parameters.source}}", &source),
            ("{{workflow.parameters.out}}", &runs),
            ("{{workflow.parameters.stage}}", "production"),
        ],
        &[],
    );
    ended(&planned, 0);
    let output = |name: &str| {
        let path = named(&step("plan")["outputs"]["parameters"], name)["valueFrom"]["path"].as_str().unwrap();
        fs::read_to_string(path.replace("/tmp/", &tmp)).unwrap().trim().to_owned()
    };
    let (run, shards) = (output("run"), output("shards"));
    assert_eq!(shards, "1");
    let work = |shard: &str| {
        let with = [("{{inputs.parameters.run}}", &*run), ("{{inputs.parameters.shard}}", shard)];
        place.run(&command("work"), &with, &[])
    };
    let seal = || place.run(&command("seal"), &[("{{inputs.parameters.run}}", &run)], &[]);
    ended(&seal(), 3);
    ended(&work("0"), 0);
    ended(&work("1"), 2);
    ended(&seal(), 0);
    // A source that is not there fails the step, and no parameter comes of it.
    let odd = place.run(
        &command("plan"),
        &[
            ("/tmp/", &tmp),
            ("{{workflow.parameters.source}}", "s3://"),
            ("{{workflow.parameters.out}}", &runs),
            ("{{workflow.parameters.stage}}", "production"),
        ],
        &[],
    );
    assert!(!odd.status.success());
}

/// The command of a process, as a shell gets it.
fn nextflow(process: &str) -> Vec<String> {
    let body = NEXTFLOW.split(&format!("process {process} {{")).nth(1).unwrap();
    let script = body.split("'''").nth(1).unwrap().replace("\\\\", "\\");
    vec!["sh".to_owned(), "-ec".to_owned(), script]
}

#[test]
fn the_pipeline_of_nextflow_works_every_shard() {
    let place = Place::new();
    let run = place.plan("3");
    let (key, params) = (place.at("writer.pem"), "!{params.run}");
    let shards = place.run(&nextflow("shards"), &[(params, &run)], &[]);
    ended(&shards, 0);
    assert_eq!(out(&shards).trim(), "3");
    let work = |shard: &str, key: &str| {
        place.run(&nextflow("work"), &[(params, &run), ("!{shard}", shard), ("!{params.key}", key)], &[])
    };
    for shard in 0..3 {
        ended(&work(&shard.to_string(), &key), 0);
    }
    assert_eq!(place.committed(&run), 3);
    ended(&work("3", &key), 2);
    ended(&work("0", "/nowhere.pem"), 2);
    let strategy = NEXTFLOW.lines().find_map(|line| line.trim().strip_prefix("errorStrategy ")).unwrap();
    assert_eq!(
        strategy,
        "{ task.exitStatus == 2 ? 'terminate' : task.exitStatus == 4 ? 'ignore' : 'retry' }"
    );
}
