//! Whoever opens a file of a model waits until the model is decided, and is refused where it is not let in. What may be
//! opened is decided in `watch`, which knows no kernel, no clock and no policy; `kernel` speaks with Linux and decides
//! nothing; `judge` verifies; `rounds` ties them together.

mod notices;
mod tree;
mod watch;

#[cfg(all(feature = "fleet", target_os = "linux"))]
mod judge;
#[cfg(all(feature = "fleet", target_os = "linux"))]
mod kernel;
#[cfg(all(feature = "fleet", target_os = "linux"))]
mod rounds;

pub use notices::Notices;
pub use tree::{Listed, files_below, stamp_of};
pub use watch::{Answer, Inode, Judged, Refusal, Seen, Stamp, Unknown, Watch, Word};

#[cfg(all(feature = "fleet", target_os = "linux"))]
pub use judge::{Asked, Judge};
#[cfg(all(feature = "fleet", target_os = "linux"))]
pub use rounds::{Notice, Rounds, guard};
