//! The maturity rubric as data, from evidence to controls, own and effective level. It does not know where
//! evidence came from. A level speaks of integrity and authenticity, never of safety or correctness.

mod assess;
mod caps;
mod level1;
mod loading;
mod rubric;
mod score;

pub use assess::{Assessment, ControlResult, Evidence, assess};
pub use caps::{CapNode, CapState, Effective, cap_reason, effective};
pub use rubric::{Control, Duty, Rubric, Severity};
pub use score::{Score, score};
