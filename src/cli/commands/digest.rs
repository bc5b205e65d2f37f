//! `digest`: tells the root digest of a model, as a signature would state it.

use crate::cli::common::Common;
use crate::cli::flags::What;
use crate::cli::ignored::note_ignored;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::documents::{DigestDocument, SignedBody, names};
use crate::error::Result;
use crate::signing::{default_signature, digest, find_signature};
use clap::Args;
use std::path::PathBuf;

/// The arguments of `digest`.
#[derive(Debug, Args)]
pub(crate) struct Digest {
    /// The model's folder or file
    model: PathBuf,
    #[command(flatten)]
    what: What,
}

pub(super) fn run(arguments: &Digest, _: &Common, output: &Output) -> Result<u8> {
    let Digest { model, what } = arguments;
    what.jobs.set();
    let options = what.options(find_signature(model).unwrap_or_else(|| default_signature(model)));
    note_ignored(model, &options.ignore_paths, &[&options.signature], output, "")?;
    let digested = shown(output, |progress| digest(model, &options, progress))?;
    output.print(&format!("{}\n", digested.root_digest), || DigestDocument {
        schema: names::Digest,
        digested: SignedBody::from(&digested),
    });
    Ok(0)
}
