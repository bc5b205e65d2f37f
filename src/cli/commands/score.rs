//! `score`: verifies models and shows their own and effective maturity level with the controls behind them.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_judge, remark, wait};
use crate::documents::{ScoreDocument, VerdictDocument, WayUpBody, names};
use crate::error::Result;
use crate::report;
use crate::signing::{Outcome, Stage};
use crate::workbench::JobKind;
use clap::Args;

/// The arguments of `score`.
#[derive(Debug, Args)]
pub(crate) struct Score {
    /// Ids of models
    #[arg(required = true)]
    models: Vec<String>,
    /// Show the controls of all levels
    #[arg(long)]
    all: bool,
    /// Show the way to the next level instead: the smallest sets of steps, each with who must act and its command
    #[arg(long, conflicts_with = "all")]
    next: bool,
}

/// The status is 1 when the files or their signature contradict what was signed, 3 when files changed since and could not
/// be verified, else 0. What a policy forbids of files that are as they were signed is for `gate`; the level says it.
pub(super) fn run(arguments: &Score, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_judge(common)?;
    let view = workbench.view();
    let indexes = arguments.models.iter().map(|name| find(&view, name)).collect::<Result<Vec<_>>>()?;
    let ids = indexes.iter().filter_map(|i| view.models.get(*i)).map(|m| m.id.clone()).collect();
    let done = wait(&workbench, JobKind::Score(ids), output);
    remark(&workbench, common, output);
    done?;
    let view = workbench.view();
    let mut human = String::new();
    let (mut judged, mut next) = (Vec::new(), Vec::new());
    let mut status = 0;
    for index in indexes {
        let (Some(model), Some(verdict)) = (view.models.get(index), view.verdict(index)) else {
            continue;
        };
        let name = report::with_mark(&model.name.screen(), view.name_mark(index));
        let case = report::case(&view, &verdict);
        match view.way_up(index).filter(|_| arguments.next) {
            Some(way_up) => {
                human.push_str(&report::score_line(&name, &case));
                human.push_str(&report::way_up::way_up(&view, &way_up));
                next.push(WayUpBody::of(&view, &way_up));
            }
            None => human.push_str(&report::score(&name, &case, arguments.all)),
        }
        // A level says nothing of files that contradict their signature, or are not those that were verified.
        let summary = view.summary(index);
        let is_forbidden_only = view.standing(index).is_some_and(|verified| {
            let mut failed =
                verified.verification.checks.iter().filter(|check| check.outcome == Outcome::Fail);
            failed.all(|check| check.stage == Stage::Policy)
        });
        status = match summary.outcome {
            Outcome::Fail if !is_forbidden_only || summary.is_ambiguous() => 1,
            _ if !summary.since.is_same() && status == 0 => 3,
            _ => status,
        };
        judged.push(verdict);
    }
    output.print(&human, || {
        let verdicts = judged.iter().map(|verdict| VerdictDocument::of(&view, verdict)).collect();
        ScoreDocument { schema: names::Score, verdicts, next }
    });
    Ok(status)
}
