//! The arrays that joblib writes between the opcodes of a pickle, and how long each is. Where that cannot be told for
//! sure, the walk ends: a wrong length would hide what is loaded. It knows no import by what it can do.

use super::window::Stop;

/// What a walk knows of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Text(u32),
    Import(u32),
    /// The others matter for arrays only.
    Number(i32),
    Nothing,
    Tuple(u32),
    Type(u32),
    Fields(u32),
    Wrapper(u32),
    Storage(u32),
    Tensor(u32),
    /// Surely no text: a number in bytes, a list, an object of a class.
    Object,
    Other,
}

impl Value {
    /// Whether it may be a text, and so the name of something.
    pub fn may_be_text(self) -> bool {
        matches!(self, Value::Text(_) | Value::Import(_) | Value::Other)
    }
}

/// A tensor that a pickle of PyTorch rebuilds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tensor {
    /// What the dictionary that holds it calls it.
    pub name: String,
    /// The type of its elements, by the name of its storage.
    pub kind: String,
    /// Its sizes.
    pub shape: Vec<u64>,
}

/// What joblib puts in place of an array: what follows the opcode that fills it is the array itself.
pub(super) const WRAPPER: (&str, &str) = ("joblib.numpy_pickle", "NumpyArrayWrapper");
const TYPE: (&str, &str) = ("numpy", "dtype");
/// Longer tuples matter to no array.
const MAX_TUPLE: usize = 9;
/// Tuples, types, wrappers of one pickle that are kept; later ones are unknown, and so are their arrays.
const MAX_KEPT: usize = 1 << 18;
/// Tensors with a name that are kept.
const MAX_NAMED: usize = 100_000;
const LOST: Stop = Stop::Broken("arrays lie between the opcodes otherwise than joblib writes them");

/// What follows a wrapper that was filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Array {
    /// Plain elements; before them, where it is said so, a byte and as many bytes of nothing as it says.
    Plain { bytes: u64, is_padded: bool },
    /// A pickle of its own.
    Objects,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    /// Of these bytes; whether the type's own state has to say them once more.
    Plain(u64, bool),
    /// Of several fields, in these bytes.
    Record(u64),
    Object,
    Unknown,
}

#[derive(Clone, Copy, Default)]
struct Fields {
    shape: Option<Value>,
    of: Option<Value>,
    alignment: Option<Value>,
    is_odd: bool,
}

/// What is kept of the values of one pickle that may describe an array.
#[derive(Default)]
pub(super) struct Arrays {
    wrapper: Option<u32>,
    of: Option<u32>,
    tuples: Vec<Box<[Value]>>,
    types: Vec<Element>,
    fields: Vec<Fields>,
    wrappers: Vec<Fields>,
    storages: Vec<(u32, String)>,
    rebuilds: Vec<u32>,
    tensors: Vec<Tensor>,
    /// Tensors by their names, the first of them.
    pub named: Vec<Tensor>,
}

impl Arrays {
    /// An import of this number has this name.
    pub fn imported(&mut self, index: u32, module: &str, name: &str) {
        match (module, name) {
            WRAPPER => self.wrapper = Some(index),
            TYPE => self.of = Some(index),
            ("torch._utils", "_rebuild_tensor_v2" | "_rebuild_tensor" | "_rebuild_parameter") => {
                self.rebuilds.push(index);
            }
            ("torch", storage) => {
                let kind = storage.strip_suffix("Storage").map(|kind| (index, kind.to_owned()));
                self.storages.extend(kind);
            }
            _ => {}
        }
    }

    /// What is kept elsewhere, by its name there: PyTorch's numbers.
    pub fn kept_elsewhere(&mut self, values: &[Value]) -> Result<Value, Stop> {
        let other = self.hide(values)?;
        let [Value::Tuple(named)] = values else { return Ok(other) };
        let storage = match self.tuples.get(*named as usize).map(|named| &**named) {
            Some([_, Value::Import(class), ..]) => self.storages.iter().position(|(index, _)| index == class),
            _ => None,
        };
        Ok(storage.and_then(|index| u32::try_from(index).ok()).map_or(other, Value::Storage))
    }

    /// A tensor of these parts, or the one that they begin with.
    fn rebuilt(&mut self, arguments: Value) -> Value {
        let Value::Tuple(arguments) = arguments else { return Value::Other };
        let (kind, shape) = match self.tuples.get(arguments as usize).map(|arguments| &**arguments) {
            Some([Value::Tensor(index), ..]) => return Value::Tensor(*index),
            Some([Value::Storage(storage), _, Value::Tuple(shape), ..]) => (*storage, *shape),
            _ => return Value::Other,
        };
        let kind = self.storages.get(kind as usize).map(|(_, kind)| kind.clone()).unwrap_or_default();
        let sizes = self.tuples.get(shape as usize).map(|shape| &**shape).unwrap_or_default();
        let size = |value: &Value| match value {
            Value::Number(size) => u64::try_from(*size).ok(),
            _ => None,
        };
        let Some(shape) = sizes.iter().map(size).collect() else { return Value::Other };
        keep(&mut self.tensors, Tensor { name: String::new(), kind, shape }, Value::Tensor)
    }

