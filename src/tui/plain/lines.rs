//! Lines of standard input, read on a thread of their own and no further ahead than a few.

use std::io::{BufRead, BufReader, Read};
use tokio::sync::mpsc::{Receiver, channel};

/// A longer line is cut there.
const LONGEST: u64 = 4096;
/// Lines that are read before they are asked for.
const AHEAD: usize = 16;

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A line, without its end.
    Line(String),
    /// Nothing comes any more.
    End,
}

/// The lines of standard input.
///
/// # Errors
/// What the system says when no thread can be started.
pub fn of_input() -> std::io::Result<Receiver<Typed>> {
    let (sender, receiver) = channel(AHEAD);
    std::thread::Builder::new().name("input".to_owned()).spawn(move || {
        let mut input = BufReader::new(std::io::stdin());
        while let Some(line) = next(&mut input) {
            if sender.blocking_send(Typed::Line(line)).is_err() {
                return;
            }
        }
        let _ = sender.blocking_send(Typed::End);
    })?;
    Ok(receiver)
}

/// The next line, cut where it is too long; none at the end, or where nothing can be read any more.
fn next(input: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    if input.by_ref().take(LONGEST).read_until(b'\n', &mut line).ok()? == 0 {
        return None;
    }
    let mut cut = line.last() != Some(&b'\n');
    while cut {
        let mut rest = Vec::new();
        let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut rest).ok()?;
        cut = read > 0 && rest.last() != Some(&b'\n');
    }
    Some(String::from_utf8_lossy(&line).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_cut_and_the_next_one_is_whole() {
        let text = format!("{}\nnext\n\nlast", "x".repeat(20_000));
        let mut input = BufReader::new(text.as_bytes());
        assert_eq!(next(&mut input).unwrap().len(), 4096);
        let rest: Vec<String> = std::iter::from_fn(|| next(&mut input)).collect();
        assert_eq!(rest, ["next", "", "last"]);
    }
}
