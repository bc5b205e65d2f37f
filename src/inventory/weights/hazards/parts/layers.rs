//! The layers that a configuration of Keras names.

use serde_json::Value;

use super::lines::Lines;

/// Values of one configuration.
const MAX_VALUES: usize = 100_000;

/// Tells each class with the name of its layer, in the order of the file.
pub(super) fn tell(config: &Value, lines: &mut Lines) {
    let mut waiting = vec![config];
    let mut left = MAX_VALUES;
    while let Some(value) = waiting.pop() {
        let Some(rest) = left.checked_sub(1) else { return };
        left = rest;
        match value {
            Value::Array(items) => waiting.extend(items.iter().rev()),
            Value::Object(fields) => {
                let inner = fields.get("config");
                let name = inner.and_then(|inner| inner.get("name")).and_then(Value::as_str);
                let class = fields.get("class_name").and_then(Value::as_str);
                // Initialisers and the like have no name.
                let is_policy = class.is_some_and(|class| class.ends_with("Policy"));
                if let (Some(class), Some(name), false) = (class, name, is_policy) {
                    let module = fields.get("module").and_then(Value::as_str);
                    let module = module.map(|module| format!("  of {module}")).unwrap_or_default();
                    lines.add_counted("layer", format!("{class} {name}{module}"));
                } else if let Some(class) = class.filter(|class| matches!(*class, "Lambda" | "__lambda__")) {
                    lines.add_counted("layer", class);
                }
                waiting.extend(fields.values().rev());
            }
            _ => {}
        }
    }
}
