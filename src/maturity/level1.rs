//! The seventeen controls of level 1, one function each. They read what a verification established and what an
//! AIBOM declares, and decide nothing about trust anew: a stage that did not pass never becomes a pass here.

use super::evidence::Evidence;
use super::finding::Finding;
use crate::inventory::{Basis, Binding, FactKey, Format, Kind, Tier};
use crate::policy::Window;
use crate::signing::{Check, CheckCode, GIT_PATHS, Identity, Method, Outcome, Stage, Verification};
use crate::text::Untrusted;

pub(super) type Judge = fn(&Evidence<'_>) -> Finding;

const CONTROLS: [(&str, Judge); 17] = [
    ("L1.01", well_formed),
    ("L1.02", signature_verifies),
    ("L1.03", digests_match),
    ("L1.04", no_unsigned_files),
    ("L1.05", root_digest),
    ("L1.06", identity_allowed),
    ("L1.07", anchor_sound),
    ("L1.08", trusted_time),
    ("L1.09", log_inclusion),
    ("L1.10", release_boundary),
    ("L1.11", verified_at_pull),
    ("L1.12", verified_at_load),
    ("L1.13", no_code),
    ("L1.14", aibom_binding),
    ("L1.15", algorithms),
    ("L1.16", key_custody),
    ("L1.17", distributor_claim),
];

/// The function that judges a control; none for those that this version does not evaluate.
pub(super) fn judge_of(id: &str) -> Option<Judge> {
    CONTROLS.iter().find(|(known, _)| *known == id).map(|(_, judge)| *judge)
}

/// Whether there is a verification to read.
enum Sight<'a> {
    /// There is no signature.
    Unsigned,
    /// There is one, and nobody verified it.
    NotLooked,
    /// It was verified.
    Looked(&'a Verification),
}

fn sight<'a>(evidence: &Evidence<'a>) -> Sight<'a> {
    match evidence.verification {
        None if evidence.model.signature.is_none() => Sight::Unsigned,
        None => Sight::NotLooked,
        Some(v) if v.outcome_of(Stage::Parse) == Outcome::Missing => Sight::Unsigned,
        Some(v) => Sight::Looked(v),
    }
}

/// Judges by a verification; without a signature the control is missing, without a verification unknown.
fn by_verification(evidence: &Evidence<'_>, judge: impl FnOnce(&Verification) -> Finding) -> Finding {
    match sight(evidence) {
        Sight::Unsigned => unsigned(),
        Sight::NotLooked => not_looked(),
        Sight::Looked(verification) => judge(verification),
    }
}

fn unsigned() -> Finding {
    Finding::missing("the model is not signed")
        .remedy("sign the model with an OMS tool at the release step, or ask its producer to")
}

fn not_looked() -> Finding {
    Finding::unknown("not verified yet").remedy("run verify")
}

/// The worst of several stages decides, the first among equals speaks.
fn by_stages(verification: &Verification, stages: &[Stage]) -> Finding {
    match stages.iter().filter_map(|stage| verification.check(*stage)).min_by_key(|c| c.outcome.rank()) {
        Some(check) => by_check(check),
        None => not_looked(),
    }
}

fn by_check(check: &Check) -> Finding {
    let mut found = check.words().summary.clone();
    if let Some(text) = check.words().found.as_ref().filter(|text| !found.contains(text.raw())) {
        found = format!("{found}: {}", text.raw());
    }
    let looked = !matches!(check.outcome, Outcome::Unknown | Outcome::Missing | Outcome::NotApplicable);
    Finding {
        outcome: check.outcome,
        basis: looked.then_some(Basis::Observed),
        found: Untrusted::new(found),
        remedy: check.words().remedy.clone(),
    }
}

/// At most three names, and how many more there are.
fn some_of<'a>(names: impl ExactSizeIterator<Item = &'a Untrusted>) -> String {
    let more = names.len().saturating_sub(3);
    let mut text = names.take(3).map(Untrusted::raw).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

fn well_formed(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| by_stages(v, &[Stage::Statement, Stage::Parse, Stage::Method]))
}

