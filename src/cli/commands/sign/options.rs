//! What every way to sign takes, and does before and after: which files, where the bundle goes, the file of
//! claims.

use crate::attest::{append_claims, check_appendable};
use crate::cli::flags::What;
use crate::cli::ignored::note_ignored;
use crate::cli::output::Output;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::signing::{
    IgnoredPlace, LIMIT_BUNDLE_BYTES, SignOptions, Signed, check_place, default_signature, ignored_paths,
};
use crate::text::screen;
use clap::Args;
use std::path::{Path, PathBuf};

/// Options of every way to sign.
#[derive(Debug, Clone, Args)]
pub(crate) struct SignCommon {
    /// The model's folder or file
    pub(super) model: PathBuf,
    /// Where the bundle goes [default: model.sig in the model's folder]
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Append the bundle to this file of claims, too
    #[arg(long, value_name = "FILE")]
    append_claims: Option<PathBuf>,
    #[command(flatten)]
    pub(super) what: What,
}

impl SignCommon {
    /// Before signing: what is asked of the signing core. The file of claims can be appended to, and is left out
    /// of what is signed.
    ///
    /// # Errors
    /// `E-USAGE` when signature and claims are one file; else as [`check_appendable`].
    pub(super) fn options(&self, output: &Output) -> Result<SignOptions> {
        let signature = self.signature.clone().unwrap_or_else(|| default_signature(&self.model));
        // Told before a password is asked for and anything is hashed.
        check_place(&signature)?;
        let mut options = self.what.options(signature);
        let except = [options.signature.as_path()];
        let recorded = "; the signature records it all the same";
        note_ignored(&self.model, &options.ignore_paths, &except, output, recorded)?;
        if let Some(claims) = &self.append_claims {
            leave_out(&self.model, claims, &mut options)?;
        }
        Ok(options)
    }

    /// After signing: tells what was left out; the bundle becomes a line of the file of claims as well.
    ///
    /// # Errors
    /// As [`append_claims`].
    pub(super) fn append(&self, signed: &Signed, output: &Output) -> Result<()> {
        for name in &signed.left_out {
            output.note(&format!(
                "! not signed, because it is a signature or a claim by its name: {}",
                screen(name)
            ));
        }
        let Some(claims) = &self.append_claims else { return Ok(()) };
        let bundle = read_small(&signed.signature, LIMIT_BUNDLE_BYTES)?;
        let appended = append_claims(claims, &[bundle]).map_err(|error| {
            error.help("the signature was written; append it by `touchmark claims append FILE SIGNATURE`")
        })?;
        for (line, already) in appended.lines {
            let word = if already { "! already there" } else { "✓ appended" };
            output.note(&format!("{word}  line {line} of {}", screen(&claims.to_string_lossy())));
        }
        Ok(())
    }
}

/// Leaves the file of claims out of what is signed.
fn leave_out(model: &Path, claims: &Path, options: &mut SignOptions) -> Result<()> {
    let is_same = std::path::absolute(claims).ok() == std::path::absolute(&options.signature).ok()
        || claims.canonicalize().is_ok_and(|claims| options.signature.canonicalize().ok() == Some(claims));
    if is_same {
        return Err(Error::new(Code::Usage, "signature and claims cannot be one file")
            .at_path(claims)
            .help("name another file with --signature"));
    }
    check_appendable(claims)?;
    let claims = std::path::absolute(claims).map_err(|cause| Error::read(claims, &cause))?;
    let place = ignored_paths(model, std::slice::from_ref(&claims))?.into_iter().next();
    if place.is_some_and(|path| path.place != IgnoredPlace::Outside) {
        options.ignore_paths.push(claims);
    }
    Ok(())
}
