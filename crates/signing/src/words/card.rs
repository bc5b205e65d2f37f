//! Agent cards that carry their own signatures, in words.

use crate::check::why::card::{CardCanonical, CardForm, CardWhy, JwsRefused, KeyHints, MemberDiffers};
use crate::text::{Untrusted, count};

use super::{Words, sentence, signer};

const NOT_LOAD: &str = "Do not use the card; get it again from its publisher";
const ASK: &str = "Ask the publisher to sign the card with ES256, ES384, ES512 or EdDSA";

pub(super) fn words(why: &CardWhy) -> Words {
    match why {
        CardWhy::Read { file, form, signatures } => Words {
            evidence: Some(file.clone()),
            ..Words::line(match form {
                CardForm::Bundle => "The agent card and its signature bundle can be read".to_owned(),
                CardForm::Jws => {
                    format!("The agent card can be read; it holds {}", count(wide(*signatures), "signature"))
                }
            })
        },
        CardWhy::Malformed { file, fault } => Words {
            found: Some(fault.said.clone()),
            evidence: Some(fault.at.clone().unwrap_or_else(|| file.clone())),
            remedy: Some(fault.advice.as_ref().map_or_else(
                || "Get the card again from its publisher".to_owned(),
                |advice| sentence(advice.raw()),
            )),
            ..Words::line("The agent card cannot be read as one that readers agree about")
        },
        CardWhy::Trust { trust, hints } => {
            let mut words = signer::trust(trust);
            words.evidence = Some("signatures".into());
            words.details.extend(hints_of(hints));
            words
        }
        CardWhy::Refused { index, why, said } => {
            let (what, remedy) = refused(*why);
            Words {
                found: said.clone(),
                evidence: Some(format!("signatures[{index}]").into()),
                remedy: Some(remedy.to_owned()),
                ..Words::line(what)
            }
        }
        CardWhy::Broken { key } => Words {
            found: Some(format!("a signature that names key {key} and does not fit").into()),
            evidence: Some("signatures".into()),
            remedy: Some(NOT_LOAD.to_owned()),
            ..Words::line("The signature does not match the card: the card was changed after signing")
        },
        CardWhy::OtherStatement { expected, found } => Words {
            expected: Some(expected.clone()),
            found: Some(found.clone()),
            remedy: Some(NOT_LOAD.to_owned()),
            ..Words::line("What was signed is not an agent card")
        },
        CardWhy::Statement { form } => Words::line(match form {
            CardForm::Bundle => "A statement about an agent card was signed",
            CardForm::Jws => "The agent card itself was signed, without its signatures",
        }),
        CardWhy::Subject { digest, canonical } => Words {
            found: Some(digest.as_str().into()),
            details: vec![format!("signed as {}", form_of(*canonical)).into()],
            ..Words::line("The signed digest is that of the card")
        },
        CardWhy::SubjectDiffers { expected, stated } => Words {
            expected: Some(expected.join(" or ").into()),
            found: Some(Untrusted::new(list(stated))),
            evidence: Some("subject[0].digest.sha256".into()),
            remedy: Some(NOT_LOAD.to_owned()),
            ..Words::line("The signed statement contradicts itself: its digest is not that of the card in it")
        },
        CardWhy::Same => Words::line("The card is as signed"),
        CardWhy::Differs { members, more } => Words {
            remedy: Some(NOT_LOAD.to_owned()),
            listed: lines(members, *more),
            ..Words::line(format!(
                "The card that is shown is not the one that was signed: {}",
                count(members.len() + wide(*more), "difference")
            ))
        },
        CardWhy::NotCovered { members, more } => Words {
            details: members
                .iter()
                .map(|place| Untrusted::new(format!("empty and not covered: {}", place.raw())))
                .chain((*more > 0).then(|| format!("and {more} more").into()))
                .collect(),
            ..Words::line(format!(
                "The card is as signed, but for {}, which the signature does not cover",
                count(members.len() + wide(*more), "empty member")
            ))
        },
        CardWhy::Beside { files, loadable } => Words {
            remedy: Some(match loadable {
                true => "Sign the whole folder: touchmark sign key MODEL --private-key KEY.pem",
                false => "To cover the other files, sign the whole folder: touchmark sign key MODEL --private-key KEY.pem",
            }
            .to_owned()),
            ..Words::line(format!(
                "The card is as signed; its signature does not cover {} beside it",
                count(wide(*files), "other file")
            ))
        },
    }
}

fn wide(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn list(all: &[Untrusted]) -> String {
    let all: Vec<&str> = all.iter().map(Untrusted::raw).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn form_of(canonical: CardCanonical) -> &'static str {
    match canonical {
        CardCanonical::Jcs => "canonical JSON (RFC 8785)",
        CardCanonical::JcsWithoutEmpty => "canonical JSON (RFC 8785) without empty members",
        CardCanonical::Sorted => "JSON with sorted keys, as sigstore-a2a writes it",
    }
}

fn refused(why: JwsRefused) -> (&'static str, &'static str) {
    match why {
        JwsRefused::AlgorithmNone => ("The card is not signed: its algorithm is `none`", ASK),
        JwsRefused::AlgorithmSecret => {
            ("The signature uses a shared secret: anyone who can verify it can forge it", ASK)
        }
        JwsRefused::AlgorithmUnknown => ("The algorithm of the signature is not known here", ASK),
        JwsRefused::AlgorithmAbsent => ("The protected header of the signature names no algorithm", ASK),
        JwsRefused::Shape => ("A signature of the card lacks `protected` or `signature`", NOT_LOAD),
        JwsRefused::Header => {
            ("The protected header of the signature is not JSON that readers agree about", NOT_LOAD)
        }
        JwsRefused::Critical => ("The signature asks for an extension that is not known here", ASK),
        JwsRefused::Payload => ("The signature brings a payload that is not this card", NOT_LOAD),
    }
}

/// What the card says of keys, a line each.
fn hints_of(hints: &KeyHints) -> Vec<Untrusted> {
    let mut lines: Vec<Untrusted> = hints
        .kid
        .iter()
        .map(|kid| Untrusted::new(format!("key as the card names it: {}", kid.raw())))
        .collect();
    lines.extend(hints.addresses.iter().map(|url| {
        Untrusted::new(format!("the card says its keys are at {}: not fetched, not trusted", url.raw()))
    }));
    if hints.carries_keys {
        lines.push("the card brings a key or certificate of its own: not trusted".into());
    }
    lines
}

fn lines(members: &[MemberDiffers], more: u64) -> Vec<Untrusted> {
    let each = members.iter().map(|one| Untrusted::new(format!("{}: {}", one.how.word(), one.place.raw())));
    each.chain((more > 0).then(|| format!("and {more} more").into())).collect()
}
