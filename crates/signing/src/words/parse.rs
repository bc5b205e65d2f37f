//! PARSE in words.

use crate::check::fault::DocumentFault;
use crate::check::why::{ForeignBeside, ParseFound, ParseWhy};

use super::{Words, sentence};

/// How an OMS signature is added to one of another kind.
pub(crate) const ADD_OMS: &str = "Keep it, and add an OMS signature beside it, which covers every file: \
    touchmark sign key MODEL --private-key KEY.pem";
const AGAIN: &str = "Get the signature again from the publisher";
const NO_BUNDLE: &str = "The signature file is not a Sigstore bundle as OMS requires";
const CHECK_FILE: &str = "Check that this is the model's signature file";

pub(super) fn words(why: &ParseWhy) -> Words {
    let mut words = of(&why.found);
    words.evidence = why.file.clone();
    let is_absent = why.found == ParseFound::Absent;
    match why.foreign {
        ForeignBeside::Itself => words.remedy = Some(ADD_OMS.to_owned()),
        ForeignBeside::Beside if is_absent => words.remedy = Some(ADD_OMS.to_owned()),
        ForeignBeside::Beside | ForeignBeside::None => {}
    }
    words
}

fn of(found: &ParseFound) -> Words {
    let plain = |summary: &str| Words { summary: summary.to_owned(), ..Words::default() };
    match found {
        ParseFound::Bundle => plain("The signature file can be read"),
        ParseFound::Claim => plain("The claim can be read"),
        ParseFound::Absent => Words {
            expected: Some("a signature file, by convention model.sig in the model's folder".into()),
            remedy: Some("Ask the publisher to sign the model, or name the signature file".to_owned()),
            ..plain("No signature file: the model is unsigned")
        },
        ParseFound::Unreadable(fault) => Words {
            found: Some(format!("cannot read ({})", fault.words()).into()),
            remedy: Some(sentence(fault.help())),
            ..plain("The signature file cannot be read")
        },
        ParseFound::TooLarge { limit } => Words {
            found: Some(format!("larger than {limit} bytes").into()),
            remedy: Some(CHECK_FILE.to_owned()),
            ..plain("The signature file is too large to be a signature")
        },
        ParseFound::NotABundle => Words {
            found: Some("does not begin as a Sigstore bundle does".into()),
            remedy: Some(CHECK_FILE.to_owned()),
            ..plain(NO_BUNDLE)
        },
        ParseFound::Empty => faulty("The signature file is empty", None),
        ParseFound::Truncated(fault) => faulty("The signature file ends too early", Some(fault)),
        ParseFound::TooComplex(fault) => {
            faulty("The signature file is larger or deeper than a signature can be", Some(fault))
        }
        ParseFound::Malformed(fault) => faulty(NO_BUNDLE, Some(fault)),
        ParseFound::NotKept => Words {
            remedy: Some("Verify the model again".to_owned()),
            ..plain("The signature file was read, but was too large to be kept for judging it again")
        },
        ParseFound::OtherBytes => Words {
            remedy: Some("Verify the model again".to_owned()),
            ..plain("The bytes to judge are not those of the signature file that was read")
        },
    }
}

fn faulty(summary: &str, fault: Option<&DocumentFault>) -> Words {
    let found = fault.map_or_else(
        || "no content".to_owned(),
        |fault| match &fault.at {
            Some(at) => format!("{}: {}", at.raw(), fault.said.raw()),
            None => fault.said.raw().to_owned(),
        },
    );
    Words {
        summary: summary.to_owned(),
        expected: Some("a Sigstore bundle (JSON) with one DSSE envelope".into()),
        found: Some(found.into()),
        remedy: Some(AGAIN.to_owned()),
        ..Words::default()
    }
}
