//! The lineage graph: built from all sources, asked for ancestors and descendants, drawn as lanes (rows of
//! plain values). It knows no terminal.

mod build;
mod content;
mod finding;
mod graph;
mod lanes;
mod plausible;
mod proven;
mod rivals;
mod rows;
mod shown;

pub use finding::GraphFinding;
pub use graph::{Edge, Graph, Node};
pub use lanes::{LaneRow, lanes};
pub use plausible::{copies, doubts, doubts_of};
pub use proven::{Proof, Proven};
pub use shown::{said_of, shown};
