//! What only a screen knows how to say: drawn where nobody sees it, and read off its cells.

use crate::tui::screens::draw;
use crate::tui::state::app::App;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// A frame as lines, without what only frames it.
pub fn drawn(app: &App, columns: u16, rows: u16) -> Option<Vec<String>> {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).ok()?;
    terminal
        .draw(|frame| {
            draw(app, frame);
        })
        .ok()?;
    let buffer: &Buffer = terminal.backend().buffer();
    let is_frame = |symbol: &str| symbol.chars().all(|c| ('\u{2500}'..='\u{257f}').contains(&c));
    let line = |y: u16| {
        let cells = (0..columns).filter_map(|x| buffer.cell((x, y)));
        let text: String =
            cells.map(|cell| if is_frame(cell.symbol()) { " " } else { cell.symbol() }).collect();
        text.trim().to_owned()
    };
    // The header, the tabs and the keys are said otherwise.
    let lines = (2..rows.saturating_sub(1)).map(line).filter(|line| !line.is_empty());
    Some(lines.collect())
}
