//! JSON of others, read within limits, and our own, written so that it is safe to print or has one spelling only.
//! It knows no document.

mod apart;
mod compact;
mod jcs;
mod pointer;
mod reader;
mod strict;
mod tree;
mod written;

pub use apart::{Apart, Item, parse as parse_apart};
pub use compact::compact;
pub use jcs::{Difference, Differs, differences, is_exact, jcs, sorted};
pub use pointer::pointer_part;
pub use reader::OnItem;
pub use strict::{Object, parse, parse_items};
pub use tree::{Tree, parse as parse_tree};
pub use written::{Each, MAX_INTEGER, canonical, to_line, to_string, to_writer};
