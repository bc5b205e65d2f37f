//! What is shown, as plain data: the open screen, cursors, popups, the rows, the messages. It draws nothing, reads
//! no file, no clock and no environment, and knows neither keys nor effects.

pub(super) mod app;
pub(super) mod choices;
pub(super) mod controls;
pub(super) mod enabled;
pub(super) mod filter;
pub(super) mod goto;
pub(super) mod jobs;
pub(super) mod line;
pub(super) mod palette;
pub(super) mod popup;
pub(super) mod prepared;
pub(super) mod rows;
pub(super) mod saved;
pub(super) mod sort;
