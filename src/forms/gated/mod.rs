//! What a gate found, in the forms that pipelines show: JUnit and SARIF.

mod finding;
mod junit;
mod sarif;

pub use junit::junit;
pub use sarif::sarif;
