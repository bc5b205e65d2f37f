//! Costs in proportion: inputs at which work that grows with the square would not end in good time. What comes of them is
//! judged, never a clock; `benches/costs.rs` has the ratios.

use crate::support::{err, out, touchmark};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use touchmark::inventory::{ModelId, Workspace};
use touchmark::policy::{self, NameMarks, Policy};
use touchmark::text::Untrusted;

/// A bill of models that each name all the others as ancestors.
fn dense(models: usize, folder: &Path) {
    let ancestor = |name: usize| format!(r#"{{"type":"machine-learning-model","name":"d{name}"}}"#);
    let component = |name: usize| {
        let ancestors: Vec<String> = (0..models).filter(|other| *other != name).map(ancestor).collect();
        format!(
            r#"{{"type":"machine-learning-model","bom-ref":"d{name}","name":"d{name}","pedigree":{{"ancestors":[{}]}}}}"#,
            ancestors.join(",")
        )
    };
    let components: Vec<String> = (0..models).map(component).collect();
    let bill =
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}}"#, components.join(","));
    fs::write(folder.join("dense.cdx.json"), bill).unwrap();
    let toml = "schema = \"workspace/0.1\"\nname = \"w\"\nstage = \"dev\"\n[[source]]\nkind = \"bom\"\npath = \".\"\n";
    fs::write(folder.join("touchmark.toml"), toml).unwrap();
}

#[test]
fn models_that_each_name_all_the_others_are_read_with_all_their_edges() {
    const MODELS: usize = 60;
    let dir = tempfile::tempdir().unwrap();
    dense(MODELS, dir.path());
    let run = |words: &[&str]| {
        let mut all = vec!["--workspace", dir.path().to_str().unwrap()];
        all.extend(words);
        let done = touchmark(all);
        assert!(done.status.success(), "{}", err(&done));
        out(&done)
    };
    let scan = run(&["scan"]);
    assert!(scan.contains(&format!("{MODELS} models")), "{scan}");
    let shown: serde_json::Value = serde_json::from_str(&run(&["show", "d7", "--format", "json"])).unwrap();
    // None is lost, and none is there twice.
    assert_eq!(shown["model"]["parents"].as_array().unwrap().len(), MODELS - 1);
    assert_eq!(shown["model"]["facts"].as_array().unwrap().len(), MODELS - 1);
}

fn chained(order: impl Iterator<Item = usize>, folder: &Path) -> Result<Workspace, touchmark::Error> {
    let mut text = "schema = \"workspace/0.1\"\nname = \"w\"\n".to_owned();
    for number in order {
        writeln!(text, "[[alias]]\nname = \"b{number}\"\nof = \"b{}\"", number + 1).unwrap();
    }
    fs::write(folder.join("touchmark.toml"), text).unwrap();
    Workspace::find(Some(folder))
}

/// The numbers below `count` in an order that is neither up nor down.
fn stirred(count: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |number| number * 7919 % count)
}

#[test]
fn aliases_in_a_chain_lead_to_its_end_whatever_their_order_and_never_in_a_circle() {
    const ALIASES: usize = 24_000;
    let dir = tempfile::tempdir().unwrap();
    let orders: [Box<dyn Iterator<Item = usize>>; 3] =
        [Box::new(0..ALIASES), Box::new((0..ALIASES).rev()), Box::new(stirred(ALIASES))];
    for order in orders {
        // A walk through the chain for each alias would be 288 million steps.
        let workspace = chained(order, dir.path()).unwrap();
        let end = ModelId::new(&format!("b{ALIASES}"));
        for name in ["b0", "b1", "b12000", "b23999", "b24000"] {
            assert_eq!(*workspace.aliases.resolve(&ModelId::new(name)), end, "{name}");
        }
        assert_eq!(workspace.aliases.resolve(&ModelId::new("other")).raw(), "other");
    }
    for (order, message) in [(vec![0, 1, 2, 0], "already an alias"), (vec![2, 1, 2], "already an alias")] {
        let error = chained(order.into_iter(), dir.path()).unwrap_err();
        assert!(error.what.contains(message), "{}", error.what);
    }
    let circle = "schema = \"workspace/0.1\"\nname = \"w\"\n[[alias]]\nname = \"a\"\nof = \"b\"\n[[alias]]\nname = \"b\"\n\
                  of = \"c\"\n[[alias]]\nname = \"C\"\nof = \"a\"\n";
    fs::write(dir.path().join("touchmark.toml"), circle).unwrap();
    let error = Workspace::find(Some(dir.path())).unwrap_err();
    assert!(error.what.contains("refers back to itself"), "{}", error.what);
    assert!(error.at.unwrap().raw().contains("line 10"), "the alias that closes the circle is named");
}

