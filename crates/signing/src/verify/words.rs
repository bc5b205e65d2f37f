//! A check in words, with what the verification holds beside it: the files of the report, and signatures of other kinds.

use crate::check::codes::CheckCode;
use crate::check::step::Check;
use crate::check::why::{FilesWhy, ForeignBeside, Why};
use crate::files::formats;
use crate::files::report::FilesReport;
use crate::foreign::seen::ForeignSignature;
use crate::text::Untrusted;
use crate::words::{Words, fault, remedy_for};
use jiff::Timestamp;

use super::verification::Verification;

const HOLDS_CLAIMS: &str = "holds claims about some model";
/// How shards let a file through.
const EMPTY: &str = "empty and not signed, as shards leave it out";
/// Lines of each kind; the report holds all.
const SHOWN: usize = 10;
const SHOWN_FOREIGN: usize = 10;

impl Verification {
    /// A check of this verification in words, with the files that it is about.
    pub fn words_of(&self, check: &Check) -> Words {
        let mut words = check.words();
        match &check.why {
            Why::Files(why) if matches!(**why, FilesWhy::Compared { .. }) => {
                // What the catalogue says of files quotes none of their names.
                words.summary = remedy_for(&words.summary, self.files.thing);
                if check.code == CheckCode::FilesExtra {
                    words.remedy = words.remedy.map(|remedy| with_claims(remedy, self.files.claims.len()));
                }
                add_report(&mut words, &self.files, self.at);
            }
            Why::Parse(why) if why.foreign != ForeignBeside::None => {
                words.details.extend(foreign(&self.foreign));
            }
            _ => {}
        }
        words.remedy = words.remedy.map(|remedy| remedy_for(&remedy, self.files.thing));
        words
    }
}

/// The remedy for unsigned files, `claims` of which hold claims. What they claim, and whether it is true, is not said.
fn with_claims(remedy: String, claims: usize) -> String {
    match claims {
        0 => remedy,
        1 => format!(
            "{remedy}. One file holds claims: add them with `touchmark claims append MODEL FILE`, then remove it"
        ),
        many => format!(
            "{remedy}. {many} files hold claims: add them with `touchmark claims append MODEL FILE`, then remove the files"
        ),
    }
}

/// What the report adds to FILES, as of `now`.
fn add_report(words: &mut Words, report: &FilesReport, now: Timestamp) {
    if let Some(links) = &report.links {
        words.summary.push_str(&format!("; {}", links.line()));
    }
    if let Some(recalled) = &report.recalled {
        let (parts, of) = (recalled.parts, report.compared.max(recalled.parts));
        words.summary.push_str(&format!("; {parts} of {of} by digests {}", recalled.age(now)));
    }
    words.listed.extend(listed(report));
    words.details.extend(others(report));
}

/// The files that are not as signed, a line each.
fn listed(report: &FilesReport) -> Vec<Untrusted> {
    let mut lines = Vec::new();
    add(&mut lines, &mut report.moved.iter().map(|file| line("moved", &file.line(), None)));
    add(&mut lines, &mut report.changed.iter().map(|file| line("changed", &file.line(), None)));
    add(&mut lines, &mut report.truly_missing().map(|name| missing(report, name)));
    add(&mut lines, &mut report.truly_extra().map(|name| line("not signed", name, report.oddity(name))));
    let unreadable = report.unreadable.iter();
    add(&mut lines, &mut unreadable.map(|(name, why)| line("not readable", name, Some(why.words()))));
    lines
}

fn missing(report: &FilesReport, name: &Untrusted) -> Untrusted {
    line(if report.not_fetched.contains(name) { "not fetched" } else { "missing" }, name, None)
}

impl FilesReport {
    /// What an unsigned file is, where that is known: no regular file, one with claims, or one that may hold something to
    /// run.
    pub fn oddity(&self, name: &Untrusted) -> Option<String> {
        let odd = self.odd.iter().find(|odd| odd.place == *name);
        let claim = || self.claims.contains(name).then(|| HOLDS_CLAIMS.to_owned());
        let hazard = || formats::hazard(name.raw()).map(str::to_owned);
        odd.map(|odd| fault::what(odd.fault)).or_else(claim).or_else(hazard)
    }
}

/// What else the report holds, a line each.
fn others(report: &FilesReport) -> Vec<Untrusted> {
    let mut lines = Vec::new();
    let part = report.part.iter();
    add(&mut lines, &mut part.clone().flat_map(|part| &part.only).map(|only| line("only", only, None)));
    let unused = part.flat_map(|part| &part.unused);
    add(&mut lines, &mut unused.map(|only| line("no signed file fits", only, None)));
    let beside = report.attestations.iter();
    add(&mut lines, &mut beside.map(|name| line("attestation, not part of the signature", name, None)));
    // What matters first: of many only the first are told.
    let harmless = report.unsigned_empty.iter().filter(|name| !formats::is_code(name.raw()));
    let note = |what: &str| Some(what.to_owned());
    let code = report.empty_code().map(|name| line(EMPTY, name, note("named like code")));
    add(&mut lines, &mut code.chain(harmless.map(|name| line(EMPTY, name, None))));
    let links = report.links.iter().flat_map(|links| &links.first);
    add(&mut lines, &mut links.map(|link| line("followed link", link, None)));
    add(
        &mut lines,
        &mut report.misnamed.iter().map(|name| line("not what its blob's name says", name, None)),
    );
    add(&mut lines, &mut report.ignored.iter().map(|name| line("ignored by the signature", name, None)));
    lines
}

fn line(what: &str, name: &Untrusted, note: Option<String>) -> Untrusted {
    let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
    Untrusted::new(format!("{what}: {}{note}", name.raw()))
}

fn add(to: &mut Vec<Untrusted>, lines: &mut dyn Iterator<Item = Untrusted>) {
    to.extend(lines.take(SHOWN));
    let more = lines.count();
    if more > 0 {
        to.push(Untrusted::new(format!("and {more} more")));
    }
}

/// Signatures of other kinds, a line each.
fn foreign(found: &[ForeignSignature]) -> impl Iterator<Item = Untrusted> {
    found.iter().take(SHOWN_FOREIGN).map(|one| Untrusted::new(format!("not OMS: {}", one.line().raw())))
}
