//! The words for the controls of the rubric: what was found, and what to do.

use super::{Face, claims, lineage, remedies, usage};
use crate::inventory::Hazard;
use crate::maturity::{BoundPart, Control, ControlFact, ControlResult, Remedy};
use crate::signing::{Outcome, Stage, Thing, Verification, remedy_for};
use crate::tables::Few;
use crate::text::{Untrusted, count};

/// What to do about several folders of one name, on the command line.
pub const CHOOSE_FOLDER: &str =
    "Choose one with --location PATH, an [[alias]] with `at`, or a `prefix` of its [[source]]";

/// Names that are listed of many.
const NAMED: usize = 3;

/// What was found for a control, and what to do; the latter is empty when there is nothing.
pub fn control(
    result: &ControlResult,
    control: &Control,
    (verification, thing): (Option<&Verification>, Thing),
    face: Face,
) -> (Untrusted, String) {
    let advice = |remedy| match remedy {
        Remedy::OfRubric => control.remediation.clone(),
        remedy => remedy_for(&advice(remedy, &result.fact, control, verification, face), thing),
    };
    let remedy = result.remedy.map(advice);
    (found(&result.fact, verification), remedy.unwrap_or_default())
}

/// What was found.
pub fn found(fact: &ControlFact, verification: Option<&Verification>) -> Untrusted {
    let root = || verification.and_then(|v| v.root_digest).map(|root| root.to_string()).unwrap_or_default();
    let at = || verification.map(|v| v.at.to_string()).unwrap_or_default();
    let anchor = || verification.and_then(|v| v.anchor.as_ref()).map_or("", |anchor| anchor.name.as_str());
    Untrusted::new(match fact {
        ControlFact::NotEvaluated => "not evaluated by this version".to_owned(),
        ControlFact::Unsigned => "the model is not signed".to_owned(),
        ControlFact::NotVerified => "not verified yet".to_owned(),
        ControlFact::ChangedSince => format!("the files changed since they were verified {}", at()),
        ControlFact::EvidenceLost => {
            "the evidence of its verification is not in the store any more".to_owned()
        }
        ControlFact::OfCheck(stage) => of_check(*stage, verification),
        ControlFact::FilesDiffer => files_that_differ(verification),
        ControlFact::FilesUnreadable => {
            let unreadable = verification.map(|v| v.files.unreadable.as_slice()).unwrap_or_default();
            let names: Vec<&Untrusted> = unreadable.iter().map(|(name, _)| name).collect();
            format!("could not be read: {}", some_of(names.len(), names.into_iter()))
        }
        ControlFact::FilesMatch => {
            let many = verification.map_or(0, |v| v.files.matched);
            let matching = if many == 1 { "matches" } else { "match" };
            format!("{} {matching}", count(usize::try_from(many).unwrap_or(usize::MAX), "signed file"))
        }
        ControlFact::FilesUnsigned => {
            let extra = verification.map(|v| v.files.extra.as_slice()).unwrap_or_default();
            format!("{} unsigned: {}", extra.len(), some_of(extra.len(), extra.iter()))
        }
        ControlFact::FilesLeftOut { count: many, first } => {
            let all = usize::try_from(*many).unwrap_or(usize::MAX);
            format!("the bundle leaves out {}: {}", count(all, "file"), some_of(all, first.iter()))
        }
        ControlFact::FilesChanging => "the files changed while they were being verified".to_owned(),
        ControlFact::SingleFile => "the model is a single file".to_owned(),
        ControlFact::NothingUnsigned => "no unsigned files".to_owned(),
        ControlFact::NoRootDigest => "no root digest was computed".to_owned(),
        ControlFact::RootDigestDiffers { stated } => {
            format!("root digest is {}; the AIBOM says {}", root(), stated.raw())
        }
        ControlFact::RootDigestStated => format!("{}, as the AIBOM says", root()),
        ControlFact::RootDigestOtherKind => {
            format!("{}; the AIBOM only states digests of another kind", root())
        }
        ControlFact::RootDigest => root(),
        ControlFact::SignerNotProven => "the signer is not proven".to_owned(),
        ControlFact::NoSigner => "no signer was established".to_owned(),
        ControlFact::NoAnchor => "no trust anchor was recorded".to_owned(),
        ControlFact::KeyNotPinned => format!("the policy does not pin the key `{}`", anchor()),
        ControlFact::KeyPinned => format!("the policy pins the key `{}`", anchor()),
        ControlFact::KeyWithoutTime => "a bare key carries no time".to_owned(),
        ControlFact::UnsignedAndNotLogged => "not signed, so no log entry is required".to_owned(),
        ControlFact::MethodUnknown => "the signing method is not known".to_owned(),
        ControlFact::LogAbsent => "the bundle has no log entry".to_owned(),
        ControlFact::LogNotRequired => "neither the method nor the policy requires a log entry".to_owned(),
        ControlFact::PublicationUnknown => "no source says when it was published".to_owned(),
        ControlFact::VerificationFails { code } => {
            let code = code.map(|code| format!(": {code}")).unwrap_or_default();
            format!("the verification of {} does not pass{code}", at())
        }
        ControlFact::VerificationAhead => format!("the verification is dated {}, in the future", at()),
        ControlFact::VerificationOld { most_days } => {
            format!("last verified {}, more than {most_days} days ago", at())
        }
        ControlFact::VerifiedLately => format!("verified {}", at()),
        ControlFact::NoDeployment => "no deployment is known".to_owned(),
        ControlFact::FormatsRunCode { formats, hazard } => {
            let hazard = hazard.as_deref().map(|hazard| format!("; {}", line(hazard))).unwrap_or_default();
            format!(
                "can run code when loaded: {}{hazard}",
                joined(formats.iter().map(|format| format.word()))
            )
        }
        ControlFact::Hazard(hazard) => line(hazard),
        ControlFact::FormatsOfData { formats } => joined(formats.iter().map(|format| format.word())),
        ControlFact::Dataset => "a dataset has no weights".to_owned(),
        ControlFact::AgentCard => "an agent card has no weights".to_owned(),
        ControlFact::NoFiles => "no files to inspect".to_owned(),
        ControlFact::NoFormat => "no known weights format was found".to_owned(),
        ControlFact::NoBinding => "no AIBOM states the signature of this model".to_owned(),
        ControlFact::BindingDiffers { source, parts } => {
            format!("{} contradicts the bundle: {}", source.raw(), these(*parts))
        }
        ControlFact::BindingsDisagree { sources, parts } => {
            let (first, second) = sources.as_ref();
            format!("{} and {} contradict each other: {}", first.raw(), second.raw(), these(*parts))
        }
        ControlFact::SameName { count: many, first } => {
            let all = usize::try_from(*many).unwrap_or(usize::MAX);
            format!(
                "{} share this name and are not known to hold the same: {}",
                count(all, "folder"),
                some_of(all, first.iter())
            )
        }
        ControlFact::BindingOpen { source, parts } => {
            format!("{} does not state: {}", source.raw(), these(*parts))
        }
        ControlFact::BindingUnproven { source } => {
            format!("{} matches the bundle, whose signer is not proven", source.raw())
        }
        ControlFact::BindingOurs { source, parts } => {
            format!("{}, written by this workspace as observed here: {}", source.raw(), these(*parts))
        }
        ControlFact::BindingEqual { source, parts } => format!("{}: {}", source.raw(), these(*parts)),
        ControlFact::HashUnknown => "the recorded hash is not known".to_owned(),
        ControlFact::KeyUnknown => "the signing key's algorithm is not established".to_owned(),
        ControlFact::HashNotListed { hash } => {
            format!("{}, which the policy does not list", hash.as_str())
        }
        ControlFact::Algorithms { hash } => format!("{}, and a key that OMS allows", hash.as_str()),
        ControlFact::ShortLivedKey => "a short-lived certificate: there is no key to keep".to_owned(),
        ControlFact::CustodyUnknown => "no source says where the key is kept".to_owned(),
        ControlFact::NoDistributor => "no hub is known to distribute it".to_owned(),
        ControlFact::Lineage(fact) => lineage::found(fact),
        ControlFact::Claims(fact) => claims::found(fact),
        ControlFact::Use(fact) => usage::found(fact),
    })
}

