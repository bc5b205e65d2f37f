//! JUnit XML: a check is a test case, and so is the decision.

use super::finding::{Effect, Finding, findings, is_let_in, title};
use crate::decision::Verdict;
use crate::forms::html::escaped;
use crate::view::View;
use std::fmt::Write;

/// A gate's decision as one test suite. It has a failure exactly when the model may not enter.
pub fn junit(view: &View, verdict: &Verdict, allow_warn: bool) -> String {
    let decision = Finding {
        code: "DECISION".to_owned(),
        check: None,
        effect: if is_let_in(verdict, allow_warn) { Effect::Passes } else { Effect::Refuses },
        text: title(verdict),
        remedy: String::new(),
    };
    let cases: Vec<Finding> = findings(view, verdict).into_iter().chain([decision]).collect();
    let many = |effects: &[Effect]| cases.iter().filter(|case| effects.contains(&case.effect)).count();
    let (failures, skipped) = (many(&[Effect::Refuses]), many(&[Effect::Warns, Effect::Noted]));
    let (all, name) = (cases.len(), escaped(&title(verdict)));
    let counts = format!("tests=\"{all}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"");
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites {counts}>");
    let _ = writeln!(out, "  <testsuite name=\"{name}\" {counts} timestamp=\"{}\">", view.at);
    let class = escaped(&format!("touchmark.gate.{}", crate::text::screen(&verdict.stage)));
    for case in &cases {
        let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{}\"", escaped(&case.code));
        let (text, remedy) = (escaped(&case.text), escaped(&case.remedy));
        let _ = match case.effect {
            Effect::Passes => writeln!(out, "/>"),
            Effect::Noted => writeln!(out, "><skipped message=\"{text}\"/></testcase>"),
            Effect::Warns => writeln!(out, "><skipped message=\"warning: {text}\"/></testcase>"),
            Effect::Refuses => {
                let code = escaped(&case.code);
                writeln!(out, "><failure type=\"{code}\" message=\"{text}\">{remedy}</failure></testcase>")
            }
        };
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}
