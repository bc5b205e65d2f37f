//! Claims beyond integrity: what a `claims.jsonl` holds, line by line, whatever the order. Nothing is
//! verified here yet and nothing is counted: a claim is shown as found. Knows no store and no screen.

use crate::error::{Code, Error, Result};
use crate::signing::{Bundle, Check, Method, Outcome, Stage, read_small};
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A file of claims larger than this is refused.
pub const LIMIT_CLAIMS_BYTES: u64 = 64 * 1024 * 1024;
/// More lines than this are refused.
pub const LIMIT_CLAIMS: usize = 10_000;

/// One line of a `claims.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Line, from 1.
    pub line: usize,
    /// What it claims, as the statement says; none when the line is no claim.
    pub predicate_type: Option<Untrusted>,
    /// What it is about: the first subject's SHA-256, as the statement says.
    pub subject: Option<Untrusted>,
    /// How it was signed.
    pub method: Option<Method>,
    /// Why the line is no claim.
    pub fault: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "predicateType")]
    predicate_type: String,
    #[serde(default)]
    subject: Vec<Subject>,
}

#[derive(Deserialize)]
struct Subject {
    #[serde(default)]
    digest: std::collections::BTreeMap<String, String>,
}

/// Reads all lines; a line that is no claim is kept with its fault, never dropped.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`.
pub fn read_claims(path: &Path) -> Result<Vec<Claim>> {
    let bytes = read_small(path, LIMIT_CLAIMS_BYTES)?;
    let mut claims = Vec::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if claims.len() == LIMIT_CLAIMS {
            return Err(Error::new(Code::TooLarge, format!("more than {LIMIT_CLAIMS} claims"))
                .at_path(path)
                .help("split the file: one claims.jsonl a model"));
        }
        claims.push(read_line(index + 1, line));
    }
    Ok(claims)
}

fn read_line(line: usize, bytes: &[u8]) -> Claim {
    let mut claim = Claim { line, predicate_type: None, subject: None, method: None, fault: None };
    let bundle = match Bundle::parse(bytes) {
        Ok(bundle) => bundle,
        Err(error) => {
            claim.fault = Some(error.what);
            return claim;
        }
    };
    claim.method = Some(bundle.method());
    match serde_json::from_slice::<Head>(&bundle.envelope.payload) {
        Ok(head) => {
            claim.predicate_type = Some(head.predicate_type.into());
            let digest =
                head.subject.into_iter().next().and_then(|mut subject| subject.digest.remove("sha256"));
            claim.subject = digest.map(Untrusted::from);
        }
        Err(_) => claim.fault = Some("the payload is not an in-toto statement".to_owned()),
    }
    claim
}

/// The PREDICATES check of a model: what further claims lie beside it. They are shown and not counted.
pub fn predicates_check(claims: Option<&Path>) -> Check {
    let Some(path) = claims else {
        return Check::new(
            Stage::Predicates,
            Stage::Predicates.name(),
            Outcome::NotApplicable,
            "no further claims",
        );
    };
    match read_claims(path) {
        Err(error) => Check::new(
            Stage::Predicates,
            "PREDICATES-UNREADABLE",
            Outcome::Partial,
            "the claims cannot be read",
        )
        .found(error.what)
        .evidence(path.to_string_lossy().into_owned())
        .remedy("look at the file; claims are not counted, so nothing else changes"),
        Ok(claims) => {
            let mut check = Check::new(
                Stage::Predicates,
                "PREDICATES-NOT-EVALUATED",
                Outcome::Partial,
                format!(
                    "{} further claims, shown and not counted: this version does not evaluate them",
                    claims.len()
                ),
            )
            .evidence(path.to_string_lossy().into_owned());
            for claim in claims.iter().take(20) {
                let what = match (&claim.predicate_type, &claim.fault) {
                    (Some(predicate), _) => predicate.raw().to_owned(),
                    (None, Some(fault)) => format!("no claim: {fault}"),
                    (None, None) => "no claim".to_owned(),
                };
                check = check.detail(format!("line {}: {what}", claim.line));
            }
            check
        }
    }
}