/// What to do about it.
fn advice(
    remedy: Remedy,
    fact: &ControlFact,
    control: &Control,
    verification: Option<&Verification>,
    face: Face,
) -> String {
    let key = |key: &str| match face {
        Face::Text => String::new(),
        Face::Tui => format!(" ({key})"),
    };
    match remedy {
        Remedy::OfRubric => control.remediation.clone(),
        Remedy::OfCheck(stage) => {
            let remedy = verification.and_then(|v| v.check(stage)).and_then(|check| check.words().remedy);
            remedy.unwrap_or_else(|| control.remediation.clone())
        }
        Remedy::OfHazard => match fact {
            ControlFact::Hazard(hazard) => capital(hazard.remedy()),
            ControlFact::FormatsRunCode { hazard: Some(hazard), .. } => capital(hazard.remedy()),
            _ => control.remediation.clone(),
        },
        Remedy::SignModel => {
            "Sign the model with an OMS tool at the release step, or ask the producer to sign it".to_owned()
        }
        Remedy::Verify => match face {
            Face::Text => "Run `touchmark verify`".to_owned(),
            Face::Tui => "Verify it (V)".to_owned(),
        },
        Remedy::VerifyAgain => format!("Verify again{}", key("V")),
        Remedy::FixOthers => format!("Fix the other failed controls, then verify again{}", key("V")),
        Remedy::ProveSigner => "Fix L1.02 and L1.07 first".to_owned(),
        Remedy::MakeReadable => format!("Make the files readable, then verify again{}", key("V")),
        Remedy::SignLeftOut => {
            "Have the producer sign these files too, or allow the paths in the policy".to_owned()
        }
        Remedy::PinKey => {
            "Add the key to the policy's [trust] after checking its fingerprint with the producer".to_owned()
        }
        Remedy::CheckClock => format!("Check the clock, then verify again{}", key("V")),
        Remedy::Bind => match face {
            Face::Text => "Run `touchmark bind MODEL`: it writes what was verified into an AIBOM".to_owned(),
            Face::Tui => "Write what was verified into an AIBOM (b)".to_owned(),
        },
        Remedy::AddSource => "Add the folder that holds the files as a source".to_owned(),
        Remedy::ChooseFolder => match face {
            Face::Text => CHOOSE_FOLDER,
            Face::Tui => {
                "Choose one with an [[alias]] with `at`, or a `prefix` of its [[source]], in touchmark.toml"
            }
        }
        .to_owned(),
        Remedy::RemoveStaleBom => "Remove the AIBOM that is out of date, then scan again".to_owned(),
        remedy => remedies::above(remedy, fact, face),
    }
}

