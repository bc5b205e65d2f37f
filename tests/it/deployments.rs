//! What runs where: the blocks of `touchmark.toml`, the commands that write them, what documents say of it, and that all
//! of it reaches the view.

use crate::support::{err, out, touchmark};
use serde_json::Value;
use std::fs;
use std::path::Path;
use touchmark::inventory::{ModelId, Running, Workspace, bom};
use touchmark::workbench::{OpenOptions, Workbench};

const MODEL: &str = "lumen/iris-base";

fn run(dir: &Path, words: &[&str]) -> (i32, String, String) {
    let done = touchmark(words.iter().copied().chain(["--workspace", dir.to_str().unwrap()]));
    (done.status.code().unwrap(), out(&done), err(&done))
}

fn json(dir: &Path, words: &[&str]) -> Value {
    let words: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    let (_, text, error) = run(dir, &words);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{error}"))
}

fn file(dir: &Path) -> String {
    fs::read_to_string(dir.join("touchmark.toml")).unwrap()
}

/// A copy of the samples where nothing runs.
fn copy_of_samples() -> tempfile::TempDir {
    let dir = crate::support::copy_of_samples();
    let text = file(dir.path());
    let (before, _) = text.split_once("\n# What runs where.\n").unwrap();
    fs::write(dir.path().join("touchmark.toml"), before).unwrap();
    dir
}

fn append(dir: &Path, text: &str) {
    fs::write(dir.join("touchmark.toml"), file(dir) + text).unwrap();
}

fn open(dir: &Path) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
}

#[test]
fn a_deployment_is_added_listed_and_ended_and_the_rest_of_the_file_stays() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let before = file(dir);
    let add = ["deploy", "add", MODEL, "--where", "gke/shop/scorer", "--owner", "shop@acme.example"];
    let (status, text, error) = run(dir, &add);
    assert_eq!(status, 0, "{error}");
    assert!(text.contains("✓ added") && text.contains("gke/shop/scorer"), "{text}");
    let after = file(dir);
    assert!(after.starts_with(&before), "{after}");
    assert!(after.contains("[[deployment]]\nmodel = \"lumen/iris-base\"\n"), "{after}");
    // The same place again is the same deployment.
    let (_, text, _) = run(dir, &add);
    assert!(text.contains("1 deployment already listed"), "{text}");
    assert_eq!(file(dir), after);
    let list = json(dir, &["deploy", "list"]);
    assert_eq!(list["schema"], "touchmark.deployments/1");
    let row = &list["deployments"][0];
    assert_eq!((&row["where"], &row["running"]), (&"gke/shop/scorer".into(), &"now".into()));
    assert_eq!(row["models"][0]["id"], MODEL);
    let (status, text, _) = run(dir, &["deploy", "list", "nothing-like-it"]);
    assert!(status == 0 && text.contains("0 of 1 deployment"), "{text}");
    assert!(run(dir, &["deploy", "list", "SHOP", "scorer"]).1.contains("1 of 1"));
    let (status, text, error) = run(dir, &["deploy", "end", MODEL, "--where", "gke/shop/scorer"]);
    assert_eq!(status, 0, "{error}");
    assert!(text.contains("✓ ended"), "{text}");
    assert!(file(dir).contains("until = 20"), "{}", file(dir));
    assert!(run(dir, &["deploy", "list"]).1.contains("0 of 1"));
    assert_eq!(json(dir, &["deploy", "list", "--ended"])["deployments"][0]["running"], "ended");
    let (status, _, error) = run(dir, &["deploy", "end", MODEL]);
    assert!(status != 0 && error.contains("no running deployment matches"), "{error}");
    // One that ended leaves room for the next.
    assert!(run(dir, &add).1.contains("✓ added"));
}

