//! Judging what was observed: signature, chain, time, log, identity, statement, subject and files. A pure function of its
//! arguments: it knows no file, clock, network, environment or thread.

use crate::bundle::document::Bundle;
use crate::bundle::manifest::Statement;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::{ParseFound, Why};
use crate::trust::anchor::Trust;
use jiff::Timestamp;
use std::sync::Arc;

use super::observed::Observed;
use super::options::Judging;
use super::statement::{check_method, check_statement, check_subject, read_statement};
use super::verification::Verification;
use super::{card, files, parse, signer};

/// Judges what was observed. `bundle` holds the bytes of the signature file that was seen: with others, or with none where
/// one was read, PARSE is `unknown`, and so is everything that rests on it.
///
/// `now` is the time at which certificates without a trusted signing time must be valid.
pub fn judge(
    observed: &Observed,
    bundle: Option<&[u8]>,
    trust: &Trust,
    options: &Judging,
    now: Timestamp,
) -> Verification {
    let mut verification = Verification::not_looked(observed.at, Why::NotLooked);
    match parse::parse_seen(&observed.signature.state, bundle) {
        Ok(bundle) => {
            let statement = read_statement(&bundle);
            signature(&mut verification, &bundle, &statement, trust, options, now);
            complete(verification, observed, None, statement.ok().as_ref(), options)
        }
        Err(found) => match card::observed(observed, bundle) {
            Some(card) => card::judge(observed, card, trust, options, now),
            None => complete(verification, observed, Some(found), None, options),
        },
    }
}

/// METHOD to SUBJECT: all that the bundle says by itself.
pub(super) fn signature(
    result: &mut Verification,
    bundle: &Bundle,
    statement: &Result<Statement, Box<Check>>,
    trust: &Trust,
    options: &Judging,
    now: Timestamp,
) {
    result.bundle_digest = Some(bundle.digest.clone());
    result.method = Some(bundle.method());
    result.set(check_method(bundle, options.method));
    signer::check(result, bundle, statement.as_ref().ok(), (trust, options.beyond), now);
    match statement {
        Ok(statement) => {
            let manifest = &statement.manifest;
            result.subject_name = (!statement.legacy).then(|| statement.subject_name.clone());
            result.hash = Some(manifest.serialization.hash);
            result.allow_symlinks = Some(manifest.serialization.allow_symlinks);
            result.root_digest = Some(manifest.root_digest());
            result.set(check_statement(statement));
            result.set(check_subject(statement));
        }
        Err(check) => {
            result.set(Check::unknown(Stage::Subject, Why::After(Stage::Statement)));
            result.set(Check::clone(check));
        }
    }
}

/// PARSE, FILES, and what is not judged here, to what [`signature`] found.
pub(super) fn complete(
    mut result: Verification,
    observed: &Observed,
    unparsed: Option<ParseFound>,
    statement: Option<&Statement>,
    options: &Judging,
) -> Verification {
    for stage in [Stage::Predicates, Stage::Policy] {
        result.set(Check::plain(stage, Outcome::NotApplicable, Why::DecidedElsewhere));
    }
    match (unparsed, statement) {
        (Some(found), _) => {
            for stage in Stage::ALL.into_iter().filter(|stage| *stage < Stage::Predicates) {
                result.set(Check::unknown(stage, Why::After(Stage::Parse)));
            }
            result.set(parse::failed(observed, found));
        }
        (None, None) => {
            result.set(parse::passed(&observed.signature));
            result.set(Check::unknown(Stage::Files, Why::After(Stage::Statement)));
        }
        (None, Some(statement)) => {
            result.set(parse::passed(&observed.signature));
            result.set(files::check(observed, statement, options.ignore_unsigned_files));
        }
    }
    result.files = Arc::clone(&observed.files);
    result.foreign = observed.foreign.clone();
    result
}
