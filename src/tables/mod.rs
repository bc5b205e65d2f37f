//! Reading TOML files strictly, with the line of every fault. A ground room: it knows TOML, and none of the files
//! that are written in it.

mod faults;

pub use faults::Fault;
pub(crate) use faults::{At, Faults, Hints, Section, quote};
