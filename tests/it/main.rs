//! The one integration-test binary: behaviour through the public doors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod attest;
mod cli;
mod decision;
mod floors;
mod interop;
mod inventory;
mod journey;
mod lineage;
mod maturity;
mod policy;
mod samples;
mod screens;
mod signing_make;
mod signing_verify;
mod support;
mod text;
mod tui;
mod tui_hostile;
mod workbench;
