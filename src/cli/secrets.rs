//! Where passwords and PINs come from: a file, a variable, or a prompt without echo. Never the command line,
//! which every process of the machine can read.

use crate::disk::{Unread, read_stream};
use crate::error::{Code, Error, Result};
use crate::signing::Secret;
use std::io::IsTerminal;
use std::path::Path;
use zeroize::Zeroizing;

const MAX_SECRET_BYTES: usize = 4096;

/// One kind of secret.
pub(super) struct Kind {
    /// What it is called.
    pub(super) word: &'static str,
    /// The flag that names a file with it.
    pub(super) flag: &'static str,
    /// The environment variable that holds it.
    pub(super) variable: &'static str,
}

/// Of an encrypted key.
pub(super) const PASSWORD: Kind =
    Kind { word: "password", flag: "--password-file", variable: "TOUCHMARK_PASSWORD" };

/// Of a token.
#[cfg(feature = "pkcs11")]
pub(super) const PIN: Kind = Kind { word: "PIN", flag: "--pin-file", variable: "TOUCHMARK_PIN" };

impl Kind {
    /// The secret that was given without asking: in the file, or else in the variable.
    ///
    /// # Errors
    /// `E-READ` for a file that cannot be read, `E-USAGE` for one that holds no secret.
    pub(super) fn given(&self, file: Option<&Path>) -> Result<Option<Secret>> {
        if let Some(file) = file {
            return self.read(file).map(Some);
        }
        match std::env::var(self.variable) {
            Ok(secret) if !secret.is_empty() => Ok(Some(Secret::new(secret))),
            Ok(_) | Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(self.usage("is not UTF-8 text").at(self.variable)),
        }
    }

    /// The first line of a file, which may be a pipe.
    ///
    /// # Errors
    /// As [`Kind::given`].
    pub(super) fn read(&self, path: &Path) -> Result<Secret> {
        // Large enough from the start: growing would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_SECRET_BYTES * 2));
        read_stream(path, MAX_SECRET_BYTES as u64, &mut bytes).map_err(|why| match why {
            Unread::TooLarge(_) => self.usage("file holds more than 4096 bytes").at_path(path),
            other => other.error(path),
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|_| self.usage("is not UTF-8 text").at_path(path))?;
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.contains('\n') {
            return Err(self.usage("file holds more than one line").at_path(path));
        }
        if line.is_empty() {
            return Err(self.usage("file is empty").at_path(path));
        }
        Ok(Secret::new(line))
    }

    /// Asks on the terminal, without echo; an empty answer is an empty secret.
    ///
    /// # Errors
    /// `E-TERMINAL` where nobody can be asked.
    pub(super) fn ask(&self, question: &str) -> Result<Secret> {
        let nobody = || {
            Error::new(
                Code::Terminal,
                format!("a {} is needed, and there is no terminal to ask on", self.word),
            )
            .help(format!("give {} FILE or set {}", self.flag, self.variable))
        };
        if !can_ask() {
            return Err(nobody());
        }
        rpassword::prompt_password(format!("{}: ", crate::text::screen(question)))
            .map(Secret::new)
            .map_err(|_| nobody())
    }

    fn usage(&self, what: &str) -> Error {
        Error::new(Code::Usage, format!("the {} {what}", self.word))
            .help(format!("{} names a file with the {} on one line", self.flag, self.word))
    }
}

/// Whether somebody sits at a terminal.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal()
}

/// Keeps passwords and private keys out of core dumps, for the rest of this process: none is written, and no other
/// process of this user may read its memory. As far as the platform can; signing goes on where it cannot.
pub(super) fn keep_out_of_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Core).maximum;
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
