//! The words for further claims.

use crate::check::why::predicates::{About, ClaimRow, ClaimsFault, LineFault, PredicatesWhy, Unread};
use crate::text::{Untrusted, count, size};

use super::Words;

/// Where further claims lie, below the model.
const PLACE: &str = "claims.jsonl";

/// PREDICATES.
pub(super) fn words(why: &PredicatesWhy) -> Words {
    match why {
        PredicatesWhy::None => Words { summary: "No further claims".to_owned(), ..Words::default() },
        PredicatesWhy::Unreadable(fault) => Words {
            summary: "The claims cannot be read".to_owned(),
            found: Some(Untrusted::new(fault.words())),
            evidence: Some(PLACE.into()),
            remedy: Some(
                "Check the files: `touchmark claims list MODEL` names each one that cannot be read. Claims that are not \
                 read do not count"
                    .to_owned(),
            ),
            ..Words::default()
        },
        PredicatesWhy::Judged { counted, about_this, about_another, about_unknown, not_claims, first } => {
            let lines = why.lines();
            let mut words = if *counted == lines {
                let summary = match lines {
                    0 => "No further claims".to_owned(),
                    1 => "1 further claim about this model, verified".to_owned(),
                    many => format!("{many} further claims about this model, all verified"),
                };
                Words { summary, ..Words::default() }
            } else {
                Words {
                    summary: format!(
                        "{counted} of {} accepted; the rest are shown, not used",
                        of(lines, "further claim")
                    ),
                    found: Some(Untrusted::new(format!(
                        "{about_this} about this model, {counted} of them verified; {about_another} about another, \
                         {about_unknown} about an unknown one; {}",
                        not_claim_lines(*not_claims)
                    ))),
                    remedy: Some(
                        "See each line with `touchmark claims list`; what is not accepted changes nothing"
                            .to_owned(),
                    ),
                    ..Words::default()
                }
            };
            words.details = first.iter().map(row).collect();
            let more = usize::try_from(lines).unwrap_or(usize::MAX).saturating_sub(first.len());
            if more > 0 {
                words.details.push(Untrusted::new(format!("and {}", count(more, "more line"))));
            }
            words.evidence = Some(PLACE.into());
            words
        }
    }
}

impl ClaimsFault {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            ClaimsFault::NotReadable => "the file cannot be read".to_owned(),
            ClaimsFault::TooLarge { limit_bytes } => format!("larger than {}", size(*limit_bytes)),
            ClaimsFault::TooMany { limit_lines } => format!("more than {limit_lines} claims"),
            ClaimsFault::Link => "a link out of the model's folder, which is not followed".to_owned(),
            ClaimsFault::TogetherTooLarge { limit_bytes } => {
                format!("the model's claims files together exceed {}", size(*limit_bytes))
            }
            ClaimsFault::TooManyFiles { limit_files } => {
                format!("more than {limit_files} claims files; the rest are not read")
            }
            ClaimsFault::NotListed => "the model's folder cannot be listed completely".to_owned(),
            ClaimsFault::NoClaim { lines, line, fault } => {
                let (lines, fault) = (of(*lines, "line"), of_line(*fault));
                format!("{lines}, none of them a claim; line {line}: {fault}")
            }
        }
    }
}

fn of_line(fault: LineFault) -> &'static str {
    match fault {
        LineFault::TooLong => "too long",
        LineFault::NotABundle => "not a Sigstore bundle",
        LineFault::NotAStatement => "the bundle does not hold an in-toto statement",
    }
}

fn of(many: u64, one: &str) -> String {
    count(usize::try_from(many).unwrap_or(usize::MAX), one)
}

fn not_claim_lines(many: u64) -> String {
    match many {
        1 => "1 line that is not a claim".to_owned(),
        many => format!("{many} lines that are not claims"),
    }
}

fn row(row: &ClaimRow) -> Untrusted {
    Untrusted::new(match row {
        ClaimRow::Claim { file, line, predicate_type, about, outcome, because, signer, proven, unread } => {
            let verdict = match because {
                None => "verified".to_owned(),
                Some(code) => format!("{} {code}", outcome.word()),
            };
            let unread = match unread {
                None => String::new(),
                Some(Unread::UnknownPredicate) => "; the predicate is not known".to_owned(),
                Some(Unread::Invalid { faults }) => {
                    format!("; it violates its schema ({})", of(*faults, "fault"))
                }
            };
            let signer = match signer {
                Some(signer) if *proven => format!(", by {}", signer.raw()),
                Some(signer) => format!(", by {} (claimed)", signer.raw()),
                None => String::new(),
            };
            let (place, about) = (place(file.as_ref(), *line), about.words());
            format!("{place}: {}, about {about}: {verdict}{signer}{unread}", predicate_type.raw())
        }
        ClaimRow::NotAClaim { file, line, fault } => {
            format!("{}: not a claim: {}", place(file.as_ref(), *line), of_line(*fault))
        }
    })
}

fn place(file: Option<&Untrusted>, line: u64) -> String {
    file.map_or_else(|| format!("line {line}"), |file| format!("{} line {line}", file.raw()))
}

impl About {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            About::ThisModel => "this model",
            About::AnotherModel => "another model",
            About::Unknown => "unknown model",
        }
    }
}
