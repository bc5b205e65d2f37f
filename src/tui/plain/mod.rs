//! The workbench without a screen, for screen readers, dumb terminals and pipes: a line is read, the same commands act
//! on the same state, and what changed is said in lines, once. Nothing here draws, colours or moves a cursor; all that
//! is said was made safe where it was made, and is made safe once more as it leaves.

mod frame;
mod help;
mod lines;
mod popups;
mod reports;
mod said;
mod screens;
mod typed;

use crate::tui::state::app::App;
use crate::tui::update::Effect;
use said::Said;
use std::io::Write;
use tokio::sync::mpsc::Receiver;

pub use lines::Typed;

/// The linear face.
pub struct Plain {
    lines: Receiver<Typed>,
    out: Box<dyn Write + Send>,
    said: Said,
    /// Lines are repeated before they are answered: who reads a transcript did not see them typed.
    echoes: bool,
    /// The input has ended.
    is_over: bool,
    /// The next line waits until no job runs.
    waits: bool,
    /// What was said in answer to a line, before what changed is said.
    answers: Vec<String>,
}

impl Plain {
    /// Reads standard input and writes to standard output.
    ///
    /// # Errors
    /// What the system says when no thread can be started.
    pub fn start(echoes: bool) -> std::io::Result<Self> {
        Ok(Plain {
            lines: lines::of_input()?,
            out: Box::new(std::io::stdout()),
            said: Said::default(),
            echoes,
            is_over: false,
            waits: false,
            answers: Vec::new(),
        })
    }

    /// The next line; waits for ever while it must not be read yet: until the workspace is open and what the line before
    /// asked for is done.
    pub async fn next(&mut self, is_ready: bool, live_jobs: usize) -> Typed {
        self.waits &= live_jobs > 0;
        if !is_ready || self.waits || (self.is_over && live_jobs > 0) {
            return std::future::pending().await;
        }
        if self.is_over {
            return Typed::End;
        }
        match self.lines.recv().await {
            Some(Typed::Line(line)) => Typed::Line(line),
            Some(Typed::End) | None => {
                // Jobs that were asked for come to their end first.
                self.is_over = true;
                match live_jobs {
                    0 => Typed::End,
                    _ => std::future::pending().await,
                }
            }
        }
    }

    /// What a line does.
    pub fn typed(&mut self, app: &mut App, line: &str) -> Vec<Effect> {
        if self.echoes {
            self.answers.push(format!("> {line}"));
        }
        let typed::Done { effects, answers, waits, again } = typed::typed(app, line);
        self.answers.extend(answers);
        self.waits = waits;
        if again {
            self.said.forget_place();
        }
        effects.into_iter().filter(|effect| self.can(effect)).collect()
    }

    /// What needs a screen is answered instead of being done.
    fn can(&mut self, effect: &Effect) -> bool {
        let why = match effect {
            Effect::Edit(path) => {
                let path = path.to_string_lossy();
                format!("Edit {path} in another window, then type reload.")
            }
            Effect::Suspend => "The shell suspends this program: ctrl-z.".to_owned(),
            Effect::Redraw => return false,
            _ => return true,
        };
        self.answers.push(why);
        false
    }

    /// Says what changed since it was asked last.
    ///
    /// # Errors
    /// What the system says when nothing can be written any more.
    pub fn say(&mut self, app: &mut App) -> std::io::Result<()> {
        let mut lines = std::mem::take(&mut self.answers);
        lines.extend(self.said.news(app));
        for line in &lines {
            for piece in line.lines() {
                writeln!(self.out, "{}", crate::text::screen(piece.trim_end()))?;
            }
        }
        if lines.is_empty() { Ok(()) } else { self.out.flush() }
    }
}
