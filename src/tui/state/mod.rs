//! What is shown, as plain data: the open screen, cursors, popups, the rows, the messages. It draws nothing, reads
//! no file, no clock and no environment, and knows neither keys nor effects.

pub(super) mod amending;
pub(super) mod app;
pub(super) mod arrangement;
pub(super) mod cases;
pub(super) mod changes;
pub(super) mod choices;
pub(super) mod columns;
pub(super) mod comparing;
pub(super) mod controls;
pub(super) mod copies;
pub(super) mod editor;
pub(super) mod enabled;
pub(super) mod exports;
pub(super) mod fault;
pub(super) mod filter;
pub(super) mod goto;
pub(super) mod groups;
pub(super) mod hit;
pub(super) mod jobs;
pub(super) mod line;
pub(super) mod offers;
pub(super) mod outputs;
pub(super) mod palette;
pub(super) mod popup;
pub(super) mod quitting;
pub(super) mod relatives;
mod resuming;
pub(super) mod reviewing;
pub(super) mod rows;
pub(super) mod saved;
pub(super) mod session;
pub(super) mod splitting;
pub(super) mod surveying;
pub(super) mod tour;
pub(super) mod verifying;