#[test]
fn blocks_stand_together_and_keep_comments_order_and_line_ends() {
    let dir = copy_of_samples();
    let dir = dir.path();
    append(
        dir,
        "\n# ours\n[[deployment]] # first\nstage = \"production\"\nmodel = \"a/b\" # odd order\nwhere = \"x\"\n\n[[alias]]\nname = \"old/name\"\nof = \"new/name\"\n",
    );
    let windows = file(dir).replace('\n', "\r\n");
    fs::write(dir.join("touchmark.toml"), &windows).unwrap();
    assert_eq!(
        run(dir, &["deploy", "add", MODEL, "--where", "y \"quoted\"", "--since", "2026-02-03T04:05:06Z"]).0,
        0
    );
    let after = file(dir);
    assert!(!after.replace("\r\n", "").contains('\n'), "every line ends alike");
    let (head, tail) = windows.split_at(windows.find("\r\n[[alias]]\r\nname = \"old/name\"").unwrap());
    assert!(after.starts_with(head) && after.ends_with(tail), "{after}");
    assert!(after.contains("since = 2026-02-03T04:05:06Z\r\n"), "{after}");
    let read = Workspace::at(dir).unwrap().deployments;
    assert_eq!(read.len(), 2);
    assert_eq!(read[1].place.raw(), "y \"quoted\"");
    // Ending the first leaves the second.
    assert_eq!(run(dir, &["deploy", "end", "a/b", "--until", "2026-05-01T00:00:00Z"]).0, 0);
    let read = Workspace::at(dir).unwrap().deployments;
    assert!(read[0].until.is_some() && read[1].until.is_none(), "{}", file(dir));
    assert!(file(dir).contains("where = \"x\"\r\nuntil = 2026-05-01T00:00:00Z\r\n"), "{}", file(dir));
}

#[test]
fn what_is_wrong_with_a_block_is_told_with_its_line_and_the_nearest_key() {
    let good = "model = \"a/b\"\nstage = \"production\"\nwhere = \"x\"\n";
    for (block, wanted) in [
        ("model = \"a/b\"\nstage = \"s\"\nwhere = \"x\"\nownr = \"me\"\n", "nearest known one is `owner`"),
        ("stage = \"s\"\nwhere = \"x\"\n", "no `model`"),
        ("model = \"a/b\"\nwhere = \"x\"\n", "no `stage`"),
        ("model = \"a/b\"\nstage = \"s\"\n", "no `where`"),
        ("model = \"sha256:12\"\nstage = \"s\"\nwhere = \"x\"\n", "neither a name nor a root digest"),
        (&format!("{good}since = 5\n"), "`since` is not a date-time"),
        (&format!("{good}until = \"tomorrow\"\n"), "`until` is not a date-time"),
        (&format!("{good}since = 2026-02-01T00:00:00Z\nuntil = 2026-01-01T00:00:00Z\n"), "before `since`"),
        ("model = \"a/b\"\nstage = \"\\u001b[31m\"\nwhere = \"x\"\n", "do not belong in a name"),
    ] {
        let dir = copy_of_samples();
        let lines = file(dir.path()).lines().count();
        append(dir.path(), &format!("\n[[deployment]]\n{block}"));
        let error = Workspace::at(dir.path()).unwrap_err();
        assert!(error.what.contains(wanted), "{block}: {}", error.what);
        let place = error.at.unwrap();
        let line: usize =
            place.raw().split("line ").nth(1).unwrap().split(':').next().unwrap().trim().parse().unwrap();
        assert!(line > lines, "{}", place.raw());
    }
    let dir = copy_of_samples();
    append(dir.path(), &format!("\n[[deployment]]\n{good}"));
    assert_eq!(Workspace::at(dir.path()).unwrap().deployments.len(), 1, "the counter-case");
}

