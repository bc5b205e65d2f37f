//! Compares Touchmark's three-valued logic with the candidate vectors of CoSAI's workstream 1 (pull request 33 of
//! `cosai-oasis/ws1-supply-chain`, `contributions/deployment-decision/vectors.json`, experimental v0.1):
//! `cargo run --example cosai-vectors -- vectors.json`.
//!
//! Each vector is evaluated twice. By the contract of the vectors, a claim by a stranger, with a bad signature, about
//! other bytes or outside its time is a failure. By Touchmark's rule such a claim does not count, as if it
//! had never been made: otherwise anyone who can append a line could have a model refused. `docs/cosai-vectors.md`
//! explains the difference. JSON is read, canonicalised and ranked by the library; the format itself is known only here.
#![allow(clippy::disallowed_methods)]

mod judge;
mod wire;

use judge::{Rule, evaluate};
use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;
use wire::{Vectors, Verdict};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "{why}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Fallible<bool> {
    let file = std::env::args().nth(1).ok_or("usage: cosai-vectors FILE")?;
    let vectors: Vectors = serde_json::from_slice(&std::fs::read(&file)?)?;
    let mut out = std::io::stdout().lock();
    let (mut agree, mut admit_alike) = (0, 0);
    let mut different: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for case in &vectors.cases {
        let by_contract = evaluate(&case.input, Rule::Contract);
        let by_touchmark = evaluate(&case.input, Rule::Touchmark);
        match by_contract == case.expected {
            true => agree += 1,
            false => writeln!(out, "DIFFERS {}: {by_contract:?}, expected {:?}", case.id, case.expected)?,
        }
        admit_alike += usize::from(by_touchmark.decision == case.expected.decision);
        let word = |verdict: &Verdict| verdict.verdict.clone().unwrap_or_else(|| verdict.status.clone());
        let (theirs, ours) = (word(&case.expected), word(&by_touchmark));
        if theirs != ours {
            different.entry((theirs, ours)).or_default().push(case.id.clone());
        }
    }
    let all = vectors.cases.len();
    writeln!(out, "{}: {all} vectors", touchmark::text::screen(&vectors.profile))?;
    writeln!(out, "by the contract's rule: {agree} of {all} agree in status, verdict, decision and reasons")?;
    writeln!(out, "by Touchmark's rule: {admit_alike} of {all} agree in the decision")?;
    for ((theirs, ours), cases) in &different {
        writeln!(out, "  {theirs} there, {ours} here: {}", cases.len())?;
        for case in cases {
            writeln!(out, "    {}", touchmark::text::screen(case))?;
        }
    }
    Ok(agree == all && admit_alike == all)
}
