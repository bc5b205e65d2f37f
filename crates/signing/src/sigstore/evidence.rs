//! What a keyless bundle brings to prove who signed and when, judged against trusted roots. What was signed is not its
//! business, so the library is given the bundle's own subject.

use crate::bundle::document::Bundle;
use crate::bundle::manifest::outline;
use crate::check::evidence::{LogEntry, TimeSource};
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::{Check, unknown_prose};
use crate::text::Untrusted;
use crate::x509::der_limits::is_modest;
use jiff::Timestamp;
use sigstore_verify::trust_root::TrustedRoot;
use sigstore_verify::types::bundle::VerificationMaterialContent;
use sigstore_verify::types::{DerCertificate, Sha256Hash, SignatureContent};
use sigstore_verify::{
    CertificateError, Error as Fault, Policy, TimestampError, TransparencyLogError, VerificationPolicy,
    VerificationResult, Verifier,
};

use super::root::{PUBLIC_GOOD, STAGING};

/// Log entries, timestamps and certificates, each.
const MAX_EVIDENCE: usize = 32;

/// What TRUST, SIGNATURE, CHAIN, TIME and LOG came to.
pub(crate) struct Keyless {
    /// Checks of some of the stages TRUST, SIGNATURE, CHAIN, TIME, LOG.
    pub(crate) checks: Vec<Check>,
    /// Index of the root that answered.
    pub(crate) anchor: Option<usize>,
    pub(crate) signed_at: Option<(Timestamp, TimeSource)>,
    pub(crate) log: Option<LogEntry>,
}

/// Verifies a keyless bundle against each root until one answers for it.
pub(crate) fn check(bundle: &Bundle, roots: &[&str]) -> Keyless {
    let parsed = match parse(bundle) {
        Ok(parsed) => parsed,
        Err(checks) => return Keyless { checks, anchor: None, signed_at: None, log: None },
    };
    let mut worst: Option<(u8, Vec<Check>)> = None;
    for (index, root) in roots.iter().enumerate() {
        match verify(&parsed, root) {
            Ok(result) => return proven(&parsed, &result, index),
            Err(fault) => {
                let fault = unknown_log(&parsed, root).unwrap_or(fault);
                // The root that knows the log tells more than one of another instance.
                let rank = match fault {
                    Fault::TransparencyLog(TransparencyLogError::UnknownLog { .. }) => 1,
                    Fault::InvalidTrustRoot(_) | Fault::TrustRoot(_) | Fault::TrustedCertificate(_) => 2,
                    _ => 0,
                };
                if worst.as_ref().is_none_or(|(known, _)| rank < *known) {
                    worst = Some((rank, explain(&fault)));
                }
            }
        }
    }
    Keyless {
        checks: worst.map(|(_, checks)| checks).unwrap_or_default(),
        anchor: None,
        signed_at: None,
        log: None,
    }
}

struct Parsed {
    bundle: sigstore_verify::types::Bundle,
    subject: Sha256Hash,
}

fn parse(bundle: &Bundle) -> std::result::Result<Parsed, Vec<Check>> {
    let unsupported = |why: String| {
        vec![
            unknown_prose(Stage::Chain, NOT_READ),
            unknown_prose(Stage::Time, NOT_READ),
            Check::prose(
                Stage::Log,
                "LOG-UNSUPPORTED",
                Outcome::Unknown,
                "The log entry is of a kind that cannot be verified here",
            )
            .found(why)
            .remedy("Ask the publisher for a bundle of version 0.3 with an entry of kind dsse 0.0.1 or hashedrekord"),
        ]
    };
    let text = std::str::from_utf8(&bundle.raw).map_err(|cause| unsupported(cause.to_string()))?;
    let theirs =
        sigstore_verify::types::Bundle::from_json(text).map_err(|cause| unsupported(cause.to_string()))?;
    if !is_within_limits(&theirs) {
        return Err(unsupported(OVER_LIMITS.to_owned()));
    }
    // Two parsers read one document: they must have read the same.
    let same = match &theirs.content {
        SignatureContent::DsseEnvelope(envelope) => {
            envelope.payload.as_bytes() == bundle.envelope.payload
                && envelope.payload_type == bundle.envelope.payload_type
                && envelope.signature.sig.as_bytes() == bundle.envelope.signature
        }
        _ => false,
    };
    if !same {
        return Err(unsupported("the bundle reads in two ways".to_owned()));
    }
    let subject = own_subject(&bundle.envelope.payload).ok_or_else(|| {
        let why = "The statement names no subject, so its log entry was not looked at; see STATEMENT";
        vec![
            unknown_prose(Stage::Chain, why),
            unknown_prose(Stage::Time, why),
            unknown_prose(Stage::Log, why),
        ]
    })?;
    Ok(Parsed { bundle: theirs, subject })
}