#[test]
fn a_form_that_cannot_be_edited_is_refused_and_nothing_is_written() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let text = format!("deployment = [{{ model = \"a/b\", stage = \"s\", where = \"x\" }}]\n{}", file(dir));
    fs::write(dir.join("touchmark.toml"), &text).unwrap();
    assert_eq!(Workspace::at(dir).unwrap().deployments.len(), 1);
    let (status, _, error) = run(dir, &["deploy", "add", MODEL, "--where", "y"]);
    assert_eq!(status, 2, "{error}");
    assert!(error.contains("[[deployment]]"), "{error}");
    assert_eq!(file(dir), text);
}

#[test]
fn a_model_that_the_inventory_lacks_is_kept_and_told() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let (status, _, error) = run(dir, &["deploy", "add", "acme/not-here-yet", "--where", "x"]);
    assert_eq!(status, 0);
    assert!(error.contains("acme/not-here-yet is not in the inventory"), "{error}");
    assert!(run(dir, &["deploy", "list"]).1.contains("? not in the inventory"));
    let (_, _, error) = run(dir, &["deploy", "add", MODEL, "--where", "x"]);
    assert!(!error.contains("not in the inventory"), "{error}");
}

#[test]
fn the_view_knows_what_runs_now_by_name_and_by_root_digest() {
    let dir = copy_of_samples();
    let dir = dir.path();
    assert_eq!(run(dir, &["verify", MODEL]).0, 0);
    let view = open(dir).view();
    let (index, _) = view.model(&ModelId::new(MODEL)).unwrap();
    let root = view.root(index).unwrap();
    assert!(view.runs_at(index).is_empty() && view.usage.is_empty());
    append(
        dir,
        &format!(
            "\n[[deployment]]\nmodel = \"sha256:{root}\"\nstage = \"production\"\nwhere = \"by-root\"\n\
             [[deployment]]\nmodel = \"Lumen/Iris-Base\"\nstage = \"production\"\nwhere = \"by-name\"\nowner = \"me\"\n\
             [[deployment]]\nmodel = \"{MODEL}\"\nstage = \"production\"\nwhere = \"over\"\nuntil = 2020-01-01T00:00:00Z\n\
             [[deployment]]\nmodel = \"{MODEL}\"\nstage = \"production\"\nwhere = \"later\"\nsince = 2999-01-01T00:00:00Z\n"
        ),
    );
    let workbench = open(dir);
    let view = workbench.view();
    let places: Vec<&str> = view.runs_at(index).iter().map(|one| one.place.raw()).collect();
    assert_eq!(places, ["by-name", "by-root"]);
    let states: Vec<Running> = view.deployments().iter().map(|row| row.running).collect();
    assert_eq!(states, [Running::Now, Running::Now, Running::Ended, Running::Planned]);
    // Written by another program while it is open.
    append(dir, &format!("[[deployment]]\nmodel = \"{MODEL}\"\nstage = \"dev\"\nwhere = \"more\"\n"));
    workbench.reload_deployments().unwrap();
    assert_eq!(workbench.view().runs_at(index).len(), 3);
    let generation = workbench.view().generation;
    workbench.reload_deployments().unwrap();
    assert_eq!(workbench.view().generation, generation, "nothing changed: no new view");
}

#[test]
fn an_open_workbench_hears_of_a_deployment_that_somebody_else_wrote() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let index = workbench.view().model(&ModelId::new(MODEL)).unwrap().0;
    let _watch = workbench.watch().unwrap();
    append(
        dir.path(),
        &format!("\n[[deployment]]\nmodel = \"{MODEL}\"\nstage = \"dev\"\nwhere = \"more\"\n"),
    );
    for _ in 0..200 {
        if !workbench.view().runs_at(index).is_empty() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("nothing was heard");
}

/// A workload as k8s-aibom describes it, with the names of its properties up to 1.6 and from 1.7 on.
fn workload(start: &str) -> String {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"timestamp":"2026-05-10T12:00:00Z","component":{{"type":"application","name":"vllm","properties":[
            {{"name":"{start}kind","value":"Deployment"}},{{"name":"{start}namespace","value":"prod"}},{{"name":"{start}name","value":"vllm"}}]}}}},
            "components":[{{"type":"application","name":"vllm"}},{{"type":"machine-learning-model","name":"{MODEL}"}},{{"type":"machine-learning-model","name":"Lumen/Iris-Base"}}]}}"#
    )
}

