//! `policy convert`: the policy in the forms of other tools, and theirs as ours.

use super::policy_file::{LIMIT_POLICY_BYTES, text_of};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open;
use crate::disk::{read_small, write_new};
use crate::documents::PolicyConversionDocument;
use crate::error::{Code, Error, Result};
use crate::policy;
use crate::policy::convert::{Converted, Form, Origin, from, guess, to};
use crate::report;
use crate::workbench::parse_policy;
use clap::ValueEnum;
use std::path::Path;

/// The forms that are read.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OriginName {
    /// `trustpolicy.json` of Notation
    Notation,
    /// Command lines of `cosign verify`
    Cosign,
    /// `ClusterImagePolicy` of the Sigstore policy controller
    ClusterImagePolicy,
}

/// The forms that are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FormName {
    /// Commands of the Python reference `model-signing` 1.1.1
    ModelSigning,
    /// `ModelValidation` of the Sigstore model validation operator
    ModelValidation,
    /// `ClusterImagePolicy` of the Sigstore policy controller
    ClusterImagePolicy,
}

impl From<OriginName> for Origin {
    fn from(name: OriginName) -> Self {
        match name {
            OriginName::Notation => Origin::Notation,
            OriginName::Cosign => Origin::Cosign,
            OriginName::ClusterImagePolicy => Origin::ClusterImagePolicy,
        }
    }
}

impl From<FormName> for Form {
    fn from(name: FormName) -> Self {
        match name {
            FormName::ModelSigning => Form::ModelSigning,
            FormName::ModelValidation => Form::ModelValidation,
            FormName::ClusterImagePolicy => Form::ClusterImagePolicy,
        }
    }
}

const OURS: &str = "touchmark";

/// What is converted, with the digest of our policy and the names of both forms.
struct Done {
    converted: Converted,
    digest: String,
    forms: (&'static str, &'static str),
}

/// The status is 1 when something is lost and that matters.
pub(super) fn convert(
    (file, out): (Option<&Path>, Option<&Path>),
    (origin, form): (Option<OriginName>, Option<FormName>),
    is_strict: bool,
    common: &Common,
    output: &Output,
) -> Result<u8> {
    let Done { converted, digest, forms } = match (form, file) {
        (Some(form), file) => written(file, form.into(), common)?,
        (None, Some(file)) => read(file, origin.map(Origin::from))?,
        (None, None) => {
            let error = Error::new(Code::Usage, "it is not said what to convert to what");
            return Err(error.help("add --to FORM, or name the FILE of another tool"));
        }
    };
    if let Some(out) = out {
        write_new(out, converted.text.as_bytes())?;
    }
    output.print(if out.is_some() { "" } else { &converted.text }, || {
        PolicyConversionDocument::of(&digest, forms, &converted)
    });
    if !output.is_json() {
        output.note(&report::lost(&converted.lost));
    }
    Ok(if is_strict && !converted.lost.is_empty() { 1 } else { 0 })
}

/// Our policy in another form.
fn written(file: Option<&Path>, form: Form, common: &Common) -> Result<Done> {
    let policy = match file {
        Some(file) => {
            let text = text_of(read_small(file, LIMIT_POLICY_BYTES)?, file)?;
            parse_policy(&text, &file.to_string_lossy(), file).ok()
        }
        None => {
            let view = open(common)?.view();
            view.policy_errors.is_empty().then(|| view.policy.clone())
        }
    };
    let policy = policy.ok_or_else(|| {
        Error::new(Code::Config, "the policy is not valid")
            .help("run `touchmark policy check` for its faults")
    })?;
    Ok(Done { converted: to(&policy, form), digest: policy.digest.clone(), forms: (OURS, form.name()) })
}

/// The policy of another tool as ours.
fn read(file: &Path, origin: Option<Origin>) -> Result<Done> {
    let text = text_of(read_small(file, LIMIT_POLICY_BYTES)?, file)?;
    let origin = origin.or_else(|| guess(&text)).ok_or_else(|| {
        let error = Error::new(Code::Config, "the file does not look like a policy of another tool");
        error
            .at_path(file)
            .help("add --from FORM for such a file, or --to FORM to convert a policy of this program")
    })?;
    let converted = from(&text, origin).map_err(|error| {
        let line = error.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        Error::new(Code::Config, format!("{line}{}", error.what)).at_path(file)
    })?;
    let policy = policy::parse(&converted.text, "", None)
        .map_err(|_| Error::new(Code::Config, "no valid policy comes of this file").at_path(file))?;
    Ok(Done { converted, digest: policy.digest, forms: (origin.name(), OURS) })
}