/// The check's own line, with what it found unless that says nothing more.
fn of_check(stage: Stage, verification: Option<&Verification>) -> String {
    let Some(check) = verification.and_then(|v| v.check(stage)) else { return String::new() };
    let words = check.words();
    match &words.found {
        Some(found) if check.outcome != Outcome::NotApplicable => {
            format!("{}: {}", words.summary, found.raw())
        }
        _ => words.summary,
    }
}

fn files_that_differ(verification: Option<&Verification>) -> String {
    let Some(files) = verification.map(|v| &v.files) else { return String::new() };
    let mut parts = Vec::new();
    if !files.changed.is_empty() {
        let names = files.changed.iter().map(|file| &file.name);
        parts.push(format!("{} changed: {}", files.changed.len(), some_of(files.changed.len(), names)));
    }
    if !files.missing.is_empty() {
        let names = some_of(files.missing.len(), files.missing.iter());
        parts.push(format!("{} missing: {names}", files.missing.len()));
    }
    parts.join("; ")
}

/// The first names, and how many more there are.
fn some_of<'a>(all: usize, names: impl Iterator<Item = &'a Untrusted>) -> String {
    let mut text = joined(names.take(NAMED).map(Untrusted::raw));
    let more = all.saturating_sub(NAMED);
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn line(hazard: &Hazard) -> String {
    let file = hazard.file.screen();
    format!("{file}{}{}", if file.is_empty() { "" } else { ": " }, hazard.line())
}

fn these(parts: Few<BoundPart>) -> String {
    joined(parts.iter().map(|part| match part {
        BoundPart::RootDigest => "root digest",
        BoundPart::Identity => "identity",
        BoundPart::Issuer => "issuer",
        BoundPart::LogEntry => "log entry",
        BoundPart::BundleDigest => "bundle digest",
    }))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
