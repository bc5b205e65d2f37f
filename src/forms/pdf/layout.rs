//! Where everything stands: lines are broken, columns share the width, and tables go on from sheet to sheet.

use super::fonts::{Face, Fonts};
use super::sheet::{BOTTOM, Fill, MARGIN, Mark, Meaning, Node, Sheets, Stroke, Text, WIDE};
use crate::forms::drawing::Drawing;
use crate::forms::page::{Block, Cell, Chart, Page, Table, Tone};

const TITLE: f32 = 16.0;
const HEADING: f32 = 11.5;
const BODY: f32 = 8.0;
const SMALL: f32 = 7.0;
const CODE: f32 = 6.2;
/// A line, in sizes of its text.
const LEADING: f32 = 1.35;
/// Between columns, and above and below the lines of a row.
const GUTTER: f32 = 8.0;
const PADDING: f32 = 1.8;
const ROOM: f32 = WIDE - 2.0 * MARGIN;
/// A bar.
const BAR: (f32, f32) = (180.0, 6.0);
/// Rows of a table that are laid out; whoever needs more takes the form for programs.
const MOST_ROWS: usize = 2000;

/// How text looks.
#[derive(Debug, Clone, Copy)]
struct Look {
    face: Face,
    size: f32,
    tone: Tone,
}

impl Look {
    fn of(cell: &Cell, size: f32) -> Self {
        match cell.is_code() {
            true => Look { face: Face::Mono, size: CODE, tone: cell.tone() },
            false => Look { face: Face::Sans, size, tone: cell.tone() },
        }
    }
}

pub(super) struct Layout<'f> {
    fonts: &'f Fonts,
    out: Sheets,
    /// How far down the last sheet is filled.
    y: f32,
}

/// A cell with its lines.
struct Broken {
    lines: Vec<String>,
    look: Look,
    node: Node,
}

