//! The samples for deployment: they are YAML, they name fields that exist, and their commands do what they say, with
//! the paths of a test in the place of theirs.

#![cfg(unix)]

use crate::support::{copy_of_samples, err, out};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const POD: &str = include_str!("../../deploy/kubernetes/pod-gate.yaml");
const KSERVE: &str = include_str!("../../deploy/kserve/cluster-storage-container.yaml");
const CONTAINERFILE: &str = include_str!("../../deploy/container/Containerfile");
const GOOD: &str = "acme/receipt-reader";
const BAD: &str = "acme/support-bot-7b";

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// Runs a command of a container; `touchmark` is this program, and the workspace lies in `dir`.
fn run(dir: &Path, command: &[String]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_touchmark"));
    let paths = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mapped = command.iter().map(|word| word.replace("/srv/workspace", dir.to_str().unwrap()));
    let mapped: Vec<String> = mapped.collect();
    let (first, rest) = mapped.split_first().unwrap();
    let first = if first == "touchmark" { program.to_str().unwrap() } else { first };
    Command::new(first).args(rest).env("PATH", paths).env("HOME", dir).current_dir("/").output().unwrap()
}

#[test]
fn the_init_container_of_a_pod_lets_the_server_start_only_with_an_admitted_model() {
    let pod = yaml(POD);
    assert_eq!((&pod["apiVersion"], &pod["kind"]), (&"v1".into(), &"Pod".into()));
    let gate = &pod["spec"]["initContainers"][0];
    let server = &pod["spec"]["containers"][0];
    for container in [gate, server] {
        assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
        assert_eq!(container["securityContext"]["allowPrivilegeEscalation"], false);
        let models =
            container["volumeMounts"].as_array().unwrap().iter().find(|mount| mount["name"] == "models");
        assert_eq!(models.unwrap()["readOnly"], true);
        assert_eq!(models.unwrap()["mountPath"], "/srv/workspace");
        for mount in container["volumeMounts"].as_array().unwrap() {
            let volumes = pod["spec"]["volumes"].as_array().unwrap();
            assert!(volumes.iter().any(|volume| volume["name"] == mount["name"]), "{mount}");
        }
    }
    assert_eq!(pod["spec"]["securityContext"]["runAsNonRoot"], true);
    // The server loads the model that was gated.
    assert!(words(&server["command"]).iter().any(|word| word.ends_with(GOOD)));
    let dir = copy_of_samples();
    let command = [words(&gate["command"]), words(&gate["args"])].concat();
    let before = fs::read_dir(dir.path()).unwrap().count();
    let done = run(dir.path(), &command);
    assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
    assert!(out(&done).contains("admit  at stage production"), "{}", out(&done));
    // Nothing is written where nothing can be.
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), before);
    let other: Vec<String> = command.iter().map(|word| word.replace(GOOD, BAD)).collect();
    let done = run(dir.path(), &other);
    assert_eq!(done.status.code(), Some(1), "{}{}", out(&done), err(&done));
}

#[test]
fn the_storage_container_of_kserve_fills_the_folder_only_with_an_admitted_model() {
    let storage = yaml(KSERVE);
    assert_eq!(storage["apiVersion"], "serving.kserve.io/v1alpha1");
    assert_eq!(storage["kind"], "ClusterStorageContainer");
    let container = &storage["spec"]["container"];
    assert_eq!(container["name"], "storage-initializer", "KServe finds it by this name alone");
    let prefix = storage["spec"]["supportedUriFormats"][0]["prefix"].as_str().unwrap();
    let dir = copy_of_samples();
    let call = |model: &str, to: &Path| {
        fs::create_dir(to).unwrap();
        let uri = format!("{prefix}{model}");
        run(dir.path(), &[words(&container["command"]), vec![uri, to.to_str().unwrap().to_owned()]].concat())
    };
    let target = tempfile::tempdir().unwrap();
    let good = target.path().join("good");
    let done = call(GOOD, &good);
    assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
    let name = "model.safetensors";
    let model = dir.path().join("models").join(GOOD).join(name);
    assert_eq!(fs::read(good.join(name)).unwrap(), fs::read(model).unwrap());
    for (at, model) in [BAD, "no/such-model", "", "; touch x", "--help"].into_iter().enumerate() {
        let bad = target.path().join(format!("bad {at}"));
        let done = call(model, &bad);
        assert_eq!(fs::read_dir(&bad).unwrap().count(), 0, "{model}");
        assert!(!done.status.success(), "{model}: {}", out(&done));
    }
}

#[test]
fn the_image_runs_this_program_as_nobody() {
    let last =
        |word: &str| CONTAINERFILE.lines().rev().find_map(|line| line.strip_prefix(word)).unwrap().trim();
    assert_eq!(last("ENTRYPOINT"), r#"["/usr/local/bin/touchmark"]"#);
    assert_eq!(last("USER"), "65532:65532");
    assert!(CONTAINERFILE.contains("--bin touchmark") && CONTAINERFILE.contains("--no-default-features"));
    let version = env!("CARGO_PKG_RUST_VERSION");
    assert!(
        CONTAINERFILE.contains(&format!("rust:{version}-")),
        "the image has another compiler than {version}"
    );
    assert!(POD.contains(&format!("touchmark:{}", env!("CARGO_PKG_VERSION"))));
}