const NOT_READ: &str = "The bundle's evidence could not be read for this; see LOG";

/// Whether the subject is this model's is for SUBJECT and FILES; the library only wants to be told one.
fn own_subject(payload: &[u8]) -> Option<Sha256Hash> {
    let statement = outline(payload)?;
    Sha256Hash::from_hex(statement.pointer("/subject/0/digest/sha256")?.as_str()?).ok()
}

/// What the library decodes without limits of its own.
pub(super) fn is_within_limits(bundle: &sigstore_verify::types::Bundle) -> bool {
    let material = &bundle.verification_material;
    let stamps = &material.timestamp_verification_data.rfc3161_timestamps;
    let certificates: Vec<&DerCertificate> = match &material.content {
        VerificationMaterialContent::Certificate(one) => vec![&one.raw_bytes],
        VerificationMaterialContent::X509CertificateChain { certificates } => {
            certificates.iter().map(|one| &one.raw_bytes).collect()
        }
        VerificationMaterialContent::PublicKey(_) => Vec::new(),
        _ => return false,
    };
    let counts = [stamps.len(), certificates.len(), material.tlog_entries.len()];
    counts.iter().all(|count| *count <= MAX_EVIDENCE)
        && stamps.iter().all(|stamp| is_modest(stamp.signed_timestamp.as_bytes()))
        && certificates.iter().all(|certificate| is_modest(certificate.as_bytes()))
}

pub(super) const OVER_LIMITS: &str =
    "its certificates, timestamps or log entries have more parts than any signature needs";

pub(crate) fn judge(
    bundle: &sigstore_verify::types::Bundle,
    root: &str,
    artifact: Sha256Hash,
    policy: &dyn Policy,
) -> std::result::Result<VerificationResult, Fault> {
    Verifier::new(&TrustedRoot::from_json(root)?)?.verify(artifact, bundle, policy)
}

fn verify(parsed: &Parsed, root: &str) -> std::result::Result<VerificationResult, Fault> {
    let result = judge(&parsed.bundle, root, parsed.subject, &VerificationPolicy::any_identity())?;
    if result.certificate_verified() && result.tlog_verified() && result.sct_verified() {
        Ok(result)
    } else {
        Err(Fault::UnsupportedBundle("a part of the evidence was not verified".to_owned()))
    }
}

/// Another instance fails at whatever the library looks at first; what explains it is the log.
fn unknown_log(parsed: &Parsed, root: &str) -> Option<Fault> {
    let root = TrustedRoot::from_json(root).ok()?;
    let entries = &parsed.bundle.verification_material.tlog_entries;
    let is_known = |id| root.tlogs.iter().any(|log| log.log_id == id);
    if entries.iter().any(|entry| is_known(entry.log_id.clone())) {
        return None;
    }
    let log_id = entries.first()?.log_id.key_id.to_base64();
    Some(TransparencyLogError::UnknownLog { log_id }.into())
}

/// The instance whose log that is, of those whose roots are inside this program.
fn instance_of(log_id: &str) -> Option<&'static str> {
    [("public-good", PUBLIC_GOOD), ("staging", STAGING)].into_iter().find_map(|(name, root)| {
        let root = TrustedRoot::from_json(root).ok()?;
        root.tlogs.iter().any(|log| log.log_id.key_id.to_base64() == log_id).then_some(name)
    })
}