impl Layout<'_> {
    /// The page on sheets.
    pub fn of(page: &Page, fonts: &Fonts) -> Sheets {
        let mut layout = Layout { fonts, out: Sheets::default(), y: MARGIN };
        layout.turn();
        layout.heading(page.title.text(), 1);
        for block in &page.blocks {
            match block {
                Block::Heading(heading) => layout.heading(heading.text(), 2),
                Block::Note(note) => layout.paragraph(note, BODY),
                Block::Facts(facts) => layout.facts(facts),
                Block::Table(table) => layout.table(table),
                Block::Lines(lines) => lines.iter().for_each(|line| layout.paragraph(line, SMALL)),
                Block::Chart(chart) => layout.chart(chart),
                Block::Drawing(drawing) => layout.drawing(drawing),
            }
        }
        layout.out
    }

    /// Begins a sheet.
    fn turn(&mut self) {
        self.out.sheets.push(Vec::new());
        self.y = MARGIN;
    }

    /// Whether so much has room below.
    fn has_room(&self, high: f32) -> bool {
        self.y + high <= BOTTOM
    }

    fn heading(&mut self, title: &str, level: u16) {
        let size = if level == 1 { TITLE } else { HEADING };
        let look = Look { face: Face::Bold, size, tone: Tone::Plain };
        if level > 1 {
            self.y += size;
        }
        // A heading does not stand alone at the end of a sheet.
        if !self.has_room(size * LEADING + 4.0 * BODY * LEADING) {
            self.turn();
        }
        let mark = Mark { title: title.to_owned(), sheet: self.out.sheets.len() - 1, y: self.y };
        self.out.marks.push(mark);
        let node = self.out.node(Meaning::Heading { level, title: title.to_owned() }, None);
        self.flow(title, look, node);
        self.y += size * 0.3;
    }

    fn paragraph(&mut self, cell: &Cell, size: f32) {
        let node = self.out.node(Meaning::Paragraph, None);
        self.flow(cell.text(), Look::of(cell, size), node);
        self.y += 2.0;
    }

    /// Text over the whole width.
    fn flow(&mut self, text: &str, look: Look, node: Node) {
        for line in self.broken(text, look, ROOM) {
            if !self.has_room(look.size * LEADING) {
                self.turn();
            }
            self.line(line, look, MARGIN, self.y, Some(node));
            self.y += look.size * LEADING;
        }
    }

    /// A line whose top is there.
    fn line(&mut self, text: String, look: Look, x: f32, top: f32, node: Option<Node>) {
        let Look { face, size, tone } = look;
        self.out.put(Stroke::Text(Text { x, y: top + size, text, face, size, tone, node }));
    }

    /// Text in lines that are no wider; words that are wider alone are cut.
    fn broken(&self, text: &str, look: Look, wide: f32) -> Vec<String> {
        let font = self.fonts.of(look.face);
        let shown = font.shown(text);
        let (mut lines, mut line, mut filled) = (Vec::new(), String::new(), 0.0);
        for word in shown.split_inclusive([' ', '/', ',', ';']) {
            let word_wide = font.wide(word.trim_end(), look.size);
            if filled + word_wide > wide && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                filled = 0.0;
            }
            for c in word.chars() {
                let c_wide = font.sign(c).map_or(0.0, |sign| sign.wide * look.size);
                if filled + c_wide > wide && c != ' ' && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    filled = 0.0;
                }
                line.push(c);
                filled += c_wide;
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    fn facts(&mut self, facts: &[(&'static str, Cell)]) {
        let font = self.fonts.of(Face::Sans);
        let names = facts.iter().map(|(name, _)| font.wide(name, BODY)).fold(0.0, f32::max);
        let widths = [names, ROOM - names - GUTTER];
        let table = self.out.node(Meaning::Table, None);
        let body = self.out.node(Meaning::Body, Some(table));
        for (name, value) in facts {
            let row = self.out.node(Meaning::Row, Some(body));
            let name_node = self.out.node(Meaning::Name { is_row: true }, Some(row));
            let value_node = self.out.node(Meaning::Cell, Some(row));
            let look = Look { face: Face::Sans, size: BODY, tone: Tone::Dim };
            let cells = vec![
                self.cell(name, look, widths[0], name_node),
                self.cell(value.text(), Look::of(value, BODY), widths[1], value_node),
            ];
            self.row(cells, &widths, &mut |_| {});
        }
        self.y += 4.0;
    }

    fn cell(&mut self, text: &str, look: Look, wide: f32, node: Node) -> Broken {
        let lines = self.broken(text, look, wide);
        Broken { lines, look, node }
    }

    /// The cells of a row beside each other, from sheet to sheet where they are longer; `again` draws what stands at the
    /// top of each further sheet.
    fn row(&mut self, cells: Vec<Broken>, widths: &[f32], again: &mut dyn FnMut(&mut Self)) {
        let size = |cell: &Broken| cell.look.size * LEADING;
        let step = cells.iter().map(size).fold(0.0, f32::max);
        let many = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or_default();
        #[allow(clippy::cast_precision_loss)] // lines of one row
        let high = step * many as f32 + 2.0 * PADDING;
        if !self.has_room(high) && (self.has_room_on_a_sheet(high) || !self.has_room(3.0 * step)) {
            self.turn();
            again(self);
        }
        for cell in cells.iter().filter(|cell| cell.lines.is_empty()) {
            self.out.put(Stroke::Empty(cell.node));
        }
        self.y += PADDING;
        for at in 0..many {
            if !self.has_room(step) {
                self.turn();
                again(self);
            }
            let mut x = MARGIN;
            for (cell, wide) in cells.iter().zip(widths) {
                if let Some(line) = cell.lines.get(at) {
                    // Letters of all sizes stand on one line.
                    let top = self.y + step / LEADING - cell.look.size;
                    self.line(line.clone(), cell.look, x, top, Some(cell.node));
                }
                x += wide + GUTTER;
            }
            self.y += step;
        }
        self.y += PADDING;
    }

    fn has_room_on_a_sheet(&self, high: f32) -> bool {
        MARGIN + 3.0 * SMALL * LEADING + high <= BOTTOM
    }

    fn rule(&mut self, wide: f32) {
        let (x, y) = (MARGIN, self.y);
        self.out.put(Stroke::Fill(Fill { x, y, wide, high: 0.5, tone: Tone::Dim, is_faint: true }));
    }

    /// The names of columns; without a node where they are there again.
    fn head(&mut self, columns: &[&'static str], widths: &[f32], row: Option<Node>) {
        let look = Look { face: Face::Bold, size: SMALL, tone: Tone::Plain };
        let lines: Vec<Vec<String>> =
            columns.iter().zip(widths).map(|(name, wide)| self.broken(name, look, *wide)).collect();
        let mut x = MARGIN;
        let top = self.y + PADDING;
        for (lines, wide) in lines.iter().zip(widths) {
            let node = row.map(|row| self.out.node(Meaning::Name { is_row: false }, Some(row)));
            if let Some(node) = node.filter(|_| lines.is_empty()) {
                self.out.put(Stroke::Empty(node));
            }
            let mut y = top;
            for line in lines {
                self.line(line.clone(), look, x, y, node);
                y += look.size * LEADING;
            }
            self.y = self.y.max(y);
            x += wide + GUTTER;
        }
        self.y += PADDING;
        self.rule(ROOM);
        self.y += 1.0;
    }

    fn table(&mut self, table: &Table) {
        let rows = table.rows.get(..MOST_ROWS).unwrap_or(&table.rows);
        let widths = self.widths(&table.columns, rows);
        let node = self.out.node(Meaning::Table, None);
        self.head_of_table(&table.columns, &widths, node);
        let body = self.out.node(Meaning::Body, Some(node));
        for cells in rows {
            let row = self.out.node(Meaning::Row, Some(body));
            let broken: Vec<Broken> = cells
                .iter()
                .zip(&widths)
                .map(|(cell, wide)| {
                    let node = self.out.node(Meaning::Cell, Some(row));
                    self.cell(cell.text(), Look::of(cell, SMALL), *wide, node)
                })
                .collect();
            self.row(broken, &widths, &mut |layout| layout.head(&table.columns, &widths, None));
            self.rule(ROOM);
        }
        self.y += 6.0;
        let more = table.rows.len() - rows.len();
        if more > 0 {
            self.paragraph(&Cell::new(format!("{more} more rows in the other forms of this report.")), BODY);
        }
    }

    /// The head of a table at its beginning, with room for a row below.
    fn head_of_table(&mut self, columns: &[&'static str], widths: &[f32], table: Node) {
        if !self.has_room(6.0 * SMALL * LEADING) {
            self.turn();
        }
        let head = self.out.node(Meaning::Head, Some(table));
        let row = self.out.node(Meaning::Row, Some(head));
        self.head(columns, widths, Some(row));
    }

    /// Columns as wide as they want to be, where all have room; else those that want more than their share have the same.
    fn widths(&self, columns: &[&'static str], rows: &[Vec<Cell>]) -> Vec<f32> {
        let bold = self.fonts.of(Face::Bold);
        let mut wanted: Vec<f32> = columns.iter().map(|name| bold.wide(name, SMALL)).collect();
        for row in rows {
            for (wanted, cell) in wanted.iter_mut().zip(row) {
                let look = Look::of(cell, SMALL);
                let font = self.fonts.of(look.face);
                *wanted = wanted.max(font.wide(&font.shown(cell.text()), look.size));
            }
        }
        #[allow(clippy::cast_precision_loss)] // columns of a table
        let count = |many: usize| many as f32;
        let room = ROOM - GUTTER * count(columns.len().saturating_sub(1));
        // Rounds of sharing: each settles the columns that want less than an equal share of what is left.
        let mut settled: Vec<Option<f32>> = vec![None; wanted.len()];
        loop {
            let taken: f32 = settled.iter().flatten().sum();
            let open = settled.iter().filter(|width| width.is_none()).count();
            if open == 0 {
                break;
            }
            let share = ((room - taken) / count(open)).max(1.0);
            let small = |(width, wanted): &(&mut Option<f32>, &f32)| width.is_none() && **wanted <= share;
            let mut any = false;
            for (width, wanted) in settled.iter_mut().zip(&wanted).filter(small) {
                *width = Some(*wanted + 0.5);
                any = true;
            }
            if !any {
                settled.iter_mut().filter(|width| width.is_none()).for_each(|width| *width = Some(share));
            }
        }
        settled.into_iter().flatten().collect()
    }

    /// Bars as a table: the figures stand in words beside each.
    fn chart(&mut self, chart: &Chart) {
        let font = self.fonts.of(Face::Sans);
        let names = chart.bars.iter().map(|bar| font.wide(&font.shown(bar.name.text()), SMALL));
        let head = self.fonts.of(Face::Bold).wide(chart.columns[0], SMALL) + 0.5;
        let first = names.fold(head, f32::max).min(ROOM / 2.0);
        let widths = [first, BAR.0, ROOM - first - BAR.0 - 2.0 * GUTTER];
        let node = self.out.node(Meaning::Table, None);
        let columns = [chart.columns[0], "", chart.columns[1]];
        self.head_of_table(&columns, &widths, node);
        let body = self.out.node(Meaning::Body, Some(node));
        for bar in &chart.bars {
            let row = self.out.node(Meaning::Row, Some(body));
            let nodes = [true, false, false].map(|is_name| {
                let meaning = if is_name { Meaning::Name { is_row: true } } else { Meaning::Cell };
                self.out.node(meaning, Some(row))
            });
            let cells = vec![
                self.cell(bar.name.text(), Look::of(&bar.name, SMALL), widths[0], nodes[0]),
                Broken { lines: Vec::new(), look: Look::of(&bar.name, SMALL), node: nodes[1] },
                self.cell(bar.figures.text(), Look::of(&bar.figures, SMALL), widths[2], nodes[2]),
            ];
            self.row(cells, &widths, &mut |layout| layout.head(&columns, &widths, None));
            let y = self.y - PADDING - SMALL * LEADING + 1.5;
            let x = MARGIN + first + GUTTER;
            let fill = Fill { x, y, wide: BAR.0, high: BAR.1, tone: Tone::Dim, is_faint: true };
            self.out.put(Stroke::Fill(fill));
            /// Steps of a whole bar.
            const STEPS: u16 = 1000;
            let step = BAR.0 / f32::from(STEPS);
            let mut from = x;
            for (many, tone) in chart.cells(bar, usize::from(STEPS)) {
                let wide = f32::from(u16::try_from(many).unwrap_or(STEPS)) * step;
                if wide > 0.0 && tone != Tone::Dim {
                    let fill = Fill { x: from, y, wide, high: BAR.1, tone, is_faint: false };
                    self.out.put(Stroke::Fill(fill));
                }
                from += wide;
            }
        }
        self.y += 6.0;
    }

    /// A drawing in cells of one width, made smaller where it is wider than the sheet: one picture on each sheet.
    fn drawing(&mut self, drawing: &Drawing) {
        let font = self.fonts.of(Face::Mono);
        #[allow(clippy::cast_precision_loss)] // columns of a drawing
        let columns = drawing.columns.max(1) as f32;
        let size = (ROOM / (columns * font.wide("x", 1.0))).min(BODY);
        let cell = font.wide("x", size);
        let mut node = None;
        for (strokes, line) in drawing.rows.iter().zip(drawing.lines()) {
            if !self.has_room(size * 1.2) {
                self.turn();
                node = None;
            }
            let picture = match node {
                Some(node) => node,
                None => *node.insert(self.out.node(Meaning::Picture(drawing.title.clone()), None)),
            };
            for stroke in strokes {
                #[allow(clippy::cast_precision_loss)] // a column of a drawing
                let x = MARGIN + stroke.column as f32 * cell;
                let look = Look { face: Face::Mono, size, tone: stroke.tone };
                let text = font.shown(&stroke.text);
                if !text.trim().is_empty() {
                    self.line(text, look, x, self.y, Some(picture));
                }
            }
            if let Some(Meaning::Picture(words)) =
                self.out.nodes.get_mut(picture).map(|meant| &mut meant.meaning)
            {
                words.push('\n');
                words.push_str(line.trim_end());
            }
            self.y += size * 1.2;
        }
        self.y += 6.0;
    }
}