fn signature_verifies(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| by_stages(v, &[Stage::Signature]))
}

fn digests_match(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let files = &v.files;
        // The stage knows whose signature it is when it is another model's; the report only tells what differs.
        if let Some(check) = v.check(Stage::Files).filter(|check| check.code == CheckCode::FilesOtherModel) {
            return by_check(check);
        }
        if !files.changed.is_empty() || !files.missing.is_empty() {
            let changed = files.changed.iter().map(|file| &file.name).collect::<Vec<_>>();
            let mut parts = Vec::new();
            if !changed.is_empty() {
                parts.push(format!("{} changed: {}", changed.len(), some_of(changed.into_iter())));
            }
            if !files.missing.is_empty() {
                parts.push(format!("{} gone: {}", files.missing.len(), some_of(files.missing.iter())));
            }
            let remedy = v.check(Stage::Files).and_then(|check| check.words().remedy.clone());
            return Finding { remedy, ..Finding::observed(Outcome::Fail, parts.join("; ")) };
        }
        if !files.unreadable.is_empty() {
            let names = files.unreadable.iter().map(|(name, _)| name).collect::<Vec<_>>();
            return Finding::unknown(format!("could not be read: {}", some_of(names.into_iter())))
                .remedy("make the files readable and verify again");
        }
        match v.check(Stage::Files) {
            // An extra file says nothing against the signed ones: L1.04 tells of it.
            Some(c)
                if c.outcome == Outcome::Fail
                    && !files.extra.is_empty()
                    && c.code == CheckCode::FilesExtra =>
            {
                Finding::observed(Outcome::Pass, format!("{} signed files match", files.matched))
            }
            Some(check) => by_check(check),
            None => not_looked(),
        }
    })
}

fn no_unsigned_files(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let outcome = v.outcome_of(Stage::Files);
        if !v.files.extra.is_empty() {
            let found = format!("{} unsigned: {}", v.files.extra.len(), some_of(v.files.extra.iter()));
            // With ignore_unsigned the stage itself does not fail.
            let let_through = matches!(outcome, Outcome::Pass | Outcome::Partial);
            return Finding::observed(if let_through { Outcome::Partial } else { Outcome::Fail }, found);
        }
        if matches!(outcome, Outcome::Unknown | Outcome::Missing | Outcome::NotApplicable) {
            return v.check(Stage::Files).map_or_else(not_looked, by_check);
        }
        let allowed = &evidence.policy.artifact.allow_ignore_paths;
        let signature = evidence.model.signature.as_deref().and_then(|path| path.file_name());
        let hidden: Vec<&Untrusted> = v
            .files
            .ignored
            .iter()
            .filter(|name| {
                let path = std::path::Path::new(name.raw());
                !GIT_PATHS.iter().any(|own| path.starts_with(own))
                    && !allowed.iter().any(|allowed| !allowed.is_empty() && path.starts_with(allowed))
                    && signature.is_none_or(|signature| path.as_os_str() != signature)
            })
            .collect();
        if !hidden.is_empty() {
            let found = format!("the bundle leaves out {}: {}", hidden.len(), some_of(hidden.into_iter()));
            return Finding::observed(Outcome::Partial, found)
                .remedy("have the producer sign these files too, or allow the paths in the policy");
        }
        if is_single_file(evidence) {
            return Finding::not_applicable("the model is a single file");
        }
        Finding::observed(Outcome::Pass, "no file beside the signed ones")
    })
}

/// A folder holds its bundle; beside a single file it lies apart.
fn is_single_file(evidence: &Evidence<'_>) -> bool {
    let model = evidence.model;
    match (&model.location, &model.signature) {
        (Some(location), Some(signature)) => model.files == 1 && !signature.starts_with(location),
        _ => false,
    }
}

