//! RFC 3161 timestamps as bytes: what a token says. Whether it is to be believed is judged elsewhere.

pub(crate) mod authority;
pub(crate) mod token;

pub use authority::TimestampAuthority;