fn proven(parsed: &Parsed, result: &VerificationResult, anchor: usize) -> Keyless {
    let signed_at = match result.integrated_time() {
        Some(time) => Some((time, TimeSource::Log)),
        None => result.verified_timestamps().iter().min().map(|time| (*time, TimeSource::Authority)),
    };
    let entry = parsed.bundle.verification_material.tlog_entries.first();
    let log = entry.map(|entry| LogEntry {
        log_id: Untrusted::new(entry.log_id.key_id.to_base64()),
        index: entry.log_index.get(),
    });
    let time = match signed_at {
        Some((at, TimeSource::Log)) => {
            Check::prose_pass(Stage::Time, format!("Signed at {at}, says the transparency log"))
        }
        Some((at, TimeSource::Authority)) => {
            Check::prose_pass(Stage::Time, format!("Signed at {at}, says a trusted timestamp authority"))
        }
        None => unknown_prose(Stage::Time, "No trusted time was found"),
    };
    let chain = Check::prose_pass(
        Stage::Chain,
        "The certificate was issued by the trusted Fulcio authority and was valid when it was used",
    );
    let mut logged = Check::prose_pass(
        Stage::Log,
        "The transparency log holds this signature: proof and checkpoint verified",
    );
    if let Some(entry) = entry {
        logged = logged.evidence(format!(
            "log {}, entry {}",
            entry.log_id.key_id.to_base64(),
            entry.log_index.get()
        ));
    }
    Keyless { checks: vec![chain, time, logged], anchor: Some(anchor), signed_at, log }
}

