//! `review`: records what a reviewer says of models, takes it back, and shows what was said.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_browse;
use crate::documents::{ReviewDocument, ReviewHistoryDocument, ReviewedDocument, names};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::report;
use crate::text::{count, screen};
use crate::view::{ReviewWord, View};
use crate::words::reviews::{Kinds, against, does};
use crate::workbench::{ReviewAct, Workbench};
use clap::Args;

/// The arguments of `review`.
#[derive(Debug, Args)]
pub(crate) struct Review {
    /// What you say: approve, reject, ask (the producer was asked), take-back with --of, or break-glass with --hours
    word: Option<String>,
    /// The ids of the models; all of them are recorded, or none. MODEL WORD is understood too
    models: Vec<String>,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    /// The number of the record to take back, as `review --history` and `ledger show` list it
    #[arg(long, value_name = "RECORD", conflicts_with = "undo")]
    of: Option<u64>,
    /// The stage that is to warn instead of refusing; with break-glass
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// For how many hours; with break-glass
    #[arg(long, value_name = "N")]
    hours: Option<u32>,
    /// Take back your latest reviews that still stand: all that were recorded together
    #[arg(long)]
    undo: bool,
    /// List all reviews of one model, newest first, with what was taken back
    #[arg(long)]
    history: bool,
}

const WORDS: [(&str, ReviewWord); 5] = [
    ("approve", ReviewWord::Approve),
    ("reject", ReviewWord::Reject),
    ("ask", ReviewWord::AskProducer),
    ("take-back", ReviewWord::TakeBack),
    ("break-glass", ReviewWord::BreakGlass),
];

/// The reason of `--undo` where none is given.
const UNDONE: &str = "undone";

pub(super) fn run(arguments: &Review, common: &Common, output: &Output) -> Result<u8> {
    let named: Vec<&str> = arguments.word.iter().chain(&arguments.models).map(String::as_str).collect();
    if arguments.history {
        if arguments.undo || arguments.reason.is_some() || arguments.of.is_some() {
            return Err(usage("--history only lists", "leave out --undo, --reason and --of"));
        }
        return match named.as_slice() {
            [model] => history(&open_to_browse(common, output)?, &ModelId::new(model), output),
            _ => Err(usage(
                "--history shows the reviews of one model",
                "name it: `touchmark review --history MODEL`",
            )),
        };
    }
    if arguments.undo {
        if !named.is_empty() {
            return Err(usage(
                "--undo takes back your latest reviews and takes no names",
                "use `touchmark review take-back MODEL --of RECORD --reason WHY` for another one",
            ));
        }
        return undo(&open_to_browse(common, output)?, arguments.reason.as_deref(), output);
    }
    let (word, models) = said(&named)?;
    let Some(reason) = arguments.reason.as_deref() else {
        return Err(usage("a review needs a reason", "add --reason WHY"));
    };
    let is_glass = word == ReviewWord::BreakGlass;
    if arguments.hours.is_some() != is_glass || arguments.stage.is_some() != is_glass {
        return Err(usage(
            "--stage, --hours and break-glass go together",
            "`touchmark review break-glass MODEL --stage STAGE --hours N --reason WHY`",
        ));
    }
    let act = match (word, arguments.of, models.as_slice()) {
        (ReviewWord::BreakGlass, None, models) => {
            let workbench = open_to_browse(common, output)?;
            let stage = arguments.stage.as_deref().unwrap_or_default();
            workbench.break_glass(models, stage, arguments.hours.unwrap_or_default(), reason)?
        }
        (ReviewWord::TakeBack, Some(of), [model]) => {
            let workbench = open_to_browse(common, output)?;
            let record = workbench.take_back(model, of, reason)?;
            ReviewAct { word, reason: reason.into(), records: vec![(model.clone(), record)] }
        }
        (ReviewWord::TakeBack, Some(_), _) => {
            return Err(usage("a record is of one model", "name the one that the record is of"));
        }
        (ReviewWord::TakeBack, None, _) => {
            return Err(usage(
                "which review is to be taken back is not said",
                "name its record with --of, or use --undo for your latest reviews",
            ));
        }
        (_, Some(_), _) => {
            return Err(usage(
                "--of names the review that is taken back",
                "leave it out, or write `take-back` as the word",
            ));
        }
        (_, None, _) => {
            let workbench = open_to_browse(common, output)?;
            let against = against(&kinds(&workbench.view(), &models));
            let act = workbench.review_all(&models, word, reason)?;
            if word == ReviewWord::Approve && !against.is_empty() {
                output.note(&format!("! {against}. {}", does(word, &[])));
            }
            act
        }
    };
    tell(&act, "recorded", output);
    Ok(0)
}

