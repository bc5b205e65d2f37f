//! SARIF 2.1.0: a finding is a result under the rule of its code, and a file that differs is its location.

use super::finding::{Effect, Finding, files, findings, title};
use crate::decision::Verdict;
use crate::forms::sarif::{Found, Level, Location, Message, Rule, Sarif};
use crate::signing::{CheckCode, Stage, code_info};
use crate::view::View;

/// More results than programs that read SARIF show.
const MOST_RESULTS: usize = 5000;

/// What a gate found, without what passes. Paths are relative to the workspace.
pub fn sarif(view: &View, verdict: &Verdict) -> Sarif<Vec<Found>> {
    let place = view.about(&verdict.model).location;
    let place = place.as_ref().map(|place| place.raw()).unwrap_or_default();
    let mut rules: Vec<Rule> = Vec::new();
    let mut results = Vec::new();
    for finding in findings(view, verdict) {
        let level = match finding.effect {
            Effect::Passes => continue,
            Effect::Noted => Level::Note,
            Effect::Warns => Level::Warning,
            Effect::Refuses => Level::Error,
        };
        let differ = || view.verification_of(&verdict.model).into_iter().flat_map(files);
        if finding.check.is_some_and(|check| check.stage() == Stage::Files) && differ().next().is_some() {
            for (code, name) in differ() {
                let about = of_check(code).unwrap_or_default();
                let text = format!("{about} {}: {}", name.screen(), title(verdict));
                let path = format!("{place}/{}", name.raw());
                results.push(found(&mut rules, code.as_str(), (level, text, &path), &finding));
            }
        } else {
            let text = format!("{} ({})", finding.text, title(verdict));
            results.push(found(&mut rules, &finding.code, (level, text, place), &finding));
        }
    }
    results.truncate(MOST_RESULTS);
    Sarif::new(rules, results)
}

fn found(
    rules: &mut Vec<Rule>,
    code: &str,
    (level, text, path): (Level, String, &str),
    finding: &Finding,
) -> Found {
    let index = rules.iter().position(|rule| rule.id == code).unwrap_or_else(|| {
        let check = CheckCode::parse(code);
        let about = check.and_then(of_check).map_or_else(|| finding.text.clone(), str::to_owned);
        let remedy = Some(finding.remedy.clone()).filter(|remedy| !remedy.is_empty());
        let help = remedy.map(|text| Message { text });
        rules.push(Rule { id: code.to_owned(), about: Message { text: about }, help });
        rules.len() - 1
    });
    Found {
        rule: code.to_owned(),
        index,
        kind: None,
        level,
        message: Message { text },
        locations: [Location::file(path)],
        fingerprints: None,
    }
}

/// What a code means.
fn of_check(code: CheckCode) -> Option<&'static str> {
    code_info(code).map(|info| info.meaning)
}