#[test]
fn deployments_come_from_what_a_cluster_reports() {
    for start in ["aibom.workload.", "k8s-aibom:workload:"] {
        let dir = copy_of_samples();
        let dir = dir.path();
        let bill = dir.join("cluster.cdx.json");
        fs::write(&bill, workload(start)).unwrap();
        let bill = bill.to_str().unwrap();
        let (status, text, error) =
            run(dir, &["deploy", "import", bill, "--cluster", "gke-eu", "--owner", "ml@acme.example"]);
        assert_eq!(status, 0, "{error}");
        assert!(text.contains("gke-eu/prod/Deployment/vllm"), "{text}");
        assert_eq!(text.matches("✓ added").count(), 1, "a model is reported once: {text}");
        assert!(file(dir).contains("since = 2026-05-10T12:00:00Z"), "{}", file(dir));
        assert!(run(dir, &["deploy", "import", bill, "--cluster", "gke-eu"]).1.contains("already listed"));
    }
}

#[test]
fn services_and_workflows_that_deploy_say_it_too_and_others_say_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let bill = dir.path().join("a.json");
    let document = |rest: &str| {
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
                {{"type":"machine-learning-model","bom-ref":"m","group":"acme","name":"bot"}},
                {{"type":"application","bom-ref":"app","name":"server"}}]{rest}}}"#
        )
    };
    let read = |rest: &str| {
        fs::write(&bill, document(rest)).unwrap();
        bom::spotted(&bill)
    };
    let found = read(
        r#","services":[{"bom-ref":"s","group":"shop","name":"chat","provider":{"name":"Shop team"}}],"dependencies":[{"ref":"s","dependsOn":["app"]},{"ref":"app","dependsOn":["m"]}]"#,
    )
    .unwrap();
    assert_eq!(found.len(), 1);
    let [one] = &found[..] else { panic!() };
    assert_eq!((one.model.raw(), one.place.raw()), ("acme/bot", "shop/chat"));
    assert_eq!(one.owner.as_ref().unwrap().raw(), "Shop team");
    let workflow = |kind: &str| {
        format!(
            r#","formulation":[{{"workflows":[{{"bom-ref":"w","uid":"u","name":"roll out","taskTypes":["{kind}"],"timeEnd":"2026-01-02T00:00:00Z","inputs":[{{"resource":{{"ref":"m"}}}}]}}]}}]"#
        )
    };
    let found = read(&workflow("deploy")).unwrap();
    assert_eq!(
        (found[0].place.raw(), found[0].since.unwrap().to_string().as_str()),
        ("roll out", "2026-01-02T00:00:00Z")
    );
    assert!(read(&workflow("build")).unwrap_err().what.contains("but no place where they run"));
    assert!(read("").is_err());
    fs::write(&bill, "{}").unwrap();
    assert!(bom::spotted(&bill).unwrap_err().what.contains("not a CycloneDX document"));
    // A circle of dependencies ends.
    let circle = r#","services":[{"bom-ref":"s","name":"x"}],"dependencies":[{"ref":"s","dependsOn":["t"]},{"ref":"t","dependsOn":["s"]}]"#;
    assert!(read(circle).is_err());
}

#[test]
fn nothing_is_written_where_nothing_may_be() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let before = file(dir);
    let (status, _, error) = run(dir, &["deploy", "add", MODEL, "--where", "x", "--read-only"]);
    assert_eq!(status, 2, "{error}");
    let (status, _, error) = run(dir, &["deploy", "add", MODEL, "--where", "\u{1b}[31m"]);
    assert_eq!(status, 2, "{error}");
    assert_eq!(file(dir), before);
    assert_eq!(run(dir, &["deploy", "list", "--read-only"]).0, 0);
}
