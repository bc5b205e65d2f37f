//! The JSON Schema of a policy for editors: it takes what the reader takes and refuses what the reader refuses, key by
//! key, and each key means the same in the schema, in the documentation and in the editor.

use crate::documents::validator;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use touchmark::documents::policy_schema_file;
use touchmark::policy::{BUILT_IN, EXTENDS, Form, Key, Layout, POLICY, parse};

fn schema() -> Value {
    serde_json::from_str(&policy_schema_file().1).unwrap()
}

/// A policy as language servers hand it to the schema: a date-time is a text.
fn as_json(text: &str) -> Value {
    fn plain(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(moment) => json!(moment.to_string()),
            toml::Value::Array(list) => list.into_iter().map(plain).collect(),
            toml::Value::Table(table) => table.into_iter().map(|(key, one)| (key, plain(one))).collect(),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    plain(toml::Value::Table(text.parse().unwrap()))
}

fn faults(text: &str) -> Vec<String> {
    validator::faults(&schema(), &as_json(text))
}

#[test]
fn the_schema_is_fresh_and_the_shipped_policies_name_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let (name, text) = policy_schema_file();
    let there = std::fs::read_to_string(root.join("schema").join(name)).unwrap_or_default();
    assert!(there == text, "policies/schema/{name} is old: cargo run --example make-docs");
    let mut files = 0;
    for entry in std::fs::read_dir(root.join("trust")).unwrap() {
        let file = entry.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        let (line, rest) = text.split_once('\n').unwrap();
        let path = line.strip_prefix("#:schema ").unwrap_or_else(|| panic!("{file:?} names no schema"));
        let named = file.parent().unwrap().join(path);
        assert_eq!(named.canonicalize().unwrap(), root.join("schema").join(name).canonicalize().unwrap());
        assert_eq!(faults(&text), [""; 0], "{file:?}");
        // Where the program writes the policy, nothing stands at that path.
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let (_, built_in) = BUILT_IN.iter().find(|(name, _)| *name == stem).unwrap();
        assert_eq!(*built_in, rest);
        files += 1;
    }
    assert_eq!(files, BUILT_IN.len());
}

