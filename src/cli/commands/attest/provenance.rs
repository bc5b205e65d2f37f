//! `attest provenance`: how a model was made and from which inputs, as SLSA provenance.

use super::making::{Making, Of};
use super::parts;
use crate::attest::{BuildType, Input, InputRole, PredicateKind, ProvenanceDraft};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::error::{Code, Error, Result};
use clap::Args;
use jiff::Timestamp;
use std::path::PathBuf;

/// The arguments of `attest provenance`.
#[derive(Debug, Args)]
pub(crate) struct Provenance {
    /// The model's id or folder
    model: String,
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    making: Making,
}

/// How it was made.
#[derive(Debug, Args)]
#[group(id = "provenance", multiple = true, conflicts_with = "predicate")]
struct What {
    /// What was done; `train` declares the model a root
    #[arg(long, value_name = "TYPE", required_unless_present = "predicate",
          value_parser = ["train", "finetune", "adapter", "merge", "quantise", "distil", "convert", "prune"])]
    build: Option<String>,
    /// A model whose weights were used (repeat): one in the inventory, or NAME@sha256:HEX
    #[arg(long, value_name = "MODEL")]
    base: Vec<String>,
    /// A model whose outputs it was trained on (repeat)
    #[arg(long, value_name = "MODEL")]
    teacher: Vec<String>,
    /// An adapter that was merged in (repeat)
    #[arg(long, value_name = "MODEL")]
    adapter: Vec<String>,
    /// Data that it was trained on (repeat)
    #[arg(long, value_name = "MODEL")]
    dataset: Vec<String>,
    /// The commit of the code, or ADDRESS@COMMIT
    #[arg(long, value_name = "COMMIT", value_parser = parts::commit)]
    code: Option<Input>,
    /// Its configuration file: the claim states its digest
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Who built it, as a URI
    #[arg(long, value_name = "URI", required_unless_present = "predicate", value_parser = parts::uri)]
    builder: Option<String>,
    /// The builder's name for the run that built it
    #[arg(long, value_name = "ID")]
    invocation: Option<String>,
    /// When the build began (RFC 3339)
    #[arg(long, value_name = "TIME")]
    started: Option<Timestamp>,
    /// When the build finished (RFC 3339)
    #[arg(long, value_name = "TIME")]
    finished: Option<Timestamp>,
    /// A parameter of the build (repeat); docs/predicates.md lists those of each type
    #[arg(long, value_name = "NAME=VALUE", value_parser = parts::pair)]
    parameter: Vec<(String, String)>,
}

const OF: Of = Of { usual: ProvenanceDraft::TYPE, kinds: &[PredicateKind::Provenance] };

pub(super) fn run(arguments: &Provenance, common: &Common, output: &Output) -> Result<u8> {
    let Provenance { model, what, making } = arguments;
    let begun = making.begin(model, common, output)?;
    let made = begun.check(&OF, || {
        let mut inputs = begun.parts(&what.base, InputRole::Base)?;
        inputs.extend(begun.parts(&what.teacher, InputRole::Teacher)?);
        inputs.extend(begun.parts(&what.adapter, InputRole::Adapter)?);
        inputs.extend(begun.parts(&what.dataset, InputRole::Dataset)?);
        inputs.extend(what.code.clone());
        inputs.extend(what.config.as_deref().map(parts::config).transpose()?);
        not_itself(&inputs, begun.subject.subject.root.to_string().as_str())?;
        for input in &inputs {
            if let (Some(started), Some(verified)) = (what.started, input.verified_at)
                && verified > started
            {
                output.note(&format!(
                    "! {} was verified at {verified}, after the build began: it does not count as verified before use",
                    input.name.screen()
                ));
            }
        }
        let build = what.build.as_deref().and_then(BuildType::named);
        let transformation = build.map(|build| build.transformation).ok_or_else(|| {
            Error::new(Code::Usage, "no build type is given").at("--build").help("docs/claims.md lists the types")
        })?;
        let draft = ProvenanceDraft {
            transformation,
            inputs,
            builder: what.builder.clone().unwrap_or_default(),
            invocation: what.invocation.clone(),
            parameters: what.parameter.clone(),
            started: what.started,
            finished: what.finished,
        };
        draft.draft()
    })?;
    begun.finish(&made)
}

/// A model cannot be its own input: readers of the claim would see a cycle.
fn not_itself(inputs: &[Input], root: &str) -> Result<()> {
    let is_it = |input: &&Input| input.digests.iter().any(|digest| digest.value.raw() == root);
    match inputs.iter().find(is_it) {
        None => Ok(()),
        Some(input) => Err(Error::new(Code::Usage, "the model is named as its own input")
            .at(input.name.raw())
            .help("name the model that it was made from")),
    }
}
