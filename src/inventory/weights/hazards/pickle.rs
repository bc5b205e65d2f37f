//! What a pickle imports: its opcodes, protocols 0 to 5, are walked with a stack of strings and imports, and
//! nothing is ever built or called. What the walk cannot name counts as the worst; it knows no list of
//! names (`imports` does).

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::arrays::{Array, Arrays, Tensor, Value};
use super::window::{Stop, Window};

/// Opcodes of one file.
const MAX_OPCODES: u64 = 16_000_000;
/// Values on the stack at a time.
const MAX_STACK: usize = 1 << 20;
/// Values remembered at a time.
const MAX_MEMO: usize = 1 << 21;
/// Longer strings name no module and are not kept.
const MAX_TEXT: usize = 256;
/// All strings kept; later ones are unknown.
const MAX_TEXTS_BYTES: usize = 32 * 1024 * 1024;
/// Different imports of one file.
const MAX_IMPORTS: usize = 4096;
/// Pickles one after the other in one file.
const MAX_PICKLES: u32 = 10_000;
/// What PyTorch's files were before they were archives: a magic number, then four more pickles, then raw data.
const TORCH_MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const TORCH_PICKLES: u32 = 5;

const MADE: &str = "an import whose name is made while it is loaded";

/// What an import names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// A module, and what is taken from it.
    Known(String, String),
    /// Not told by the bytes, in our own words.
    Unknown(&'static str),
}

/// One import.
#[derive(Debug, Clone)]
pub(super) struct Import {
    /// What is imported.
    pub name: Name,
    /// The offset of the opcode.
    pub at: u64,
    /// Whether the pickle calls it, or makes an object of it.
    pub called: bool,
    /// Whether it is called with what the pickle says, and not only an empty object made of it.
    pub ran: bool,
    /// Whether the pickle sets attributes of the imported thing itself, for the whole program.
    pub changed: bool,
}

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With the last pickle.
    Whole,
    /// Bytes follow from this offset that are no pickle; loading does not come so far.
    Trailing(u64),
    /// At this offset; loading runs as far, if not farther.
    Early(u64, Stop),
}

/// What a walk found.
#[derive(Debug)]
pub(super) struct Walked {
    /// Imports, each once, in the order of the file.
    pub imports: Vec<Import>,
    /// How it ended.
    pub end: End,
    /// Whether one said which protocol it is of.
    pub is_marked: bool,
    /// Whether arrays between the opcodes were stepped over, as joblib does.
    pub over_arrays: bool,
    /// Tensors with a name, where arrays were stepped over.
    pub tensors: Vec<Tensor>,
}

/// Walks the pickles of a window, one after the other, as Python's own loader reads them.
pub(super) fn walk<R: Read + Seek>(window: &mut Window<'_, R>) -> Walked {
    walk_as(window, false, MAX_PICKLES)
}

/// The same for the first of them.
pub(super) fn walk_first<R: Read + Seek>(window: &mut Window<'_, R>) -> Walked {
    walk_as(window, false, 1)
}

/// The same as joblib reads them: arrays lie between the opcodes.
pub(super) fn walk_over_arrays<R: Read + Seek>(window: &mut Window<'_, R>) -> Walked {
    walk_as(window, true, MAX_PICKLES)
}

