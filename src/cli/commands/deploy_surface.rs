//! `deploy declare` and `deploy surface`: what surrounds a model where it runs.

use crate::cli::output::Output;
use crate::documents::DeploymentSurfaceDocument;
use crate::error::Result;
use crate::incident::{Declared, shared_profiles};
use crate::report::surface as report;
use crate::workbench::Workbench;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `deploy declare`.
#[derive(Debug, Args)]
pub(crate) struct Declare {
    /// The place, as `deploy add --where` named it
    place: String,
    /// The TOML file that declares it: owners, contacts, tools, MCP descriptors, data sets, and what is logged
    file: PathBuf,
    /// Who declares it
    #[arg(long, value_name = "NAME")]
    by: String,
}

/// The arguments of `deploy surface`.
#[derive(Debug, Args)]
pub(crate) struct Surface {
    /// The place, as `deploy add --where` named it
    place: String,
}

pub(super) fn declare(arguments: &Declare, workbench: &Workbench, output: &Output) -> Result<u8> {
    let Declare { place, file, by } = arguments;
    shown(&workbench.declare_surface(place, file, by)?, output)
}

pub(super) fn surface(arguments: &Surface, workbench: &Workbench, output: &Output) -> Result<u8> {
    shown(&workbench.surface(&arguments.place)?, output)
}

fn shown(declared: &Declared, output: &Output) -> Result<u8> {
    let profiles = shared_profiles()?;
    output
        .print(&report::surface(declared, &profiles), || DeploymentSurfaceDocument::of(declared, &profiles));
    Ok(0)
}
