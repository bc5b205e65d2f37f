//! What a terminal really receives: the bytes of a frame, read as a terminal reads them.

use crate::nasty::is_shown;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use std::io::Write;
use std::sync::{Arc, Mutex};
use touchmark::tui::{App, draw};

#[derive(Clone, Default)]
struct Line(Arc<Mutex<Vec<u8>>>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The bytes of a first frame.
pub fn received(app: &App, columns: u16, rows: u16) -> Vec<u8> {
    let line = Line::default();
    let viewport = Viewport::Fixed(Rect::new(0, 0, columns, rows));
    let backend = CrosstermBackend::new(line.clone());
    let mut terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
    terminal.draw(|frame| _ = draw(app, frame)).unwrap();
    drop(terminal);
    line.0.lock().unwrap().clone()
}

/// Nothing but text that may be shown, and what a frame is drawn with: places, colours, the cursor.
#[track_caller]
pub fn assert_drawn(bytes: &[u8], place: &str) {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|why| panic!("{place}: {why}"));
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\u{1b}' {
            assert!(is_shown(c), "{c:?} reaches the terminal: {place}");
            continue;
        }
        assert_eq!(rest.next(), Some('['), "an escape that draws nothing: {place}");
        let last = rest.by_ref().find(|c| !matches!(c, '0'..='9' | ';' | ':' | '?'));
        assert!(matches!(last, Some('H' | 'm' | 'l' | 'h')), "CSI … {last:?}: {place}");
    }
}
