//! Touchmark: decide whether a machine-learning model may be trusted.
//!
//! # Where to begin
//! | to | begin at |
//! |---|---|
//! | sign, verify or read a signature | [`signing::sign_key`], [`signing::verify()`], [`signing::inspect()`] |
//! | open a workspace, and verify, gate or report as both faces do | [`workbench::Workbench`] |
//! | judge evidence that you have, without files, clock or store | [`decision::evaluate()`] |
//! | read what models there are from folders, caches and bills | [`inventory`] |
//! | know what a command or a key does | [`commands::TABLE`] |
//! | know what a JSON document holds | [`documents::PUBLISHED`] |
//!
//! ```
//! use touchmark::inventory::ModelId;
//! use touchmark::signing::Progress;
//! use touchmark::workbench::{OpenOptions, Workbench};
//!
//! // A workspace: a folder with a `touchmark.toml`. Opened read-only, nothing is written.
//! let options = OpenOptions { dir: Some("samples".into()), read_only: true, ..OpenOptions::default() };
//! let workbench = Workbench::open(&options)?;
//! let checked = workbench.verify(&ModelId::new("lumen/iris-base"), false, &Progress::default())?;
//! println!("{:?}", checked.expect("its files are here").verification.outcome());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rooms
//! From the ground up; a room uses only what stands above it in this list, and no two files need each other.
//!
//! | room | what it is for |
//! |---|---|
//! | [`text`] [`error`] [`clock`] [`disk`] [`progress`] [`json`] | ground rooms, used by all |
//! | [`signing`] | the signing core, a package by itself: sign, verify, inspect |
//! | `tables` | TOML read with the line of each fault |
//! | [`remote`] | places that are not folders: what lies there, in which state, and its bytes |
//! | [`attest`] | claims beside a signature |
//! | [`inventory`] | which models there are, and what is known of each |
//! | [`policy`] | the trust policy as a document |
//! | [`store`] | what is kept between runs: the ledger, the inventory, evidence, digests |
//! | [`snapshot`] | the inventory at one moment, and how two moments differ |
//! | [`lineage`] | who derives from whom |
//! | [`maturity`] | the rubric, controls and levels |
//! | [`decision`] | the policy applied: verdicts |
//! | [`feed`] | feeds of threats and vulnerabilities: read, and matched with models |
//! | [`incident`] | runbooks as data, and cases as what their records come to |
//! | [`pack`] | the evidence pack: made from what others gather, checked from its bytes alone |
//! | [`fleet`] | a million models: planned, worked in shards by many machines, sealed |
//! | [`view`] | what both faces show of a workspace |
//! | [`query`] | the language that finds models |
//! | [`words`] | the words for what was concluded |
//! | [`dossier`] | what a report gathers of a model |
//! | [`documents`] | every JSON document as a type with a version and a schema |
//! | [`report`] | views as text |
//! | [`forms`] | what is let out: Markdown, CSV, JSON, HTML, SVG, graphs |
//! | [`workbench`] | the one door for both faces: open, jobs, events |
//! | [`guard`] | who may open the files of models |
//! | `commands` | every command once, with its form in either face |
//! | `tui`, `cli` | the faces |
//!
//! `docs/architecture.md` draws the floors, and `tests/it/floors` holds them.
//!
//! Only keyless signing (`signing::sign_sigstore`), timestamps that are asked for and fetching a trusted root
//! (`signing::fetch_trusted_root`), all of the feature `keyless`, and [`remote`] with the feature `fleet` use the network.
//! What comes out of files, bills of materials and certificates is [`text::Untrusted`] until a face makes it safe to
//! show.
#![cfg_attr(test, allow(clippy::disallowed_methods))]

pub mod attest;
pub mod decision;
pub mod documents;
pub mod dossier;
pub mod feed;
pub mod fleet;
pub mod forms;
pub mod guard;
pub mod incident;
pub mod inventory;
pub mod lineage;
pub mod maturity;
pub mod pack;
pub mod policy;
pub mod query;
pub mod remote;
pub mod report;
pub mod snapshot;
pub mod store;
mod tables;
pub mod view;
pub mod words;
pub mod workbench;

#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod commands;
#[doc(hidden)]
pub mod fuzz;
#[cfg(feature = "tui")]
#[doc(hidden)]
pub mod tui;

/// The signing core, a package by itself.
pub use touchmark_signing as signing;
/// The ground rooms.
pub use touchmark_signing::{clock, disk, error, json, progress, text};

pub use error::{Code, Error, Result};
