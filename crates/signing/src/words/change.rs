//! What a changed file looks like, in words.

use crate::check::change::{ChangeNote, HeaderFormat, TextForm};
use crate::text::count;

impl ChangeNote {
    /// For one line: `12 bytes shorter than signed`.
    pub fn words(self) -> String {
        match self {
            ChangeNote::Empty => "empty now".to_owned(),
            ChangeNote::Shorter { bytes } => format!("{bytes} bytes shorter than signed"),
            ChangeNote::Longer { bytes } => format!("{bytes} bytes longer than signed"),
            ChangeNote::CutHeader => "cut off inside its safetensors header".to_owned(),
            ChangeNote::EndsEarly { bytes, format } => {
                format!("ends {bytes} bytes before its {} header says", format.word())
            }
            ChangeNote::Trailing { bytes, format } => {
                format!("{bytes} bytes follow what its {} header describes", format.word())
            }
            ChangeNote::Header { format, tensors } => {
                format!("{}: header readable, {tensors} tensors", format.word())
            }
            ChangeNote::BadHeader(format) => format!("its {} header cannot be read", format.word()),
            ChangeNote::Gguf { version, tensors } => format!("GGUF version {version}, {tensors} tensors"),
            ChangeNote::LfsPointer { to_signed } => {
                let what = if to_signed { "the signed file" } else { "another file than the signed one" };
                format!("a Git LFS pointer to {what}: `git lfs pull` gets it")
            }
            ChangeNote::HtmlPage => "an HTML page in its place: the download went wrong".to_owned(),
            ChangeNote::LineEnds { signed_crlf: false } => {
                "only the line endings differ: signed with LF, here with CRLF".to_owned()
            }
            ChangeNote::LineEnds { signed_crlf: true } => {
                "only the line endings differ: signed with CRLF, here with LF".to_owned()
            }
            ChangeNote::TextForm(form) => form.words(),
            ChangeNote::Pickle => "pickle: loading it runs code".to_owned(),
            ChangeNote::Zip => "zip archive, as PyTorch checkpoints are".to_owned(),
            ChangeNote::Text => "text".to_owned(),
            ChangeNote::OtherFile => "holds the signed bytes of another file".to_owned(),
        }
    }
}

impl TextForm {
    fn words(self) -> String {
        let lines = usize::from(self.final_newlines.unsigned_abs());
        let told = [
            self.byte_order_mark.map(|added| match added {
                true => "a byte-order mark (BOM) was added at the beginning".to_owned(),
                false => "the byte-order mark (BOM) at the beginning was removed".to_owned(),
            }),
            self.signed_crlf.map(|signed_crlf| match signed_crlf {
                true => "the line endings are LF, signed with CRLF".to_owned(),
                false => "the line endings are CRLF, signed with LF".to_owned(),
            }),
            (self.final_newlines > 0)
                .then(|| format!("{} added at the end of the file", count(lines, "newline"))),
            (self.final_newlines < 0)
                .then(|| format!("{} removed from the end of the file", count(lines, "newline"))),
        ];
        let told: Vec<String> = told.into_iter().flatten().collect();
        format!("the same text, otherwise unchanged: {}", told.join("; "))
    }
}

impl HeaderFormat {
    /// `safetensors` or `GGUF`.
    pub fn word(self) -> &'static str {
        match self {
            HeaderFormat::Safetensors => "safetensors",
            HeaderFormat::Gguf => "GGUF",
        }
    }
}