/// A policy with everything in it.
fn whole() -> String {
    let page = include_str!("../../docs/policy.md");
    page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn policies_of_all_kinds_hold() {
    let samples = include_str!("../../samples/policies/samples.toml");
    let mut uncommented = String::new();
    for line in BUILT_IN[0].1.lines() {
        let example = line.strip_prefix("# ").filter(|rest| rest.starts_with('[') || rest.contains(" = "));
        uncommented.push_str(example.unwrap_or(line));
        uncommented.push('\n');
    }
    let extending =
        "schema = \"trust-policy/0.1\"\nextends = \"below.toml\"\n[crypto]\nhash = [\"sha256\"]\n";
    let policies = [samples, &uncommented, &whole(), BUILT_IN[0].1, BUILT_IN[1].1];
    for policy in policies {
        assert!(parse(policy, "", None).is_ok());
        assert_eq!(faults(policy), [""; 0], "{policy}");
    }
    assert_eq!(faults(extending), [""; 0]);
    // Without `extends` it says too little.
    assert!(!faults(&extending.replace("extends = \"below.toml\"\n", "")).is_empty());
}

/// Every policy that a rule of the linter shows is one for the schema, too.
#[test]
fn the_examples_of_the_linter_hold() {
    for rule in touchmark::policy::lint::RULES {
        for example in [rule.bad, rule.good] {
            let head = "schema = \"trust-policy/0.1\"\nname = \"x\"\nversion = \"1\"\n";
            let text = format!("{head}{}", rule.around.replace("{}", example));
            if parse(&text, "", None).is_ok() {
                assert_eq!(faults(&text), [""; 0], "{}: {text}", rule.code);
            }
        }
    }
}

// ---- key by key ----

/// A way to a table: how a policy opens it, with `{}` where its keys stand.
fn places() -> Vec<(String, &'static Layout)> {
    fn below(
        layout: &'static Layout,
        path: &str,
        is_inline: bool,
        found: &mut Vec<(String, &'static Layout)>,
    ) {
        found.push((if is_inline { path.to_owned() } else { format!("{path}\n{{}}") }, layout));
        for key in layout.keys {
            let Some(inner) = key.form.layout() else { continue };
            let open = if is_inline { path.to_owned() } else { format!("{path}\n{{}}") };
            let (way, is_inline) = match (key.form, path.is_empty()) {
                (Form::Table(_), true) => (format!("[{}]", key.name), false),
                (Form::Named(_), true) => (format!("[{}.a]", key.name), false),
                (Form::Tables(_), true) => (format!("[[{}]]", key.name), false),
                (Form::Table(_), false) => (open.replace("{}", &format!("{} = {{ {{}} }}", key.name)), true),
                (_, _) => (open.replace("{}", &format!("{} = [{{ {{}} }}]", key.name)), true),
            };
            below(inner, &way, is_inline, found);
        }
    }
    let mut found = Vec::new();
    below(&POLICY, "", false, &mut found);
    found
}

const HEAD: &str = "schema = \"trust-policy/0.1\"\nname = \"t\"\nversion = \"1\"\n";

/// What some keys are only judged beside.
const BESIDE: [(&str, &str); 2] = [("value", "op = \"==\""), ("hierarchy", "strategy = \"hierarchy\"")];

fn policy(place: &str, key: &str, keys: &str) -> String {
    let beside = BESIDE.iter().find(|(name, _)| *name == key).map(|(_, beside)| *beside);
    let between = if place.contains("{ {} }") { ", " } else { "\n" };
    let keys: Vec<&str> = beside.into_iter().chain([keys]).filter(|keys| !keys.is_empty()).collect();
    format!("{HEAD}{}", place.replace("{}", &keys.join(between)))
}

/// What the reader has against a key itself, not against what it means with others.
fn reader_refuses(key: &Key, text: &str, only: bool) -> bool {
    let Err(faults) = parse(text, "", None) else { return false };
    faults.iter().any(|fault| {
        let asks = fault.help.as_deref().is_some_and(|help| help.contains(&format!("add `{} = ", key.name)));
        let is_of = fault.message.contains(&format!("`{}`", key.name)) || asks;
        let is_form = ["must be", "cannot be", "unknown key", "is empty", "is not a date-time"];
        is_of && (!only || is_form.iter().any(|form| fault.message.contains(form)))
    })
}

/// Values that a key takes, and some that it does not.
fn values(form: Form) -> (Vec<String>, Vec<String>) {
    let quoted = |words: Vec<&str>| words.into_iter().map(|word| format!("{word:?}")).collect::<Vec<_>>();
    match form {
        Form::Word(words) => (quoted(words()), quoted(vec!["zzzzzz", ""])),
        Form::Number(least, most) => {
            let mut outside = vec![(u64::from(most) + 1).to_string(), "\"1\"".to_owned(), "1.5".to_owned()];
            outside
                .extend(least.checked_sub(1).map_or(Some("-1".to_owned()), |below| Some(below.to_string())));
            (vec![least.to_string(), most.to_string()], outside)
        }
        Form::Flag => (vec!["true".into(), "false".into()], vec!["\"true\"".into(), "1".into()]),
        Form::Moment => (
            vec!["2030-01-01T00:00:00Z".into(), "\"2030-01-01T00:00:00Z\"".into()],
            vec!["\"soon\"".into(), "1".into()],
        ),
        Form::Share => {
            (vec!["0.5".into(), "1".into(), "0".into()], vec!["1.5".into(), "\"1\"".into(), "-1".into()])
        }
        Form::List(each, least) => {
            let (good, bad) = values(*each);
            let list = |values: &[String]| format!("[{}]", values.join(", "));
            let mut bad: Vec<String> = bad.iter().map(|one| list(std::slice::from_ref(one))).collect();
            bad.push("1".to_owned());
            let mut lists = if good.is_empty() { Vec::new() } else { vec![list(&good)] };
            if least == 0 { &mut lists } else { &mut bad }.push("[]".to_owned());
            (lists, bad)
        }
        Form::Text => (vec!["\"text\"".into()], vec!["\"\"".into(), "1".into()]),
        // What such a text must be depends on the rest of the policy.
        Form::Of(_) => (Vec::new(), vec!["1".into(), "[\"a\"]".into()]),
        Form::Open => (vec!["{}".into()], vec!["1".into(), "\"a\"".into()]),
        Form::Table(_) | Form::Named(_) => (Vec::new(), vec!["1".into(), "\"a\"".into()]),
        Form::Tables(_) => (Vec::new(), vec!["1".into(), "[1]".into()]),
        Form::Compared => (Vec::new(), vec!["{ a = 1 }".into()]),
    }
}

/// What the schema has against the members of a key, wherever it stands.
fn schema_refuses(key: &Key, text: &str) -> bool {
    let at = format!("/{}", key.name);
    faults(text).iter().any(|fault| {
        fault
            .split(": ")
            .next()
            .is_some_and(|place| place.split_inclusive('/').count() > 0 && place.contains(&at))
    })
}

#[test]
fn reader_and_schema_take_and_refuse_the_same_of_each_key() {
    let mut tried = 0;
    for (place, layout) in places() {
        for key in layout.keys {
            // The head stands in every policy here, and is asked about on its own.
            if place.trim() == "{}" && (HEAD.contains(&format!("{} =", key.name))) {
                continue;
            }
            let (good, bad) = values(key.form);
            for value in good {
                let text = policy(&place, key.name, &format!("{} = {value}", key.name));
                assert!(!reader_refuses(key, &text, true), "the reader refuses\n{text}");
                assert!(!schema_refuses(key, &text), "the schema refuses\n{text}\n{:?}", faults(&text));
                tried += 1;
            }
            for value in bad {
                let text = policy(&place, key.name, &format!("{} = {value}", key.name));
                assert!(
                    reader_refuses(key, &text, false),
                    "the reader takes\n{text}\n{:?}",
                    parse(&text, "", None).err()
                );
                assert!(schema_refuses(key, &text), "the schema takes\n{text}");
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn reader_and_schema_refuse_a_key_that_is_unknown_and_a_table_without_what_it_needs() {
    for (place, layout) in places() {
        let text = policy(&place, "", "zzzzzz = 1");
        let refused = parse(&text, "", None).unwrap_err();
        assert!(refused.iter().any(|fault| fault.message.contains("zzzzzz")), "{text}");
        assert!(faults(&text).iter().any(|fault| fault.contains("zzzzzz")), "{text}");
        for key in layout.keys {
            if place.trim() == "{}" {
                continue;
            }
            let text = policy(&place, key.name, "");
            let asked = faults(&text).iter().any(|fault| fault.ends_with(&format!("has no {}", key.name)));
            assert_eq!(asked, key.is_required, "{text} {}", key.name);
            if key.is_required {
                assert!(reader_refuses(key, &text, false), "{text} {}", key.name);
            }
        }
    }
    for key in ["schema", "name", "version"] {
        let without: String =
            HEAD.lines().filter(|line| !line.starts_with(key)).collect::<Vec<_>>().join("\n");
        assert!(parse(&without, "", None).is_err());
        assert!(!faults(&without).is_empty(), "{key}");
        for value in ["1", "\"\""] {
            let wrong = format!("{without}\n{key} = {value}\n");
            assert!(parse(&wrong, "", None).is_err());
            assert!(!faults(&wrong).is_empty(), "{wrong}");
        }
    }
    let newer = HEAD.replace("0.1", "0.2");
    assert!(parse(&newer, "", None).is_err() && !faults(&newer).is_empty());
}

#[test]
fn texts_of_a_form_are_refused_where_they_have_another() {
    for (bad, good) in [
        ("[[stage]]\nname = \"a b\"", "[[stage]]\nname = \"a-b\""),
        ("[controls]\nraise = [\"L4.01\"]", "[controls]\nraise = [\"L3.01\"]"),
        ("[[deny_identity]]\nsubject = \"someone\"", "[[deny_identity]]\nsubject = \"exact:someone\""),
        ("[[deny_identity]]\nsubject = \"regex:a\"", "[[deny_identity]]\nsubject = \"regex:^a$\""),
    ] {
        for (text, is_good) in [(bad, false), (good, true)] {
            let text = format!("{HEAD}{text}\n");
            assert_eq!(parse(&text, "", None).is_ok(), is_good, "{text}");
            assert_eq!(faults(&text).is_empty(), is_good, "{text}");
        }
    }
}

// ---- what keys mean ----

/// `[text](place)` is `text`.
fn without_links(markdown: &str) -> String {
    let mut out = String::new();
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once("](") {
        let (head, text) = before.rsplit_once('[').unwrap();
        out += head;
        out += text;
        rest = after.split_once(')').unwrap().1;
    }
    out + rest
}

#[test]
fn a_key_means_in_the_documentation_what_it_means_in_the_schema() {
    let page = include_str!("../../docs/policy.md");
    let mut told = BTreeSet::new();
    let mut column = None;
    for line in page.lines() {
        let cells: Vec<&str> =
            line.strip_prefix("| ").map(|row| row.split(" | ").collect()).unwrap_or_default();
        match cells.first() {
            None if !line.starts_with('|') => column = None,
            Some(&"key") => column = cells.iter().position(|cell| cell.trim_end_matches(" |") == "meaning"),
            Some(keys) if let Some(column) = column => {
                let meaning = without_links(cells[column].trim_end_matches(" |"));
                for key in keys.split(", ") {
                    let name = key.trim_matches('`').rsplit('.').next().unwrap();
                    told.insert((name.to_owned(), meaning.clone()));
                }
            }
            _ => {}
        }
    }
    let all = places().into_iter().flat_map(|(_, layout)| layout.keys).chain([&EXTENDS]);
    let known: BTreeSet<(String, String)> =
        all.map(|key| (key.name.to_owned(), key.meaning.to_owned())).collect();
    let missing: Vec<_> = known.difference(&told).collect();
    let unknown: Vec<_> = told.difference(&known).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "docs/policy.md lacks {missing:#?}\nand says {unknown:#?}"
    );
    // The schema says it as a sentence.
    let schema = schema();
    assert_eq!(schema["properties"]["expires"]["description"], "After this time the policy admits nothing.");
    let subject =
        &schema["properties"]["publisher"]["items"]["properties"]["identities"]["items"]["properties"];
    assert_eq!(subject["subject"]["description"], "Who signs: `exact:TEXT` or `regex:^…$`.");
}
