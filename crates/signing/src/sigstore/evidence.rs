//! What a keyless bundle brings to prove who signed and when, judged against trusted roots. What was signed is not its
//! business, so the library is given the bundle's own subject.

use crate::bundle::document::{Bundle, Material};
use crate::bundle::manifest::outline;
use crate::check::codes::CheckCode;
use crate::check::evidence::{LogEntry, TimeSource};
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::Why;
use crate::check::why::sigstore::{KnownInstance, LeafFault, LogFault, RootMade, SigstoreWhy, Unsupported};
use crate::check::why::time::Stamper;
use crate::text::Untrusted;
use crate::x509::certificate;
use crate::x509::der_limits::is_modest;
use jiff::Timestamp;
use sigstore_verify::types::bundle::VerificationMaterialContent;
use sigstore_verify::types::{DerCertificate, Sha256Hash, SignatureContent};
use sigstore_verify::{
    CertificateError, Error as Fault, TimestampError, TransparencyLogError, VerificationPolicy,
    VerificationResult,
};

use super::root::{SigstoreRoot, stampers};
use super::stamps::stranger;

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

/// A root to judge by, and what its anchor says of it.
pub(crate) struct NamedRoot<'r> {
    pub(crate) name: &'r str,
    pub(crate) made: Option<Timestamp>,
    pub(crate) root: &'r SigstoreRoot,
}

/// Verifies a keyless bundle against each root until one answers for it.
pub(crate) fn check(bundle: &Bundle, roots: &[NamedRoot]) -> Keyless {
    let parsed = match parse(bundle) {
        Ok(parsed) => parsed,
        Err(checks) => return Keyless { checks, anchor: None, signed_at: None, log: None },
    };
    let mut worst: Option<(u8, Vec<Check>)> = None;
    for (index, NamedRoot { root, .. }) in roots.iter().enumerate() {
        let strangers = strangers(&parsed, &bundle.envelope.signature, root);
        let without = (!strangers.is_empty()).then(|| parsed.without(&strangers));
        let judged = without.as_ref().unwrap_or(&parsed);
        let fault = match verify(judged, root) {
            Ok(result) => {
                let proven = proven(judged, &result, index);
                return match strangers.first() {
                    Some(stranger) => proven.despite(stranger, made(roots, &parsed.bundle)),
                    None => proven,
                };
            }
            Err(fault) => fault,
        };
        let fault = unknown_log(&parsed, root).unwrap_or(fault);
        // The root that knows the log tells more than one of another instance.
        let rank = match fault {
            Fault::TransparencyLog(TransparencyLogError::UnknownLog { .. }) => 1,
            Fault::InvalidTrustRoot(_) | Fault::TrustRoot(_) | Fault::TrustedCertificate(_) => 2,
            _ => 0,
        };
        if worst.as_ref().is_none_or(|(known, _)| rank < *known) {
            let made = made(roots, &parsed.bundle);
            let mut checks = explain(&fault, &parsed.bundle, &made);
            if let Some(stranger) = strangers.first() {
                checks = checks.into_iter().map(|check| stranger.told_in(check, None, &made)).collect();
            }
            worst = Some((rank, checks));
        }
    }
    Keyless {
        checks: worst.map(|(_, checks)| checks).unwrap_or_default(),
        anchor: None,
        signed_at: None,
        log: None,
    }
}

/// A log or an authority may be newer than the root that should know it.
fn made(roots: &[NamedRoot], bundle: &sigstore_verify::types::Bundle) -> Vec<RootMade> {
    const SHOWN: usize = 5;
    let leaf = bundle.signing_certificate().and_then(|leaf| certificate::parse(leaf.as_bytes()).ok());
    let certified = leaf.map(|leaf| certificate::validity(&leaf).0);
    let of = |root: &NamedRoot| {
        let made = root.made?;
        let is_older = certified.is_some_and(|certified| certified > made);
        Some(RootMade { name: Untrusted::new(root.name), made, is_older })
    };
    roots.iter().take(SHOWN).filter_map(of).collect()
}

struct Parsed {
    bundle: sigstore_verify::types::Bundle,
    subject: Sha256Hash,
}

