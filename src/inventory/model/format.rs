//! Formats of weights, by name. How one is told stands with the readers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A weights format, told by looking at bytes, never by loading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// safetensors: data only.
    Safetensors,
    /// GGUF: data only.
    Gguf,
    /// ONNX.
    Onnx,
    /// Python pickle, bare or inside a PyTorch zip: runs code when it is loaded.
    Pickle,
    /// A configuration with `auto_map`: Python files beside the weights, or of another repository, run when it
    /// is loaded.
    RemoteCode,
    /// Keras layers that hold code, such as Lambda.
    KerasCode,
}

impl Format {
    /// The word used in facts and in a policy's `ban_formats`.
    pub fn word(self) -> &'static str {
        match self {
            Format::Safetensors => "safetensors",
            Format::Gguf => "gguf",
            Format::Onnx => "onnx",
            Format::Pickle => "pickle",
            Format::RemoteCode => "remote-code",
            Format::KerasCode => "keras-code",
        }
    }

    /// Whether loading it can run code.
    pub fn executes_code(self) -> bool {
        matches!(self, Format::Pickle | Format::RemoteCode | Format::KerasCode)
    }
}
