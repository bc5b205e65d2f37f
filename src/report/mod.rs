//! What the others concluded, as plain text for people; the same for pipelines stands in `documents`. It
//! computes nothing; all text that it returns is safe to print.

mod case;
mod checks;
pub mod claims;
mod replay;
pub mod snapshot;
mod text;

pub use case::case;
pub use checks::checks_page;
pub use replay::replayed;
pub use text::{
    Columns, Row, about, bom, doubt, graph_finding, inspection, lineage, list, listed, model, policy,
    policy_faults, progress, read_times, reviews, same_name, same_name_line, score, table, verdict,
    verification, with_mark,
};
