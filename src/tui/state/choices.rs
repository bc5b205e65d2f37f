//! What a command can go on with after its key: one more key each, shown while it is waited for. It changes nothing.

use crate::commands::Cmd;
use crate::tui::state::app::App;

/// One thing that a command can go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its key.
    pub key: char,
    /// What it does, safe to show.
    pub word: String,
    /// What it would act on, safe to show; may be empty.
    pub shown: String,
    /// Why it cannot act now.
    pub off: Option<String>,
}

/// What a command can go on with, in the order shown; empty for a command that asks for nothing.
pub fn choices(app: &App, of: Cmd) -> Vec<Choice> {
    match of {
        Cmd::Review => reviews(app),
        _ => Vec::new(),
    }
}

/// What may be said of models.
fn reviews(app: &App) -> Vec<Choice> {
    let Some(of) = &app.review.of else { return Vec::new() };
    let (all, sound, unsound) = (of.models.len(), of.sound.len(), of.unsound());
    let choice =
        |key: char, word: &str, shown: String| Choice { key, word: word.to_owned(), shown, off: None };
    let mut out = vec![match (sound, unsound) {
        (_, 0) => choice('a', "approve", of.shown()),
        (0, _) => choice('a', "approve", format!("{}: asks twice", of.shown())),
        _ => choice('a', "approve", format!("{sound} of {all}: leaves out what fails or was rejected")),
    }];
    if sound > 0 && unsound > 0 {
        out.push(choice('A', "approve all", format!("all {all}, these {unsound} too: asks twice")));
    }
    let of_all = if all == 1 { String::new() } else { format!("all {all}: {}", of.kinds.line()) };
    out.push(choice('x', "reject", of_all.clone()));
    out.push(choice('p', "ask the producer", of_all));
    out.push(Choice {
        off: (of.kinds.reviewed == 0).then(|| "nothing was said of it that stands".to_owned()),
        ..choice(
            'b',
            "take back",
            match all {
                1 => "the review that stands".to_owned(),
                _ => format!("the reviews of {} that stand", of.kinds.reviewed),
            },
        )
    });
    out
}
