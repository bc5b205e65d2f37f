//! What a frame shows: one file a screen, one for the popups, and the brushes they share. Drawing takes the state as
//! it is, changes nothing, and says how far what it drew can be scrolled.

mod ascii;
mod changes;
#[allow(dead_code)] // brushes of screens to come
mod charts;
mod choosing;
mod compare;
mod draw;
mod inventory;
mod jobs;
mod lineage;
mod maturity;
mod output;
#[allow(dead_code)] // brushes of screens to come
mod paint;
mod palette;
mod policy;
mod popups;
mod verdict;
mod verify;

pub use draw::draw;
