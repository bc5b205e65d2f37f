//! Policies in the forms of other tools: ours written as theirs, and theirs read as ours, each with a report of everything
//! that is lost. Both ways read the source as it is written, and what no writer uses is lost, so that no key is dropped in
//! silence. It knows no file and no clock.

mod cluster_image_policy;
mod losses;
mod model_signing;
mod model_validation;
mod origin;
mod ways;
mod yaml;

pub use losses::{Converted, Lost};
pub use origin::{Origin, Unreadable, from, guess};

use super::document::Policy;
use super::written::Written;
use crate::tables::Table;
use losses::{Kept, Why};

/// The forms that a policy converts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Commands of the Python reference `model-signing` 1.1.1.
    ModelSigning,
    /// `ModelValidation` of the Sigstore model validation operator.
    ModelValidation,
    /// `ClusterImagePolicy` of the Sigstore policy controller.
    ClusterImagePolicy,
}

impl Form {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Form::ModelSigning => "model-signing",
            Form::ModelValidation => "model-validation",
            Form::ClusterImagePolicy => "cluster-image-policy",
        }
    }

    fn writer(self) -> (fn(Table<'_>, &mut Kept) -> String, Why) {
        match self {
            Form::ModelSigning => (model_signing::write, model_signing::WHY),
            Form::ModelValidation => (model_validation::write, model_validation::WHY),
            Form::ClusterImagePolicy => (cluster_image_policy::write, cluster_image_policy::WHY),
        }
    }
}

/// A policy in another form.
pub fn to(policy: &Policy, form: Form) -> Converted {
    let mut kept = Kept::default();
    // A policy that was read can be read again.
    let Some(written) = Written::read(&policy.text) else {
        return Converted { text: String::new(), lost: Vec::new() };
    };
    let (write, why) = form.writer();
    let text = write(written.top(), &mut kept);
    Converted { text, lost: kept.rest(written.top(), &policy.text, why) }
}