fn walk_as<R: Read + Seek>(window: &mut Window<'_, R>, over_arrays: bool, most: u32) -> Walked {
    let mut found = Found::default();
    let mut opcodes = MAX_OPCODES;
    let (mut pickles, mut is_torch, mut is_marked) = (0, false, false);
    let mut tensors = Vec::new();
    loop {
        let (start, before) = (window.at(), found.imports.len());
        let mut machine = Machine::new(&mut found, &mut opcodes, over_arrays.then(Arrays::default));
        machine.is_first_only = most == 1;
        let ended = machine.run(window);
        is_torch |= pickles == 0 && machine.torch_magic;
        let begins_as_pickle = machine.has_protocol;
        tensors.extend(machine.arrays.take().into_iter().flat_map(|arrays| arrays.named));
        is_marked |= begins_as_pickle;
        let end = match ended {
            Ok(()) => {
                pickles += 1;
                let is_last = window.left() == 0 || is_torch && pickles == TORCH_PICKLES;
                match pickles {
                    _ if is_last => End::Whole,
                    _ if pickles >= most => {
                        End::Early(window.at(), Stop::Limit("more pickles than are looked at"))
                    }
                    _ => continue,
                }
            }
            Err(stop @ (Stop::Cut | Stop::Broken(_))) if pickles > 0 && !is_torch && !begins_as_pickle => {
                // Raw data can look like an import by chance, but hardly like one of a Python name.
                let mut index = 0;
                found.imports.retain(|import| {
                    index += 1;
                    index <= before || import.name.is_likely()
                });
                match found.imports.len() > before {
                    true => End::Early(window.at(), stop),
                    false => End::Trailing(start),
                }
            }
            Err(stop) => End::Early(window.at(), stop),
        };
        return Walked { imports: found.imports, end, is_marked, over_arrays, tensors };
    }
}

impl Name {
    /// Whether it is this one.
    pub fn is(&self, module: &str, name: &str) -> bool {
        matches!(self, Name::Known(of, what) if of == module && what == name)
    }

    /// Whether it is hardly there by chance: it reads like a name in Python, or was made of two values.
    pub fn is_likely(&self) -> bool {
        let plain = |text: &str| {
            !text.is_empty()
                && text.split('.').all(|part| {
                    part.starts_with(|first: char| first.is_alphabetic() || first == '_')
                        && part.chars().all(|next| next.is_alphanumeric() || next == '_')
                })
        };
        match self {
            Name::Known(module, name) => plain(module) && plain(name),
            Name::Unknown(why) => *why == MADE,
        }
    }
}

#[derive(Default)]
struct Found {
    imports: Vec<Import>,
    known: HashMap<Name, u32>,
}

impl Found {
    fn add(&mut self, name: Name, at: u64) -> Result<u32, Stop> {
        if let Some(index) = self.known.get(&name) {
            return Ok(*index);
        }
        let index = self.imports.len();
        if index >= MAX_IMPORTS {
            return Err(Stop::Limit("more imports than are looked at"));
        }
        self.imports.push(Import { name: name.clone(), at, called: false, ran: false, changed: false });
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        self.known.insert(name, index);
        Ok(index)
    }
}

/// The stack machine of one pickle, as far as it matters for imports. Stacks follow `_pickle.c`: nothing
/// below the last mark can be reached.
struct Machine<'a> {
    found: &'a mut Found,
    opcodes: &'a mut u64,
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: HashMap<u64, Value>,
    texts: Vec<String>,
    by_text: HashMap<String, u32>,
    texts_bytes: usize,
    torch_magic: bool,
    has_protocol: bool,
    /// Where the last frame ends.
    frame_end: u64,
    /// Whether it is walked to know what one load of it finds, which ends at a name that is no text.
    is_first_only: bool,
    arrays: Option<Arrays>,
}

const UNDERFLOW: Stop = Stop::Broken("an opcode takes more than is there");
const NO_MARK: Stop = Stop::Broken("an opcode wants a mark that is not there");

impl<'a> Machine<'a> {
    fn new(found: &'a mut Found, opcodes: &'a mut u64, arrays: Option<Arrays>) -> Self {
        Machine {
            found,
            opcodes,
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
            texts: Vec::new(),
            by_text: HashMap::new(),
            texts_bytes: 0,
            torch_magic: false,
            has_protocol: false,
            frame_end: 0,
            is_first_only: false,
            arrays,
        }
    }

    fn run<R: Read + Seek>(&mut self, window: &mut Window<'_, R>) -> Result<(), Stop> {
        loop {
            let at = window.at();
            *self.opcodes =
                self.opcodes.checked_sub(1).ok_or(Stop::Limit("more opcodes than are looked at"))?;
            let opcode = window.byte()?;
            if opcode == b'.' {
                return self.pop().map(|_| ());
            }
            self.step(opcode, at, window)?;
        }
    }

