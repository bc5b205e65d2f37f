//! PARSE: reading the file of a signature, and telling apart what is wrong with one that cannot be read.

use crate::bundle::document::{Bundle, read_bundle};
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::{Check, sentence};
use crate::error::Code;
use std::path::Path;

/// PARSE. Absent, empty, cut off, too large and malformed are told apart: each has another remedy.
pub(crate) fn read(bundle: &Path) -> std::result::Result<Bundle, Box<Check>> {
    const NO_BUNDLE: &str = "The signature file is not a Sigstore bundle as OMS asks for";
    const AGAIN: &str = "Get the signature again from the publisher";
    let place = bundle.to_string_lossy().into_owned();
    let no = |code: &str, outcome: Outcome, summary: &str| {
        Box::new(Check::prose(Stage::Parse, code, outcome, summary).evidence(place.as_str()))
    };
    match std::fs::symlink_metadata(bundle) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            let mut check =
                no("PARSE-ABSENT", Outcome::Missing, "There is no signature file: the model is unsigned");
            check.prose_mut().expected =
                Some("a signature file, by custom model.sig in the model's folder".into());
            check.prose_mut().remedy =
                Some("Ask the publisher to sign the model, or name the signature file".to_owned());
            return Err(check);
        }
        _ => {}
    }
    let raw = match read_bundle(bundle) {
        Ok(raw) => raw,
        Err(error) => {
            let mut check = match error.code {
                Code::Malformed => no("PARSE-MALFORMED", Outcome::Fail, NO_BUNDLE),
                Code::TooLarge => {
                    no("PARSE-TOO-LARGE", Outcome::Fail, "The signature file is too large to be one")
                }
                _ => no("PARSE-UNREADABLE", Outcome::Unknown, "The signature file cannot be read"),
            };
            check.prose_mut().found = Some(error.what.into());
            check.prose_mut().remedy = error.help.as_deref().map(sentence);
            return Err(check);
        }
    };
    Bundle::parse(&raw).map_err(|error| {
        let cut_off =
            serde_json::from_slice::<serde::de::IgnoredAny>(&raw).is_err_and(|cause| cause.is_eof());
        let mut check = if raw.iter().all(u8::is_ascii_whitespace) {
            no("PARSE-EMPTY", Outcome::Fail, "The signature file is empty")
        } else if error.code == Code::TooLarge {
            no(
                "PARSE-TOO-LARGE",
                Outcome::Fail,
                "The signature file is larger or deeper than a signature can be",
            )
        } else if cut_off {
            no("PARSE-TRUNCATED", Outcome::Fail, "The signature file is cut off before its end")
        } else {
            no("PARSE-MALFORMED", Outcome::Fail, NO_BUNDLE)
        };
        check.prose_mut().expected = Some("a Sigstore bundle (JSON) with one DSSE envelope".into());
        check.prose_mut().found = Some(match error.at {
            Some(at) => format!("{}: {}", at.raw(), error.what).into(),
            None => error.what.into(),
        });
        check.prose_mut().remedy = Some(AGAIN.to_owned());
        check
    })
}
