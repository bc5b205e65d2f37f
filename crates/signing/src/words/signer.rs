//! METHOD, TRUST, SIGNATURE and IDENTITY in words.

use crate::check::identity::{Identity, Method};
use crate::check::why::{KeySaid, MethodWhy, NamedAnchor, SignatureWhy, SignerWhy, TrustWhy, TrustedKey};
use crate::text::Untrusted;

use super::Words;

pub(super) fn method(why: &MethodWhy) -> Words {
    let found = why.found.as_str();
    let Some(asked) = why.asked.filter(|asked| *asked != why.found) else {
        return Words::line(format!("Signed by method {found}"));
    };
    if why.lacks_log && asked == Method::Sigstore {
        return Words {
            expected: Some("a transparency log entry, which says when the certificate was used".into()),
            found: Some("a Fulcio certificate in a chain, and no log entry".into()),
            evidence: Some("verificationMaterial.tlogEntries".into()),
            remedy: Some("Get the signature again from the publisher, with its log entry".to_owned()),
            ..Words::line("A keyless signature without its transparency log entry")
        };
    }
    let (field, flags) = match why.found {
        Method::Key => ("publicKey", "--public-key KEY.pem"),
        Method::Certificate => ("x509CertificateChain", "--certificate-chain CA.pem"),
        Method::Sigstore => ("certificate", "--identity WHO --identity-provider URL"),
    };
    Words {
        expected: Some(asked.as_str().into()),
        found: Some(found.into()),
        evidence: Some(format!("verificationMaterial.{field}").into()),
        remedy: Some(format!(
            "If you have something to trust for this method: touchmark verify {found} MODEL {flags}"
        )),
        ..Words::line("The model was signed by another method than requested")
    }
}

pub(super) fn trust(why: &TrustWhy) -> Words {
    match why {
        TrustWhy::Key(key) => Words { found: Some(named(key)), ..Words::line("The key is trusted") },
        TrustWhy::Answers { method, anchor } => Words {
            found: Some(anchor.clone()),
            ..Words::line(format!("A trusted {} vouches for the signer", thing(*method)))
        },
        TrustWhy::Held { method, anchors, more } => {
            let names: Vec<&str> = anchors.iter().map(Untrusted::raw).collect();
            Words {
                found: Some(Untrusted::new(with_more(&names.join(", "), *more))),
                ..Words::line(match method {
                    Method::Key => "There are trusted public keys to check against",
                    Method::Certificate => "There are trusted certificate authorities to check against",
                    Method::Sigstore => "There are trusted Sigstore roots to check against",
                })
            }
        }
        TrustWhy::NoAnchor { method, others } => Words {
            expected: Some(format!("at least one trusted {}", thing(*method)).into()),
            found: Some("none".into()),
            remedy: Some(format!(
                "Name the publisher's {}, from a source other than this model",
                thing(*method)
            )),
            details: other_kinds(others),
            ..Words::line(match method {
                Method::Key => "No trusted key matches this signer".to_owned(),
                _ => format!("No {} is trusted that could vouch for the signer", thing(*method)),
            })
        },
        TrustWhy::OtherMethod { method, others } => Words {
            details: other_kinds(others),
            ..Words::line(format!(
                "Not checked: no {} was given, because another method was requested",
                thing(*method)
            ))
        },
        TrustWhy::OtherHint { key, hint } => Words {
            expected: Some(format!("the hint {} of key {}", key.hint, named(key).raw()).into()),
            found: Some(format!("the hint {}", hint.raw()).into()),
            evidence: Some("verificationMaterial.publicKey.hint".into()),
            remedy: Some(
                "Have the model signed again with a tool that writes the hint as OMS requires".to_owned(),
            ),
            ..Words::line("A trusted key made the signature, but the bundle names another key")
        },
        TrustWhy::UnknownKey { said, trusted, more, others } => {
            let keys: Vec<String> = trusted.iter().map(|key| named(key).raw().to_owned()).collect();
            let mut details = Vec::new();
            if let KeySaid::Hint(_) = said {
                let hints: Vec<&str> = trusted.iter().map(|key| key.hint.as_str()).collect();
                details.push(
                    format!("hints of the trusted keys: {}", with_more(&hints.join(", "), *more)).into(),
                );
            }
            details.extend(other_kinds(others));
            Words {
                expected: Some(with_more(&keys.join(" or "), *more).into()),
                found: Some(match said {
                    KeySaid::Hint(hint) => format!("a key with the hint {}", hint.raw()).into(),
                    KeySaid::Carried(fingerprint) => format!("key {fingerprint}, as the bundle says").into(),
                    KeySaid::Nothing => "another key, which the bundle does not name".into(),
                }),
                evidence: Some("verificationMaterial.publicKey".into()),
                remedy: Some(
                    "Ask the publisher which key is theirs, through a channel other than this model, and trust it \
                     only then"
                        .to_owned(),
                ),
                details,
                ..Words::line("The model was signed with a key that is not trusted")
            }
        }
    }
}

fn thing(method: Method) -> &'static str {
    match method {
        Method::Key => "public key",
        Method::Certificate => "certificate authority",
        Method::Sigstore => "Sigstore trusted root",
    }
}

