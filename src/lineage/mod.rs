//! The lineage graph: built from all sources, asked for ancestors and descendants, drawn as lanes (rows of
//! plain values). It knows no terminal.

mod again;
mod blast;
mod build;
mod content;
mod digests;
mod finding;
mod graph;
mod lanes;
mod link;
mod path;
mod plausible;
mod proven;
mod rivals;
mod rows;
mod shown;

pub use blast::{Because, Seed, Side, Struck, Struckness, blast};
pub use build::Recorded;
pub use digests::{Digests, Stated, stated_digest};
pub use finding::GraphFinding;
pub use graph::{Edge, Graph, Node};
pub use lanes::{Folds, LaneRow, folded_lanes, lanes};
pub use link::Link;
pub use path::{Chain, Kin, path};
pub use plausible::{copies, doubts, doubts_of, is_plausible};
pub use proven::{Origins, Proof, Proven, RootSaid};
pub use shown::{said_of, shown};
