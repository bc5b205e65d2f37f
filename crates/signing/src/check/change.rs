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
    /// The same text in another form.
    TextForm(TextForm),
    /// A Python pickle.
    Pickle,
    /// A ZIP archive.
    Zip,
    /// Text.
    Text,
    /// It holds the signed bytes of another file.
    OtherFile,
}

/// What editors and hooks change of a text that says the same: without it, the digest is the signed one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TextForm {
    /// The ends of lines: whether they were CRLF when it was signed, and are LF here; otherwise the reverse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_crlf: Option<bool>,
    /// How many more ends of lines there are at the end of the file; fewer, when negative.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub final_newlines: i8,
    /// A byte-order mark: whether there is one here, and there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byte_order_mark: Option<bool>,
}

fn is_zero(number: &i8) -> bool {
    *number == 0
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
