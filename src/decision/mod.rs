//! `evaluate`: policy, evidence and rubric to verdicts for a whole inventory. No input or output, no clock,
//! no hidden state.

mod apply;
mod evaluate;
mod family;

pub use apply::apply_policy;
pub use evaluate::{Decision, Input, Judgement, Known, Reason, ReasonText, Standing, Verdict, evaluate};
pub use family::{Cap, Descent};
