//! Which keys are clean paths. A key of others never becomes a path before it was checked here.

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest key.
pub const MAX_KEY_BYTES: usize = 1024;
/// More folders in each other than a model can have.
const MAX_PARTS: usize = 64;
/// The longest part: file systems take no more.
const MAX_PART_BYTES: usize = 255;

/// What is wrong with a key, or with what has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyFault {
    /// Empty, or with an empty part: `a//b`.
    EmptyPart,
    /// A part is `.` or `..`.
    Relative,
    /// It begins with `/`, or has a backslash.
    Absolute,
    /// Characters that are not shown, or change how others are.
    Hidden,
    /// Not UTF-8.
    NotText,
    /// Too long, or too deep.
    TooLong,
    /// A link; it is not followed.
    Link,
    /// A pipe, a socket, a device.
    NotAFile,
    /// Another key of the same model reads the same once Unicode is normalised.
    SameName,
    /// It cannot be read.
    Unreadable,
    /// The model has more objects than are judged.
    TooMany,
}

impl KeyFault {
    /// What it says.
    pub fn words(self) -> &'static str {
        match self {
            KeyFault::EmptyPart => "a part of the key is empty",
            KeyFault::Relative => "a part of the key is `.` or `..`",
            KeyFault::Absolute => "the key begins with `/` or has a backslash",
            KeyFault::Hidden => "the key has characters that are not shown",
            KeyFault::NotText => "the key is not UTF-8",
            KeyFault::TooLong => "the key is too long or too deep",
            KeyFault::Link => "a link, which is not followed",
            KeyFault::NotAFile => "no regular file",
            KeyFault::SameName => "another key reads the same once Unicode is normalised",
            KeyFault::Unreadable => "it cannot be read",
            KeyFault::TooMany => "the model has more objects than are judged",
        }
    }
}

/// Whether a key is a clean path.
///
/// # Errors
/// What is wrong with it.
pub fn check_key(key: &str) -> Result<(), KeyFault> {
    if key.starts_with('/') || key.contains('\\') {
        return Err(KeyFault::Absolute);
    }
    if key.len() > MAX_KEY_BYTES || key.split('/').count() > MAX_PARTS {
        return Err(KeyFault::TooLong);
    }
    if key.chars().any(char::is_control) || Untrusted::new(key).is_hostile() {
        return Err(KeyFault::Hidden);
    }
    for part in key.split('/') {
        match part {
            "" => return Err(KeyFault::EmptyPart),
            "." | ".." => return Err(KeyFault::Relative),
            part if part.len() > MAX_PART_BYTES => return Err(KeyFault::TooLong),
            _ => {}
        }
    }
    Ok(())
}
