//! What an ONNX model says of itself: who made it, inputs, outputs, operators, tensors. onnx.proto.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::super::window::{Stop, Window};
use super::lines::{Lines, shape_line};

/// Bytes read of one file; what is stepped over does not count.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Fields of one file.
const MAX_FIELDS: u64 = 4_000_000;
/// Longer texts are not kept.
const MAX_TEXT: u64 = 1024;
/// Different operators.
const MAX_OPERATORS: usize = 1024;
const MAX_DIMENSIONS: usize = 16;

/// Types of elements, by their numbers.
const TYPES: [&str; 24] = [
    "?",
    "F32",
    "U8",
    "I8",
    "U16",
    "I16",
    "I32",
    "I64",
    "text",
    "BOOL",
    "F16",
    "F64",
    "U32",
    "U64",
    "C64",
    "C128",
    "BF16",
    "F8_E4M3FN",
    "F8_E4M3FNUZ",
    "F8_E5M2",
    "F8_E5M2FNUZ",
    "U4",
    "I4",
    "F4",
];

#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Tensor,
    Value,
    Opset,
}

#[derive(Default)]
struct Told {
    operators: BTreeMap<String, u64>,
    left: u64,
}

/// One message: texts and numbers by the numbers of their fields.
#[derive(Default)]
struct Fields {
    texts: Vec<(u64, String)>,
    numbers: Vec<(u64, u64)>,
}

impl Fields {
    fn text(&self, field: u64) -> &str {
        self.texts.iter().find(|(number, _)| *number == field).map_or("", |(_, text)| text.as_str())
    }

    fn number(&self, field: u64) -> Option<u64> {
        self.numbers.iter().find(|(number, _)| *number == field).map(|(_, value)| *value)
    }
}

/// Tells what the model holds.
pub(super) fn tell<R: Read + Seek>(window: &mut Window<'_, R>, lines: &mut Lines) -> Result<(), Stop> {
    let mut told = Told { left: MAX_FIELDS, ..Told::default() };
    let ended = window.limited(MAX_BYTES, |window| {
        let end = window.at() + window.left();
        message(window, end, Message::Model, &mut told, lines)
    });
    let mut operators: Vec<(String, u64)> = told.operators.into_iter().collect();
    operators.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    lines.add_all("operator", operators.into_iter().map(|(name, count)| format!("{name} × {count}")));
    ended
}

fn message<R: Read + Seek>(
    w: &mut Window<'_, R>,
    end: u64,
    kind: Message,
    told: &mut Told,
    lines: &mut Lines,
) -> Result<(), Stop> {
    let mut fields = Fields::default();
    while w.at() < end {
        told.left = told.left.checked_sub(1).ok_or(Stop::Limit("more fields than are looked at"))?;
        let tag = varint(w)?;
        let field = tag >> 3;
        match tag & 7 {
            0 => {
                let value = varint(w)?;
                if fields.numbers.len() < MAX_DIMENSIONS {
                    fields.numbers.push((field, value));
                }
            }
            1 => w.skip(8)?,
            5 => w.skip(4)?,
            2 => {
                let length = varint(w)?;
                let next = w.at().checked_add(length).filter(|next| *next <= end).ok_or(Stop::Cut)?;
                let inner = match (kind, field) {
                    (Message::Model, 7) => Some(Message::Graph),
                    (Message::Model, 8) => Some(Message::Opset),
                    (Message::Graph, 1) => Some(Message::Node),
                    (Message::Graph, 5) => Some(Message::Tensor),
                    (Message::Graph, 11 | 12) => Some(Message::Value),
                    _ => None,
                };
                // The sizes of a tensor may be packed.
                let is_packed = matches!((kind, field), (Message::Tensor, 1));
                match inner {
                    Some(Message::Value) => {
                        let mut own = Lines::default();
                        message(w, next, Message::Value, told, &mut own)?;
                        let label = if field == 11 { "input" } else { "output" };
                        for (_, text) in own.take() {
                            lines.add_counted(label, text.raw());
                        }
                    }
                    Some(inner) => message(w, next, inner, told, lines)?,
                    None if is_packed => {
                        while w.at() < next && fields.numbers.len() < MAX_DIMENSIONS {
                            let size = varint(w)?;
                            fields.numbers.push((1, size));
                        }
                    }
                    None if is_text(kind, field) && length <= MAX_TEXT => {
                        let bytes = w.bytes(usize::try_from(length).unwrap_or(0))?;
                        fields.texts.push((field, String::from_utf8_lossy(&bytes).into_owned()));
                    }
                    None => {}
                }
                w.go(next)?;
            }
            _ => return Err(Stop::Broken("it is no ONNX model here")),
        }
    }
    whole(kind, &fields, told, lines);
    Ok(())
}

fn is_text(kind: Message, field: u64) -> bool {
    matches!(
        (kind, field),
        (Message::Model, 2..=4)
            | (Message::Graph, 2)
            | (Message::Node, 4 | 7)
            | (Message::Tensor, 8)
            | (Message::Value, 1)
            | (Message::Opset, 1)
    )
}

/// A message that was read to its end.
fn whole(kind: Message, fields: &Fields, told: &mut Told, lines: &mut Lines) {
    match kind {
        Message::Model => {
            let maker = format!("{} {}", fields.text(2), fields.text(3));
            if !maker.trim().is_empty() {
                lines.add("made by", maker.trim());
            }
            if let Some(version) = fields.number(1) {
                lines.add("version of the format", version.to_string());
            }
        }
        Message::Graph if !fields.text(2).is_empty() => lines.add("graph", fields.text(2)),
        Message::Graph => {}
        Message::Node => {
            let name = match fields.text(7) {
                "" => fields.text(4).to_owned(),
                domain => format!("{domain}.{}", fields.text(4)),
            };
            if told.operators.len() < MAX_OPERATORS || told.operators.contains_key(&name) {
                *told.operators.entry(name).or_default() += 1;
            }
        }
        Message::Tensor => {
            let shape: Vec<u64> =
                fields.numbers.iter().filter(|(field, _)| *field == 1).map(|(_, size)| *size).collect();
            let kind =
                fields.number(2).and_then(|kind| TYPES.get(usize::try_from(kind).ok()?)).unwrap_or(&"?");
            lines.add_counted("tensor", shape_line(fields.text(8), kind, &shape));
        }
        Message::Value => lines.add("", fields.text(1)),
        Message::Opset => {
            let domain = if fields.text(1).is_empty() { "ai.onnx" } else { fields.text(1) };
            lines.add("operators of", format!("{domain} {}", fields.number(2).unwrap_or_default()));
        }
    }
}

fn varint<R: Read + Seek>(w: &mut Window<'_, R>) -> Result<u64, Stop> {
    let mut value = 0_u64;
    for shift in (0..70).step_by(7) {
        let byte = w.byte()?;
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Stop::Broken("a number that is none"))
}
