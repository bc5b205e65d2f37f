//! What the others concluded, as plain text and JSON for people and pipelines. It computes nothing; all
//! text that it returns is safe to print.

mod case;
mod checks;
pub mod claims;
pub mod json;
pub mod snapshot;
mod text;

pub use case::case;
pub use checks::checks_page;
pub use text::{
    Columns, Row, SCOPE, bom, doubt, graph_finding, inspection, lineage, list, model, policy, policy_faults,
    progress, read_times, score, table, verdict, verification,
};
