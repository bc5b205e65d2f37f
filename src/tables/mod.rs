//! Reading TOML files strictly, with the line of every fault: all faults at once ([`Faults`]), or the first one, in
//! the caller's own words ([`Document`]), or the whole file as a type ([`parse_as`]). A ground room: it knows TOML,
//! and none of the files that are written in it.

mod document;
mod faults;
mod few;
mod place;

pub(crate) use document::{Document, Misfit, Table, Value, parse_as};
pub use faults::Fault;
pub(crate) use faults::{Faults, Hints, Section};
pub use few::{Closed, Few};
pub(crate) use place::{At, Place, quote, values};