fn named(key: &TrustedKey) -> Untrusted {
    Untrusted::new(format!("{} ({})", key.fingerprint, key.anchor.raw()))
}

fn with_more(list: &str, more: u64) -> String {
    if more > 0 { format!("{list} and {more} more") } else { list.to_owned() }
}

/// What is trusted for other methods: a mix-up of kinds is seen by it.
fn other_kinds(others: &[NamedAnchor]) -> Vec<Untrusted> {
    if others.is_empty() {
        return Vec::new();
    }
    let list: Vec<String> =
        others.iter().map(|anchor| format!("{} ({})", anchor.name.raw(), anchor.kind.word())).collect();
    vec![format!("trusted, but of another kind than the signature: {}", list.join(", ")).into()]
}

pub(super) fn signature(why: &SignatureWhy) -> Words {
    match why {
        SignatureWhy::Fits { key, beyond } => Words {
            found: key.as_ref().map(|key| format!("key {key}").into()),
            details: beyond
                .iter()
                .map(|kind| format!("beyond OMS v1.0: an {} key, which the policy lists", kind.as_str()).into())
                .collect(),
            ..Words::line("The signature matches the signed bytes")
        },
        SignatureWhy::Broken { key, bytes } => Words {
            expected: Some(format!("a signature by {key} over the {bytes} signed bytes").into()),
            evidence: Some("dsseEnvelope.signatures[0]".into()),
            remedy: Some("Refuse the model until you have the signature again from its publisher".to_owned()),
            ..Words::line(
                "The signature does not match the signed bytes: the statement or the signature was altered",
            )
        },
        SignatureWhy::UnfitKey { said } => Words {
            expected: Some("an elliptic-curve key on P-256, P-384 or P-521".into()),
            found: Some(said.clone()),
            remedy: Some(
                "Have the model signed again with a key that OMS allows; for other tools' signatures by RSA or \
                 Ed25519 keys, list the kind in the policy ([crypto] keys)"
                    .to_owned(),
            ),
            ..Words::line("The signer's key is of a kind that may not sign models")
        },
        SignatureWhy::UnreadableKey => Words::line("The signer's key cannot be read"),
        SignatureWhy::NotCheckedAlone => {
            Words::line("The signer's key is of a kind that is not checked by itself; see LOG")
        }
    }
}

pub(super) fn identity(why: &SignerWhy) -> Words {
    let by =
        |signer: &Identity, summary: &str| Words { found: Some(line_of(signer)), ..Words::line(summary) };
    match why {
        SignerWhy::Later { signer, is_proven } => Words {
            found: signer.as_ref().map(|signer| match is_proven {
                true => line_of(signer),
                false => format!("{}, as the bundle says", line_of(signer).raw()).into(),
            }),
            ..Words::line("The policy decides whether this signer may sign")
        },
        SignerWhy::NotProven => {
            Words::line("The signer is not proven, so its claimed identity does not count")
        }
        SignerWhy::ByAnchor(signer) => by(
            signer,
            match signer.method {
                Method::Key => "The trusted key itself is the identity",
                _ => "Any signer under the trusted authority is accepted",
            },
        ),
        SignerWhy::NotAsked(signer) => Words {
            remedy: Some(
                "Name the identity and its provider that you expect, from a source other than this model"
                    .to_owned(),
            ),
            ..by(signer, "No signer was named, and anyone can get a certificate of this kind")
        },
        SignerWhy::Exact(signer) => by(signer, "The signer is exactly who was expected"),
        SignerWhy::Mismatch { signer, subject, issuer, difference } => {
            let none = Untrusted::default();
            let said = signer.issuer.as_ref().unwrap_or(&none);
            let same_issuer = issuer.as_ref().is_none_or(|issuer| issuer == said);
            let is_issuer = *subject == signer.subject;
            let (part, found) = if is_issuer { ("issuer", said) } else { ("subject", &signer.subject) };
            let mut details: Vec<Untrusted> =
                difference.iter().filter_map(|difference| difference.line()).collect();
            if found.is_hostile() {
                details.push(format!("the {part} found contains invisible characters").into());
            }
            Words {
                expected: Some(match issuer {
                    Some(issuer) => format!("{}, issued by {}", subject.raw(), issuer.raw()).into(),
                    None => subject.clone(),
                }),
                remedy: Some(
                    "Refuse the model, unless the publisher confirms the new signer through a channel other than \
                     this model"
                        .to_owned(),
                ),
                details,
                ..by(
                    signer,
                    match (is_issuer, same_issuer) {
                        (true, _) => "The signer has the expected name, but another authority issued it",
                        (false, true) => "Signed by someone other than the expected signer",
                        (false, false) => {
                            "Signed by someone other than the expected signer, under another authority"
                        }
                    },
                )
            }
        }
    }
}

fn line_of(signer: &Identity) -> Untrusted {
    match &signer.issuer {
        Some(issuer) => format!("{}, issued by {}", signer.subject.raw(), issuer.raw()).into(),
        None => signer.subject.clone(),
    }
}
