//! Packages and what fits Touchmark into other tools: they name files that there are, carry the same things, and run.

use crate::support::err;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|cause| panic!("{name}: {cause}"))
}

/// What `packaging/prepare` makes, below target/dist.
const MADE: [&str; 4] =
    ["man/*.1", "completions/touchmark", "completions/_touchmark", "completions/touchmark.fish"];

/// Source and place of what the Debian package carries.
fn debian() -> Vec<(String, String)> {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let assets = manifest["package"]["metadata"]["deb"]["assets"].as_array().unwrap();
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    assets.iter().map(|asset| (text(&asset[0]), text(&asset[1]))).collect()
}

#[test]
fn the_debian_package_and_the_rpm_carry_the_program_and_all_that_belongs_to_it() {
    let debian = debian();
    let spec = read("packaging/touchmark.spec");
    let wanted = MADE.iter().map(|made| format!("target/dist/{made}"));
    let wanted = wanted.chain(
        ["target/release/touchmark", "README.md", "CHANGELOG.md", "THIRD-PARTY.md"].map(str::to_owned),
    );
    for file in wanted {
        assert!(debian.iter().any(|(source, _)| *source == file), "the Debian package has no {file}");
        assert!(spec.contains(&file), "the RPM has no {file}");
    }
    assert!(spec.contains("LICENSE"));
    for (source, place) in &debian {
        assert!(source.starts_with("target/") || root().join(source).exists(), "{source}");
        assert!(place.starts_with("usr/") && place.ends_with('/'), "{place}");
    }
    let version = format!("Version:        {}\n", env!("CARGO_PKG_VERSION"));
    assert!(spec.contains(&version), "the spec is of another version");
}

#[cfg(unix)]
#[test]
fn what_packages_carry_is_made_by_the_program() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("packaging")).unwrap();
    let script = dir.path().join("packaging/prepare");
    std::fs::copy(root().join("packaging/prepare"), &script).unwrap();
    let prepare = |program: &str| Command::new("bash").arg(&script).arg(program).output().unwrap();
    let done = prepare(env!("CARGO_BIN_EXE_touchmark"));
    assert!(done.status.success(), "{}", err(&done));
    let dist = dir.path().join("target/dist");
    for made in &MADE[1..] {
        assert!(std::fs::metadata(dist.join(made)).unwrap().len() > 1000, "{made}");
    }
    assert!(std::fs::read_dir(dist.join("man")).unwrap().count() > 100);
    // Where one step fails there is no package: also where the later ones do not.
    let program = dir.path().join("program");
    std::fs::write(&program, "#!/bin/sh\ntest \"$1\" != man && echo made\n").unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    assert!(!prepare(program.to_str().unwrap()).status.success());
}

#[test]
fn the_notices_name_what_is_compiled_in_with_the_versions_of_the_lock_file() {
    let lock: toml::Table = read("Cargo.lock").parse().unwrap();
    let locked: BTreeSet<(String, String)> = lock["package"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap().to_owned(), one["version"].as_str().unwrap().to_owned()))
        .collect();
    let notices = read("THIRD-PARTY.md");
    let rows = notices.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        Some((cells.next()?.to_owned(), cells.next()?.to_owned()))
    });
    let rows: Vec<_> = rows.filter(|(name, _)| name != "crate").collect();
    assert!(rows.len() > 200, "{}", rows.len());
    let stale: Vec<_> = rows.iter().filter(|row| !locked.contains(*row)).collect();
    assert!(stale.is_empty(), "{stale:?}: run `cargo run --example make-notices`");
    for direct in
        ["clap", "clap_complete", "clap_mangen", "ratatui", "rusqlite", "sigstore-verify", "object_store"]
    {
        assert!(rows.iter().any(|(name, _)| name == direct), "{direct} is missing");
    }
    for tool in ["insta", "proptest", "touchmark", "serde_derive"] {
        assert!(!rows.iter().any(|(name, _)| name == tool), "{tool} is not compiled in");
    }
}

#[derive(Deserialize)]
struct Action {
    inputs: BTreeMap<String, Input>,
    outputs: BTreeMap<String, BTreeMap<String, String>>,
    runs: Runs,
}

#[derive(Deserialize)]
struct Input {
    description: String,
    #[serde(default)]
    required: bool,
    default: Option<String>,
}

#[derive(Deserialize)]
struct Runs {
    using: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    name: String,
    shell: Option<String>,
    run: Option<String>,
    uses: Option<String>,
}

