//! Writes the samples workspace: made-up models of three families, signed by our own signer, with one of
//! each thing that can be wrong. `cargo run --example make-samples [-- OUT_DIR]`; the default is `samples`.
//! It replaces an older samples workspace and refuses any other folder that is not empty.
#![allow(clippy::disallowed_methods)]

// The authorities that the tests use: keys, tokens and a Sigstore instance on loopback.
#[allow(dead_code, unused_imports, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#[path = "../tests/it/instance/mod.rs"]
mod instance;
#[allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#[path = "../tests/it/pki.rs"]
mod pki;
#[allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#[path = "../tests/it/tokens.rs"]
mod tokens;

#[path = "samples/boms.rs"]
mod boms;
#[path = "samples/cast.rs"]
mod cast;
#[path = "samples/claims.rs"]
mod claims;
#[path = "samples/files.rs"]
mod files;
#[path = "samples/pages.rs"]
mod pages;
#[path = "samples/policies.rs"]
mod policies;
#[path = "samples/policy_tests.rs"]
mod policy_tests;
#[path = "samples/signers.rs"]
mod signers;

use cast::{CAST, Fault, Spec};
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What this program writes, and therefore removes before it writes again. The store is not among it.
const FOLDERS: [&str; 4] = ["models", "boms", "keys", "policies"];

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("samples"), PathBuf::from);
    clear(&out)?;
    let signers = signers::Signers::make(&out.join("keys"))?;
    let mut digests = HashMap::new();
    for spec in CAST {
        let folder = folder(&out, spec.id);
        files::write_model(&folder, spec)?;
        let signed = match signers.sign(&folder, spec)? {
            Some(signed) => signed,
            // What acme received unsigned, its AIBOM names by digest as well.
            None => signers::measure(&folder)?,
        };
        digests.insert(spec.id, signed.root_digest);
    }
    for spec in CAST {
        spoil(&out, spec)?;
    }
    boms::write_boms(&out, &signers, &digests)?;
    pages::write_pages(&out, &signers)?;
    claims::write_claims(&out, &signers, &digests)?;
    writeln!(std::io::stdout(), "{} models in {}", CAST.len(), out.display())?;
    Ok(())
}

fn folder(out: &Path, id: &str) -> PathBuf {
    out.join("models").join(id)
}

/// Leaves an empty folder, or one that holds nothing of an older run.
fn clear(out: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(out)?;
    let ours = fs::read_to_string(out.join("expected.toml"))
        .is_ok_and(|text| text.lines().next() == Some(pages::MARK));
    if !ours && fs::read_dir(out)?.next().is_some() {
        return Err(format!("{} is not empty and is no samples workspace", out.display()).into());
    }
    for name in FOLDERS {
        let path = out.join(name);
        if path.exists() {
            fs::remove_dir_all(path)?;
        }
    }
    // Written first and last of all, so that an interrupted run can be repeated.
    Ok(fs::write(out.join("expected.toml"), format!("{}\n", pages::MARK))?)
}

/// Does to a signed model the one thing that is wrong with it.
fn spoil(out: &Path, spec: &Spec) -> Result<(), Box<dyn Error>> {
    let folder = folder(out, spec.id);
    match spec.fault {
        Fault::None
        | Fault::Unsigned
        | Fault::Expired
        | Fault::OtherSigner
        | Fault::WrongPublisher
        | Fault::Pickle => Ok(()),
        Fault::Tampered(file) => files::flip_inner_byte(&folder.join(file)),
        Fault::Added(file) => Ok(fs::write(folder.join(file), "print('nobody signed this file')\n")?),
        Fault::Removed(file) => Ok(fs::remove_file(folder.join(file))?),
        Fault::CopiedFrom(other) => {
            let from = self::folder(out, other).join("model.sig");
            fs::copy(from, folder.join("model.sig"))?;
            Ok(())
        }
        Fault::Truncated => {
            let bundle = fs::OpenOptions::new().write(true).open(folder.join("model.sig"))?;
            Ok(bundle.set_len(bundle.metadata()?.len() / 2)?)
        }
    }
}
