//! SPDX 2.3 and 3.0.1 in JSON. Each version's view (`three`, `two`) turns its document into packages and
//! relationships; `bill` is what both have in common.

mod bill;
mod three;
mod two;

pub(super) use three::{is_three, view as view_three};
pub(super) use two::view as view_two;
