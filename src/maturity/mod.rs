//! The maturity rubric as data, from evidence to controls, own and effective level. It does not know where
//! evidence came from. A level speaks of integrity and authenticity, never of safety or correctness.

mod assess;
mod caps;
mod evidence;
mod fact;
mod finding;
mod kinship;
mod level1;
mod rubric;
mod score;
mod twins;
mod usage;

pub use crate::tables::{Closed, Few};
pub use assess::{Assessment, ControlResult, Outcomes, assess};
pub use caps::{CapNode, CapPlan, CapReason, CapState, Effective, cap_reason};
pub use evidence::{Evidence, Since, Testimony};
pub use fact::{BoundPart, ControlFact, Remedy};
pub use kinship::{Completeness, EdgeOrder, Kinship, LineageEdge, ParentSight, Pin, Reliance};
pub use level1::{contradicts_itself, nobody_looked, owed_to_part};
pub use rubric::{Control, Duty, Rubric, Severity};
pub use score::{Musts, SCOPE, Score, score};
pub use twins::{SameName, unlike_twins};
pub use usage::{Deployed, Gated, PolicySeal, Usage};