    fn step<R: Read + Seek>(&mut self, opcode: u8, at: u64, w: &mut Window<'_, R>) -> Result<(), Stop> {
        match opcode {
            // Values that name nothing.
            b']' | 0x88 | 0x89 | 0x8f => self.push(Value::Object),
            0x97 => self.push(Value::Other),
            b'N' => self.push(Value::Nothing),
            b')' => self.tuple(0),
            b'}' => {
                let made = self.arrays.as_mut().map_or(Value::Object, Arrays::dictionary);
                self.push(made)
            }
            b'K' => w.byte().and_then(|number| self.push(Value::Number(number.into()))),
            b'M' => w.array().and_then(|two| self.push(Value::Number(u16::from_le_bytes(two).into()))),
            b'J' => w.array().and_then(|four| self.push(Value::Number(i32::from_le_bytes(four)))),
            b'G' => w.skip(8).and_then(|()| self.push(Value::Object)),
            b'F' | b'I' | b'L' => line(w).and_then(|_| self.push(Value::Other)),
            0x8a => self.long(w),
            0x8b | b'B' => {
                let length = u32::from_le_bytes(w.array()?);
                self.sized(w, length.into())
            }
            b'C' => {
                let length = w.byte()?;
                self.sized(w, length.into())
            }
            0x8e | 0x96 => {
                let length = u64::from_le_bytes(w.array()?);
                self.sized(w, length)
            }
            // Strings. What is escaped is left unknown.
            b'S' => {
                let text = line(w)?;
                let text = text.as_deref().map(str::trim_end).and_then(unquoted);
                self.text(text.map(str::to_owned))
            }
            b'V' => {
                let text = line(w)?.filter(|text| !text.contains('\\'));
                self.text(text)
            }
            b'U' | 0x8c => {
                let length = w.byte()?;
                self.string(w, length.into())
            }
            b'T' | b'X' => {
                let length = u32::from_le_bytes(w.array()?);
                self.string(w, length.into())
            }
            0x8d => {
                let length = u64::from_le_bytes(w.array()?);
                self.string(w, length)
            }
            // The stack and the memo.
            b'(' => self.mark(),
            b'0' if self.marks.last() == Some(&self.stack.len()) => self.drop_to_mark().map(drop),
            b'0' => self.pop().map(drop),
            b'1' => self.drop_to_mark().map(drop),
            b'2' => {
                let top = self.top()?;
                self.push(top)
            }
            b'p' => number(w).and_then(|index| self.remember(index)),
            b'q' => w.byte().and_then(|index| self.remember(index.into())),
            b'r' => w.array().and_then(|index| self.remember(u32::from_le_bytes(index).into())),
            0x94 => self.remember(self.memo.len() as u64),
            b'g' => number(w).and_then(|index| self.recall(index)),
            b'h' => w.byte().and_then(|index| self.recall(index.into())),
            b'j' => w.array().and_then(|index| self.recall(u32::from_le_bytes(index).into())),
            // Containers.
            b't' => {
                let count = self.above_mark()?;
                self.tuple(count)
            }
            b'l' | b'd' | 0x91 => {
                let count = self.above_mark()?;
                self.hide(count)?;
                self.push(Value::Other)
            }
            0x85 => self.tuple(1),
            0x86 => self.tuple(2),
            0x87 => self.tuple(3),
            b'a' => self.hide(1).and_then(|()| self.top()).map(drop),
            b's' => self.set(2),
            b'u' => {
                let count = self.above_mark()?;
                self.set(count)
            }
            b'e' | 0x90 => {
                let count = self.above_mark()?;
                self.hide(count).and_then(|()| self.top()).map(drop)
            }
            0x98 => self.top().map(drop),
            // Imports, and what calls them.
            b'c' => {
                let name = global(w)?;
                let value = self.imported(name, at)?;
                self.push(value)
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                if self.is_first_only && !(name.may_be_text() && module.may_be_text()) {
                    return Err(Stop::Broken("a name that is no text"));
                }
                let name = match (self.named(module), self.named(name)) {
                    (Some(module), Some(name)) => Name::Known(module, name),
                    _ => Name::Unknown(MADE),
                };
                let value = self.imported(name, at)?;
                self.push(value)
            }
            0x82 => w.array::<1>().and_then(|_| self.extension(at)),
            0x83 => w.array::<2>().and_then(|_| self.extension(at)),
            0x84 => w.array::<4>().and_then(|_| self.extension(at)),
            b'i' => {
                let name = global(w)?;
                let count = self.above_mark()?;
                let value = self.imported(name, at)?;
                self.call(value, true);
                self.push(value)?;
                self.hide(count + 1)?;
                self.push(Value::Other)
            }
            b'o' => {
                let count = self.above_mark()?;
                let first = self.stack.len().checked_sub(count).and_then(|at| self.stack.get(at).copied());
                let first = first.filter(|_| count > 0).ok_or(UNDERFLOW)?;
                self.call(first, true);
                self.hide(count)?;
                self.push(Value::Other)
            }
            b'R' | 0x81 => {
                let (with, called) = (self.pop()?, self.pop()?);
                let is_made = opcode == 0x81;
                self.call(called, !is_made);
                let is_object = is_made && self.is_object_of(called);
                let given = match &mut self.arrays {
                    Some(arrays) => arrays.call(called, with, is_made, &self.texts)?,
                    None if is_object => Value::Object,
                    None => Value::Other,
                };
                self.push(given)
            }
            0x92 => {
                self.hide(2)?;
                let called = self.top()?;
                self.call(called, false);
                self.hide(1)?;
                self.push(Value::Other)
            }
            b'b' => self.fill(w),
            // The loader's own door for objects kept elsewhere; Python's own loader refuses.
            b'P' => line(w).and_then(|_| self.push(Value::Other)),
            b'Q' => {
                let kept = self.take(1, Arrays::kept_elsewhere)?;
                self.push(kept.unwrap_or(Value::Other))
            }
            0x80 => match w.byte()? {
                0..=5 => {
                    self.has_protocol = true;
                    Ok(())
                }
                _ => Err(Stop::Broken("a protocol above 5")),
            },
            // The length of a frame is not believed: Python's loader in C does, the one in Python does not. Arrays lie
            // behind it.
            0x95 => {
                let length = u64::from_le_bytes(w.array()?);
                if self.arrays.is_some() && self.frame_end > w.at() {
                    return Err(Stop::Broken("a frame in a frame"));
                }
                self.frame_end = w.at().saturating_add(length);
                Ok(())
            }
            _ => Err(Stop::Broken("no opcode of a pickle")),
        }
    }

