//! PARSE in words.

use crate::check::fault::DocumentFault;
use crate::check::other::OtherFile;
use crate::check::why::{ForeignBeside, ParseFound, ParseWhy};
use crate::text::{self, Untrusted};

use super::{Words, sentence};

/// How an OMS signature is added to one of another kind.
pub(crate) const ADD_OMS: &str = "Keep it, and add an OMS signature beside it, which covers every file: \
    touchmark sign key MODEL --private-key KEY.pem";
const AGAIN: &str = "Get the signature again from the publisher";
const NO_BUNDLE: &str = "The signature file is not a Sigstore bundle as OMS requires";
const USUAL_NAME: &str = "model.sig";
const CHECK_FILE: &str = "Check that this is the model's signature file";

pub(super) fn words(why: &ParseWhy) -> Words {
    let mut words = of(why);
    words.evidence = why.file.clone();
    let is_absent = why.found == ParseFound::Absent;
    match why.foreign {
        ForeignBeside::Itself => words.remedy = Some(ADD_OMS.to_owned()),
        ForeignBeside::Beside if is_absent && why.others.is_empty() => {
            words.remedy = Some(ADD_OMS.to_owned())
        }
        ForeignBeside::Beside | ForeignBeside::None => {}
    }
    words
}

fn of(why: &ParseWhy) -> Words {
    let plain = |summary: &str| Words { summary: summary.to_owned(), ..Words::default() };
    match &why.found {
        ParseFound::Bundle => plain("The signature file can be read"),
        ParseFound::Claim => plain("The claim can be read"),
        ParseFound::Absent => absent(why),
        ParseFound::Unreadable(fault) => Words {
            found: Some(format!("cannot read ({})", fault.words()).into()),
            remedy: Some(instead(&why.others).unwrap_or_else(|| sentence(fault.help()))),
            details: why.others.iter().map(lies_here).collect(),
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
        ParseFound::LaterVersion { version } => Words {
            expected: Some("a Sigstore bundle of version 0.3".into()),
            found: Some(format!("version {}", version.raw()).into()),
            remedy: Some("Get a newer Touchmark, or a signature in a bundle of version 0.3".to_owned()),
            ..plain(&format!(
                "The signature file is a Sigstore bundle of version {}, which this program does not know",
                version.screen()
            ))
        },
        ParseFound::Other(other) => {
            let (what, remedy) = other_file(*other);
            Words {
                expected: Some("a Sigstore bundle (JSON) with one DSSE envelope".into()),
                found: Some(what.clone().into()),
                remedy: Some(remedy.to_owned()),
                ..plain(&format!("The signature file is {what}: not an OMS signature"))
            }
        }
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

/// Where nothing lies at the usual place, the model is unsigned; where a name was given, it may be another.
fn absent(why: &ParseWhy) -> Words {
    let name = why.file.as_ref().map_or("", Untrusted::raw);
    let expected = Some("a signature file, by convention model.sig in the model's folder".into());
    let words = |summary: String| Words { summary, expected, ..Words::default() };
    if why.others.is_empty() && name == USUAL_NAME {
        return Words {
            remedy: Some("Ask the publisher to sign the model, or name the signature file".to_owned()),
            ..words("No signature file: the model is unsigned".to_owned())
        };
    }
    if why.others.is_empty() {
        return Words {
            remedy: Some(
                "Check the name; if there is no signature, ask the publisher to sign the model".to_owned(),
            ),
            ..words(format!("The signature file {name} does not exist, and there is no other"))
        };
    }
    Words {
        found: Some(names(&why.others)),
        remedy: instead(&why.others),
        ..words(format!("The signature file {name} does not exist, but there is another signature"))
    }
}

fn names(files: &[Untrusted]) -> Untrusted {
    let names: Vec<&str> = files.iter().map(Untrusted::raw).collect();
    names.join(", ").into()
}

fn instead(others: &[Untrusted]) -> Option<String> {
    let first = others.first()?;
    Some(format!("Name the signature that is meant, for example {}: --signature FILE", first.screen()))
}

fn lies_here(file: &Untrusted) -> Untrusted {
    format!("a signature lies here: {}", file.raw()).into()
}

/// What a file is, and what to do.
pub(crate) fn other_file(other: OtherFile) -> (String, &'static str) {
    let (what, remedy) = match other {
        OtherFile::Foreign(kind) => return (with_article(kind.words()), ADD_OMS),
        OtherFile::LfsPointer => {
            ("a Git LFS pointer", "Run `git lfs pull` in the model's repository, then verify again")
        }
        OtherFile::WebPage => (
            "a web page (HTML or XML), as a server sends to log in or with an error",
            "Log in where the model is hosted and download the signature again",
        ),
        OtherFile::Utf16 => (
            "text in UTF-16, as PowerShell and some editors write it",
            "Download the signature again as it is, or convert it to UTF-8 without a byte-order mark",
        ),
        OtherFile::ByteOrderMark => (
            "JSON behind a byte-order mark, as some editors write it",
            "Download the signature again as it is, or save it without the byte-order mark",
        ),
        OtherFile::Claims { bundles } => {
            let what = format!(
                "a file of claims (JSON Lines) with {}",
                text::count(usize::try_from(bundles).unwrap_or(usize::MAX), "bundle")
            );
            return (what, "See what the claims say: touchmark claims list MODEL");
        }
        OtherFile::Statement => (
            "an in-toto statement without an envelope: it is not signed",
            "Get the signed bundle from the publisher: a bare statement proves nothing",
        ),
        OtherFile::InTotoLink => (
            "an in-toto link or layout (Metablock)",
            "Check that this is the model's signature file: OMS signs a statement in a Sigstore bundle",
        ),
        OtherFile::Certificates => ("a file of certificates", CHECK_FILE),
        OtherFile::PublicKey => ("a public key", CHECK_FILE),
        OtherFile::PrivateKey => ("a private key", CHECK_FILE),
    };
    (what.to_owned(), remedy)
}

fn with_article(words: &str) -> String {
    let is_open = words.starts_with(['A', 'E', 'I', 'O', 'U', 'a', 'e', 'i', 'o', 'u']);
    format!("{} {words}", if is_open { "an" } else { "a" })
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
