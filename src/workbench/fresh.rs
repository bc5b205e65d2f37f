//! Verifications that were just made, on their way to a view: nobody asks the store for what is in hand.

use crate::inventory::ModelId;
use crate::view::{Verified, View};
use std::sync::Arc;

/// What is known of a model; none when it was looked for and has no files.
pub(super) type Slot = Option<Arc<Verified>>;

/// Verifications, and the view by whose policy, anchors and time they were made. A clone is cheap.
#[derive(Clone)]
pub(super) struct Fresh {
    pub by: Arc<View>,
    pub verified: Arc<Vec<(ModelId, Slot)>>,
}