/// The word and the models: the word first, or after the only model.
fn said(named: &[&str]) -> Result<(ReviewWord, Vec<ModelId>)> {
    let word_of = |text: &str| WORDS.iter().find(|(word, _)| *word == text).map(|(_, word)| *word);
    let ids = |models: &[&str]| models.iter().map(|model| ModelId::new(model)).collect();
    // As it was written before several models could be named: a model may have the name of a word.
    if let [model, word] = named
        && let Some(word) = word_of(word)
    {
        return Ok((word, ids(&[model])));
    }
    match named.split_first() {
        None => Err(usage(
            "neither a word nor a model is named",
            "write `touchmark review approve MODEL --reason WHY`",
        )),
        Some((word, models)) => match (word_of(word), models) {
            (Some(_), []) => Err(usage("no model is named", "name the models after the word")),
            (Some(word), models) => Ok((word, ids(models))),
            (None, _) => Err(usage(
                &format!("`{}` is no word of a review", screen(word)),
                "write approve, reject, ask, take-back or break-glass, then the models",
            )),
        },
    }
}

fn usage(what: &str, help: &str) -> Error {
    Error::new(Code::Usage, what).help(help)
}

fn kinds(view: &View, models: &[ModelId]) -> Kinds {
    let known = models.iter().filter_map(|id| Some(view.summary(view.model(id)?.0)));
    known.fold(Kinds::default(), |kinds, summary| kinds.and(summary.outcome, summary.review))
}

fn undo(workbench: &Workbench, reason: Option<&str>, output: &Output) -> Result<u8> {
    let act = workbench.latest_review()?.ok_or_else(|| {
        Error::new(Code::NotFound, "no review of yours stands")
            .help("`touchmark review --history MODEL` lists who said what of a model")
    })?;
    let undone = workbench.undo_review(&act, reason.unwrap_or(UNDONE))?;
    tell(&undone, &format!("took back `{}`", act.word.word()), output);
    Ok(0)
}

fn tell(act: &ReviewAct, what: &str, output: &Output) {
    let Some((_, first)) = act.records.first() else { return };
    let last = act.records.last().map_or(first.number, |(_, last)| last.number);
    let human = match act.records.len() {
        1 => format!("✓ {what}  {} (record {})\n", act.word.word(), first.number),
        many => {
            let models = count(many, "model");
            format!("✓ {what}  {} · {models} (records {} to {last})\n", act.word.word(), first.number)
        }
    };
    output.print(&human, || ReviewDocument {
        schema: names::Review,
        word: act.word,
        record: *first,
        records: act
            .records
            .iter()
            .map(|(model, record)| ReviewedDocument { model: model.clone(), record: *record })
            .collect(),
    });
}

fn history(workbench: &Workbench, model: &ModelId, output: &Output) -> Result<u8> {
    let past = workbench.review_history(model)?;
    if past.is_empty() && workbench.view().model(model).is_none() {
        return Err(Error::new(Code::NotFound, "the inventory has no such model, and no review names it")
            .at(model.raw())
            .help("`touchmark list` shows the models"));
    }
    let human = match past.is_empty() {
        true => "this model was not reviewed\n".to_owned(),
        false => report::reviews(&past),
    };
    output.print(&human, || ReviewHistoryDocument {
        schema: names::ReviewHistory,
        model: model.clone(),
        reviews: &past,
    });
    Ok(0)
}
