//! The one integration-test binary: behaviour through the public doors.
#![allow(clippy::disallowed_methods)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod as_they_come;
mod attest;
mod attesting;
#[cfg(feature = "keyless")]
mod attesting_methods;
mod attesting_read;
mod bad_luck;
mod before_signing;
mod bench;
mod bind;
mod blast;
mod certificate_files;
mod certificates;
mod chain_drafts;
mod chains;
mod chains_drawn;
mod checks;
mod claims;
mod claims_beside;
mod claims_received;
mod cli;
mod commands;
mod controls;
mod costs;
mod debugging;
mod decision;
mod decision_edges;
mod deployments;
mod deployments_edges;
mod digests;
mod disk;
mod documents;
mod explain;
mod finding_signatures;
mod first_minutes;
mod floors;
mod foreign;
mod fuzz;
mod hashing;
#[cfg(feature = "keyless")]
mod inspect_files;
mod instance;
mod interop;
mod inventory;
mod journey;
mod journeys;
mod jsf;
mod json;
#[cfg(feature = "keyless")]
mod key_files;
mod keyless;
#[cfg(feature = "keyless")]
mod keyless_forms;
#[cfg(feature = "keyless")]
mod keyless_tampered;
mod keymap;
mod keys;
mod kinship;
mod known_bad;
mod large;
mod ledger;
mod let_out;
mod let_out_hostile;
mod levels;
mod limits;
mod lineage;
mod lineage_rivals;
mod lineage_screen;
mod looked;
mod looks;
mod maturity;
mod maturity_edges;
mod memory;
mod messages;
mod moments;
mod names;
mod nasty;
mod numbers_as_written;
mod observed;
mod oms_musts;
mod palette;
mod part;
mod photographs;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod pki;
mod plain;
mod policy;
mod policy_demands;
mod policy_edges;
mod policy_keys;
mod policy_meaning;
mod policy_roles;
mod policy_seal;
mod predicates;
mod pure;
mod query;
mod read_only;
mod readme;
mod received;
mod reference_flags;
mod registry;
mod replay;
mod reviews;
mod samples;
mod samples_claims;
mod samples_controls;
mod screens;
mod signing_make;
mod signing_verify;
mod snapshot;
mod sound_store;
mod store;
mod support;
mod text;
mod timestamps;
#[cfg(feature = "keyless")]
mod timestamps_asked;
mod tokens;
mod trust;
mod trust_edit;
#[cfg(feature = "keyless")]
mod trust_refresh;
mod tui;
mod tui_hostile;
mod tui_state;
mod tui_table;
#[cfg(unix)]
mod unwritable;
mod verify_edges;
mod walked;
mod why;
mod workbench;
