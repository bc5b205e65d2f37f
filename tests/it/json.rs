//! JSON of others, read within limits.

use serde_json::{Value, json};
use touchmark::error::{Code, Error, Result};
use touchmark::json::{parse, parse_items, parse_tree};

/// The list under `a.list`, item by item, and the rest.
fn items(text: &str) -> Result<(Vec<(usize, Value)>, Value)> {
    let mut items = Vec::new();
    let mut take = |index, item| {
        items.push((index, item));
        Ok(())
    };
    let rest = parse_items(text.as_bytes(), 8, &["a", "list"], &mut take)?;
    Ok((items, rest))
}

#[test]
fn a_flood_of_values_is_refused_however_it_is_written() {
    let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
    let nested = |count: usize| format!("[{}]", vec!["[0]"; count].join(","));
    assert!(parse(list(499_999).as_bytes(), 8).is_ok());
    for text in [list(500_000), nested(250_000), format!("{{\"a\":{}}}", list(500_000))] {
        assert_eq!(parse(text.as_bytes(), 8).unwrap_err().code, Code::TooLarge);
    }
}

#[test]
fn the_items_of_a_list_come_one_by_one_with_their_index_and_count_for_themselves() {
    let (found, rest) = items(r#"{"list":[9],"a":{"list":[1,{"x":[2]},"3"],"b":[4]},"c":5}"#).unwrap();
    assert_eq!(found, [(0, json!(1)), (1, json!({"x":[2]})), (2, json!("3"))]);
    assert_eq!(rest, json!({"list":[9],"a":{"list":[],"b":[4]},"c":5}));
    // More of them than a document may hold values.
    let many = format!(r#"{{"a":{{"list":[{}]}}}}"#, vec!["[0]"; 600_000].join(","));
    assert_eq!(items(&many).unwrap().0.len(), 600_000);
    // One alone is bounded, too: 64 values, itself among them.
    let one = |count: usize| format!(r#"{{"a":{{"list":[1,[{}]]}}}}"#, vec!["0"; count].join(","));
    assert_eq!(items(&one(63)).unwrap().0.len(), 2);
    assert_eq!(items(&one(64)).unwrap_err().code, Code::TooLarge);
    // And what comes after the list has what was left before it.
    let after = |count: usize| format!(r#"{{"a":{{"list":[1]}},"rest":[{}]}}"#, vec!["0"; count].join(","));
    assert!(items(&after(400_000)).is_ok());
    assert_eq!(items(&after(500_000)).unwrap_err().code, Code::TooLarge);
}

#[test]
fn only_the_list_at_the_end_of_the_path_is_handed_over() {
    for text in [
        r#"{"b":{"list":[1]}}"#,
        r#"{"a":[{"list":[1]}]}"#,
        r#"[{"a":{"list":[1]}}]"#,
        r#"{"a":{"b":{"list":[1]}}}"#,
        r#"{"a":{"list":{"list":[1]}}}"#,
        r#"{"list":[1]}"#,
    ] {
        let (found, rest) = items(text).unwrap();
        assert_eq!((found, rest), (Vec::new(), serde_json::from_str(text).unwrap()), "{text}");
    }
}

#[test]
fn what_the_taker_of_items_says_stops_the_reading() {
    let mut taken = 0;
    let mut take = |_, _| {
        taken += 1;
        if taken == 2 { Err(Error::new(Code::Cancelled, "enough")) } else { Ok(()) }
    };
    let error = parse_items(br#"{"list":[1,2,3]}"#, 8, &["list"], &mut take).unwrap_err();
    assert_eq!((error.code, error.what.as_str(), taken), (Code::Cancelled, "enough", 2));
}

#[test]
fn the_depth_counts_within_items_too() {
    assert!(items(r#"{"a":{"list":[[[[[[0]]]]]]}}"#).is_ok());
    assert_eq!(items(r#"{"a":{"list":[[[[[[[0]]]]]]]}}"#).unwrap_err().code, Code::TooLarge);
}

#[test]
fn of_keys_that_are_repeated_the_first_few_are_noted() {
    let text =
        format!("{{{}}}", (0..40).map(|n| format!("\"k{}\":{n}", n / 2)).collect::<Vec<_>>().join(","));
    let tree = parse_tree(text.as_bytes()).unwrap();
    assert_eq!(tree.duplicates, (0..16).map(|n| format!("k{n}")).collect::<Vec<_>>());
    assert_eq!((tree.root.as_object().unwrap().len(), &tree.root["k19"]), (20, &json!(39)));
}
