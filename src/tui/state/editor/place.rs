//! Where the cursor stands in the text of a policy: in which table, behind which key, in which list. The text may be
//! unfinished: what stands before the cursor in its section is read by its marks. It knows no inventory.

use crate::policy::{Form, Key, Layout, POLICY};
use std::ops::Range;

/// Where the cursor stands.
#[derive(Debug, Clone)]
pub struct Place {
    /// What may stand there.
    pub may: May,
    /// What is replaced: the part that is already written, its quotation marks too.
    pub part: Range<usize>,
    /// What of it was typed, without quotation marks.
    pub typed: String,
}

/// What may stand at a place.
#[derive(Debug, Clone)]
pub enum May {
    /// The head of a table.
    Head,
    /// A key of a table, other than those that it has.
    Key {
        /// The table.
        layout: &'static Layout,
        /// The keys that it has.
        has: Vec<String>,
    },
    /// A value of this form; a whole list where one is asked for and not begun.
    Value(Form),
}

/// Where a byte of a text stands; none where nothing can be said, as in a comment or behind a value.
pub fn place(text: &str, cursor: usize) -> Option<Place> {
    let before = text.get(..cursor)?;
    let (start, layout) = section(before);
    let mut reader =
        Reader { text: before, from: start, stack: vec![Frame::table(layout)], mark: Mark::Space };
    for (at, c) in before.get(start..)?.char_indices() {
        reader.read(start + at, c);
    }
    let follows = |quote| text.get(cursor..).is_some_and(|rest| rest.starts_with(quote));
    let (from, end, typed) = match reader.mark {
        Mark::Comment => return None,
        Mark::Space => (cursor, cursor, cursor),
        Mark::Word(from) => (from, cursor, from),
        Mark::Quote { quote, from, .. } => (from, cursor + usize::from(follows(quote)), from + 1),
        Mark::Head(from) => {
            let closing = text.get(cursor..)?.chars().take_while(|c| *c == ']').count();
            (from, cursor + closing, from)
        }
    };
    let typed = text.get(typed..cursor)?.to_owned();
    // Behind a key only `=` can follow.
    let is_first = text.get(reader.from..from).is_none_or(|before| before.trim().is_empty());
    let may = match (&reader.mark, reader.stack.pop()?) {
        (Mark::Head(_), _) => May::Head,
        (Mark::Quote { .. }, Frame::Keys { value: Value::None, .. }) => return None,
        (_, Frame::Keys { layout, mut has, value: Value::None }) if is_first => {
            // A table within a line ends in it.
            if reader.stack.is_empty() {
                has.extend(keys_behind(text.get(cursor..)?));
            }
            May::Key { layout: layout?, has }
        }
        (_, Frame::Keys { value: Value::Asked(key), .. }) => May::Value(key?.form),
        (_, Frame::List { each, is_full: false }) => May::Value(each?),
        _ => return None,
    };
    Some(Place { may, part: from..end, typed })
}

/// The keys on the lines behind the first, up to the next head.
fn keys_behind(text: &str) -> impl Iterator<Item = String> {
    let lines = text.lines().skip(1).take_while(|line| head(line).is_none());
    lines.filter_map(|line| {
        let key = line.split_once('=')?.0.trim();
        (!key.is_empty() && key.chars().all(is_bare)).then(|| key.to_owned())
    })
}

/// The section that a text ends in: where it begins behind its head, and its layout.
fn section(before: &str) -> (usize, Option<&'static Layout>) {
    let mut end = before.rfind('\n').map_or(0, |newline| newline + 1);
    while end > 0 {
        let lines = before.get(..end - 1).unwrap_or_default();
        let start = lines.rfind('\n').map_or(0, |newline| newline + 1);
        if let Some(path) = lines.get(start..).and_then(head) {
            return (end, layout(&POLICY, path.split('.')));
        }
        end = start;
    }
    (0, Some(&POLICY))
}

/// The path of a table's head: `trust.acme` of `[trust.acme]`.
pub(super) fn head(line: &str) -> Option<&str> {
    let line = line.split('#').next()?.trim();
    let inside = line.strip_prefix('[')?.strip_suffix(']')?;
    let path = inside.strip_prefix('[').and_then(|path| path.strip_suffix(']')).unwrap_or(inside).trim();
    (!path.is_empty() && path.chars().all(is_bare)).then_some(path)
}

/// The layout at the end of a path.
fn layout<'p>(of: &'static Layout, mut path: impl Iterator<Item = &'p str>) -> Option<&'static Layout> {
    let mut layout = of;
    while let Some(name) = path.next() {
        let form = layout.key(name.trim())?.form;
        if matches!(form, Form::Named(_)) {
            path.next()?;
        }
        layout = form.layout()?;
    }
    Some(layout)
}