impl Parsed {
    /// The same without some of its timestamps: the library takes all of them or refuses the bundle.
    fn without(&self, strangers: &[StrangeStamp]) -> Self {
        let mut bundle = self.bundle.clone();
        let stamps = &mut bundle.verification_material.timestamp_verification_data.rfc3161_timestamps;
        let all = std::mem::take(stamps).into_iter().enumerate();
        let is_known = |index: usize| !strangers.iter().any(|stranger| stranger.index == index);
        *stamps = all.filter(|(index, _)| is_known(*index)).map(|(_, stamp)| stamp).collect();
        Parsed { bundle, subject: self.subject }
    }
}

/// A timestamp of an authority that the root does not name.
struct StrangeStamp {
    index: usize,
    authority: Stamper,
}

fn strangers(parsed: &Parsed, signature: &[u8], root: &SigstoreRoot) -> Vec<StrangeStamp> {
    let stamps = &parsed.bundle.verification_material.timestamp_verification_data.rfc3161_timestamps;
    let Ok(root) = root.read() else { return Vec::new() };
    if stamps.is_empty() {
        return Vec::new();
    }
    let known = stampers(&root.document);
    let of = |(index, stamp): (usize, &sigstore_verify::types::bundle::Rfc3161Timestamp)| {
        let authority = stranger(stamp.signed_timestamp.as_bytes(), signature, &known)?;
        Some(StrangeStamp { index, authority })
    };
    stamps.iter().enumerate().filter_map(of).collect()
}

impl StrangeStamp {
    /// TIME that rests on other times, or on none at all, says which timestamp does not count.
    fn told_in(&self, check: Check, signed: Option<(Timestamp, TimeSource)>, roots: &[RootMade]) -> Check {
        let outcome = match check.code {
            CheckCode::Time if check.outcome == Outcome::Pass => Outcome::Partial,
            CheckCode::TimeAbsent => Outcome::Unknown,
            _ => return check,
        };
        let (index, authority, roots) = (self.index, self.authority.clone(), roots.to_vec());
        let why = SigstoreWhy::UnknownStamper { index, authority, signed, roots };
        Check::new(CheckCode::TimeUnknownAuthority, outcome, why)
    }
}

impl Keyless {
    fn despite(mut self, stranger: &StrangeStamp, roots: Vec<RootMade>) -> Self {
        let signed = self.signed_at;
        let checks = std::mem::take(&mut self.checks).into_iter();
        self.checks = checks.map(|check| stranger.told_in(check, signed, &roots)).collect();
        self
    }
}

fn parse(bundle: &Bundle) -> std::result::Result<Parsed, Vec<Check>> {
    let unsupported = |fault: Unsupported| {
        let why = SigstoreWhy::Unsupported { fault };
        vec![
            Check::unknown(Stage::Chain, SigstoreWhy::NotRead),
            Check::unknown(Stage::Time, SigstoreWhy::NotRead),
            Check::new(CheckCode::LogUnsupported, Outcome::Unknown, why),
        ]
    };
    let unreadable = |cause: String| unsupported(Unsupported::Unreadable { cause: cause.into() });
    let text = std::str::from_utf8(&bundle.raw).map_err(|cause| unreadable(cause.to_string()))?;
    let theirs =
        sigstore_verify::types::Bundle::from_json(text).map_err(|cause| unreadable(cause.to_string()))?;
    if !is_within_limits(&theirs) {
        return Err(unsupported(Unsupported::OverLimits));
    }
    if !is_read_alike(bundle, &theirs) {
        return Err(unsupported(Unsupported::TwoReadings));
    }
    let stages = [Stage::Chain, Stage::Time, Stage::Log];
    let subject = own_subject(&bundle.envelope.payload)
        .ok_or_else(|| stages.map(|stage| Check::unknown(stage, SigstoreWhy::NoSubject)).to_vec())?;
    Ok(Parsed { bundle: theirs, subject })
}

/// Two parsers read one document: they must have read the same, or the signer whom we show is not the one whose
/// evidence was judged.
fn is_read_alike(ours: &Bundle, theirs: &sigstore_verify::types::Bundle) -> bool {
    let SignatureContent::DsseEnvelope(envelope) = &theirs.content else { return false };
    let Material::Sigstore { leaf } = &ours.material else { return false };
    envelope.payload.as_bytes() == ours.envelope.payload
        && envelope.payload_type == ours.envelope.payload_type
        && envelope.signature.sig.as_bytes() == ours.envelope.signature
        && theirs.signing_certificate().is_some_and(|theirs| theirs.as_bytes() == leaf.as_slice())
}

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