    fn push(&mut self, value: Value) -> Result<(), Stop> {
        if self.stack.len() >= MAX_STACK {
            return Err(Stop::Limit("more values on the stack than are looked at"));
        }
        self.stack.push(value);
        Ok(())
    }

    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn pop(&mut self) -> Result<Value, Stop> {
        if self.stack.len() <= self.fence() {
            return Err(UNDERFLOW);
        }
        self.stack.pop().ok_or(UNDERFLOW)
    }

    fn top(&self) -> Result<Value, Stop> {
        if self.stack.len() <= self.fence() {
            return Err(UNDERFLOW);
        }
        self.stack.last().copied().ok_or(UNDERFLOW)
    }

    fn mark(&mut self) -> Result<(), Stop> {
        if self.marks.len() >= MAX_STACK {
            return Err(Stop::Limit("more marks than are looked at"));
        }
        self.marks.push(self.stack.len());
        Ok(())
    }

    /// Drops what lies above the last mark; the lowest value of it.
    fn drop_to_mark(&mut self) -> Result<Option<Value>, Stop> {
        let mark = self.marks.pop().ok_or(NO_MARK)?;
        let first = self.stack.get(mark).copied();
        self.stack.truncate(mark);
        Ok(first)
    }

    /// How many values lie above the last mark, which goes.
    fn above_mark(&mut self) -> Result<usize, Stop> {
        let mark = self.marks.pop().ok_or(NO_MARK)?;
        Ok(self.stack.len().saturating_sub(mark))
    }

