//! A screen as a grid of cells without a terminal, for pictures and for text. It draws what the terminal would show.

use crate::forms::{Grid, Look, Run};
use crate::text::width;
use crate::tui::screens::draw;
use crate::tui::state::app::App;
use crate::tui::theme::{Role, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

type Shade = [u8; 3];

/// Where the theme leaves the colours to the terminal.
const INK: Shade = [0xd8, 0xde, 0xe6];
const GROUND: Shade = [0x14, 0x18, 0x1d];

/// The sixteen colours, as xterm has them.
const SIXTEEN: [Shade; 16] = [
    [0x00, 0x00, 0x00],
    [0xcd, 0x00, 0x00],
    [0x00, 0xcd, 0x00],
    [0xcd, 0xcd, 0x00],
    [0x00, 0x00, 0xee],
    [0xcd, 0x00, 0xcd],
    [0x00, 0xcd, 0xcd],
    [0xe5, 0xe5, 0xe5],
    [0x7f, 0x7f, 0x7f],
    [0xff, 0x00, 0x00],
    [0x00, 0xff, 0x00],
    [0xff, 0xff, 0x00],
    [0x5c, 0x5c, 0xff],
    [0xff, 0x00, 0xff],
    [0x00, 0xff, 0xff],
    [0xff, 0xff, 0xff],
];

/// The cells of a screen of this size.
pub fn cells(app: &App, columns: u16, rows: u16) -> Buffer {
    let Ok(mut terminal) = Terminal::new(TestBackend::new(columns, rows));
    let Ok(_) = terminal.draw(|frame| _ = draw(app, frame));
    terminal.backend().buffer().clone()
}

/// A screen of this size as a grid.
pub fn photograph(app: &App, columns: u16, rows: u16) -> Grid {
    grid(&cells(app, columns, rows), &app.theme, format!("touchmark: {}", app.screen.word()))
}

/// What a screen says, as lines, however long: without what stands on every screen, and without empty rows.
pub fn lines(app: &App, columns: u16) -> Vec<String> {
    const TALL: u16 = 1000;
    const TABS: usize = 2;
    let buffer = cells(app, columns, TALL);
    let is_frame = |c: char| c == ' ' || ('\u{2500}'..='\u{257f}').contains(&c);
    let rows = buffer.content.chunks(usize::from(columns.max(1)));
    let lines = rows.map(|row| row.iter().map(Cell::symbol).collect::<String>().trim_end().to_owned());
    let mut lines: Vec<String> = lines.skip(TABS).filter(|line| !line.chars().all(is_frame)).collect();
    // The last row holds the keys.
    lines.pop();
    lines
}

/// Cells as a grid.
pub fn grid(buffer: &Buffer, theme: &Theme, title: String) -> Grid {
    let text = theme.style(Role::Text);
    let ink = text.fg.and_then(shade).unwrap_or(INK);
    let ground = text.bg.and_then(shade).unwrap_or(GROUND);
    let columns = usize::from(buffer.area.width);
    let rows = buffer.content.chunks(columns.max(1)).map(|row| runs(row, ink, ground)).collect();
    Grid { title, columns, ground, rows }
}

fn runs(row: &[Cell], ink: Shade, ground: Shade) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut column = 0;
    while let Some(cell) = row.get(column) {
        let symbol = if cell.symbol().is_empty() { " " } else { cell.symbol() };
        let cells = width(symbol).max(1);
        let look = look(cell, ink, ground);
        let joins = |run: &&mut Run| {
            // Of a space only the ground is seen.
            let is_same =
                run.look == look || symbol == " " && is_bare(&look) && run.look.ground == look.ground;
            run.column + run.cells == column && is_same && !(run.look != look && !is_bare(&run.look))
        };
        match runs.last_mut().filter(joins) {
            Some(run) => {
                run.text.push_str(symbol);
                run.cells += cells;
            }
            None => runs.push(Run { column, cells, text: symbol.to_owned(), look }),
        }
        column += cells;
    }
    runs
}

/// Whether nothing of a space is seen in it but the ground.
fn is_bare(look: &Look) -> bool {
    !look.underlined && !look.struck
}

fn look(cell: &Cell, ink: Shade, ground: Shade) -> Look {
    let (mut letters, mut below) = (shade(cell.fg).unwrap_or(ink), shade(cell.bg).unwrap_or(ground));
    let has = |modifier: Modifier| cell.modifier.contains(modifier);
    if has(Modifier::REVERSED) {
        std::mem::swap(&mut letters, &mut below);
    }
    Look {
        ink: letters,
        ground: (below != ground).then_some(below),
        bold: has(Modifier::BOLD),
        italic: has(Modifier::ITALIC),
        underlined: has(Modifier::UNDERLINED),
        struck: has(Modifier::CROSSED_OUT),
        faint: has(Modifier::DIM),
    }
}

/// None for the terminal's own colours.
fn shade(color: Color) -> Option<Shade> {
    let number = match color {
        Color::Reset => return None,
        Color::Rgb(red, green, blue) => return Some([red, green, blue]),
        Color::Indexed(number) => number,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    Some(match number {
        0..=15 => SIXTEEN.get(usize::from(number)).copied().unwrap_or(INK),
        16..=231 => {
            let rest = number - 16;
            [level(rest / 36), level(rest / 6 % 6), level(rest % 6)]
        }
        _ => [8 + 10 * (number - 232); 3],
    })
}
