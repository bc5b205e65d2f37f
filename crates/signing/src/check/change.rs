//! What a changed file looks like, beyond that its digest differs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be told of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeNote {
    /// The file is empty.
    Empty,
    /// It is shorter than signed.
    Shorter {
        /// By so many bytes.
        bytes: u64,
    },
    /// It is longer than signed.
    Longer {
        /// By so many bytes.
        bytes: u64,
    },
    /// It ends inside its safetensors header.
    CutHeader,
    /// It ends before its own header says.
    EndsEarly {
        /// By so many bytes.
        bytes: u64,
        /// Whose header it is.
        format: HeaderFormat,
    },
    /// More follows than its own header describes.
    Trailing {
        /// So many bytes.
        bytes: u64,
        /// Whose header it is.
        format: HeaderFormat,
    },
    /// Its header can be read, and fits its size.
    Header {
        /// Whose header it is.
        format: HeaderFormat,
        /// How many tensors it describes.
        tensors: u64,
    },
    /// Its header cannot be read.
    BadHeader(HeaderFormat),
    /// It is GGUF, and where its tensors lie cannot be told.
    Gguf {
        /// The version.
        version: u32,
        /// How many tensors it says that it has.
        tensors: u64,
    },
    /// A Git LFS pointer.
    LfsPointer {
        /// Whether it points to the signed file.
        to_signed: bool,
    },
    /// An HTML page.
    HtmlPage,
    /// Only the ends of lines differ.
    LineEnds {
        /// Whether they were CRLF when it was signed, and are LF here; otherwise the reverse.
        signed_crlf: bool,
    },
    /// A Python pickle.
    Pickle,
    /// A ZIP archive.
    Zip,
    /// Text.
    Text,
    /// It holds the signed bytes of another file.
    OtherFile,
}

/// A format of weights that begins with a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HeaderFormat {
    /// safetensors.
    Safetensors,
    /// GGUF.
    Gguf,
}
