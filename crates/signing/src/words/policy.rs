//! The words for what a policy says of a signature.

use crate::check::codes::CheckCode;
use crate::check::curve::KeyKind;
use crate::check::identity::Identity;
use crate::check::why::policy::{
    Differs, Ended, ExpectedIdentity, ExpectedSigner, HazardSeen, IdentityWhy, OutsideGrant, PolicyFinding,
    PolicyWhy,
};
use crate::text::{Untrusted, count};
use jiff::Timestamp;

use super::Words;

fn of(summary: impl Into<String>) -> Words {
    Words { summary: summary.into(), ..Words::default() }
}

impl Words {
    fn expected(mut self, text: impl Into<Untrusted>) -> Self {
        self.expected = Some(text.into());
        self
    }

    fn found(mut self, text: impl Into<Untrusted>) -> Self {
        self.found = Some(text.into());
        self
    }

    fn remedy(mut self, text: &str) -> Self {
        self.remedy = Some(text.to_owned());
        self
    }
}

/// IDENTITY.
pub(super) fn identity(why: &IdentityWhy) -> Words {
    match why {
        IdentityWhy::Unsigned => of("There is no signature, and so no signer"),
        IdentityWhy::NotNamed => of("The bundle does not say who signed"),
        IdentityWhy::Denied { signer, by, reason } => {
            let mut words = of("The policy denies this signer")
                .expected(format!("anyone but {}", by.raw()))
                .found(as_text(signer))
                .remedy("Do not use the model; ask its publisher for a signature by somebody else");
            let reason = reason.as_ref().map(|reason| Untrusted::new(format!("reason: {}", reason.raw())));
            words.details.extend(reason);
            words
        }
        IdentityWhy::NoPublisher { model } => of("The policy names no publisher for this model")
            .expected("a [[publisher]] whose `models` match")
            .found(model.raw())
            .remedy(
                "Ask the publisher, over another channel than the model, who signs; then add a [[publisher]]",
            ),
        IdentityWhy::NotProven { expected } => of("The signature does not prove who signed")
            .expected(signers(expected))
            .remedy("Fix the TRUST, SIGNATURE, CHAIN and LOG failures first"),
        IdentityWhy::Granted { expected, signer, anchor } => {
            of(format!("Signed by publisher {}, as the policy expects", expected.publisher.raw()))
                .expected(signers(expected))
                .found(found(signer, anchor))
        }
        IdentityWhy::Attested { attester, role, signer, anchor } => {
            of(format!("Signed by attester {} with the role {}", attester.raw(), role.raw()))
                .found(found(signer, anchor))
        }
        IdentityWhy::Resigned { attester, signer, anchor } => {
            let words = of(format!("Signed again at ingest by attester {}", attester.raw()))
                .found(found(signer, anchor));
            let boundary = "trust begins at this signature; the time before it is not covered";
            Words { details: vec![boundary.into()], ..words }
        }
        IdentityWhy::OutsideRole { whose, roles, needed, signer, anchor } => {
            let words = of(format!("The policy gives {} no role for this claim", whose.raw()))
                .found(format!("{}, with the roles {}", found(signer, anchor), joined(roles, ", ")));
            match needed.as_slice() {
                [] => words.remedy("No role covers an unknown predicate"),
                needed => words.expected(format!("the role {}", joined(needed, " or "))).remedy(
                    "Ask a signer with that role for the claim, or add the role to the policy after a review",
                ),
            }
        }
        IdentityWhy::Outside(outside) => outside_grant(outside),
        IdentityWhy::Other { expected, signer, anchor, publisher, differs, .. } => {
            let words = match publisher {
                Some(other) => of(format!(
                    "The signer belongs to publisher {}, the model to {}",
                    other.raw(),
                    expected.publisher.raw()
                ))
                .remedy("Find out where this copy comes from: a publisher signs its own models only"),
                None => of("The signer is not one of the publisher's identities").remedy(
                    "Ask the publisher, over another channel, whether this is its signer; only then change the policy",
                ),
            };
            let words = words.expected(signers(expected)).found(found(signer, anchor));
            Words { details: differs.iter().map(|one| differing(one, expected, anchor)).collect(), ..words }
        }
    }
}