    /// Takes the last values, of which there must be as many, and hands them to `with`.
    fn take<T>(
        &mut self,
        count: usize,
        with: impl FnOnce(&mut Arrays, &[Value]) -> Result<T, Stop>,
    ) -> Result<Option<T>, Stop> {
        let from =
            self.stack.len().checked_sub(count).filter(|from| *from >= self.fence()).ok_or(UNDERFLOW)?;
        let taken = match &mut self.arrays {
            Some(arrays) => Some(with(arrays, self.stack.get(from..).unwrap_or_default())?),
            None => None,
        };
        self.stack.truncate(from);
        Ok(taken)
    }

    /// The last values go where nothing is followed.
    fn hide(&mut self, count: usize) -> Result<(), Stop> {
        self.take(count, Arrays::hide).map(drop)
    }

    fn tuple(&mut self, count: usize) -> Result<(), Stop> {
        let tuple = self.take(count, Arrays::tuple)?;
        self.push(tuple.unwrap_or(Value::Object))
    }

    /// Keys and values go into the dictionary below them.
    fn set(&mut self, count: usize) -> Result<(), Stop> {
        let below =
            self.stack.len().checked_sub(count + 1).filter(|at| *at >= self.fence()).ok_or(UNDERFLOW)?;
        let into = self.stack.get(below).copied().unwrap_or(Value::Other);
        let texts = std::mem::take(&mut self.texts);
        let set = self.take(count, |arrays, pairs| arrays.set(into, pairs, &texts));
        self.texts = texts;
        set.map(drop)
    }

    /// A state for the value below it; where that makes an array, the array is next.
    fn fill<R: Read + Seek>(&mut self, w: &mut Window<'_, R>) -> Result<(), Stop> {
        let state = self.pop()?;
        let inner = self.top()?;
        if let Some(import) = self.import(inner) {
            import.changed = true;
        }
        let array = match &mut self.arrays {
            Some(arrays) => arrays.fill(inner, state, &self.texts)?,
            None => None,
        };
        let Some(array) = array else { return Ok(()) };
        // joblib reads the array from behind the frame, wherever the opcodes are.
        if self.frame_end > w.at() {
            return Err(Stop::Broken("an array that begins inside a frame"));
        }
        match array {
            Array::Plain { bytes, is_padded } => {
                if is_padded {
                    let padding = w.byte()?;
                    w.skip(padding.into())?;
                }
                w.skip(bytes)?;
            }
            Array::Objects => {
                let mut nested = Machine::new(self.found, self.opcodes, None);
                nested.run(w)?;
                if nested.frame_end > w.at() {
                    return Err(Stop::Broken("a pickle that ends inside a frame"));
                }
            }
        }
        self.pop()?;
        self.push(Value::Other)
    }

    fn sized<R: Read + Seek>(&mut self, w: &mut Window<'_, R>, length: u64) -> Result<(), Stop> {
        w.skip(length)?;
        self.push(Value::Other)
    }

    fn long<R: Read + Seek>(&mut self, w: &mut Window<'_, R>) -> Result<(), Stop> {
        let length = w.byte()?;
        let digits = w.bytes(length.into())?;
        self.torch_magic |= digits == TORCH_MAGIC;
        self.push(Value::Other)
    }

    fn string<R: Read + Seek>(&mut self, w: &mut Window<'_, R>, length: u64) -> Result<(), Stop> {
        match usize::try_from(length) {
            Ok(length) if length <= MAX_TEXT => {
                let text = String::from_utf8(w.bytes(length)?).ok();
                self.text(text)
            }
            _ => self.sized(w, length),
        }
    }

    fn text(&mut self, text: Option<String>) -> Result<(), Stop> {
        let value = text.map_or(Value::Other, |text| self.keep(text));
        self.push(value)
    }