fn verify(parsed: &Parsed, root: &SigstoreRoot) -> std::result::Result<VerificationResult, Fault> {
    let root = root.read().map_err(|fault| Fault::InvalidTrustRoot(fault.to_string()))?;
    let policy = VerificationPolicy::any_identity();
    let result = root.verifier.verify(parsed.subject, &parsed.bundle, &policy)?;
    if result.certificate_verified() && result.tlog_verified() && result.sct_verified() {
        Ok(result)
    } else {
        Err(Fault::UnsupportedBundle("a part of the evidence was not verified".to_owned()))
    }
}

/// Another instance fails at whatever the library looks at first; what explains it is the log.
fn unknown_log(parsed: &Parsed, root: &SigstoreRoot) -> Option<Fault> {
    let root = &root.read().ok()?.document;
    let entries = &parsed.bundle.verification_material.tlog_entries;
    let is_known = |id| root.tlogs.iter().any(|log| log.log_id == id);
    if entries.iter().any(|entry| is_known(entry.log_id.clone())) {
        return None;
    }
    let log_id = entries.first()?.log_id.key_id.to_base64();
    Some(TransparencyLogError::UnknownLog { log_id }.into())
}

/// The instance whose log that is, of those whose roots are inside this program.
fn instance_of(log_id: &str) -> Option<KnownInstance> {
    let known = [
        (KnownInstance::PublicGood, SigstoreRoot::public_good()),
        (KnownInstance::Staging, SigstoreRoot::staging()),
    ];
    known.into_iter().find_map(|(instance, root)| {
        let logs = &root.read().ok()?.document.tlogs;
        logs.iter().any(|log| log.log_id.key_id.to_base64() == log_id).then_some(instance)
    })
}

fn proven(parsed: &Parsed, result: &VerificationResult, anchor: usize) -> Keyless {
    let signed_at = match result.integrated_time() {
        Some(time) => Some((time, TimeSource::Log)),
        None => result.verified_timestamps().iter().min().map(|time| (*time, TimeSource::Authority)),
    };
    let entries = &parsed.bundle.verification_material.tlog_entries;
    // The library asks bundles of version 0.1 for no more than the log's promise.
    let included = entries.iter().find(|entry| entry.inclusion_proof.is_some());
    let log = included.or(entries.first()).map(|entry| LogEntry {
        log_id: Untrusted::new(entry.log_id.key_id.to_base64()),
        index: entry.log_index.get(),
    });
    let time = match signed_at {
        Some((at, source)) => Check::pass(Stage::Time, SigstoreWhy::SignedAt { at, source }),
        None => Check::unknown(Stage::Time, SigstoreWhy::NoTime),
    };
    let chain = Check::pass(Stage::Chain, SigstoreWhy::ChainHeldInTime);
    let logged = match included {
        Some(_) => Check::pass(Stage::Log, SigstoreWhy::Logged { entry: log.clone() }),
        None => {
            let why = SigstoreWhy::Promised { entry: log.clone() };
            Check::new(CheckCode::LogPromise, Outcome::Partial, why)
        }
    };
    Keyless { checks: vec![chain, time, logged], anchor: Some(anchor), signed_at, log }
}

