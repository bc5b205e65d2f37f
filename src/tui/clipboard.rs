//! The clipboard of the person's terminal, near or far: OSC 52, wrapped for tmux and screen, and tmux itself. What is
//! copied is made safe to paste once more here; it knows nothing of what it means.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::Write;
use std::process::{Command, Stdio};

/// Terminals take at most 100,000 characters of base64.
pub const MOST_BYTES: usize = 74_994;
/// `screen` takes short strings only.
const SCREEN_PIECE: usize = 256;

/// What stands between the program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Nothing.
    Nothing,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Between {
    /// What the environment says.
    pub fn of(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        match (is_set("TMUX"), is_set("STY")) {
            (true, _) => Between::Tmux,
            (false, true) => Between::Screen,
            (false, false) => Between::Nothing,
        }
    }

    /// The way in words.
    pub fn words(self) -> &'static str {
        match self {
            Between::Nothing => "by OSC 52",
            Between::Tmux => "by tmux and OSC 52",
            Between::Screen => "by OSC 52 through screen",
        }
    }
}

/// Text that can be pasted anywhere: lines of visible characters, without an end of line at its end.
pub fn pasted(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(crate::text::screen).collect();
    lines.join("\n")
}

/// The same of a text that terminals take whole; made safe, a text may be longer than it was.
///
/// # Errors
/// Why it cannot be copied, in words.
pub fn copyable(what: &str, text: &str) -> Result<String, String> {
    let text = pasted(text);
    if text.len() > MOST_BYTES {
        let size = |bytes: usize| crate::text::size(bytes as u64);
        let (is, most) = (size(text.len()), size(MOST_BYTES));
        return Err(format!("the {what} has {is}, and terminals copy at most {most}"));
    }
    Ok(text)
}

/// The bytes that ask the terminal to take a text.
pub fn sequence(text: &str, between: Between) -> Vec<u8> {
    let asked = format!("\u{1b}]52;c;{}\u{7}", STANDARD.encode(pasted(text)));
    match between {
        Between::Nothing => asked.into_bytes(),
        Between::Tmux => {
            format!("\u{1b}Ptmux;{}\u{1b}\\", asked.replace('\u{1b}', "\u{1b}\u{1b}")).into_bytes()
        }
        Between::Screen => {
            let mut out = Vec::new();
            for piece in asked.as_bytes().chunks(SCREEN_PIECE) {
                out.extend_from_slice(b"\x1bP");
                out.extend_from_slice(piece);
                out.extend_from_slice(b"\x1b\\");
            }
            out
        }
    }
}

/// Gives a text to tmux, which passes it on to its terminal. By default tmux drops what programs inside it send there.
///
/// # Errors
/// Why tmux does not take it, in words.
pub fn give_to_tmux(text: &str) -> Result<(), String> {
    let mut child = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|cause| format!("tmux cannot be run ({cause})"))?;
    let given = child.stdin.take().map(|mut to| to.write_all(pasted(text).as_bytes()));
    let ended = child.wait().map_err(|cause| format!("tmux was lost ({cause})"))?;
    match given {
        Some(Ok(())) if ended.success() => Ok(()),
        _ => Err(format!("tmux does not take it ({ended}); set -g set-clipboard on lets programs copy")),
    }
}
