//! A judge of values by JSON Schema, as far as our schemas go: a keyword that it does not know is a fault of its own,
//! so that no schema promises what nobody holds.

use serde_json::Value;

/// What speaks to people only.
const WORDS: [&str; 7] = ["$schema", "$id", "$defs", "title", "description", "default", "format"];

/// Everything that a schema has against a value, each with its place.
pub fn faults(root: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    judge(root, root, value, "", &mut faults);
    faults
}

fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    let mut faults = Vec::new();
    judge(root, schema, value, "", &mut faults);
    faults.is_empty()
}

fn judge(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let keywords = match schema {
        Value::Bool(true) => return,
        Value::Object(keywords) => keywords,
        _ => return faults.push(format!("{at}: may not be here")),
    };
    for (keyword, says) in keywords {
        let mut fault = |what: String| faults.push(format!("{at}: {what}"));
        match keyword.as_str() {
            "$ref" => {
                let place = says.as_str().unwrap().strip_prefix('#').unwrap();
                judge(root, root.pointer(place).expect(place), value, at, faults);
            }
            "type" => {
                let allowed: Vec<&Value> = says.as_array().map_or(vec![says], |list| list.iter().collect());
                if !allowed.iter().any(|name| is_a(value, name.as_str().unwrap())) {
                    fault(format!("is not {says}: {value}"));
                }
            }
            "const" if says != value => fault(format!("is not {says}: {value}")),
            "enum" if !says.as_array().unwrap().contains(value) => {
                fault(format!("is none of {says}: {value}"))
            }
            "const" | "enum" => {}
            "minimum" => {
                if value.as_f64().is_some_and(|number| number < says.as_f64().unwrap()) {
                    fault(format!("is less than {says}: {value}"));
                }
            }
            "maximum" => {
                if value.as_f64().is_some_and(|number| number > says.as_f64().unwrap()) {
                    fault(format!("is more than {says}: {value}"));
                }
            }
            "pattern" => {
                let pattern = regex_lite::Regex::new(says.as_str().unwrap()).unwrap();
                if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                    fault(format!("does not match {says}: {value}"));
                }
            }
            "required" => {
                let Some(members) = value.as_object() else { continue };
                for name in says.as_array().unwrap().iter().filter_map(Value::as_str) {
                    if !members.contains_key(name) {
                        fault(format!("has no {name}"));
                    }
                }
            }
            "properties" => {
                for (name, schema) in says.as_object().unwrap() {
                    if let Some(member) = value.get(name) {
                        judge(root, schema, member, &format!("{at}/{name}"), faults);
                    }
                }
            }
            "additionalProperties" => {
                let named = keywords.get("properties").and_then(Value::as_object);
                for (name, member) in value.as_object().into_iter().flatten() {
                    if !named.is_some_and(|named| named.contains_key(name)) {
                        judge(root, says, member, &format!("{at}/{name}"), faults);
                    }
                }
            }
            "prefixItems" => {
                for (index, schema) in says.as_array().unwrap().iter().enumerate() {
                    if let Some(item) = value.get(index) {
                        judge(root, schema, item, &format!("{at}/{index}"), faults);
                    }
                }
            }
            "items" => {
                let prefix = keywords.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
                for (index, item) in value.as_array().into_iter().flatten().enumerate().skip(prefix) {
                    judge(root, says, item, &format!("{at}/{index}"), faults);
                }
            }
            "minItems" => {
                if value.as_array().is_some_and(|items| (items.len() as u64) < says.as_u64().unwrap()) {
                    fault(format!("has fewer than {says} items"));
                }
            }
            "maxItems" => {
                if value.as_array().is_some_and(|items| items.len() as u64 > says.as_u64().unwrap()) {
                    fault(format!("has more than {says} items"));
                }
            }
            "anyOf" | "oneOf" => {
                let all = says.as_array().unwrap();
                let many = all.iter().filter(|schema| fits(root, schema, value)).count();
                if many == 0 || keyword == "oneOf" && many > 1 {
                    // Of several forms, what the nearest one has against it.
                    let nearest = all.iter().map(|schema| {
                        let mut faults = Vec::new();
                        judge(root, schema, value, at, &mut faults);
                        faults
                    });
                    let nearest = nearest.min_by_key(Vec::len).unwrap_or_default();
                    fault(format!("fits {many} of {} forms: {}", all.len(), nearest.join("; ")));
                }
            }
            "allOf" => {
                for schema in says.as_array().unwrap() {
                    judge(root, schema, value, at, faults);
                }
            }
            other => assert!(WORDS.contains(&other), "the schema says {other}, and nobody judges that"),
        }
        if keyword == "format" && says == "date-time" {
            let is_time = |text: &str| text.parse::<jiff::Timestamp>().is_ok();
            if value.as_str().is_some_and(|text| !is_time(text)) {
                faults.push(format!("{at}: is not a time: {value}"));
            }
        }
    }
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => panic!("no type {name}"),
    }
}
