//! `incident disclose`: the draft of a disclosure, from a case or from what is known of a model.

use crate::cli::common::Common;
use crate::cli::links;
use crate::cli::output::{Output, folder_is_there};
use crate::disk::write_new;
use crate::documents::{IncidentDisclosureDocument, names};
use crate::error::{Code, Error, Result};
use crate::forms::disclosure_page;
use crate::incident::{Disclosed, Disclosure};
use crate::json;
use crate::workbench::Workbench;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The arguments of `incident disclose`.
#[derive(Debug, Args)]
pub(crate) struct Disclose {
    /// The number of a case, or what it is about: a model, sha256:DIGEST, identity:SUBJECT, key:FINGERPRINT or builder:ID
    #[arg(value_name = "SUBJECT")]
    subject: String,
    /// The form [default: md]
    #[arg(long = "as", value_name = "FORM", value_enum)]
    form: Option<FormName>,
    /// Whom to ask, as it should stand in the draft
    #[arg(long, value_name = "CONTACT")]
    contact: Option<String>,
    /// Write to this new file [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormName {
    /// Markdown, for people
    Md,
    /// JSON, for programs
    Json,
}

impl Disclose {
    /// Whether it goes to standard output.
    pub(super) fn is_product(&self) -> bool {
        self.out.is_none()
    }
}

pub(super) fn disclose(
    arguments: &Disclose,
    workbench: &Workbench,
    common: &Common,
    output: &Output,
) -> Result<u8> {
    let draft = drafted(arguments, workbench, common)?;
    let is_json = arguments.form.map_or(output.is_json(), |form| form == FormName::Json);
    let text = match is_json {
        false => disclosure_page(&draft),
        true => {
            let document = IncidentDisclosureDocument { schema: names::IncidentDisclosure, draft: &draft };
            let text = json::to_string(&document).map_err(|error| {
                Error::new(Code::Internal, format!("the draft cannot be written as JSON ({error})"))
            })?;
            text + "\n"
        }
    };
    match &arguments.out {
        None => output.made(&text),
        Some(file) => {
            folder_is_there(file)?;
            write_new(file, text.as_bytes())?;
            output.note(&format!("✓ draft written  {}", links::noted(file)));
        }
    }
    Ok(0)
}

/// A number is a case.
fn drafted(arguments: &Disclose, workbench: &Workbench, common: &Common) -> Result<Disclosure> {
    let (view, contact, at) = (workbench.view(), arguments.contact.as_deref(), common.now());
    if let Ok(number) = arguments.subject.parse::<u64>() {
        let case = workbench.case(number)?;
        let opening = &case.opening;
        return Disclosure::draft(&Disclosed {
            subject: &opening.subject,
            integrity: opening.integrity,
            case: Some((number, &opening.runbook.id)),
            known_since: Some(opening.aware),
            contact,
            at,
        });
    }
    let seen = view.incident(&view.blamed(&arguments.subject)?, None)?;
    let (subject, integrity) = (&seen.subject, seen.integrity);
    Disclosure::draft(&Disclosed { subject, integrity, case: None, known_since: None, contact, at })
}