fn outside_grant(outside: &OutsideGrant) -> Words {
    let summary = match outside.ended {
        Ended::Before => "Signed before the policy's grant begins",
        Ended::After => "Signed after the policy's grant ended",
        Ended::Unstamped => "The policy's grant has ended, and no trusted time says when it was signed",
    };
    let end = |moment: Option<Timestamp>| moment.map_or_else(|| "any time".to_owned(), |at| at.to_string());
    let signed = match (outside.signed_at, outside.ended) {
        (Some(at), _) => format!("signed at {at}"),
        (None, Ended::Before) => format!("signed at {} or earlier", outside.seen_at),
        (None, _) => "no trusted signing time".to_owned(),
    };
    of(summary)
        .expected(format!(
            "{} {}, from {} until {}",
            if outside.is_attester { "attester" } else { "publisher" },
            outside.publisher.raw(),
            end(outside.from),
            end(outside.until)
        ))
        .found(format!("{}, {signed}", outside.signer.subject.raw()))
        .remedy("Have the model signed again inside the grant, or extend the grant after a review")
}

fn as_text(signer: &Identity) -> String {
    match &signer.issuer {
        Some(issuer) => format!("{} issued by {}", signer.subject.raw(), issuer.raw()),
        None => signer.subject.raw().to_owned(),
    }
}

fn found(signer: &Identity, anchor: &Untrusted) -> String {
    format!("{} under {}", as_text(signer), anchor.raw())
}

fn joined(texts: &[Untrusted], between: &str) -> String {
    texts.iter().map(Untrusted::raw).collect::<Vec<_>>().join(between)
}

/// A publisher's identities as they stand in the policy.
fn signers(expected: &ExpectedSigner) -> String {
    let written = |identity: &ExpectedIdentity| match &identity.issuer {
        Some(issuer) => format!("{} issued by {}", identity.subject.raw(), issuer.raw()),
        None => identity.subject.raw().to_owned(),
    };
    let identities: Vec<String> = expected.identities.iter().map(written).collect();
    let anchors = joined(&expected.anchors, " or ");
    if identities.is_empty() {
        return format!("the key {anchors}");
    }
    format!("{} under {anchors}", identities.join(", "))
}

fn differing(differs: &Differs, expected: &ExpectedSigner, anchor: &Untrusted) -> Untrusted {
    Untrusted::new(match differs {
        Differs::Hidden => "the subject holds characters that do not show".to_owned(),
        Differs::Anchor => format!(
            "the anchor differs: expected {}, found {}",
            joined(&expected.anchors, " or "),
            anchor.raw()
        ),
        Differs::Issuer { expected, found } => format!(
            "the subject is as expected, the issuer is not: expected {}, found {}",
            expected.raw(),
            found.as_ref().map_or("none", Untrusted::raw)
        ),
        Differs::Case => "the subject differs only in upper and lower case".to_owned(),
        Differs::Tail { same } => format!("the subject differs from the expected one after `{}`", same.raw()),
    })
}

/// POLICY.
pub(super) fn policy(why: &PolicyWhy) -> Words {
    let mut words = finding(&why.finding);
    let also = |(code, other): &(CheckCode, PolicyFinding)| {
        Untrusted::new(format!("{code}: {}", finding(other).summary))
    };
    words.details.extend(why.also.iter().map(also));
    words
}

