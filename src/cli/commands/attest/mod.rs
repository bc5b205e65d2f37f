//! `attest`: makes claims about a model: how it was made, its training data and configuration, its evaluation
//! results, its card, what it runs with, and decisions. Each is a statement about the model's root digest,
//! checked against the registry of predicates, signed, and appended to the model's claims.

mod content;
mod inherit;
mod making;
mod parts;
mod provenance;
mod verdicts;

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::error::Result;
use clap::Subcommand;

/// The commands of `attest`.
#[derive(Debug, Subcommand)]
pub(crate) enum Attest {
    Provenance(provenance::Provenance),
    Data(content::Data),
    Config(content::Config),
    Evaluation(content::Evaluation),
    Card(content::Card),
    Composition(content::Composition),
    Review(verdicts::Review),
    Summary(verdicts::Summary),
    Inherit(inherit::Inherit),
}

pub(super) fn run(arguments: &Attest, common: &Common, output: &Output) -> Result<u8> {
    match arguments {
        Attest::Provenance(with) => provenance::run(with, common, output),
        Attest::Data(with) => content::data(with, common, output),
        Attest::Config(with) => content::config(with, common, output),
        Attest::Evaluation(with) => content::evaluation(with, common, output),
        Attest::Card(with) => content::card(with, common, output),
        Attest::Composition(with) => content::composition(with, common, output),
        Attest::Review(with) => verdicts::review(with, common, output),
        Attest::Summary(with) => verdicts::summary(with, common, output),
        Attest::Inherit(with) => inherit::run(with, common, output),
    }
}