    /// Values that go where nothing is followed: a wrapper must not.
    pub fn hide(&mut self, values: &[Value]) -> Result<Value, Stop> {
        let is_wrapper = |value: &Value| match value {
            Value::Wrapper(_) => true,
            Value::Import(index) => Some(*index) == self.wrapper,
            _ => false,
        };
        match values.iter().any(is_wrapper) {
            true => Err(LOST),
            false => Ok(Value::Other),
        }
    }

    /// A tuple of these.
    pub fn tuple(&mut self, values: &[Value]) -> Result<Value, Stop> {
        let other = self.hide(values)?;
        if values.len() > MAX_TUPLE {
            return Ok(other);
        }
        Ok(keep(&mut self.tuples, values.into(), Value::Tuple))
    }

    /// An empty dictionary.
    pub fn dictionary(&mut self) -> Value {
        // Before there is a wrapper none is filled.
        match self.wrapper {
            Some(_) => keep(&mut self.fields, Fields::default(), Value::Fields),
            None => Value::Other,
        }
    }

    /// Keys and values, by turns, for a dictionary.
    pub fn set(&mut self, into: Value, pairs: &[Value], texts: &[String]) -> Result<(), Stop> {
        self.hide(pairs)?;
        for pair in pairs.chunks(2) {
            if let [Value::Text(name), Value::Tensor(tensor)] = pair
                && let (Some(name), Some(tensor)) =
                    (texts.get(*name as usize), self.tensors.get(*tensor as usize))
                && self.named.len() < MAX_NAMED
            {
                self.named.push(Tensor { name: name.clone(), ..tensor.clone() });
            }
        }
        let Value::Fields(index) = into else { return Ok(()) };
        let Some(fields) = self.fields.get_mut(index as usize) else { return Ok(()) };
        for pair in pairs.chunks(2) {
            let [key, value] = pair else {
                fields.is_odd = true;
                continue;
            };
            let key = match key {
                Value::Text(index) => texts.get(*index as usize).map(String::as_str),
                _ => None,
            };
            match key {
                Some("shape") => fields.shape = Some(*value),
                Some("dtype") => fields.of = Some(*value),
                Some("numpy_array_alignment_bytes") => fields.alignment = Some(*value),
                Some("subclass" | "order" | "allow_mmap") => {}
                _ => fields.is_odd = true,
            }
        }
        Ok(())
    }

    /// What a call gives, or the making of an object without one.
    pub fn call(
        &mut self,
        called: Value,
        with: Value,
        is_made: bool,
        texts: &[String],
    ) -> Result<Value, Stop> {
        let arguments = match with {
            Value::Tuple(index) => self.tuples.get(index as usize),
            _ => None,
        };
        let Value::Import(index) = called else { return self.hide(&[called, with]) };
        if Some(index) == self.wrapper {
            let is_plain = is_made && arguments.is_some_and(|arguments| arguments.is_empty());
            let made = match is_plain {
                true => keep(&mut self.wrappers, Fields::default(), Value::Wrapper),
                false => Value::Other,
            };
            return if made == Value::Other { Err(LOST) } else { Ok(made) };
        }
        if Some(index) == self.of && !is_made {
            let named = match arguments.and_then(|arguments| arguments.first()) {
                Some(Value::Text(index)) => texts.get(*index as usize),
                _ => None,
            };
            let element = named.map_or(Element::Unknown, |text| element(text));
            return Ok(keep(&mut self.types, element, Value::Type));
        }
        let other = self.hide(&[with])?;
        Ok(if self.rebuilds.contains(&index) { self.rebuilt(with) } else { other })
    }

