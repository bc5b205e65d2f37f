//! Files of weights and what lies beside them, told by their bytes: formats, headers, configurations, and what can
//! run code. It is given paths and knows neither folders nor layouts.

mod complete;
pub(super) mod configuration;
pub(super) mod formats;
mod gguf;
pub(super) mod hazards;
pub(super) mod headers;
mod kinds;
pub(super) mod lenient;
pub(super) mod lfs;
pub(super) mod licences;
pub(super) mod listing;
pub(super) mod look;
mod media;
pub(super) mod merge;
mod pipeline;
pub(super) mod quantisation;
pub(super) mod tensors;
mod text;
pub(super) mod yaml;
