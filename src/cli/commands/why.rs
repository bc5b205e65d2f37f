//! `why`: the shortest chain that caps a model, how to raise it, and why a stage refuses the model.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_judge};
use crate::documents::{Lift, WhyDocument, WhyKind, WhyRow, names};
use crate::error::{Code, Error, Result};
use crate::report;
use crate::words::Face;
use crate::words::chain::{cause, sentence};
use crate::words::why::{Kind, command, lift, why};
use clap::Args;

/// The arguments of `why`.
#[derive(Debug, Args)]
pub(crate) struct Why {
    /// The model's id
    model: String,
}

pub(super) fn run(arguments: &Why, common: &Common, output: &Output) -> Result<u8> {
    let view = open_to_judge(common)?.view();
    let index = find(&view, &arguments.model)?;
    let found = view.models.get(index).zip(view.verdict(index));
    let (model, verdict) =
        found.ok_or_else(|| Error::new(Code::NotFound, "no such model").at(&arguments.model))?;
    let case = report::case(&view, &verdict);
    let command_of = |step: &_| report::command_of(step, &model.id);
    let human =
        report::asked::cap_chain(&view, &model.id, &case.chain) + "\n" + &report::why(&case, &command_of);
    output.print(&human, || {
        let lifted = cause(&case.chain).map(|(id, why)| {
            let step = lift(id, why);
            Lift { command: step.deed.map(|deed| command(deed, id)), what: step.what }
        });
        let lines = why(&case, Face::Text, &command_of).into_iter().map(|line| WhyRow {
            kind: match line.kind {
                Kind::Heading => WhyKind::Heading,
                Kind::Cause => WhyKind::Cause,
                Kind::Step => WhyKind::Step,
                Kind::Cap => WhyKind::Cap,
                Kind::Must => WhyKind::Must,
                Kind::Note => WhyKind::Note,
            },
            about: line.lead,
            text: line.text,
            command: Some(line.how).filter(|how| !how.is_empty()),
        });
        WhyDocument {
            schema: names::Why,
            model: &model.id,
            own: verdict.assessment.score.own,
            effective: verdict.effective,
            chain: &case.chain,
            sentence: sentence(&case.chain),
            lift: lifted,
            lines: lines.collect(),
        }
    });
    Ok(0)
}
