//! What the others concluded, as plain text for people; the same for pipelines stands in `documents`. It
//! computes nothing; all text that it returns is safe to print.

pub mod asked;
mod attest;
mod case;
mod checks;
pub mod claims;
mod comparison;
mod controls;
mod conversion;
pub mod deployments;
pub mod drills;
mod exceptions;
mod explained;
pub mod feeds;
mod findings;
pub(crate) mod forecast;
pub mod incidents;
mod lint;
mod pack;
mod pinned;
pub mod pins;
pub mod placed;
mod policy;
mod predicates;
mod preview;
mod replay;
mod reviews;
mod rubrics;
pub mod runbooks;
pub mod snapshot;
mod stores;
mod suggested;
pub mod surface;
pub mod survey;
mod tested;
mod text;
pub(crate) mod trend;
mod triage;
pub mod way_up;
mod what_if;
mod why;

pub use attest::{attested, attested_next, inheritance};
pub use case::case;
pub use checks::checks_page;
pub use comparison::{compared_summary, compared_title, comparison, values};
pub use controls::controls_page;
pub use conversion::lost;
pub use exceptions::exceptions;
pub use explained::explained;
pub use findings::findings_page;
pub use forecast::{FORECAST_ASSUMES, forecast};
pub use lint::{lint, lint_page};
pub use pack::{checked_pack, pack_readme};
pub use policy::{policy, policy_faults};
pub use predicates::predicates_page;
pub use preview::{flips, preview};
pub use replay::replayed;
pub use reviews::{review, reviews};
pub use rubrics::rubrics;
pub use stores::store;
pub use suggested::suggested;
pub use survey::survey;
pub use tested::tested;
pub use text::{
    Columns, Row, about, bom, counted, doubt, graph_finding, inspection, lineage, list, list_ordered, model,
    progress, read_times, same_name, same_name_line, score, score_line, standing_reviews, table, verdict,
    verification, with_mark,
};
pub use trend::{TREND_ASSUMES, trend};
pub use triage::{class_word, triage, triage_note};
pub use what_if::what_if;
pub use why::{command_of, why};