/// The library stops at its first fault. In its order: times, chain, log, signature, log entry against bundle.
/// What came before passed; what comes after was not looked at.
pub(super) fn explain(
    fault: &Fault,
    bundle: &sigstore_verify::types::Bundle,
    roots: &[RootMade],
) -> Vec<Check> {
    use Stage::{Chain, Log, Signature, Time, Trust};
    let fail = |code: CheckCode, why: SigstoreWhy| Check::new(code, Outcome::Fail, why);
    let after = |stage: Stage, reason: Stage| Check::unknown(stage, Why::After(reason));
    let time_held = || Check::pass(Time, SigstoreWhy::TimesHeld);
    let chain_held = || Check::pass(Chain, SigstoreWhy::ChainHeld);
    let cause = Untrusted::new(fault.to_string());
    let roots = roots.to_vec();
    match fault {
        Fault::TransparencyLog(TransparencyLogError::UnknownLog { log_id }) => {
            let instance = instance_of(log_id);
            let why = SigstoreWhy::UnknownLog { log_id: Untrusted::new(log_id), instance, roots };
            vec![after(Chain, Log), after(Time, Log), fail(CheckCode::LogUnknown, why)]
        }
        Fault::TransparencyLog(what) => {
            let fault = log_fault(what, bundle);
            // These are only reached once times and chain are through.
            let is_late =
                matches!(fault, LogFault::InclusionProof | LogFault::Checkpoint | LogFault::EntryMismatch);
            // What the library says of the time quotes the clock.
            let cause = Some(cause).filter(|_| !matches!(fault, LogFault::IntegratedTime { .. }));
            let log = fail(CheckCode::LogInvalid, SigstoreWhy::Log { fault, cause, roots });
            if is_late {
                vec![chain_held(), time_held(), log]
            } else {
                vec![after(Chain, Log), after(Time, Log), log]
            }
        }
        Fault::Timestamp(TimestampError::NoVerifiedTimestamp(_)) => {
            let why = SigstoreWhy::NoTrustedTime { cause };
            let time = Check::new(CheckCode::TimeAbsent, Outcome::Missing, why);
            vec![time, after(Chain, Time), after(Log, Time)]
        }
        Fault::Timestamp(_) => vec![
            fail(CheckCode::TimeInvalid, SigstoreWhy::Timestamp { cause }),
            after(Chain, Time),
            after(Log, Time),
        ],
        Fault::Certificate(what) => {
            let (code, fault) = match what {
                CertificateError::Expired { .. } => (CheckCode::ChainExpired, LeafFault::Expired),
                CertificateError::NotYetValid { .. } => (CheckCode::ChainNotYetValid, LeafFault::NotYetValid),
                CertificateError::Sct(_) => (CheckCode::ChainSct, LeafFault::Sct),
                CertificateError::Malformed(_) => (CheckCode::ChainInvalid, LeafFault::Malformed),
                _ => (CheckCode::ChainUntrusted, LeafFault::Untrusted),
            };
            let chain = fail(code, SigstoreWhy::Certificate { fault, cause, roots });
            vec![chain, time_held(), after(Log, Chain)]
        }
        Fault::SignatureInvalid(_) => vec![
            fail(CheckCode::SignatureInvalid, SigstoreWhy::Signature { cause }),
            chain_held(),
            time_held(),
            after(Log, Signature),
        ],
        // The subject is the bundle's own, so this is the log entry's digest (hashedrekord), looked at last.
        Fault::ArtifactMismatch(_) => {
            let why = SigstoreWhy::Log { fault: LogFault::OtherArtifact, cause: Some(cause), roots };
            vec![chain_held(), time_held(), fail(CheckCode::LogInvalid, why)]
        }
        Fault::Bundle(_) => {
            let why = SigstoreWhy::Log { fault: LogFault::Incomplete, cause: Some(cause), roots };
            vec![after(Chain, Log), after(Time, Log), fail(CheckCode::LogInvalid, why)]
        }
        Fault::IdentityMismatch { .. } | Fault::IssuerMismatch { .. } => vec![
            chain_held(),
            time_held(),
            fail(CheckCode::IdentityMismatch, SigstoreWhy::Identity { cause }),
        ],
        Fault::InvalidTrustRoot(_) | Fault::TrustRoot(_) | Fault::TrustedCertificate(_) => vec![
            Check::new(CheckCode::TrustUnusable, Outcome::Unknown, SigstoreWhy::RootUnusable { cause }),
            after(Chain, Trust),
            after(Time, Trust),
            after(Log, Trust),
        ],
        _ => [Chain, Time, Log]
            .map(|stage| Check::unknown(stage, SigstoreWhy::Other { cause: cause.clone() }))
            .to_vec(),
    }
}

fn log_fault(fault: &TransparencyLogError, bundle: &sigstore_verify::types::Bundle) -> LogFault {
    match fault {
        TransparencyLogError::InclusionProof(_) => LogFault::InclusionProof,
        TransparencyLogError::Checkpoint(_) => LogFault::Checkpoint,
        TransparencyLogError::InclusionPromise(_) => LogFault::InclusionPromise,
        TransparencyLogError::EntryMismatch(_) => LogFault::EntryMismatch,
        TransparencyLogError::IntegratedTime(_) => {
            let entries = &bundle.verification_material.tlog_entries;
            LogFault::IntegratedTime { at: entries.iter().find_map(|entry| entry.integrated_time) }
        }
        TransparencyLogError::MalformedEntry(_) => LogFault::Malformed,
        _ => LogFault::Other,
    }
}
