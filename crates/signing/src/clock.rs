//! The time as this program uses it: whole seconds, because that is what certificates, logs and records hold.

use jiff::Timestamp;

/// Now, to the second.
pub fn this_second() -> Timestamp {
    whole_second(Timestamp::now())
}

/// The second that a time lies in.
pub fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