fn root_digest(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let finding = by_stages(v, &[Stage::Subject]);
        let Some(root) = v.root_digest.filter(|_| finding.outcome == Outcome::Pass) else {
            return match finding.outcome {
                Outcome::Pass => Finding::unknown("no root digest was computed"),
                _ => finding,
            };
        };
        let stated = evidence.model.binding.as_ref().and_then(|binding| binding.root_digest.as_ref());
        let other_domain = evidence
            .model
            .facts
            .each()
            .any(|fact| fact.key == FactKey::Hash && fact.basis != Basis::Observed);
        match stated {
            Some(stated) if !same_hex(stated.raw(), &root.to_string()) => Finding {
                basis: Some(Basis::Contradicted),
                ..Finding::observed(Outcome::Fail, format!("{root}, and the AIBOM states {}", stated.raw()))
            },
            Some(_) => Finding::observed(Outcome::Pass, format!("{root}, as the AIBOM states")),
            None if other_domain => {
                Finding::observed(Outcome::Partial, format!("{root}; the AIBOM states other digests only"))
            }
            None => Finding::observed(Outcome::Pass, root.to_string()),
        }
    })
}

fn identity_allowed(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let finding = by_stages(v, &[Stage::Identity]);
        if !v.signer_proven() {
            // Whoever is named, it is not proven that they signed.
            return match finding.outcome {
                Outcome::Fail => finding,
                _ => Finding::unknown("the signer is not proven").remedy("settle L1.02 and L1.07 first"),
            };
        }
        match v.signer.as_ref().filter(|signer| is_denied(evidence, v, signer)) {
            Some(signer) => Finding::observed(Outcome::Fail, format!("denied: {}", signer.subject.raw())),
            None if is_granted(v) => outside_window(evidence, v).unwrap_or(finding),
            None => finding,
        }
    })
}

/// Whether nothing but the time can stand against the identity.
fn is_granted(v: &Verification) -> bool {
    v.check(Stage::Identity)
        .is_some_and(|check| check.outcome == Outcome::Pass || check.code == CheckCode::IdentityWindow)
}

/// What the publisher's window leaves of its grant; none inside. A trusted time counts. Without one the signature
/// is no younger than the verification that saw it, and its end is judged now (rulings 2): whoever holds the key
/// after that can sign as of any day. That it was perhaps signed in time contradicts nothing (rulings 1).
fn outside_window(evidence: &Evidence<'_>, v: &Verification) -> Option<Finding> {
    let publisher = evidence.policy.publisher_of(evidence.model.id.raw())?;
    let id = &publisher.id;
    let signed_at = v.signed_at.map(|(at, _)| at);
    if publisher.window(signed_at.unwrap_or(v.at)) == Window::Before {
        let found = format!("signed before the grant of publisher {id} begins");
        return Some(Finding::observed(Outcome::Fail, found).remedy(OUTSIDE));
    }
    match (publisher.window(signed_at.unwrap_or(evidence.now)), signed_at) {
        (Window::After, Some(at)) => {
            let found = format!("signed at {at}, after the grant of publisher {id} ended");
            Some(Finding::observed(Outcome::Fail, found).remedy(OUTSIDE))
        }
        (Window::After, None) => {
            let found =
                format!("the grant of publisher {id} ended, and nobody trusted says when it was signed");
            Some(Finding::missing(found).remedy(OUTSIDE))
        }
        (Window::Before | Window::Inside, _) => None,
    }
}

const OUTSIDE: &str = "have the model signed again inside the window, or extend the grant after a review";

fn is_denied(evidence: &Evidence<'_>, v: &Verification, signer: &Identity) -> bool {
    evidence.policy.denies(signer, v.signed_at.map(|(at, _)| at)).is_some()
}

fn anchor_sound(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let finding = by_stages(v, &[Stage::Trust, Stage::Chain]);
        if finding.outcome != Outcome::Pass {
            return finding;
        }
        let Some(signer) = &v.signer else { return Finding::unknown("no signer was established") };
        if is_denied(evidence, v, signer) {
            let found = format!("on the policy's list of denied identities: {}", signer.subject.raw());
            return Finding::observed(Outcome::Fail, found);
        }
        if signer.method == Method::Key { pinned_key(evidence, v) } else { finding }
    })
}

