//! ONNX: tensors kept in other files, and operators from elsewhere. The messages are walked by a table of
//! their fields; weights are stepped over, and nothing is built. onnx.proto3.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use super::archive::leaves;
use super::found::Hazards;
use super::window::{Stop, Window};
use crate::inventory::model::hazard::{HazardKind, Tier};

/// Bytes read of one file; what is stepped over does not count.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Messages inside messages.
const MAX_DEPTH: usize = 64;
/// Longer names are not kept.
const MAX_TEXT: u64 = 4096;
/// Different domains of operators.
const MAX_DOMAINS: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Sparse,
    External,
    Opset,
    Function,
    Training,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    In(Message),
    Domain,
    Operator,
    OwnDomain,
    Key,
    Value,
}

/// The fields that matter: in which message, which number, what it is.
const FIELDS: [(Message, u64, Field); 29] = [
    (Message::Model, 7, Field::In(Message::Graph)),
    (Message::Model, 8, Field::In(Message::Opset)),
    (Message::Model, 20, Field::In(Message::Training)),
    (Message::Model, 25, Field::In(Message::Function)),
    (Message::Training, 1, Field::In(Message::Graph)),
    (Message::Training, 2, Field::In(Message::Graph)),
    (Message::Graph, 1, Field::In(Message::Node)),
    (Message::Graph, 5, Field::In(Message::Tensor)),
    (Message::Graph, 15, Field::In(Message::Sparse)),
    (Message::Sparse, 1, Field::In(Message::Tensor)),
    (Message::Sparse, 2, Field::In(Message::Tensor)),
    (Message::Node, 4, Field::Operator),
    (Message::Node, 5, Field::In(Message::Attribute)),
    (Message::Node, 7, Field::Domain),
    (Message::Attribute, 5, Field::In(Message::Tensor)),
    (Message::Attribute, 6, Field::In(Message::Graph)),
    (Message::Attribute, 10, Field::In(Message::Tensor)),
    (Message::Attribute, 11, Field::In(Message::Graph)),
    (Message::Attribute, 22, Field::In(Message::Sparse)),
    (Message::Attribute, 23, Field::In(Message::Sparse)),
    (Message::Tensor, 13, Field::In(Message::External)),
    (Message::External, 1, Field::Key),
    (Message::External, 2, Field::Value),
    (Message::Opset, 1, Field::Domain),
    (Message::Function, 7, Field::In(Message::Node)),
    (Message::Function, 9, Field::In(Message::Opset)),
    (Message::Function, 10, Field::OwnDomain),
    (Message::Function, 11, Field::In(Message::Attribute)),
    (Message::Function, 12, Field::In(Message::Tensor)),
];

/// Domains whose operators the runtimes bring along.
const KNOWN_DOMAINS: [&str; 11] = [
    "",
    "ai.onnx",
    "ai.onnx.ml",
    "ai.onnx.training",
    "ai.onnx.preview",
    "ai.onnx.preview.training",
    "com.microsoft",
    "com.microsoft.dml",
    "com.microsoft.nchwc",
    "com.ms.internal.nhwc",
    "org.pytorch.aten",
];
/// Operators that run Python.
const RUN_CODE: [&str; 4] = ["PyOp", "PyCustomOp", "PythonOp", "PythonOpGrad"];

#[derive(Default)]
struct Seen {
    domains: BTreeSet<String>,
    own_domains: BTreeSet<String>,
    key: String,
    value: String,
}

/// Looks at a model.
pub(super) fn look<R: Read + Seek>(window: &mut Window<'_, R>, found: &mut Hazards) {
    let mut seen = Seen::default();
    let ended = window.limited(MAX_BYTES, |window| walk(window, &mut seen, found));
    let foreign = seen
        .domains
        .iter()
        .filter(|domain| !KNOWN_DOMAINS.contains(&domain.as_str()) && !seen.own_domains.contains(*domain));
    for domain in foreign {
        let why = "operators that no runtime brings along: a library must be loaded for them";
        found.add(Tier::Suspicious, HazardKind::Onnx, "opset", domain, why);
    }
    if let Err(stop) = ended {
        let place = format!("byte {}", window.at());
        found.add(Tier::Unreadable, HazardKind::Onnx, &place, "", format!("cannot be read on: {stop}"));
    }
}

fn walk<R: Read + Seek>(
    window: &mut Window<'_, R>,
    seen: &mut Seen,
    found: &mut Hazards,
) -> Result<(), Stop> {
    let mut open = vec![(Message::Model, window.at() + window.left())];
    while let Some((message, end)) = open.last().copied() {
        if window.at() >= end {
            if window.at() > end {
                return Err(Stop::Broken("a field is longer than what holds it"));
            }
            if message == Message::External {
                external(seen, window.at(), found);
            }
            open.pop();
            continue;
        }
        let at = window.at();
        let key = varint(window)?;
        let field = FIELDS.iter().find(|(holder, number, _)| *holder == message && *number == key >> 3);
        let length = match key & 7 {
            0 => {
                varint(window)?;
                continue;
            }
            1 => {
                window.skip(8)?;
                continue;
            }
            5 => {
                window.skip(4)?;
                continue;
            }
            2 => varint(window)?,
            _ => return Err(Stop::Broken("no protobuf")),
        };
        let until = window.at().checked_add(length).filter(|until| *until <= end).ok_or(Stop::Cut)?;
        match field.map(|(_, _, what)| *what) {
            None => window.skip(length)?,
            Some(Field::In(inner)) => {
                if open.len() >= MAX_DEPTH {
                    return Err(Stop::Limit("more messages inside messages than are looked at"));
                }
                open.push((inner, until));
            }
            Some(what) => {
                if length > MAX_TEXT {
                    return Err(Stop::Limit("a name that is longer than any name"));
                }
                let bytes = window.bytes(usize::try_from(length).map_err(|_| Stop::Cut)?)?;
                seen.text(what, String::from_utf8_lossy(&bytes).into_owned(), at, found);
            }
        }
    }
    Ok(())
}

impl Seen {
    fn text(&mut self, what: Field, text: String, at: u64, found: &mut Hazards) {
        match what {
            Field::Domain if self.domains.len() < MAX_DOMAINS => drop(self.domains.insert(text)),
            Field::OwnDomain if self.own_domains.len() < MAX_DOMAINS => drop(self.own_domains.insert(text)),
            Field::Operator if RUN_CODE.contains(&text.as_str()) => {
                let why = "an operator that runs Python";
                found.add(Tier::Dangerous, HazardKind::Onnx, &format!("byte {at}"), &text, why);
            }
            Field::Key => self.key = text,
            Field::Value => self.value = text,
            _ => {}
        }
    }
}

/// External data names a file below the model's folder.
fn external(seen: &mut Seen, at: u64, found: &mut Hazards) {
    let (key, value) = (std::mem::take(&mut seen.key), std::mem::take(&mut seen.value));
    if key != "location" {
        return;
    }
    if !leaves(&value) {
        if found.reads.len() < MAX_DOMAINS && !found.reads.contains(&value) {
            found.reads.push(value);
        }
    } else {
        let why = "weights are read from a file outside the folder, which no signature covers";
        found.add(Tier::Dangerous, HazardKind::Onnx, &format!("byte {at}"), &value, why);
    }
}

fn varint<R: Read + Seek>(window: &mut Window<'_, R>) -> Result<u64, Stop> {
    let mut value = 0_u64;
    for shift in 0..10 {
        let byte = window.byte()?;
        value |= u64::from(byte & 0x7f) << (7 * shift);
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Stop::Broken("a number that does not end"))
}
