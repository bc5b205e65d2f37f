//! `gate`: verifies a model and decides whether it may enter a stage. The decision is recorded.

use crate::cli::common::{Common, Format};
use crate::cli::flags::{Location, Part};
use crate::cli::judged;
use crate::cli::output::Output;
use crate::cli::session::{find_at, open_at, remark};
use crate::error::Result;
use crate::forms::{junit, sarif};
use crate::inventory::ModelId;
use crate::policy::Moment;
use clap::{Args, ValueEnum};

/// The arguments of `gate`.
#[derive(Debug, Args)]
pub(crate) struct Gate {
    /// The model's id
    model: String,
    /// The stage
    #[arg(long)]
    stage: String,
    /// When the gate is asked; a stage whose `at` leaves this out is an error
    #[arg(long, value_enum, default_value_t = When::Pull)]
    when: When,
    /// End with 0 when admitted with warnings; recorded
    #[arg(long)]
    allow_warn: bool,
    #[command(flatten)]
    part: Part,
    #[command(flatten)]
    location: Location,
}

/// The moments of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Pull,
    Load,
    Periodic,
}

impl From<When> for Moment {
    fn from(when: When) -> Self {
        match when {
            When::Pull => Moment::Pull,
            When::Load => Moment::Load,
            When::Periodic => Moment::Periodic,
        }
    }
}

/// The status is that of the decision.
pub(super) fn run(arguments: &Gate, common: &Common, output: &Output) -> Result<u8> {
    let Gate { model, stage, when, allow_warn, part, location } = arguments;
    let workbench = open_at(common, location, part)?;
    let view = workbench.view();
    let id = view
        .models
        .get(find_at(&view, model, location)?)
        .map_or_else(|| ModelId::new(model), |m| m.id.clone());
    let verdict = workbench.gate_at((stage, Moment::from(*when)), &id, *allow_warn);
    remark(&workbench, common, output);
    let (verdict, _) = verdict?;
    let view = workbench.view();
    match common.format {
        Format::Human | Format::Json => judged::print(&view, &verdict, output),
        Format::Junit => output.made(&junit(&view, &verdict, *allow_warn)),
        Format::Sarif => output.document(&sarif(&view, &verdict)),
    }
    Ok(judged::status(verdict.decision, *allow_warn))
}