#[test]
fn the_action_hands_nothing_to_a_shell_but_in_variables() {
    let text = read("action.yml");
    let action: Action = serde_saphyr::from_str(&text).unwrap();
    assert_eq!(action.runs.using, "composite");
    assert!(action.outputs.contains_key("status"));
    for (name, input) in &action.inputs {
        assert!(!input.description.is_empty() && input.required != input.default.is_some(), "{name}");
        assert!(text.contains(&format!("inputs.{name}")), "{name} is not used");
    }
    for step in &action.runs.steps {
        match &step.run {
            Some(run) => {
                assert_eq!(step.shell.as_deref(), Some("bash"), "{}", step.name);
                assert!(!run.contains("${{"), "{}: what is handed in would be obeyed", step.name);
            }
            None => assert!(step.uses.as_ref().is_some_and(|uses| uses.contains('@')), "{}", step.name),
        }
    }
}

/// The script of the action's gate, run as GitHub runs it.
#[cfg(unix)]
#[test]
fn the_actions_gate_decides_and_writes_what_it_found() {
    let action: Action = serde_saphyr::from_str(&read("action.yml")).unwrap();
    let gate =
        action.runs.steps.iter().find(|step| step.name == "Gate").and_then(|step| step.run.clone()).unwrap();
    let samples = crate::support::copy_of_samples();
    let run = |model: &str, warn: &str| {
        let dir = tempfile::tempdir().unwrap();
        let done = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &gate])
            .current_dir(dir.path())
            .env("PROGRAM", env!("CARGO_BIN_EXE_touchmark"))
            .env("MODEL", model)
            .env("STAGE", "production")
            .env("WORKSPACE", samples.path())
            .env("ALLOW_WARN", warn)
            .env("SARIF", "found.sarif")
            .env("GITHUB_OUTPUT", dir.path().join("output"))
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", err(&done));
        let output = std::fs::read_to_string(dir.path().join("output")).unwrap();
        assert!(!dir.path().join("made").exists());
        (output, std::fs::read_to_string(dir.path().join("found.sarif")).unwrap())
    };
    let (status, found) = run("acme/receipt-reader", "false");
    assert_eq!(status, "status=0\n");
    assert!(found.contains("sarif") && found.contains("2.1.0"), "{found}");
    let (status, found) = run("acme/support-bot-7b", "true");
    assert_eq!(status, "status=1\n");
    assert!(found.contains("L1.03"), "{found}");
    for hostile in ["--help", "$(touch made)", "; touch made"] {
        let (status, _) = run(hostile, "$(touch made)");
        assert_eq!(status, "status=2\n", "{hostile}");
    }
}

#[derive(Deserialize)]
struct Hook {
    id: String,
    name: String,
    entry: String,
    language: String,
    files: String,
    pass_filenames: bool,
}

#[test]
fn the_hooks_run_on_the_samples() {
    let hooks: Vec<Hook> = serde_saphyr::from_str(&read(".pre-commit-hooks.yaml")).unwrap();
    assert_eq!(hooks.len(), 3);
    let samples = crate::support::copy_of_samples();
    let page = read("docs/pipelines.md");
    for hook in hooks {
        assert!(!hook.name.is_empty() && hook.language == "rust" && !hook.pass_filenames, "{}", hook.id);
        assert!(regex_lite::Regex::new(&hook.files).unwrap().is_match("policies/acme.toml"), "{}", hook.id);
        assert!(page.contains(&hook.id), "{} is not on the page", hook.id);
        let words = hook.entry.strip_prefix("touchmark ").unwrap().split(' ');
        let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(words)
            .current_dir(samples.path())
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(0), "{}: {}", hook.id, err(&done));
    }
}

/// Paths in backticks, where a contributor goes.
#[test]
fn the_places_that_contributors_are_sent_to_exist() {
    let place = regex_lite::Regex::new(
        r"`((?:src|tests|crates|policies|themes|examples|docs|fuzz|packaging|integrations|\.ci)/[\w./-]+)`",
    )
    .unwrap();
    let mut seen = 0;
    for page in ["CONTRIBUTING.md", "docs/architecture.md", "docs/first-changes.md", "docs/packages.md"] {
        for found in place.captures_iter(&read(page)) {
            let path = root().join(&found[1]);
            seen += 1;
            let is_pattern = ["NAME", "TYPE"].iter().any(|word| found[1].contains(word));
            let there = path.exists() || Path::new(&format!("{}.rs", path.display())).exists();
            assert!(is_pattern || there, "{page}: there is no {}", &found[1]);
        }
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn the_page_of_themes_names_all_of_them() {
    let page = read("docs/themes.md");
    for entry in std::fs::read_dir(root().join("themes")).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(page.contains(&format!("`{name}`")), "docs/themes.md does not name {name}");
    }
}
