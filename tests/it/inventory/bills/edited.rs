//! Editing a bill: one value changes, and nothing else does.

use serde_json::{Value, json};
use touchmark::inventory::json_edit::set;

/// All leaves with their pointers.
fn leaves(value: &Value, at: &str, out: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(key, value)| {
                leaves(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), out)
            });
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &format!("{at}/{index}"), out));
        }
        leaf => out.push((at.to_owned(), leaf.clone())),
    }
}

fn leaves_of(bytes: &[u8]) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    leaves(&serde_json::from_slice(bytes).unwrap(), "", &mut out);
    out
}

#[test]
fn one_value_is_set_and_every_other_byte_stays() {
    let before = "\u{feff} {\n  \"a\" : [1.50, 1e2, {\"x\\u0041\": \"\\\"}]\\\\\"}],\t\"b/c\":{ }, \"n\":12345678901234567890123, \"a\\u0062\":null}\n";
    for (pointer, value, after) in [
        ("/a/1", json!(7), before.replace("1e2", "7")),
        ("/a/2/xA", json!({"y": []}), before.replace("\"\\\"}]\\\\\"", "{\"y\":[]}")),
        ("/b~1c", json!("new"), before.replace("{ }", "\"new\"")),
        ("/b~1c/k", json!(1), before.replace("{ }", "{\"k\":1 }")),
        ("/ab", json!(true), before.replace("null", "true")),
        ("/a/-", json!(false), before.replace("\"}],", "\"},false],")),
        ("/new", json!(0), before.replace("null}", "null,\"new\":0}")),
        ("/n", json!(1), before.replace("12345678901234567890123", "1")),
    ] {
        let changed = set(before.as_bytes(), pointer, &value).unwrap();
        assert_eq!(String::from_utf8(changed).unwrap(), after, "{pointer}");
    }
}

#[test]
fn a_pointer_that_leads_nowhere_changes_nothing() {
    let document = br#"{"a":[1],"b":{"c":1},"d":"{"}"#;
    for pointer in ["/x/y", "/a/1", "/a/b", "/b/c/d", "a", "/d/x", "/a/-/x"] {
        assert!(set(document, pointer, &json!(1)).is_err(), "{pointer}");
    }
    assert!(set(b"{\"a\":", "/a", &json!(1)).is_err());
    assert!(set("[".repeat(10_000).as_bytes(), "/0", &json!(1)).is_err());
    assert_eq!(set(document, "", &json!(1)).unwrap(), b"1");
    // The last of two members of one name is the one that counts.
    assert_eq!(set(br#"{"a":1,"a":2}"#, "/a", &json!(3)).unwrap(), br#"{"a":1,"a":3}"#);
}

#[test]
fn every_leaf_of_every_bill_of_the_corpus_survives_the_edit_of_another() {
    let Some(corpus) = std::env::var_os(super::CORPUS) else {
        eprintln!("SKIPPED: the corpus of bills, {} is not set", super::CORPUS);
        return;
    };
    let mut counted = 0;
    for folder in ["cyclonedx", "spdx"] {
        for entry in std::fs::read_dir(std::path::Path::new(&corpus).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let before = leaves_of(&bytes);
            // Some leaves of each, the first and the last among them.
            for index in (0..before.len()).step_by(before.len() / 7 + 1).chain([before.len() - 1]) {
                let (pointer, old) = &before[index];
                let changed = set(&bytes, pointer, &json!("another value")).unwrap();
                let after = leaves_of(&changed);
                assert_eq!(before.len(), after.len(), "{} {pointer}", path.display());
                let differ: Vec<_> = before.iter().zip(&after).filter(|(one, other)| one != other).collect();
                assert!(differ.len() == 1 && differ[0].0.0 == *pointer, "{} {pointer}", path.display());
                // And back again.
                let again = set(&changed, pointer, old).unwrap();
                assert_eq!(leaves_of(&again), before);
            }
            counted += before.len();
        }
    }
    assert!(counted > 3_000, "{counted} leaves");
}
