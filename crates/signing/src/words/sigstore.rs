//! The words for what a keyless bundle brings as evidence.

use crate::check::evidence::{LogEntry, TimeSource};
use crate::check::why::sigstore::{KnownInstance, LeafFault, LogFault, RootMade, SigstoreWhy, Unsupported};
use crate::clock::whole_second;
use crate::text::Untrusted;

use super::Words;
use super::time::stamper;

const PUBLISHER: &str = "Treat the bundle as altered: get it again from the publisher";

pub(super) fn words(why: &SigstoreWhy) -> Words {
    match why {
        SigstoreWhy::ExpectedSigner => {
            plain("The signature is by the expected signer, over this artifact")
        }
        SigstoreWhy::OtherArtifact { cause } => Words {
            summary: "The bundle is about another artifact than the one given".to_owned(),
            found: Some(cause.clone()),
            remedy: Some("Get the artifact and its bundle again, together".to_owned()),
            ..Words::default()
        },
        SigstoreWhy::NotRead => plain("The bundle's evidence for this could not be read; see LOG"),
        SigstoreWhy::Unsupported { fault } => Words {
            summary: "The log entry is of a kind that cannot be verified here".to_owned(),
            found: Some(match fault {
                Unsupported::Unreadable { cause } => cause.clone(),
                Unsupported::OverLimits => {
                    "its certificates, timestamps or log entries have more parts than any signature needs".into()
                }
                Unsupported::TwoReadings => "the bundle can be read in two ways".into(),
            }),
            remedy: Some(
                "Ask the publisher for a bundle of version 0.3 with an entry of kind dsse 0.0.1 or hashedrekord"
                    .to_owned(),
            ),
            ..Words::default()
        },
        SigstoreWhy::NoSubject => {
            plain("The statement names no subject, so its log entry was not checked; see STATEMENT")
        }
        SigstoreWhy::ChainHeld => plain("The certificate leads to the trusted Fulcio authority"),
        SigstoreWhy::ChainHeldInTime => plain(
            "The certificate was issued by the trusted Fulcio authority and was valid when it was used",
        ),
        SigstoreWhy::TimesHeld => plain("The trusted times in the bundle are genuine"),
        SigstoreWhy::SignedAt { at, source: TimeSource::Log } => {
            plain(&format!("Signed at {at} (transparency log)"))
        }
        SigstoreWhy::SignedAt { at, source: TimeSource::Authority } => {
            plain(&format!("Signed at {at} (trusted timestamp authority)"))
        }
        SigstoreWhy::NoTime => plain("No trusted signing time was found"),
        SigstoreWhy::Logged { entry } => Words {
            summary: "The transparency log contains this signature: proof and checkpoint verified".to_owned(),
            evidence: entry.as_ref().map(place),
            ..Words::default()
        },
        SigstoreWhy::Promised { entry } => Words {
            summary: "The transparency log promised to include this signature; no proof shows that it did"
                .to_owned(),
            evidence: entry.as_ref().map(place),
            remedy: Some("Ask the publisher for a bundle with an inclusion proof".to_owned()),
            ..Words::default()
        },
        SigstoreWhy::UnknownLog { log_id, instance, roots } => unknown_log(log_id, *instance, roots),
        SigstoreWhy::Log { fault, cause, roots } => log(fault, cause.as_ref(), roots),
        SigstoreWhy::NoTrustedTime { cause } => Words {
            summary: "No trusted signing time, so the short-lived certificate cannot be judged".to_owned(),
            found: Some(cause.clone()),
            remedy: Some(
                "Ask the publisher for a bundle with a log promise or a timestamp of a trusted authority"
                    .to_owned(),
            ),
            ..Words::default()
        },
        SigstoreWhy::Timestamp { cause } => fault("A timestamp in the bundle does not hold", cause, PUBLISHER),
        SigstoreWhy::UnknownStamper { index, authority, signed, roots } => Words {
            summary: match signed {
                Some((at, source)) => format!(
                    "Signed at {at} ({}); a timestamp is from an authority that the trusted root does not name, so it \
                     does not count",
                    source.words()
                ),
                None => "The timestamp is from an authority that the trusted root does not name, and nothing else \
                         gives a time"
                    .to_owned(),
            },
            expected: Some("a timestamp by an authority of the trusted root".into()),
            found: Some(stamper(authority)),
            evidence: Some(
                format!("verificationMaterial.timestampVerificationData.rfc3161Timestamps[{index}]").into(),
            ),
            remedy: Some(
                "Refresh the trusted root: it may be older than this timestamp authority (touchmark trust refresh)"
                    .to_owned(),
            ),
            details: roots.iter().map(root_made).collect(),
            ..Words::default()
        },
        SigstoreWhy::Certificate { fault: kind, cause, roots } => {
            let (summary, remedy) = match kind {
                LeafFault::Expired => (
                    "The signing certificate had expired when it was used",
                    "Ask the publisher to sign again",
                ),
                LeafFault::NotYetValid => (
                    "The signing certificate was not valid yet when it was used",
                    "Ask the publisher to sign again",
                ),
                LeafFault::Sct => (
                    "No trusted certificate log vouches for the certificate",
                    "Treat the certificate as forged; if the log has new keys, refresh the trusted root",
                ),
                LeafFault::Malformed => ("The certificate cannot be read", PUBLISHER),
                LeafFault::Untrusted => (
                    "The certificate does not lead to a trusted Fulcio authority",
                    "Add the trusted root of the instance that signed, if you trust it",
                ),
            };
            Words { details: roots.iter().map(root_made).collect(), ..fault(summary, cause, remedy) }
        }
        SigstoreWhy::Signature { cause } => {
            fault("The signature does not match the signed bytes", cause, PUBLISHER)
        }
        SigstoreWhy::Identity { cause } => fault(
            "Signed by someone other than the expected signer",
            cause,
            "Refuse the artifact unless the publisher confirms the signer through another channel",
        ),
        SigstoreWhy::RootUnusable { cause } => {
            fault("The trusted root cannot be used", cause, "Refresh the trusted root")
        }
        SigstoreWhy::Other { cause } => Words {
            summary: "The evidence in the bundle is of a kind that cannot be verified here".to_owned(),
            found: Some(cause.clone()),
            ..Words::default()
        },
    }
}

