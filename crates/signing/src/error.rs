//! What stopped us from looking. A failed check is data ([`crate::Check`]), never an [`Error`].
//!
//! Every error says what happened, where, and what to do; the code is stable and decides the exit status.

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The result of everything in this crate that can be stopped.
pub type Result<T> = std::result::Result<T, Error>;

/// A stable code. The faces print it as `error[CODE]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// Wrong usage of a command or a call.
    Usage,
    /// A policy, workspace, theme or rubric file is not valid.
    Config,
    /// The workspace or store was written by a newer version.
    Newer,
    /// An input could not be read.
    Read,
    /// An output could not be written.
    Write,
    /// An input was read and is not what it should be.
    Malformed,
    /// An input is larger, deeper or more numerous than the limits allow.
    TooLarge,
    /// The model cannot be signed as it is (empty, symbolic links, odd files).
    Model,
    /// A key or certificate cannot be used.
    Key,
    /// A model, source, stage or record of that name does not exist.
    NotFound,
    /// Evidence that a verdict rests on is not here.
    Evidence,
    /// The store is damaged or is not a store.
    Store,
    /// The caller cancelled the work.
    Cancelled,
    /// A file changed while it was read.
    Changed,
    /// The identity token cannot be used: another audience, expired, damaged.
    Token,
    /// No credentials were found where the surroundings would put them.
    Credentials,
    /// Logging in did not lead to an identity token.
    Login,
    /// A service cannot be reached, gives no answer in time, or is down.
    Network,
    /// A service refused.
    Refused,
    /// A service gave an answer that cannot be used.
    Answer,
    /// A signature was made and does not verify, so it was not written.
    Unproven,
    /// A terminal is needed and there is none that fits.
    Terminal,
    /// A defect of this program.
    Internal,
}

impl Code {
    /// The code as printed, for example `E-READ`.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Usage => "E-USAGE",
            Code::Config => "E-CONFIG",
            Code::Newer => "E-NEWER",
            Code::Read => "E-READ",
            Code::Write => "E-WRITE",
            Code::Malformed => "E-MALFORMED",
            Code::TooLarge => "E-TOO-LARGE",
            Code::Model => "E-MODEL",
            Code::Key => "E-KEY",
            Code::NotFound => "E-NOT-FOUND",
            Code::Evidence => "E-EVIDENCE",
            Code::Store => "E-STORE",
            Code::Cancelled => "E-CANCELLED",
            Code::Changed => "E-CHANGED",
            Code::Token => "E-TOKEN",
            Code::Credentials => "E-CREDENTIALS",
            Code::Login => "E-LOGIN",
            Code::Network => "E-NETWORK",
            Code::Refused => "E-REFUSED",
            Code::Answer => "E-ANSWER",
            Code::Unproven => "E-UNPROVEN",
            Code::Terminal => "E-TERMINAL",
            Code::Internal => "E-INTERNAL",
        }
    }

    /// The exit status of the command line: 2 wrong usage or configuration, 3 could not be determined,
    /// 4 an input could not be read.
    pub fn exit_status(self) -> u8 {
        match self {
            Code::Usage | Code::Config | Code::Newer | Code::Terminal | Code::NotFound => 2,
            Code::Evidence | Code::Cancelled | Code::Internal | Code::Credentials | Code::Login => 3,
            Code::Network | Code::Refused | Code::Answer | Code::Unproven => 3,
            _ => 4,
        }
    }
}

/// Why a file or a folder could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadFault {
    /// It is not there.
    NotFound,
    /// We may not.
    Permission,
    /// A pipe, a device, a folder.
    NotAFile,
    /// It changed while it was read.
    Changed,
    /// It was not read on purpose, and nothing else tells what it holds.
    NotRead,
    /// It is packed in an archive, or not here at all.
    Packed,
    /// Anything else, with the system's number for it.
    System {
        /// The number.
        code: Option<i32>,
    },
}

