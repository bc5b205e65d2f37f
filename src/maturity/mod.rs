//! The maturity rubric as data, from evidence to controls, own and effective level. It does not know where
//! evidence came from. A level speaks of integrity and authenticity, never of safety or correctness.

mod assess;
mod caps;
mod claim_fact;
mod evidence;
mod fact;
mod finding;
mod ground;
mod kinship;
mod level1;
mod level1_use;
mod level2;
mod level2_data;
mod level3;
mod level3_policy;
mod lifting;
mod lineage_fact;
mod mappings;
mod meeting;
mod met;
mod parents;
mod required;
mod rubric;
mod score;
mod sight;
mod star;
mod steps;
mod summary;
mod table;
mod twins;
mod usage;
mod use_fact;
mod way_up;

pub use crate::tables::{Closed, Few};
pub use assess::{Assessment, ControlResult, Outcomes, assess};
pub use caps::{CapLevels, CapNode, CapPlan, CapReason, CapState, Effective, cap_reason};
pub use claim_fact::{ClaimFact, Dispute, Field, Section};
pub use evidence::{Evidence, ParentsTold, Since, Testimony, ToldBy};
pub use fact::{BoundPart, ControlFact, Remedy};
pub use ground::Ground;
pub use kinship::{Completeness, EdgeOrder, Kinship, LineageEdge, ParentSight, Pin, Reliance, Support};
pub use level1::{Integrity, contradicts_itself, integrity, owed_to_part};
pub use level1_use::is_resigned;
pub use lifting::{LiftNode, Lifts};
pub use lineage_fact::{LineageFact, Parents};
pub use mappings::{Clause, Mapping, Mappings};
pub use meeting::meeting;
pub use met::{Met, MetWhy};
pub use rubric::{Control, Duty, Rubric, Severity};
pub use score::{Above, Musts, SCOPE, Score, halves, score};
pub use sight::nobody_looked;
pub use star::Star;
pub use steps::{Ask, Assumed, Blank, Deed, Means, Party, StepKind, Steps};
pub use summary::{Checked as CheckedSummary, SummaryStep, check_summary, reliance, vouched};
pub use table::is_evaluated;
pub use twins::{SameName, unlike_twins};
pub use usage::{
    DRILL_DAYS, Deployed, FEED_DAYS, FeedAge, Gated, Likeness, Passed, PolicySeal, ProfileLogs, Rehearsed,
    Threat, TriageState, Usage, rehearsal_counts,
};
pub use use_fact::{Those, UseFact};
pub use way_up::{Around, Open, Plan, Planned, asked, asks, own_edges_open, plans, rests_on_ancestors};