/// The key at the end of a path.
fn key(of: Option<&'static Layout>, path: &str) -> Option<&'static Key> {
    let (tables, name) = path.rsplit_once('.').unwrap_or(("", path));
    let tables = tables.split('.').filter(|name| !name.is_empty());
    layout(of?, tables)?.key(name.trim())
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | ':')
}

/// What is being read.
enum Mark {
    Space,
    Word(usize),
    Quote { quote: char, from: usize, is_escaped: bool },
    Comment,
    Head(usize),
}

/// What is open.
enum Frame {
    /// A table, with the keys that it has.
    Keys { layout: Option<&'static Layout>, has: Vec<String>, value: Value },
    /// A list, and whether an entry was written behind its last comma.
    List { each: Option<Form>, is_full: bool },
}

/// How far a key of a table has come.
#[derive(Clone, Copy)]
enum Value {
    /// It is being written.
    None,
    /// Its value is asked for.
    Asked(Option<&'static Key>),
    /// Its value is there.
    There,
}

impl Frame {
    fn table(layout: Option<&'static Layout>) -> Self {
        Frame::Keys { layout, has: Vec::new(), value: Value::None }
    }

    /// The form of the value that is asked for here.
    fn asked(&self) -> Option<Form> {
        match self {
            Frame::Keys { value: Value::Asked(key), .. } => key.map(|key| key.form),
            Frame::List { each, .. } => *each,
            Frame::Keys { .. } => None,
        }
    }

    /// A value was written.
    fn fill(&mut self) {
        match self {
            Frame::Keys { value, .. } if matches!(value, Value::Asked(_)) => *value = Value::There,
            Frame::Keys { .. } => {}
            Frame::List { is_full, .. } => *is_full = true,
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    /// Where the key began that is being written.
    from: usize,
    /// What is open, the innermost last; the table of the section is never closed.
    stack: Vec<Frame>,
    mark: Mark,
}

impl Reader<'_> {
    fn read(&mut self, at: usize, c: char) {
        match &mut self.mark {
            Mark::Quote { is_escaped, .. } if *is_escaped && c != '\n' => return *is_escaped = false,
            Mark::Quote { quote: '"', is_escaped, .. } if c == '\\' => return *is_escaped = true,
            Mark::Quote { quote, .. } if *quote == c => return self.end_word(),
            Mark::Quote { .. } | Mark::Comment | Mark::Head(_) if c != '\n' => return,
            Mark::Word(_) if is_bare(c) => return,
            Mark::Word(_) => self.end_word(),
            _ => {}
        }
        match c {
            '\n' => self.end_line(at),
            '#' => self.mark = Mark::Comment,
            '"' | '\'' => self.mark = Mark::Quote { quote: c, from: at, is_escaped: false },
            '=' => self.asks(at),
            ',' => self.goes_on(at),
            '[' if self.begins_line() => self.mark = Mark::Head(at),
            '[' => self.open(at, |form| match form {
                Some(Form::List(each, _)) => Frame::List { each: Some(*each), is_full: false },
                tables => Frame::List { each: tables, is_full: false },
            }),
            '{' => self.open(at, |form| Frame::table(form.and_then(Form::layout))),
            ']' | '}' => self.close(),
            _ if is_bare(c) => self.mark = Mark::Word(at),
            _ => {}
        }
    }

    fn begins_line(&self) -> bool {
        let is_key = matches!(self.stack.as_slice(), [Frame::Keys { value: Value::None, .. }]);
        is_key && matches!(self.mark, Mark::Space)
    }

    fn end_word(&mut self) {
        self.mark = Mark::Space;
        self.stack.last_mut().into_iter().for_each(Frame::fill);
    }

    /// A line ends a key of the section, and no list.
    fn end_line(&mut self, at: usize) {
        self.mark = Mark::Space;
        if let [Frame::Keys { value, .. }] = self.stack.as_mut_slice() {
            *value = Value::None;
            self.from = at + 1;
        }
    }

    fn asks(&mut self, at: usize) {
        let path = self.text.get(self.from..at).unwrap_or_default().trim();
        if let Some(Frame::Keys { layout, has, value }) = self.stack.last_mut() {
            *value = Value::Asked(key(*layout, path));
            has.push(path.to_owned());
        }
    }

    fn goes_on(&mut self, at: usize) {
        self.from = at + 1;
        match self.stack.last_mut() {
            Some(Frame::Keys { value, .. }) => *value = Value::None,
            Some(Frame::List { is_full, .. }) => *is_full = false,
            None => {}
        }
    }

    fn open(&mut self, at: usize, frame: impl FnOnce(Option<Form>) -> Frame) {
        self.from = at + 1;
        let asked = self.stack.last().and_then(Frame::asked);
        self.stack.push(frame(asked));
    }

    fn close(&mut self) {
        if self.stack.len() > 1 {
            self.stack.pop();
        }
        self.stack.last_mut().into_iter().for_each(Frame::fill);
    }
}
