//! `bind`: verifies a model and writes what was verified into a bill of the workspace's own.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, finish, open_to_judge};
use crate::documents::BindDocument;
use crate::error::{Code, Error, Result};
use crate::report;
use crate::signing::Outcome;
use crate::workbench::JobKind;
use clap::Args;

/// The arguments of `bind`.
#[derive(Debug, Args)]
pub(crate) struct Bind {
    /// The model's id
    model: String,
}

pub(super) fn run(arguments: &Bind, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_judge(common)?;
    let view = workbench.view();
    let index = find(&view, &arguments.model)?;
    let model = view.models.get(index).filter(|model| model.signature.is_some()).ok_or_else(|| {
        Error::new(Code::Evidence, "this model has no signature, so there is nothing to bind")
            .at(&arguments.model)
            .help("sign it, or ask its producer to")
    })?;
    let id = model.id.clone();
    finish(&workbench, JobKind::Verify(vec![id.clone()]), output)?;
    let view = workbench.view();
    let verified = view.model(&id).and_then(|(index, _)| view.standing(index));
    if let Some(verified) = verified.filter(|verified| verified.verification.outcome() == Outcome::Fail) {
        output.note(&report::verification(&id.screen(), &verified.verification, None, false));
        output.note("✗ FAIL  nothing was written: the verification of this model fails");
        return Ok(1);
    }
    let bound = workbench.bind(&id)?;
    finish(&workbench, JobKind::Scan, output)?;
    let view = workbench.view();
    if let Some(disagreement) = view.model(&id).and_then(|(_, model)| model.disagreement()) {
        let others: Vec<String> =
            disagreement.sources.iter().filter(|source| **source != bound.bill).map(|s| s.screen()).collect();
        output.note(&format!("! contradicted  {}: {}", id.screen(), others.join(", ")));
    }
    let human = format!(
        "✓ bound  {}  {}  root digest {}\n",
        id.screen(),
        bound.bill.screen(),
        bound.proof.root_digest
    );
    output.print(&human, || BindDocument::of(&bound.model, &bound.bill, &bound.proof));
    Ok(0)
}
