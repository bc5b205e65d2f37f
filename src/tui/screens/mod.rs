//! What a frame shows: one file a screen, one for the popups, and the brushes they share. Drawing takes the state as
//! it is, changes nothing, and says how far what it drew can be scrolled.

mod ascii;
mod cases;
mod changes;
mod charts;
mod choosing;
mod compare;
mod digests;
mod draw;
mod editor;
mod fault;
mod finding;
mod inventory;
mod jobs;
mod lineage;
mod maturity;
mod output;
mod paint;
mod palette;
mod policy;
mod popups;
mod relatives;
mod reports;
mod reviewing;
mod survey;
mod toml;
mod touch;
mod verdict;
mod verify;
mod welcome;
mod why;

pub use draw::draw;
pub use why::key as why_key;
