//! Writing bills of materials of what the inventory holds: CycloneDX 1.6 and 1.7, SPDX 3.0.1. What is written is
//! what the sources declare, each fact with its basis beside it; of the signature only what was verified here. A
//! binding that was read from another bill is never passed on. The same models and time give the same bytes.

mod cyclonedx;
mod entry;
mod spdx;

pub use cyclonedx::{cyclonedx, cyclonedx_by};
pub use entry::{CycloneDx, Entry, Proof, Writer};
pub use spdx::spdx;
