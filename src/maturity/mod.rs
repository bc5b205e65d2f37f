//! The maturity rubric as data, from evidence to controls, own and effective level. It does not know where
//! evidence came from. A level speaks of integrity and authenticity, never of safety or correctness.

mod assess;
mod caps;
mod claim_fact;
mod evidence;
mod fact;
mod finding;
mod kinship;
mod level1;
mod level1_use;
mod level2;
mod level2_data;
mod level3;
mod level3_policy;
mod lineage_fact;
mod meeting;
mod met;
mod parents;
mod required;
mod rubric;
mod score;
mod sight;
mod star;
mod table;
mod twins;
mod usage;
mod use_fact;

pub use crate::tables::{Closed, Few};
pub use assess::{Assessment, ControlResult, Outcomes, assess};
pub use caps::{CapNode, CapPlan, CapReason, CapState, Effective, cap_reason};
pub use claim_fact::{ClaimFact, Dispute, Field, Section};
pub use evidence::{Evidence, Since, Testimony};
pub use fact::{BoundPart, ControlFact, Remedy};
pub use kinship::{Completeness, EdgeOrder, Kinship, LineageEdge, ParentSight, Pin, Reliance};
pub use level1::{contradicts_itself, owed_to_part};
pub use lineage_fact::{LineageFact, Parents};
pub use meeting::meeting;
pub use met::{Met, MetWhy};
pub use rubric::{Control, Duty, Rubric, Severity};
pub use score::{Above, Musts, SCOPE, Score, score};
pub use sight::nobody_looked;
pub use star::Star;
pub use table::is_evaluated;
pub use twins::{SameName, unlike_twins};
pub use usage::{Deployed, Gated, PolicySeal, Usage};
pub use use_fact::UseFact;
