//! The `touchmark` program.
fn main() {}
