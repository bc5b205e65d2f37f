//! `gate`: verifies a model and decides whether it may enter a stage. The decision is recorded.

use crate::cli::common::Common;
use crate::cli::flags::{Location, Part};
use crate::cli::output::Output;
use crate::cli::session::{find_at, open_at, remark};
use crate::decision::Decision;
use crate::documents::VerdictDocument;
use crate::error::Result;
use crate::inventory::ModelId;
use crate::report;
use clap::Args;

/// The arguments of `gate`.
#[derive(Debug, Args)]
pub(crate) struct Gate {
    /// The model's id
    model: String,
    /// The stage
    #[arg(long)]
    stage: String,
    /// End with 0 when admitted with warnings; recorded
    #[arg(long)]
    allow_warn: bool,
    #[command(flatten)]
    part: Part,
    #[command(flatten)]
    location: Location,
}

/// The status is 0 when it may, 5 when it may with warnings, 1 when it may not.
pub(super) fn run(arguments: &Gate, common: &Common, output: &Output) -> Result<u8> {
    let Gate { model, stage, allow_warn, part, location } = arguments;
    let workbench = open_at(common, location, part)?;
    let view = workbench.view();
    let id = view
        .models
        .get(find_at(&view, model, location)?)
        .map_or_else(|| ModelId::new(model), |m| m.id.clone());
    let verdict = workbench.gate(&id, stage, *allow_warn);
    remark(&workbench, common, output);
    let verdict = verdict?;
    let view = workbench.view();
    let reviews =
        view.model(&id).map(|(index, _)| report::standing_reviews(&view, index)).unwrap_or_default();
    let odd = view.model(&id).and_then(|(index, _)| view.name_mark(index));
    let human = format!(
        "{}\n{}{}{reviews}",
        report::with_mark(&id.screen(), odd),
        report::about(&view.about(&id)),
        report::verdict(&report::case(&view, &verdict))
    );
    output.print(&human, || VerdictDocument::of(&view, &verdict));
    Ok(match verdict.decision {
        Decision::Admit => 0,
        Decision::Warn if *allow_warn => 0,
        Decision::Warn => 5,
        Decision::Refuse => 1,
        Decision::NotJudged => 3,
    })
}
