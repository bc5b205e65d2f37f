//! The words for why nothing was decided about a model, and what has to be done before.

use super::remedies;
use crate::decision::Unjudged;
use crate::inventory::ModelId;

/// What is the case: `not verified yet`.
pub fn text(why: Unjudged) -> &'static str {
    match why {
        Unjudged::NotVerified => "not verified yet",
        Unjudged::Changed => "changed since it was verified",
        Unjudged::EvidenceLost => "to be verified again: the evidence is not in the store any more",
        Unjudged::NoFiles => "without files here: only documents mention it",
    }
}

/// What has to be done before the model can be judged.
pub fn remedy(why: Unjudged, model: &ModelId) -> String {
    let remedy = match why {
        Unjudged::NotVerified => "Verify it first: `touchmark verify MODEL`",
        Unjudged::Changed | Unjudged::EvidenceLost => "Verify it again: `touchmark verify MODEL`",
        Unjudged::NoFiles => "Fetch its files into a source of the workspace, then run `touchmark scan`",
    };
    remedies::of_model(remedy.to_owned(), model)
}
