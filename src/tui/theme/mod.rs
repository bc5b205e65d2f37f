//! Themes: TOML with a palette and semantic roles, resolved once for what the terminal can show. Everything
//! drawn has a [`Role`]; no other room names a colour.

mod color;
mod look;
mod role;
mod shelf;

pub use color::{Depth, is_light};
pub use look::{Entry, Theme};
pub use role::Role;
pub use shelf::{BUILT_IN, LIMIT_THEME_BYTES, Shelf, names};