    /// A state is given to a value; what follows when that makes an array.
    pub fn fill(&mut self, value: Value, state: Value, texts: &[String]) -> Result<Option<Array>, Stop> {
        match value {
            Value::Wrapper(index) => {
                let Value::Fields(state) = state else { return Err(LOST) };
                let state = self.fields.get(state as usize).copied().ok_or(LOST)?;
                let own = self.wrappers.get_mut(index as usize).ok_or(LOST)?;
                own.shape = state.shape.or(own.shape);
                own.of = state.of.or(own.of);
                own.alignment = state.alignment.or(own.alignment);
                own.is_odd |= state.is_odd;
                let own = *own;
                self.array(&own).map(Some)
            }
            Value::Type(index) => {
                self.hide(&[state])?;
                let holds = self.fits(index, state, texts);
                if let Some(element) = self.types.get_mut(index as usize).filter(|_| !holds) {
                    *element = Element::Unknown;
                }
                Ok(None)
            }
            // A wrapper's class itself is changed.
            Value::Import(_) => self.hide(&[value, state]).map(|_| None),
            _ => self.hide(&[state]).map(|_| None),
        }
    }

    fn array(&self, wrapper: &Fields) -> Result<Array, Stop> {
        let (Some(Value::Tuple(shape)), Some(Value::Type(of)), false) =
            (wrapper.shape, wrapper.of, wrapper.is_odd)
        else {
            return Err(LOST);
        };
        let is_padded = match wrapper.alignment {
            None | Some(Value::Nothing) => false,
            Some(Value::Number(1..)) => true,
            Some(_) => return Err(LOST),
        };
        match self.types.get(of as usize) {
            Some(Element::Object) => Ok(Array::Objects),
            Some(Element::Plain(width, _) | Element::Record(width)) => {
                let shape = self.tuples.get(shape as usize).ok_or(LOST)?;
                let size = |value: &Value| match value {
                    Value::Number(size) => u64::try_from(*size).ok(),
                    _ => None,
                };
                let bytes = shape.iter().try_fold(*width, |product, value| product.checked_mul(size(value)?));
                let bytes = bytes.filter(|bytes| i64::try_from(*bytes).is_ok()).ok_or(LOST)?;
                Ok(Array::Plain { bytes, is_padded })
            }
            _ => Err(LOST),
        }
    }

    /// Whether a type stays what its name says: NumPy gives it order, fields and size by this state.
    fn fits(&self, of: u32, state: Value, texts: &[String]) -> bool {
        let Value::Tuple(state) = state else { return false };
        let state = self.tuples.get(state as usize).map(|state| &**state).unwrap_or_default();
        let order = match state.get(1) {
            Some(Value::Text(index)) => texts.get(*index as usize).map(String::as_str),
            _ => None,
        };
        let (
            [
                Value::Number(3 | 4),
                _,
                Value::Nothing,
                names,
                fields,
                Value::Number(size),
                Value::Number(_),
                Value::Number(flags),
                ..,
            ],
            Some("<" | ">" | "=" | "|"),
        ) = (state, order)
        else {
            return false;
        };
        let is_plain = (*names, *fields) == (Value::Nothing, Value::Nothing);
        // Whether objects are in it is said by the state alone, and joblib goes by it.
        let holds_objects = flags & 1 != 0;
        match self.types.get(of as usize) {
            Some(Element::Plain(width, true)) => {
                !holds_objects && is_plain && u64::try_from(*size) == Ok(*width)
            }
            Some(Element::Plain(width, false)) => {
                !holds_objects && is_plain && (*size == -1 || u64::try_from(*size) == Ok(*width))
            }
            Some(Element::Record(width)) => !holds_objects && u64::try_from(*size) == Ok(*width),
            Some(Element::Object) => holds_objects && is_plain && (*size == -1 || *size == 8),
            _ => false,
        }
    }
}

/// By the name that NumPy writes: `f8`, `U12`, `O8`.
fn element(text: &str) -> Element {
    let Some((letter, digits)) = text.split_at_checked(1) else { return Element::Unknown };
    let width = digits.parse::<u64>().ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_digit()));
    match (letter, width) {
        ("b", Some(1)) => Element::Plain(1, false),
        ("i" | "u", Some(width @ (1 | 2 | 4 | 8))) => Element::Plain(width, false),
        ("f", Some(width @ (2 | 4 | 8))) => Element::Plain(width, false),
        ("c", Some(width @ (8 | 16))) => Element::Plain(width, false),
        ("m" | "M", Some(8)) => Element::Plain(8, false),
        ("S", Some(width @ 1..=0xffff)) => Element::Plain(width, true),
        ("U", Some(width @ 1..=0xffff)) => Element::Plain(4 * width, true),
        ("V", Some(width @ 1..=0xffff)) => Element::Record(width),
        ("O", Some(8)) => Element::Object,
        _ => Element::Unknown,
    }
}

fn keep<T>(list: &mut Vec<T>, one: T, value: fn(u32) -> Value) -> Value {
    let Some(index) = u32::try_from(list.len()).ok().filter(|_| list.len() < MAX_KEPT) else {
        return Value::Other;
    };
    list.push(one);
    value(index)
}
