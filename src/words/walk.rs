//! Words for the places where the walk up a lineage ends.

use crate::decision::Stop;

/// Why it goes no further.
pub fn stop(stop: Stop) -> String {
    match stop {
        Stop::Root => "a signed claim declares it a root".to_owned(),
        Stop::Summary { level } => format!("a trusted summary vouches for it at level {level}"),
        Stop::Depth => "its ancestors lie beyond the depth that the policy allows".to_owned(),
        Stop::Unsigned => "it is not signed".to_owned(),
        Stop::Unresolved => "it is not in the inventory".to_owned(),
        Stop::Cycle => "it derives from itself through others".to_owned(),
        Stop::Contradicted => "its own evidence contradicts".to_owned(),
        Stop::Open => "it has no known parents, and no claim declares it a root".to_owned(),
    }
}

/// Whether what lies beyond was not looked at: a root has nothing above it.
pub fn is_open(stop: Stop) -> bool {
    !matches!(stop, Stop::Root)
}