fn place(entry: &LogEntry) -> Untrusted {
    format!("log {}, entry {}", entry.log_id.raw(), entry.index).into()
}

fn plain(summary: &str) -> Words {
    Words { summary: summary.to_owned(), ..Words::default() }
}

fn fault(summary: &str, cause: &Untrusted, remedy: &str) -> Words {
    Words {
        summary: summary.to_owned(),
        found: Some(cause.clone()),
        remedy: Some(remedy.to_owned()),
        ..Words::default()
    }
}

fn unknown_log(log_id: &Untrusted, instance: Option<KnownInstance>, roots: &[RootMade]) -> Words {
    let (summary, of, remedy) = match instance {
        Some(KnownInstance::Staging) => (
            "The signature was made with the staging instance of Sigstore, which is not trusted here",
            " of the staging instance",
            "Ask for a production signature: staging is for tests, and anyone can sign there",
        ),
        Some(KnownInstance::PublicGood) => (
            "The signature was made with the public-good instance of Sigstore, which is not trusted here",
            " of the public-good instance",
            "Trust the public-good root, if this model is to be signed there",
        ),
        None => (
            "The signature is in a transparency log that the trusted root does not know",
            "",
            "Add the trusted root of the (private) instance that signed, if you trust it; refresh an old root",
        ),
    };
    Words {
        summary: summary.to_owned(),
        expected: Some("a log of the trusted root".into()),
        found: Some(format!("log {}{of}", log_id.raw()).into()),
        remedy: Some(remedy.to_owned()),
        details: roots.iter().map(root_made).collect(),
        ..Words::default()
    }
}

fn log(fault: &LogFault, cause: Option<&Untrusted>, roots: &[RootMade]) -> Words {
    let (summary, remedy) = match fault {
        LogFault::Checkpoint => (
            "The proof of the log entry does not hold",
            "Get the bundle again; if the log has new keys, refresh the trusted root",
        ),
        LogFault::OtherArtifact => ("The log entry belongs to something else", PUBLISHER),
        LogFault::Incomplete => ("The log entry is incomplete", PUBLISHER),
        _ => ("The proof of the log entry does not hold", PUBLISHER),
    };
    let own: Untrusted = match fault {
        LogFault::IntegratedTime { at: Some(at) } => {
            format!("the log's time, {at}, is in the future or outside the certificate's validity").into()
        }
        LogFault::IntegratedTime { at: None } => {
            "the log's time is in the future or outside the certificate's validity".into()
        }
        LogFault::InclusionProof => "the inclusion proof".into(),
        LogFault::Checkpoint => "the checkpoint".into(),
        LogFault::InclusionPromise => "the inclusion promise".into(),
        LogFault::EntryMismatch => "the entry of another signature".into(),
        LogFault::OtherArtifact => "the entry of another artifact".into(),
        LogFault::Malformed | LogFault::Incomplete | LogFault::Other => "the log entry".into(),
    };
    Words {
        summary: summary.to_owned(),
        found: Some(cause.cloned().unwrap_or(own)),
        remedy: Some(remedy.to_owned()),
        details: roots.iter().map(root_made).collect(),
        ..Words::default()
    }
}

fn root_made(root: &RootMade) -> Untrusted {
    let later = if root.is_older {
        "; the signature is newer, so its log or authority may be missing there: refresh the root"
    } else {
        ""
    };
    format!("the trusted root {} was made on {}{later}", root.name.raw(), whole_second(root.made)).into()
}