impl ReadFault {
    /// What the system said.
    pub fn of(cause: &std::io::Error) -> Self {
        match cause.kind() {
            ErrorKind::NotFound => ReadFault::NotFound,
            ErrorKind::PermissionDenied => ReadFault::Permission,
            _ => ReadFault::System { code: cause.raw_os_error() },
        }
    }

    /// The reason, for a pair of brackets.
    pub fn words(self) -> String {
        match self {
            ReadFault::NotFound => "not found".to_owned(),
            ReadFault::Permission => "permission denied".to_owned(),
            ReadFault::NotAFile => "not a regular file".to_owned(),
            ReadFault::Changed => "changed while it was read".to_owned(),
            ReadFault::NotRead => "not read, and the registry has no digest to compare".to_owned(),
            ReadFault::Packed => "packed in a layer, or not here".to_owned(),
            ReadFault::System { code: Some(code) } => std::io::Error::from_raw_os_error(code).to_string(),
            ReadFault::System { code: None } => "the system gave no reason".to_owned(),
        }
    }

    /// What to do.
    pub fn help(self) -> &'static str {
        match self {
            ReadFault::NotFound | ReadFault::NotAFile => "check the path",
            ReadFault::Permission => "check the permissions of the file and of its folders",
            ReadFault::NotRead => "verify in full, which reads the files",
            ReadFault::Packed => "unpack the model and verify its folder",
            ReadFault::Changed => "wait until nothing writes to the model, then try again",
            ReadFault::System { .. } => "check that the file is readable and try again",
        }
    }
}

/// A line of a file, where that is what stopped us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file.
    pub file: PathBuf,
    /// Its line, counted from 1.
    pub line: usize,
}

/// What stopped us, where, and what to do about it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("error[{}]: {what}{}", code.as_str(), at.as_ref().map(|at| format!(": {}", at.screen())).unwrap_or_default())]
pub struct Error {
    /// The stable code.
    pub code: Code,
    /// What happened. Our own words; never raw text of an input.
    pub what: String,
    /// Where: a path, a line, a field.
    pub at: Option<Untrusted>,
    /// What to do.
    pub help: Option<String>,
    /// Why something could not be read, where that is what happened.
    pub fault: Option<ReadFault>,
    /// The line of a file that is at fault, where it is known.
    pub spot: Option<Box<Spot>>,
}

impl Error {
    /// An error with a code and our own words for what happened.
    pub fn new(code: Code, what: impl Into<String>) -> Self {
        Error { code, what: what.into(), at: None, help: None, fault: None, spot: None }
    }

    /// Names the place: a path or a field of an input, kept raw and shown safe.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.at = Some(Untrusted::from(place.into()));
        self
    }

    /// Names the file.
    pub fn at_path(self, path: &Path) -> Self {
        self.at(path.to_string_lossy().into_owned())
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the line of a file that is at fault.
    pub fn spot(mut self, file: &Path, line: usize) -> Self {
        self.spot = Some(Box::new(Spot { file: file.to_owned(), line }));
        self
    }

    /// Names the reason for not having read it.
    pub fn fault(mut self, fault: ReadFault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// A file that could not be read.
    pub fn read(path: &Path, cause: &std::io::Error) -> Self {
        let fault = ReadFault::of(cause);
        let what = format!("cannot read ({cause})");
        Error::new(Code::Read, what).at_path(path).help(fault.help()).fault(fault)
    }

    /// As [`Error::read`], where only the reason is known.
    pub fn unread(path: &Path, fault: ReadFault) -> Self {
        let what = format!("cannot read ({})", fault.words());
        Error::new(Code::Read, what).at_path(path).help(fault.help()).fault(fault)
    }

    /// A file that could not be written. What was there before is untouched.
    pub fn write(path: &Path, cause: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let help = match cause.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                "name a place that you may write to; what was there before is unchanged"
            }
            ErrorKind::NotFound | ErrorKind::NotADirectory => "make its folder first, or name another place",
            _ => "check free space and permissions; what was there before is unchanged",
        };
        Error::new(Code::Write, format!("cannot write ({cause})")).at_path(path).help(help)
    }
}
