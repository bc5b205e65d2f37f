//! The maturity rubric as data, from evidence to controls, own and effective level. It does not know where
//! evidence came from. A level speaks of integrity and authenticity, never of safety or correctness.

mod assess;
mod caps;
mod evidence;
mod fact;
mod finding;
mod kinship;
mod level1;
mod meeting;
mod met;
mod rubric;
mod score;
mod summary;
mod twins;
mod usage;

pub use crate::tables::{Closed, Few};
pub use assess::{Assessment, ControlResult, Outcomes, assess};
pub use caps::{CapLevels, CapNode, CapPlan, CapReason, CapState, Effective, cap_reason};
pub use evidence::{Evidence, Since, Testimony};
pub use fact::{BoundPart, ControlFact, Remedy};
pub use kinship::{Completeness, EdgeOrder, Kinship, LineageEdge, ParentSight, Pin, Support};
pub use level1::{Integrity, contradicts_itself, integrity, nobody_looked, owed_to_part};
pub use meeting::meeting;
pub use met::{Met, MetWhy};
pub use rubric::{Control, Duty, Rubric, Severity};
pub use score::{Musts, SCOPE, Score, score};
pub use summary::{Checked as CheckedSummary, SummaryStep, check_summary, vouched};
pub use twins::{SameName, unlike_twins};
pub use usage::{Deployed, Gated, PolicySeal, Usage};
