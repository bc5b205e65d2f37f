//! What a frame shows: one file a screen, one for the popups, and the brushes they share. Drawing takes the state as
//! it is, changes nothing, and says how far what it drew can be scrolled.

mod changes;
mod compare;
mod draw;
pub mod finding;
mod inventory;
mod jobs;
mod lineage;
mod maturity;
mod output;
mod paint;
mod policy;
mod popups;
mod verdict;
mod verify;

pub use draw::draw;
