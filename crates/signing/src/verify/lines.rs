//! A signature that is a line of `claims.jsonl`: which line it is. Other lines are claims, and lines of other kinds are
//! passed over.

use crate::bundle::document::Bundle;
use crate::bundle::head::is_model_signature;
use crate::check::identity::Method;
use crate::trust::anchor::Trust;

use super::claim::verify_claim;
use super::options::VerifyOptions;

/// Lines that are looked at.
const MAX_LINES: usize = 10_000;
/// Signatures of a model whose signer is judged: the newest ones.
const MAX_JUDGED: usize = 64;

/// The line of a file of claims that is the model's signature: of several the newest by a signer who is trusted, else
/// the newest one. None when it is no such file.
pub(super) fn signature_line<'r>(
    raw: &'r [u8],
    trust: Option<&Trust>,
    options: &VerifyOptions,
) -> Option<&'r [u8]> {
    let signatures = signatures(raw);
    let newest = signatures.last()?.0;
    let (Some(trust), [_, _, ..]) = (trust, signatures.as_slice()) else { return Some(newest) };
    let asked = |found: Method| options.method.is_none_or(|asked| asked == found);
    let mut judged = signatures.iter().rev().take(MAX_JUDGED);
    let proven = judged
        .find(|(_, bundle)| asked(bundle.method()) && verify_claim(bundle, trust, options).signer_proven());
    Some(proven.map_or(newest, |(line, _)| line))
}

/// Whether a file of claims holds the signature of a model.
pub(super) fn holds_signature(raw: &[u8]) -> bool {
    !signatures(raw).is_empty()
}

/// The lines that are signatures of a model, in the order of the file.
fn signatures(raw: &[u8]) -> Vec<(&[u8], Bundle)> {
    let lines =
        raw.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| line.starts_with(b"{"));
    let bundles = lines.take(MAX_LINES).filter_map(|line| Some((line, Bundle::parse(line).ok()?)));
    bundles.filter(|(_, bundle)| is_model_signature(bundle)).collect()
}