/// A policy of as many globs of every kind, five to a publisher.
fn globs(count: usize) -> Policy {
    let mut text = policy::BUILT_IN[0].1.to_owned();
    text += "\n[trust.k]\nkind = \"key\"\nfiles = [\"k.pub\"]\n";
    for first in (0..count).step_by(5) {
        let [prefix, suffix, name, inner, exact] = [0, 1, 2, 3, 4].map(|more| first + more);
        writeln!(
            text,
            "[[publisher]]\nid = \"p{first}\"\nmodels = [\"owner-{prefix}/*\", \"shared/*-v{suffix}\", \"*/bot-{name}\", \
             \"*inner{inner}x*\", \"owner-{exact}/exact\"]\ntrust = [\"k\"]\n\
             identities = [{{ subject = \"exact:sha256:{first:064x}\" }}]"
        )
        .unwrap();
    }
    policy::parse(&text, "p.toml", None).unwrap()
}

#[test]
fn among_ten_thousand_globs_the_one_that_decides_is_found_for_every_model() {
    const GLOBS: usize = 10_000;
    let policy = globs(GLOBS);
    assert_eq!(policy.publishers.iter().map(|publisher| publisher.models.len()).sum::<usize>(), GLOBS);
    // Each pattern against each of these would be 100 million matches.
    for number in 0..GLOBS {
        let id = match number % 5 {
            0 => format!("owner-{number}/a-model"),
            1 => format!("shared/m-v{number}"),
            2 => format!("whoever/bot-{number}"),
            3 => format!("whoever/an-inner{number}x-model"),
            _ => format!("owner-{number}/exact"),
        };
        let found = policy.publisher_of(&id).map(|publisher| publisher.id.clone());
        assert_eq!(found, Some(format!("p{}", number / 5 * 5)), "{id}");
    }
    assert!(policy.publisher_of("nobody/has-this").is_none());
}

#[test]
fn the_names_of_many_models_are_compared_with_many_publishers() {
    const NAMES: usize = 10_000;
    let policy = globs(NAMES);
    let names: Vec<(ModelId, Untrusted)> = (0..NAMES)
        .map(|number| match number % 2 {
            0 => format!("owner-{number}/bot"),
            _ => format!("\u{43e}wner-{}/bot", number - 1),
        })
        .map(|name| (ModelId::new(&name), Untrusted::new(&name)))
        .collect();
    // Each look against each other would be 100 million comparisons.
    let marks = NameMarks::of(&policy, names.iter().map(|(id, name)| (id, name)));
    for (index, (id, _)) in names.iter().enumerate() {
        assert_eq!(marks.get(index).is_some(), !id.raw().is_ascii(), "{}", id.raw());
    }
}

#[test]
fn more_certificates_than_are_shown_are_refused_by_their_number() {
    let dir = tempfile::tempdir().unwrap();
    let key = crate::pki::Key::new(crate::pki::Kind::P256);
    let spec = crate::pki::Spec::ca("CN=Root", "CN=Root");
    let one = crate::pki::pem("CERTIFICATE", &spec.issue(&key, &key));
    let file = dir.path().join("many.pem");
    fs::write(&file, one.repeat(3)).unwrap();
    let few = touchmark(["inspect", file.to_str().unwrap()]);
    assert!(few.status.success() && out(&few).contains("3 certificates"), "{}{}", out(&few), err(&few));
    fs::write(&file, one.repeat(6_000)).unwrap();
    let many = touchmark(["inspect", file.to_str().unwrap()]);
    assert!(!many.status.success());
    assert!(err(&many).contains("certificates"), "{}", err(&many));
}