/// A bare key has no chain: the policy's own pin, inside its window, is what makes it sound.
fn pinned_key(evidence: &Evidence<'_>, v: &Verification) -> Finding {
    let Some(anchor) = &v.anchor else { return Finding::unknown("no anchor was recorded") };
    let name = &anchor.name;
    if !evidence.policy.trust.iter().any(|source| source.name == *name) {
        return Finding::missing(format!("the policy does not pin the key `{name}`"))
            .remedy("add the key to the policy's [trust] after checking its fingerprint with the producer");
    }
    outside_window(evidence, v)
        .unwrap_or_else(|| Finding::observed(Outcome::Pass, format!("the policy pins the key `{name}`")))
}

fn trusted_time(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let finding = by_stages(v, &[Stage::Time]);
        let unproven =
            matches!(finding.outcome, Outcome::Partial | Outcome::Missing | Outcome::NotApplicable);
        if v.method == Some(Method::Key) && unproven {
            return Finding::not_applicable("a bare key carries no time");
        }
        finding
    })
}

fn log_inclusion(evidence: &Evidence<'_>) -> Finding {
    let required = |method: Method| evidence.policy.log_required.contains(&method);
    match sight(evidence) {
        Sight::Unsigned if evidence.policy.log_required.is_empty() => {
            Finding::not_applicable("not signed, and so by no method that wants the log")
        }
        Sight::Unsigned => unsigned(),
        Sight::NotLooked => not_looked(),
        Sight::Looked(v) => {
            let finding = by_stages(v, &[Stage::Log]);
            let absent = matches!(finding.outcome, Outcome::NotApplicable | Outcome::Missing);
            match v.method {
                None => Finding::unknown("the method of the signature is not known"),
                Some(method) if absent && (method == Method::Sigstore || required(method)) => {
                    Finding::missing("the bundle holds no log entry")
                }
                Some(_) if absent => Finding::not_applicable("neither method nor policy asks for the log"),
                Some(_) => finding,
            }
        }
    }
}

fn release_boundary(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |_| Finding::unknown("no source states when it was published"))
}

/// The stages that are about the model itself; what a policy bans besides is its own reason.
const RECORDED: [Stage; 11] = [
    Stage::Parse,
    Stage::Method,
    Stage::Trust,
    Stage::Signature,
    Stage::Chain,
    Stage::Time,
    Stage::Log,
    Stage::Identity,
    Stage::Statement,
    Stage::Subject,
    Stage::Files,
];

fn verified_at_pull(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let Some(under) = evidence.verified_under else {
            return Finding::missing("the verification is not recorded")
                .remedy("verify in the workspace, so that it is recorded");
        };
        let worst = by_stages(v, &RECORDED);
        if matches!(worst.outcome, Outcome::Fail | Outcome::Missing | Outcome::Unknown) {
            let failing = v.headline().map_or("", |check| check.code.as_str());
            let found = format!("the record of {} does not pass: {failing}", v.at);
            let remedy = "mend what the other controls say, then verify again".to_owned();
            return Finding { found: Untrusted::new(found), remedy: Some(remedy), ..worst };
        }
        let age_seconds = evidence.now.as_second().saturating_sub(v.at.as_second());
        let freshness = &evidence.policy.freshness;
        if age_seconds < -i64::from(freshness.clock_skew_seconds) {
            return Finding::unknown(format!("the record is dated {}, after now", v.at))
                .remedy("check the clock, and verify again");
        }
        let limit_days = freshness.max_verification_age_days;
        if age_seconds > i64::from(limit_days) * 86_400 {
            let found = format!("the last record is of {}, older than {limit_days} days", v.at);
            return Finding::missing(found).remedy("verify again");
        }
        if under != evidence.policy.digest {
            let found = format!("recorded {} under an earlier policy", v.at);
            return Finding::observed(Outcome::Partial, found)
                .remedy("verify again under the policy in force");
        }
        Finding::observed(Outcome::Pass, format!("recorded {}", v.at))
    })
}