/// The library stops at its first fault. In its order: times, chain, log, signature, log entry against bundle.
/// What came before passed; what comes after was not looked at.
pub(super) fn explain(fault: &Fault) -> Vec<Check> {
    use Outcome::{Fail, Missing};
    use Stage::{Chain, Log, Signature, Time, Trust};
    let new = |stage: Stage, code: &str, outcome: Outcome, what: &str, remedy: &str| {
        Check::prose(stage, code, outcome, what).found(fault.to_string()).remedy(remedy)
    };
    let after = |stage: Stage, reason: Stage| {
        unknown_prose(stage, &format!("Not looked at, because {} did not pass", reason.name()))
    };
    let time_held = || Check::prose_pass(Time, "The trusted times in the bundle are genuine");
    let chain_held = || Check::prose_pass(Chain, "The certificate leads to the trusted Fulcio authority");
    const PUBLISHER: &str = "Treat the bundle as altered: get it again from the publisher";
    match fault {
        Fault::TransparencyLog(TransparencyLogError::UnknownLog { log_id }) => {
            let instance = instance_of(log_id);
            let (summary, remedy) = match instance {
                Some(name) => (
                    format!(
                        "The signature was made with the {name} instance of Sigstore, which is not trusted here"
                    ),
                    match name {
                        "staging" => {
                            "Staging is for tests, and anybody can sign there: ask for a production signature"
                        }
                        _ => "Trust the public-good root, if this model is to be signed there",
                    },
                ),
                None => (
                    "The signature is in a transparency log that the trusted root does not know".to_owned(),
                    "Add the trusted root of the instance that signed (private), if you trust it; refresh an old root",
                ),
            };
            let found = instance.map(|name| format!(" of the {name} instance")).unwrap_or_default();
            let log = Check::prose(Log, "LOG-UNKNOWN", Fail, summary)
                .expected("a log of the trusted root")
                .found(format!("log {log_id}{found}"))
                .remedy(remedy);
            vec![after(Chain, Log), after(Time, Log), log]
        }
        Fault::TransparencyLog(what) => {
            let checkpoint = matches!(what, TransparencyLogError::Checkpoint(_));
            let log = new(
                Log,
                "LOG-INVALID",
                Fail,
                "What the bundle brings to prove its log entry does not hold",
                if checkpoint {
                    "Get the bundle again; if the log has new keys, refresh the trusted root"
                } else {
                    PUBLISHER
                },
            );
            // These are only reached once times and chain are through.
            let late = matches!(
                what,
                TransparencyLogError::InclusionProof(_)
                    | TransparencyLogError::Checkpoint(_)
                    | TransparencyLogError::EntryMismatch(_)
            );
            if late {
                vec![chain_held(), time_held(), log]
            } else {
                vec![after(Chain, Log), after(Time, Log), log]
            }
        }
        Fault::Timestamp(TimestampError::NoVerifiedTimestamp(_)) => vec![
            new(
                Time,
                "TIME-ABSENT",
                Missing,
                "Nothing that is trusted says when it was signed, so the short-lived certificate cannot be judged",
                "Ask the publisher for a bundle with a log promise or a timestamp of a trusted authority",
            ),
            after(Chain, Time),
            after(Log, Time),
        ],
        Fault::Timestamp(_) => vec![
            new(Time, "TIME-INVALID", Fail, "A timestamp in the bundle does not hold", PUBLISHER),
            after(Chain, Time),
            after(Log, Time),
        ],
        Fault::Certificate(what) => {
            let (code, summary, remedy) = match what {
                CertificateError::Expired { .. } => (
                    "CHAIN-EXPIRED",
                    "The signing certificate had expired when it was used",
                    "Ask the publisher to sign again",
                ),
                CertificateError::NotYetValid { .. } => (
                    "CHAIN-NOT-YET-VALID",
                    "The signing certificate was not valid yet when it was used",
                    "Ask the publisher to sign again",
                ),
                CertificateError::Sct(_) => (
                    "CHAIN-SCT",
                    "The certificate was not entered in a certificate log that is trusted",
                    "Treat the certificate as forged; if the log has new keys, refresh the trusted root",
                ),
                CertificateError::Malformed(_) => {
                    ("CHAIN-INVALID", "The certificate cannot be read", PUBLISHER)
                }
                _ => (
                    "CHAIN-UNTRUSTED",
                    "The certificate does not lead to a Fulcio authority that is trusted",
                    "Add the trusted root of the instance that signed, if you trust it",
                ),
            };
            vec![new(Chain, code, Fail, summary, remedy), time_held(), after(Log, Chain)]
        }
        Fault::SignatureInvalid(_) => vec![
            new(
                Signature,
                "SIGNATURE-INVALID",
                Fail,
                "The signature does not fit the signed bytes",
                PUBLISHER,
            ),
            chain_held(),
            time_held(),
            after(Log, Signature),
        ],
        // The subject is the bundle's own, so this is the log entry's digest (hashedrekord), looked at last.
        Fault::ArtifactMismatch(_) => vec![
            chain_held(),
            time_held(),
            new(Log, "LOG-INVALID", Fail, "The bundle's log entry is about something else", PUBLISHER),
        ],
        Fault::Bundle(_) => vec![
            after(Chain, Log),
            after(Time, Log),
            new(Log, "LOG-INVALID", Fail, "The bundle's log entry is incomplete", PUBLISHER),
        ],
        Fault::IdentityMismatch { .. } | Fault::IssuerMismatch { .. } => vec![
            chain_held(),
            time_held(),
            new(
                Stage::Identity,
                "IDENTITY-MISMATCH",
                Fail,
                "The signer is not the one expected",
                "Refuse the artifact unless the publisher confirms the signer by another way",
            ),
        ],
        Fault::InvalidTrustRoot(_) | Fault::TrustRoot(_) | Fault::TrustedCertificate(_) => vec![
            new(
                Trust,
                "TRUST-UNUSABLE",
                Outcome::Unknown,
                "The trusted root cannot be used",
                "Refresh the trusted root",
            ),
            after(Chain, Trust),
            after(Time, Trust),
            after(Log, Trust),
        ],
        _ => {
            let why = "The evidence in the bundle is of a kind that cannot be verified here";
            [Chain, Time, Log].map(|stage| unknown_prose(stage, why).found(fault.to_string())).to_vec()
        }
    }
}
