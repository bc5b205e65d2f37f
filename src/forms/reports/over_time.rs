//! What the reports over time say alike: what they assume, and which digests each of their figures rests on.

use super::super::form::Form;
use super::super::page::{Cell, Page, Table};
use crate::decision::Inputs;
use crate::store::EvidenceDigest;

/// The forms of reports over time.
pub(super) const FORMS_OVER_TIME: &[Form] = &[
    Form::Text,
    Form::Markdown,
    Form::Html,
    #[cfg(feature = "pdf")]
    Form::Pdf,
    Form::Json,
    Form::Csv,
];

/// A digest that a report rests on.
#[derive(Clone)]
pub(super) struct Input {
    when: &'static str,
    what: &'static str,
    name: String,
    digest: String,
}

impl Input {
    pub(super) fn new(when: &'static str, what: &'static str, name: &str, digest: &str) -> Self {
        Input { when, what, name: name.to_owned(), digest: digest.to_owned() }
    }
}

/// The inputs of a judgement.
pub(super) fn inputs(when: &'static str, inputs: &Inputs) -> Vec<Input> {
    let digest = |digest: &EvidenceDigest| digest.to_string();
    let mut rows = vec![
        Input::new(when, "evidence", "", &digest(&inputs.evidence)),
        Input::new(when, "policy", &inputs.policy.origin, &inputs.policy.digest),
        Input::new(when, "policy text", &inputs.policy.origin, &digest(&inputs.policy.text)),
    ];
    match &inputs.rubric {
        Some(rubric) => rows.push(Input::new(when, "rubric", "", &digest(rubric))),
        None => rows.push(Input::new(when, "rubric", "none: no level was judged", "")),
    }
    rows.push(Input::new(when, "trust anchors", "", &digest(&inputs.anchors)));
    match inputs.feeds.is_empty() {
        true => rows.push(Input::new(when, "feeds of warnings", "none loaded", "")),
        false => rows.extend(
            inputs
                .feeds
                .iter()
                .map(|feed| Input::new(when, "feed of warnings", &feed.name, &digest(&feed.digest))),
        ),
    }
    rows
}

/// What is taken to be as it is.
pub(super) fn assumes(assumes: &[&str], page: &mut Page) {
    page.heading("What this report assumes");
    let row = |one: &&str| vec![Cell::new(one)];
    page.add(Table { columns: vec!["taken to be so"], rows: assumes.iter().map(row).collect() });
}

/// All digests.
pub(super) fn rests_on(inputs: Vec<Input>, page: &mut Page) {
    page.heading("What this report rests on");
    page.note(
        "Each digest is SHA-256; that of the ledger is the hash of the last record. Evidence is the digest over the digests \
         of the evidence on each model, in the order of their ids.",
    );
    let row = |input: Input| {
        vec![Cell::new(input.when), Cell::new(input.what), Cell::new(input.name), Cell::code(input.digest)]
    };
    page.add(Table {
        columns: vec!["side", "what", "name", "digest"],
        rows: inputs.into_iter().map(row).collect(),
    });
}

/// A digest that may be missing.
pub(super) fn digest(digest: Option<EvidenceDigest>) -> Cell {
    digest.map(|digest| Cell::code(digest.to_string())).unwrap_or_default()
}