fn verified_at_load(_: &Evidence<'_>) -> Finding {
    Finding::not_applicable("no deployment is known")
}

/// Whether loading the model can run code. What was looked at and is bad fails, what could not be looked at is
/// unknown, what nobody has judged is partial.
fn no_code(evidence: &Evidence<'_>) -> Finding {
    let model = evidence.model;
    let words = |formats: &[Format]| {
        let unsafe_only = formats.iter().any(|format| format.executes_code());
        let wanted = formats.iter().filter(|format| !unsafe_only || format.executes_code());
        wanted.map(|format| format.word()).collect::<Vec<_>>().join(", ")
    };
    // The first of the worst tier.
    let worst = model.hazards.iter().filter(|hazard| hazard.tier <= Tier::Suspicious);
    let worst = worst.min_by_key(|hazard| hazard.tier).map(|hazard| {
        let file = hazard.file.screen();
        let line = format!("{file}{}{}", if file.is_empty() { "" } else { ": " }, hazard.line());
        (hazard.tier, line, hazard.remedy())
    });
    let by_format = model.formats.iter().any(|format| format.executes_code());
    if let Some((tier, line, remedy)) = worst.clone().filter(|_| !by_format) {
        let found = match tier {
            Tier::Dangerous => Finding::observed(Outcome::Fail, line),
            Tier::Unreadable => Finding::unknown(line),
            _ => Finding::observed(Outcome::Partial, line),
        };
        return found.remedy(remedy);
    }
    match model.formats.as_slice() {
        [] if model.kind == Kind::Dataset => Finding::not_applicable("a dataset has no weights"),
        [] if model.kind == Kind::Agent => Finding::not_applicable("an agent's card has no weights"),
        [] if model.location.is_none() => {
            Finding::unknown("no files to look at").remedy("add the folder that holds the files as a source")
        }
        [] => Finding::unknown("no known format of weights was found"),
        formats if formats.iter().any(|format| format.executes_code()) => {
            let line = worst.as_ref().map(|(_, line, _)| format!("; {line}")).unwrap_or_default();
            let words = words(formats);
            let found =
                Finding::observed(Outcome::Fail, format!("can run code when it is loaded: {words}{line}"));
            // Of a pickle that rebuilds data the rubric says what to do.
            match worst {
                Some((_, _, remedy)) => found.remedy(remedy),
                None => found,
            }
        }
        formats => Finding::observed(Outcome::Pass, words(formats)),
    }
}

/// One value of the AIBOM's binding beside the verified one.
struct Bound<'a> {
    what: &'static str,
    stated: Option<&'a Untrusted>,
    verified: Vec<String>,
    applies: bool,
    is_hex: bool,
}

fn aibom_binding(evidence: &Evidence<'_>) -> Finding {
    let no_binding = Finding::missing("no AIBOM states the signature of this model");
    let Some(binding) = &evidence.model.binding else { return no_binding };
    by_verification(evidence, |v| {
        let values = bound_values(evidence, binding, v);
        let (mut equal, mut open, mut differ) = (Vec::new(), Vec::new(), Vec::new());
        for value in &values {
            match value.stated {
                Some(_) if value.verified.is_empty() && value.applies => open.push(value.what),
                Some(stated) if value.verified.iter().any(|verified| value.matches(stated, verified)) => {
                    equal.push(value.what);
                }
                Some(_) => differ.push(value.what),
                None if value.applies => open.push(value.what),
                None => {}
            }
        }
        let declared = |outcome, found: String| Finding {
            outcome,
            basis: Some(Basis::Declared),
            found: Untrusted::new(found),
            remedy: None,
        };
        let source = binding.source.raw();
        if !differ.is_empty() {
            return Finding {
                basis: Some(Basis::Contradicted),
                ..declared(Outcome::Fail, format!("{source} contradicts the bundle: {}", differ.join(", ")))
            };
        }
        if equal.is_empty() && values.iter().all(|value| value.stated.is_none()) {
            return no_binding;
        }
        if !open.is_empty() {
            return declared(Outcome::Partial, format!("{source} leaves open: {}", open.join(", ")));
        }
        if !v.signer_proven() {
            return declared(
                Outcome::Partial,
                format!("{source} equals the bundle, whose signer is not proven"),
            );
        }
        declared(Outcome::Pass, format!("{source}: {}", equal.join(", ")))
    })
}

