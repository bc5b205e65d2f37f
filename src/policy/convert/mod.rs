//! A policy in the form of another tool, with a report of everything that it loses there. It reads the policy as it is
//! written: what a writer does not use is lost, so that no key is dropped in silence. It knows no file and no clock.

mod losses;
mod model_signing;

pub use losses::Lost;

use super::document::Policy;
use super::written::Written;
use losses::Kept;

/// A policy in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// What the other tool takes.
    pub text: String,
    /// What it does not take, in the order of the lines.
    pub lost: Vec<Lost>,
}

/// The commands of the Python reference `model-signing` 1.1.1: one for each way in which a publisher may sign.
pub fn to_model_signing(policy: &Policy) -> Converted {
    let mut kept = Kept::default();
    // A policy that was read can be read again.
    let Some(written) = Written::read(&policy.text) else {
        return Converted { text: String::new(), lost: Vec::new() };
    };
    let text = model_signing::write(written.top(), &mut kept);
    Converted { text, lost: kept.rest(written.top(), &policy.text, model_signing::WHY) }
}