fn finding(why: &PolicyFinding) -> Words {
    match why {
        PolicyFinding::Allowed { name, version } => {
            of("The policy allows it").found(format!("{} {}", name.raw(), version.raw()))
        }
        PolicyFinding::Formats { found, banned, hazards } => {
            let hazard = |seen: &HazardSeen| {
                let what = seen.what.screen();
                let space = if what.is_empty() { "" } else { " " };
                format!(
                    "{}: {} {}{space}{what}: {}",
                    seen.file.screen(),
                    seen.tier.raw(),
                    seen.kind.raw(),
                    seen.why.raw()
                )
            };
            let found_all: Vec<String> =
                std::iter::once(joined(found, ", ")).chain(hazards.iter().map(hazard)).collect();
            of(format!("The policy bans {} in a model", joined(found, " and ")))
                .expected(format!("none of {}", joined(banned, ", ")))
                .found(found_all.join("; "))
                .remedy("Ask for the weights as safetensors; do not load this model to convert it")
        }
        PolicyFinding::Hash { found, allowed } => {
            let allowed: Vec<&str> = allowed.iter().map(|hash| hash.as_str()).collect();
            of("The policy does not allow the recorded hash")
                .expected(allowed.join(" or "))
                .found(found.as_str())
                .remedy("Have the model signed again with an allowed hash")
        }
        PolicyFinding::Key { found, allowed } => of("The policy does not allow this kind of signing key")
            .expected(curves(allowed))
            .found(found.map_or("a key of a kind that OMS does not allow", KeyKind::key))
            .remedy("Have the model signed again with an allowed key"),
        PolicyFinding::KeyNotRecorded { allowed } => of("The record does not say what kind of key signed")
            .expected(curves(allowed))
            .remedy("Verify the model again"),
        PolicyFinding::Links => of("The signature follows symbolic links, which the policy does not allow")
            .expected(NO_LINKS)
            .found("allow_symlinks = true")
            .remedy("Have the model signed with files in place of the links"),
        PolicyFinding::LinksNotRecorded => {
            of("The record does not say whether the signature follows symbolic links")
                .expected(NO_LINKS)
                .remedy("Verify the model again")
        }
        PolicyFinding::Ignored { allowed, count: many, first } => {
            let files = count(usize::try_from(*many).unwrap_or(usize::MAX), "file");
            let first_of = first.first().map_or("", Untrusted::raw);
            let words = of("The signature leaves out files that the policy does not allow to be left out")
                .expected(format!("nothing left out but {}", joined(allowed, ", ")))
                .found(format!("{files}, first {first_of}"))
                .remedy("Remove these files, or have the model signed without leaving them out");
            Words { details: first.clone(), ..words }
        }
        PolicyFinding::Hidden { count: many, first } => {
            let files = count(usize::try_from(*many).unwrap_or(usize::MAX), "file");
            let first_of = first.first().map_or("", Untrusted::raw);
            let words = of("Files that a loader may take are hidden from signatures or from other tools")
                .expected("in ignored folders only what version control keeps there")
                .found(format!("{files}, first {first_of}"))
                .remedy("Remove these files, or ask the producer why they are there");
            Words { details: first.clone(), ..words }
        }
        PolicyFinding::TooManyIgnored => of("More files are ignored than can be checked")
            .remedy("Remove what does not belong to the model, then verify it again"),
        PolicyFinding::LeadsOut { count: many, file, to } => {
            let leads = count(usize::try_from(*many).unwrap_or(usize::MAX), "reference");
            of("A configuration of the model refers to files that no signature covers")
                .expected("references to signed files only")
                .found(format!("{leads}, first in {}: {}", file.raw(), to.raw()))
                .remedy("Do not load the model; ask the producer to correct the reference")
        }
        PolicyFinding::AnchorAge { anchor, origin, days, most_days } => {
            of(format!("The trust anchor {} is older than the policy allows", anchor.raw()))
                .expected(format!("at most {most_days} days"))
                .found(format!("{days} days, from {}", origin.raw()))
                .remedy("Get the anchor again from its source, compare, and replace the file")
        }
        PolicyFinding::LogNotProven => of("The policy requires a log entry, and LOG did not prove one")
            .remedy("Fix the LOG failure first"),
        PolicyFinding::LogMissing { method } => of("The policy requires a log entry, and there is none")
            .expected(format!("a transparency log entry for method {}", method.as_str()))
            .remedy("Have the model signed with a transparency log entry"),
        PolicyFinding::LogPromised => of(
            "The policy requires a proof of the log entry, and there is only a promise",
        )
        .expected("an inclusion proof")
        .found("a signed entry timestamp")
        .remedy("Ask the publisher for a bundle with an inclusion proof, or set `log.accept_promise_only`"),
        PolicyFinding::Expired { expires } => of("The policy has expired and cannot admit anything")
            .found(expires.to_string())
            .remedy("Review the policy, then extend `expires`"),
        PolicyFinding::NotLookedInto => {
            of("The policy bans formats, and the files were not examined").remedy("Verify the model again")
        }
        PolicyFinding::Dataset { found, denied, said_by } => of("The policy denies a dataset of this model")
            .expected(format!("nothing made from {}", denied.raw()))
            .found(format!("{}, according to {}", found.raw(), said_by.raw()))
            .remedy("Use a model that was made without it, or ask the author of the statement to correct it"),
        PolicyFinding::Licence { found, denied, said_by } => {
            of("The policy denies the licence of this model")
                .expected(format!("no licence {}", denied.raw()))
                .found(format!("{}, according to {}", found.raw(), said_by.raw()))
                .remedy("Use a model under another licence, or ask the producer for one")
        }
        PolicyFinding::Pin { file, changed, more } => {
            let parts: Vec<&str> = changed.iter().map(Untrusted::raw).collect();
            let more = if *more > 0 { format!(" and {more} more") } else { String::new() };
            of("The descriptor differs from its pin")
                .expected(format!("{} as pinned in touchmark.toml", file.raw()))
                .found(format!("{}{more}", parts.join(", ")))
                .remedy("Do not use it until the change is reviewed; then pin it again: touchmark pin FILE")
        }
        PolicyFinding::Unsigned => of("There is no signature to judge"),
        PolicyFinding::Unreadable => of("The bundle could not be read, so there is nothing to judge"),
    }
}

const NO_LINKS: &str = "a manifest with allow_symlinks = false";

fn curves(allowed: &[KeyKind]) -> String {
    allowed.iter().map(|kind| kind.key()).collect::<Vec<_>>().join(" or ")
}