impl Bound<'_> {
    fn matches(&self, stated: &Untrusted, verified: &str) -> bool {
        if self.is_hex { same_hex(stated.raw(), verified) } else { stated.raw() == verified }
    }
}

/// What the AIBOM has to state. A bare key has no issuer, and a signature without a log no entry.
fn bound_values<'a>(evidence: &Evidence<'_>, binding: &'a Binding, v: &Verification) -> [Bound<'a>; 5] {
    let signer = v.signer.as_ref();
    let text = |text: Option<&Untrusted>| text.map(|t| t.raw().to_owned());
    let log_wanted = v.method == Some(Method::Sigstore)
        || v.log.is_some()
        || v.outcome_of(Stage::Log) == Outcome::Unknown
        || v.method.is_some_and(|method| evidence.policy.log_required.contains(&method));
    let subject = signer.map(|s| s.subject.raw().to_owned());
    let fingerprint = signer.filter(|s| s.method == Method::Key).and_then(|s| s.fingerprint.clone());
    let log = v.log.as_ref().map(|entry| format!("{}/{}", entry.log_id.raw(), entry.index));
    let one = |what, stated: &'a Option<Untrusted>, verified: Vec<Option<String>>, applies, is_hex| Bound {
        what,
        stated: stated.as_ref(),
        verified: verified.into_iter().flatten().collect(),
        applies,
        is_hex,
    };
    [
        one("root digest", &binding.root_digest, vec![v.root_digest.map(|d| d.to_string())], true, true),
        one("identity", &binding.identity, vec![subject, fingerprint], true, false),
        one(
            "issuer",
            &binding.issuer,
            vec![text(signer.and_then(|s| s.issuer.as_ref()))],
            v.method != Some(Method::Key),
            false,
        ),
        one("log entry", &binding.log_entry, vec![log], log_wanted, false),
        one("bundle digest", &binding.bundle_digest, vec![v.bundle_digest.clone()], true, true),
    ]
}

fn same_hex(stated: &str, computed: &str) -> bool {
    stated.trim().eq_ignore_ascii_case(computed)
}

fn algorithms(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let below_floor = |c: &&Check| c.outcome == Outcome::Fail && c.code.is_algorithm();
        if let Some(check) = v.checks.iter().find(below_floor) {
            return by_check(check);
        }
        let Some(hash) = v.hash else { return Finding::unknown("the recorded hash is not known") };
        // The signing core accepts no key below the floor, so that a signature that verifies has a key above it.
        if v.outcome_of(Stage::Signature) != Outcome::Pass {
            return Finding::unknown("the algorithm of the signing key is not established");
        }
        let allowed = &evidence.policy.crypto.hash;
        let is_allowed = allowed.is_empty() || allowed.contains(&hash);
        let hash = hash.as_str();
        if !is_allowed {
            return Finding::observed(Outcome::Partial, format!("{hash}, which the policy does not list"));
        }
        Finding::observed(Outcome::Pass, format!("{hash}, and a key of the registry"))
    })
}

fn key_custody(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| match v.method {
        Some(Method::Sigstore) if v.signer_proven() => {
            Finding::observed(Outcome::Pass, "a short-lived certificate: there is no key to keep")
        }
        _ => Finding::unknown("nothing that this version reads states where the key is kept"),
    })
}

fn distributor_claim(_: &Evidence<'_>) -> Finding {
    Finding::not_applicable("no hub distributes it, as far as the sources tell")
}