    fn keep(&mut self, text: String) -> Value {
        if let Some(index) = self.by_text.get(&text) {
            return Value::Text(*index);
        }
        // Twice the text, and what the tables around it take.
        let cost = 2 * text.len() + 96;
        let Ok(index) = u32::try_from(self.texts.len()) else { return Value::Other };
        if self.texts_bytes + cost > MAX_TEXTS_BYTES {
            return Value::Other;
        }
        self.texts_bytes += cost;
        self.texts.push(text.clone());
        self.by_text.insert(text, index);
        Value::Text(index)
    }

    fn named(&self, value: Value) -> Option<String> {
        match value {
            Value::Text(index) => self.texts.get(index as usize).cloned(),
            _ => None,
        }
    }

    fn remember(&mut self, index: u64) -> Result<(), Stop> {
        let top = self.top()?;
        self.memo.insert(index, top);
        if self.memo.len() > MAX_MEMO {
            return Err(Stop::Limit("more values remembered than are looked at"));
        }
        Ok(())
    }

    fn recall(&mut self, index: u64) -> Result<(), Stop> {
        let value = self.memo.get(&index).copied();
        self.push(value.ok_or(Stop::Broken("it recalls what it never remembered"))?)
    }

    fn extension(&mut self, at: u64) -> Result<(), Stop> {
        let name = Name::Unknown("an import by a number that only the loading program knows");
        let value = self.imported(name, at)?;
        self.push(value)
    }

    fn imported(&mut self, name: Name, at: u64) -> Result<Value, Stop> {
        let of_arrays = match (&name, self.arrays.is_some()) {
            (Name::Known(module, name), true) => Some((module.clone(), name.clone())),
            _ => None,
        };
        let index = self.found.add(name, at)?;
        if let (Some(arrays), Some((module, name))) = (&mut self.arrays, of_arrays) {
            arrays.imported(index, &module, &name);
        }
        Ok(Value::Import(index))
    }

    /// Whether what is made of it is surely no text: of a class that is not Python's own.
    fn is_object_of(&mut self, class: Value) -> bool {
        self.import(class).is_some_and(|import| match &import.name {
            Name::Known(module, _) => !matches!(module.as_str(), "builtins" | "__builtin__"),
            Name::Unknown(_) => false,
        })
    }

    fn call(&mut self, value: Value, ran: bool) {
        if let Some(import) = self.import(value) {
            import.called = true;
            import.ran |= ran;
        }
    }

    fn import(&mut self, value: Value) -> Option<&mut Import> {
        match value {
            Value::Import(index) => self.found.imports.get_mut(index as usize),
            _ => None,
        }
    }
}

/// Two lines: a module and a name.
fn global<R: Read + Seek>(window: &mut Window<'_, R>) -> Result<Name, Stop> {
    let (module, name) = (line(window)?, line(window)?);
    Ok(match (module, name) {
        (Some(module), Some(name)) => Name::Known(module, name),
        _ => Name::Unknown("an import whose name is too long, or no UTF-8"),
    })
}

/// A line without its end; none when it is too long to be a name, or no UTF-8.
fn line<R: Read + Seek>(window: &mut Window<'_, R>) -> Result<Option<String>, Stop> {
    let mut text = Vec::new();
    loop {
        match window.byte()? {
            b'\n' => break,
            byte if text.len() <= MAX_TEXT => text.push(byte),
            _ => {}
        }
    }
    Ok((text.len() <= MAX_TEXT).then(|| String::from_utf8(text).ok()).flatten())
}

fn number<R: Read + Seek>(window: &mut Window<'_, R>) -> Result<u64, Stop> {
    let text = line(window)?.unwrap_or_default();
    // As Python's loader in C reads it: up to a NUL, and with `_` between digits.
    let digits: String = text.split('\0').next().unwrap_or_default().trim().split('_').collect();
    digits.parse().map_err(|_| Stop::Broken("a memo number that is none"))
}

/// The text between quotes, unless something in it is escaped.
fn unquoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    text.strip_prefix(quote)?.strip_suffix(quote).filter(|inner| !inner.contains('\\'))
}
