//! Plain text, a line a fact. A status is always glyph and word, so that colour is never needed.

use super::case::case;
use super::why::{command_of, why};
use crate::decision::{About, Decision, ReviewWord};
use crate::inventory::{Basis, FactKey, ModelId, Scan, Told};
use crate::lineage::{GraphFinding, LaneRow};
use crate::maturity::{SCOPE, SameName, unlike_twins};
use crate::policy::NameMark;
use crate::signing::{
    Check, CheckCode, Coverage, Inspection, Outcome, Snapshot, Stage, Verification, code_info,
};
use crate::text::{Untrusted, bar, count, count_are, size, span, width};
use crate::view::View;
use crate::words::controls::{CHOOSE_FOLDER, control, found};
use crate::words::names::{mark, named, taken_for};
use crate::words::remedies::of_model;
use crate::words::usage::runs_at;
use crate::words::{Case, Face, caps, levels as in_words};
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

/// More names than this are counted instead of listed.
const MANY: usize = 20;
/// FILES lists ten of each kind of difference.
const MANY_DETAILS: usize = 80;

/// One row of a table: safe cells.
pub type Row = Vec<String>;

/// Aligned columns with two spaces between them; the last column is not padded.
pub fn table(rows: &[Row]) -> String {
    let mut columns = Columns::default();
    rows.iter().for_each(|row| columns.fit(row));
    rows.iter().map(|row| columns.line(row)).collect()
}

/// How wide the columns of a table are, for one whose rows are not in memory together.
#[derive(Debug, Default)]
pub struct Columns(Vec<usize>);

impl Columns {
    /// Makes them wide enough for a row.
    pub fn fit(&mut self, row: &Row) {
        self.0.resize(self.0.len().max(row.len()), 0);
        for (widest, cell) in self.0.iter_mut().zip(row) {
            *widest = width(cell).max(*widest);
        }
    }

    /// The line of a row that they were fitted to.
    pub fn line(&self, row: &Row) -> String {
        let mut line = String::new();
        for (cell, widest) in row.iter().zip(&self.0) {
            line.push_str(cell);
            line.push_str(&" ".repeat(widest.saturating_sub(width(cell)) + 2));
        }
        line.truncate(line.trim_end().len());
        line.push('\n');
        line
    }
}

fn status(outcome: Outcome) -> String {
    format!("{} {}", outcome.glyph(), outcome.word())
}

pub(super) fn decision_word(decision: Decision) -> String {
    let glyph = match decision {
        Decision::Admit => "✓",
        Decision::Warn => "!",
        Decision::Refuse => "✗",
        Decision::NotJudged => Outcome::NotApplicable.glyph(),
    };
    format!("{glyph} {}", decision.word())
}

/// A verification: its headline and, with `explain`, every check with expected, found and remedy.
/// `owner` is the model whose signature it is, where that is another one.
pub fn verification(name: &str, v: &Verification, owner: Option<&str>, explain: bool) -> String {
    let mut out = String::new();
    let _ = match v.headline() {
        None => writeln!(out, "✓ pass  {name}"),
        Some(check) => {
            writeln!(
                out,
                "{}  {name}  {} {}",
                status(check.outcome),
                check.stage.name(),
                v.words_of(check).summary
            )
        }
    };
    if let Some(owner) = owner {
        let _ = writeln!(out, "  signed for   {}, whose root digest this is", crate::text::screen(owner));
    }
    if let Some(digest) = &v.root_digest {
        let _ = writeln!(out, "  root digest  {digest}");
    }
    if let Some(signer) = &v.signer {
        let issuer = signer.issuer.as_ref().map(|i| format!(", issuer {}", i.screen())).unwrap_or_default();
        let proven = if v.signer_proven() { "" } else { " (claimed, not proven)" };
        let _ = writeln!(out, "  signed by    {}{issuer}{proven}", signer.subject.screen());
    }
    if let Some((at, source)) = &v.signed_at {
        let _ = writeln!(out, "  signed at    {at}, says {}", source.words());
    }
    if let Some(anchor) = &v.anchor {
        let age = anchor.age_days.map(|d| format!(", {d} d old")).unwrap_or_default();
        let origin = crate::text::screen(&anchor.origin);
        let name = crate::text::screen(&anchor.name);
        let digest: String = anchor.digest.chars().take(12).collect();
        let _ =
            writeln!(out, "  trust        {name} ({origin}, sha256 {}{age})", crate::text::screen(&digest));
    }
    if v.files.matched > 0 || !v.files.changed.is_empty() {
        let how = match v.files.by_registry {
            0 => format!("{} hashed", size(v.files.bytes)),
            _ => "by the registry's digests; partial: no file was read (--in-full reads them)".to_owned(),
        };
        let _ = writeln!(out, "  files        {} match, {how}", v.files.matched);
    }
    if let Some(links) = &v.files.links {
        let _ = writeln!(out, "  links        {}", links.line());
        for link in links.first.iter().take(MANY) {
            let _ = writeln!(out, "               {}", link.screen());
        }
    }
    if let Some(coverage) = v.coverage() {
        let _ = writeln!(out, "  covered      {}", covered(coverage));
    }
    for one in v.foreign.iter().take(MANY) {
        let _ = writeln!(out, "  not OMS      {}", one.line().screen());
    }
    if !v.files.aside.is_empty() {
        let _ = writeln!(out, "  {}", v.files.aside.line());
    }
    for outside in v.files.aside.outside.iter().take(MANY) {
        let _ = writeln!(out, "  ignored      {}", outside.screen());
    }
    if v.files.aside.outside.len() > MANY {
        let _ = writeln!(out, "  ignored      {} more", v.files.aside.outside.len() - MANY);
    }
    for ignored in v.files.ignored.iter().take(MANY) {
        let _ = writeln!(out, "  ignored      {} (the bundle leaves it out)", ignored.screen());
    }
    if v.files.ignored.len() > MANY {
        let _ = writeln!(out, "  ignored      {} more", v.files.ignored.len() - MANY);
    }
    if v.check(Stage::Files).is_some_and(|check| check.code == CheckCode::FilesUnsignedAllowed) {
        for extra in v.files.extra.iter().take(MANY) {
            let odd = v.files.oddity(extra).map(|odd| format!(" ({odd})")).unwrap_or_default();
            let _ = writeln!(out, "  not signed   {}{odd}", extra.screen());
        }
        if v.files.extra.len() > MANY {
            let _ = writeln!(out, "  not signed   {} more", v.files.extra.len() - MANY);
        }
    }
    for check in &v.checks {
        let bad = matches!(check.outcome, Outcome::Fail | Outcome::Missing | Outcome::Unknown);
        let headline = v.headline().is_some_and(|h| h.stage == check.stage);
        if explain || headline || (bad && check.outcome == v.outcome()) {
            out.push_str(&one_check(v, check, explain));
        }
    }
    if (explain || v.outcome_of(Stage::Files) == Outcome::Fail) && !v.checks.is_empty() {
        out.push_str(&files(v));
    }
    out
}

/// A name that is safe to show, with what is odd about how it looks.
pub fn with_mark(name: &str, odd: Option<&NameMark>) -> String {
    named(name, odd)
}

/// That a name means several folders, in one line.
pub fn same_name_line(same_name: &SameName) -> String {
    found(&same_name.fact(), None).screen()
}

/// That the name of the model of an index means several folders, and which; nothing where it means one.
pub fn same_name(view: &View, index: usize, name: &str) -> String {
    let Some(same_name) = view.same_name(index) else { return String::new() };
    let mut out = format!("✗ ambiguous  {name}  {}\n", same_name_line(&same_name));
    for folder in same_name.folders.iter().take(MANY) {
        let _ = writeln!(out, "  folder       {}", folder.screen());
    }
    let _ = writeln!(out, "  remedy       {CHOOSE_FOLDER}");
    out
}

/// How much of the model verified signatures cover.
pub fn covered(coverage: Coverage) -> String {
    format!("{}, {} of {}", coverage.bar(), size(coverage.covered), size(coverage.total))
}

fn one_check(v: &Verification, check: &Check, explain: bool) -> String {
    let mut out = String::new();
    let words = v.words_of(check);
    let _ = writeln!(out, "  {:<9}  {:<10}  {}", status(check.outcome), check.stage.name(), words.summary);
    let mut line = |label: &str, text: String| {
        let _ = writeln!(out, "             {label:<10}  {text}");
    };
    if check.code != check.stage.name() {
        line("code", check.code.to_string());
    }
    for (label, text) in
        [("expected", &words.expected), ("found", &words.found), ("evidence", &words.evidence)]
    {
        if let Some(text) = text {
            line(label, text.screen());
        }
    }
    for detail in words.lines().take(MANY_DETAILS) {
        line("", detail.screen());
    }
    if words.lines().count() > MANY_DETAILS {
        line("", format!("{} more lines", words.lines().count() - MANY_DETAILS));
    }
    if let Some(info) = explain.then(|| code_info(check.code)).flatten() {
        line("cause", info.cause.to_owned());
    }
    if let Some(remedy) = &words.remedy {
        line("remedy", remedy.clone());
    }
    out
}

/// The digests; which files are gone, extra or not readable, FILES says in its details.
fn files(v: &Verification) -> String {
    let mut out = String::new();
    for file in v.files.changed.iter().take(MANY) {
        let _ = writeln!(out, "  ✗ changed  {}  {}", file.name.screen(), size(file.size));
        let found = if file.found.is_empty() { "nothing" } else { file.found.as_str() };
        if !file.expected.is_empty() {
            let _ = writeln!(out, "             expected    {}", file.expected);
            let _ = writeln!(out, "             found       {found}");
        }
    }
    if v.files.changed.len() > MANY {
        let _ = writeln!(out, "  ✗ changed  {} more", v.files.changed.len() - MANY);
    }
    out
}

/// The inventory, one model a line; `keep` says which.
pub fn list(view: &View, keep: &dyn Fn(usize) -> bool) -> String {
    listed(view, (0..view.models.len()).filter(|index| keep(*index)))
}

/// These models in this order, one a line.
pub fn list_ordered(view: &View, rows: &[u32]) -> String {
    listed(view, rows.iter().filter_map(|row| usize::try_from(*row).ok()))
}

fn listed(view: &View, indices: impl Iterator<Item = usize>) -> String {
    if view.models.is_empty() {
        return "The inventory is empty. `touchmark scan PATH` adds a folder of models or a CycloneDX file, and \
                `touchmark demo` lays out samples.\n"
            .to_owned();
    }
    let mut rows: Vec<Row> =
        vec![["status", "model", "kind", "level", "gate", "signed by"].map(str::to_owned).to_vec()];
    for (index, model) in indices.filter_map(|index| Some((index, view.models.get(index)?))) {
        let summary = view.summary(index);
        rows.push(vec![
            format!("{} {}", summary.glyph(), summary.word),
            named(&model.id.screen(), view.name_mark(index)),
            model.kind.word().to_owned(),
            summary.levels(),
            match summary.review {
                Some(ReviewWord::Reject) => format!("{} (rejected)", decision_word(summary.decision)),
                _ => decision_word(summary.decision),
            },
            // It may be long, so it comes last on its line.
            summary.signer.screen(),
        ]);
    }
    let shown = rows.len() - 1;
    let mut out = table(&rows);
    let _ = writeln!(
        out,
        "{shown} of {} models, judged for stage {}",
        view.models.len(),
        crate::text::screen(&view.stage)
    );
    out
}

/// What a file holds, as it says itself.
pub fn inspection(i: &Inspection) -> String {
    let rows: Vec<Row> =
        i.fields.iter().map(|(label, value)| vec![format!("  {label}"), value.screen()]).collect();
    format!("{}\n{}", i.kind, table(&rows))
}

/// What a bill of materials declares; nothing of it is checked.
pub fn bom(found: &Scan) -> String {
    let mut out = format!(
        "bill of materials, {}; all of it is declared, nothing proven\n",
        count(found.models.len(), "model")
    );
    for model in &found.models {
        let _ = writeln!(out, "  {} {}", model.kind.word(), model.id.screen());
        for fact in [FactKey::Version, FactKey::Publisher, FactKey::Licence, FactKey::Task] {
            if let Some(found) = model.fact(fact) {
                let _ = writeln!(out, "    {:<10} {}", fact.word(), found.value.screen());
            }
        }
        for parent in &model.parents {
            let pinned = if parent.digest.is_some() { ", pinned" } else { "" };
            let _ = writeln!(out, "    {:<10} {}{pinned}", parent.relation.word(), parent.id.screen());
        }
    }
    for finding in &found.findings {
        let _ = writeln!(out, "  ! {}  {}  ({})", finding.code, finding.message, finding.place.screen());
    }
    out
}

/// Everything that is known of one model.
pub fn model(view: &View, index: usize) -> String {
    let Some(model) = view.models.get(index) else { return String::new() };
    let summary = view.summary(index);
    let mut out = String::new();
    let _ = writeln!(out, "{}  {}", model.name.screen(), model.kind.word());
    if let Some(odd) = view.name_mark(index) {
        let _ = writeln!(out, "  ! {}", mark(odd).screen());
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut row = |label: &str, value: String, basis: &str, from: String| {
        rows.push(vec![format!("  {label}"), value, basis.to_owned(), from]);
    };
    let place = model.location.as_ref().map(|l| crate::text::screen(&l.to_string_lossy()));
    row("location", place.unwrap_or_else(|| "no files here, only documents".to_owned()), "", String::new());
    let unlike: Vec<&Path> =
        unlike_twins(model, view.verification(index)).map(|twin| &*twin.location).collect();
    for twin in model.twins.iter().take(MANY) {
        let what = match unlike.contains(&twin.location.as_path()) {
            true => "the same name, not known to hold the same",
            false => "holds the same",
        };
        let place = crate::text::screen(&twin.location.to_string_lossy());
        row("also at", format!("{place}: {what}"), "", String::new());
    }
    row("status", format!("{} {}", summary.glyph(), summary.word), "", String::new());
    if !summary.signer.raw().is_empty() {
        let proven = view.standing(index).is_some_and(|v| v.verification.signer_proven());
        row(
            "signed by",
            taken_for(&summary.signer.screen(), view.signer_like(index)),
            if proven { "attested" } else { "declared" },
            String::new(),
        );
    }
    if let Some(digest) = view.standing(index).and_then(|v| v.verification.root_digest) {
        row("root digest", digest.to_string(), "observed", String::new());
    }
    if let Some(v) = view.standing(index).map(|v| &v.verification) {
        if let Some(coverage) = v.coverage() {
            row("covered", covered(coverage), "observed", String::new());
        }
        for one in v.foreign.iter().take(MANY) {
            row("not OMS", one.line().screen(), "declared", String::new());
        }
    }
    for fact in &model.facts {
        let from = format!("{} {}", fact.source.screen(), fact.place.screen());
        let other = view.publisher_like(index).filter(|_| fact.key == FactKey::Publisher);
        row(fact.key.word(), taken_for(&fact.shown(), other), fact.basis.word(), from);
    }
    for (value, basis) in super::pinned::of_model(model) {
        row("pinned", value, basis.word(), "touchmark.toml".to_owned());
    }
    for parent in model.parents.iter().filter(|parent| view.graph.shows(&model.id, &parent.id)) {
        let pinned = if parent.digest.is_some() { ", pinned" } else { "" };
        let from = format!("{} {}", parent.source.screen(), parent.place.screen());
        row(
            "parent",
            format!("{} ({}{pinned})", parent.id.screen(), parent.relation.word()),
            parent.basis.word(),
            from,
        );
    }
    for deployed in view.runs_at(index) {
        row("runs at", runs_at(deployed), Basis::Declared.word(), "touchmark.toml".to_owned());
    }
    out.push_str(&table(&rows));
    let verified = view.standing(index).map(|verified| &verified.verification);
    if let Some((v, check)) = verified.and_then(|v| Some((v, v.headline()?))) {
        out.push_str(&one_check(v, check, false));
        if check.stage == Stage::Files {
            out.push_str(&files(v));
        }
    }
    for finding in view.findings.iter().filter(|f| f.model.as_ref() == Some(&model.id)) {
        let place = format!("{} {}", finding.source.screen(), finding.place.screen());
        let _ = writeln!(out, "  ! {}  {}  ({place})", finding.code, finding.message);
    }
    for doubt in crate::lineage::doubts_of(model, &view.models, &view.graph) {
        let _ = writeln!(out, "  ! {}", graph_finding(&doubt));
    }
    if model.facts.iter().all(|fact| fact.key != FactKey::Licence) {
        let _ = writeln!(out, "  licence unknown: no source states one");
    }
    if let Some(verdict_of) = view.verdict(index) {
        out.push_str(&verdict(&case(view, &verdict_of)));
    }
    out
}

/// The reviews of a model that stand, one a line; nothing when there are none.
pub fn standing_reviews(view: &View, index: usize) -> String {
    let Some(first) = view.reviews.get(index).and_then(Option::as_ref) else { return String::new() };
    let mut out = String::new();
    for review in first.all().take(MANY) {
        let _ = writeln!(
            out,
            "  review       {} by {}: {} (record {})",
            review.word.word(),
            review.by.screen(),
            review.reason.screen(),
            review.record.number
        );
    }
    let more = first.all().count().saturating_sub(MANY);
    if more > 0 {
        let _ = writeln!(out, "               {more} more reviews");
    }
    out
}

/// The root digest and the place of a model, for whoever acts on a verdict.
pub fn about(about: &About) -> String {
    let root = about.root_digest.map_or_else(|| "not known".to_owned(), |root| root.to_string());
    let location =
        about.location.as_ref().map_or_else(|| "no files here".to_owned(), |location| location.screen());
    format!("  root digest  {root}\n  location     {location}\n")
}

/// When the documents and folders were read on which the facts of a model rest.
pub fn read_times(read: &[(Untrusted, String)]) -> String {
    let rows: Vec<Row> = read
        .iter()
        .map(|(source, at)| vec!["  read".to_owned(), crate::text::screen(at), source.screen()])
        .collect();
    table(&rows)
}

/// A decision with its reasons.
pub fn verdict(case: &Case<'_>) -> String {
    let v = case.verdict;
    let mut out = String::new();
    let score = &v.assessment.score;
    let _ = writeln!(out, "{}  at stage {}", decision_word(v.decision), crate::text::screen(&v.stage));
    let level = match v.decision {
        // No level stands on files that were not looked at.
        Decision::NotJudged => "not judged".to_owned(),
        _ => {
            let progress = in_words::progress(score);
            format!(
                "own {}, effective {}{}{}{progress}",
                score.star.level(score.own),
                score.star.level(v.effective),
                v.adjective(),
                if progress.is_empty() { "" } else { "; " },
            )
        }
    };
    let _ = writeln!(out, "  level        {level}");
    // Of files that changed since it says nothing.
    let looked = case.verification.filter(|_| v.decision != Decision::NotJudged);
    if let Some(verification) = looked.filter(|verification| !verification.files.aside.is_empty()) {
        let _ = writeln!(out, "  {}", verification.files.aside.line());
    }
    out.push_str(&why(case, &|step| command_of(step, &v.model)));
    out
}

/// Own and effective level in a line or two.
pub fn score_line(name: &str, case: &Case<'_>) -> String {
    let v = case.verdict;
    let score = &v.assessment.score;
    let mut out = String::new();
    let _ = match v.decision {
        Decision::NotJudged => writeln!(out, "· not judged  {name}"),
        _ => {
            let progress = in_words::progress(score);
            let gap = if progress.is_empty() { "" } else { "  " };
            writeln!(out, "{}{}{gap}{progress}  {name}", score.star.level(score.own), v.adjective())
        }
    };
    if v.effective != score.own {
        let cap = v.cap.as_ref().map(|cap| caps::cap(cap).screen()).unwrap_or_default();
        let _ = writeln!(out, "  effective {}: {cap}", score.star.level(v.effective));
    }
    out
}

/// A model's controls up to a level, and what is open.
pub fn score(name: &str, case: &Case<'_>, all: bool) -> String {
    let v = case.verdict;
    let score = &v.assessment.score;
    let mut out = score_line(name, case);
    if v.decision != Decision::NotJudged {
        let name = case.rubric.level_names.get(usize::from(score.own).wrapping_sub(1));
        let lines = [
            name.map(|name| format!("L{}: {}", score.own, crate::text::screen(name))).unwrap_or_default(),
            in_words::above(score),
            in_words::star(score, v.effective).to_owned(),
        ];
        for line in lines.iter().filter(|line| !line.is_empty()) {
            let _ = writeln!(out, "  {line}");
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    for result in &v.assessment.controls {
        let Some(control) = case.rubric.control(&result.id) else { continue };
        if !all && control.level > score.next {
            continue;
        }
        rows.push(vec![
            format!("  {}", status(result.outcome)),
            result.id.to_string(),
            control.title.clone(),
            result.basis.map_or("", |b| b.word()).to_owned(),
            found(&result.fact, case.verification).screen(),
        ]);
    }
    out.push_str(&table(&rows));
    if !score.open_musts.is_empty() {
        let _ = writeln!(out, "  open musts   {}", score.open_musts.join(" "));
    }
    for id in score.open_musts.iter().take(MANY) {
        let known = v.assessment.of(id).zip(case.rubric.control(id));
        let remedy =
            known.map(|(result, c)| control(result, c, (case.verification, case.thing), Face::Text).1);
        let remedy = remedy.map(|remedy| of_model(remedy, &v.model));
        if let Some(remedy) = remedy.filter(|remedy| !remedy.is_empty()) {
            let _ = writeln!(out, "  {id}        {}", crate::text::screen(&remedy));
        }
    }
    let _ = writeln!(out, "  {SCOPE}");
    out
}

/// A family as lanes.
pub fn lineage(view: &View, rows: &[LaneRow]) -> String {
    let mut lines: Vec<Row> = Vec::new();
    for row in rows {
        if let Some(many) = row.left_out {
            let side = if row.generation < 0 { "above" } else { "below" };
            lines.push(vec![format!("{} {many} more {side}", row.gutter)]);
            continue;
        }
        let name = match row.model.and_then(|index| view.models.get(index)) {
            Some(model) => named(&model.name.screen(), row.model.and_then(|index| view.name_mark(index))),
            None => row.id.screen(),
        };
        let state = match row.model {
            Some(index) => {
                let summary = view.summary(index);
                format!("{} {}  {}", summary.glyph(), summary.word, summary.levels())
            }
            None => "? not in the inventory".to_owned(),
        };
        let edge = row.edge.map(|(relation, basis)| {
            format!("{}, {}{}", relation.word(), basis.word(), if row.pinned { ", pinned" } else { "" })
        });
        let again = if row.repeated { " (again)" } else { "" };
        lines.push(vec![format!("{} {name}{again}", row.gutter), state, edge.unwrap_or_default()]);
    }
    table(&lines)
}

/// What speaks against a derivation, where child and parent are seen anyway; none of other findings.
pub fn doubt(finding: &GraphFinding) -> Option<String> {
    match finding {
        GraphFinding::Doubtful { parent, what, values, .. } => {
            Some(format!("evidence against {} as its origin: {}", parent.screen(), against(what, values)))
        }
        GraphFinding::Rivals { shown, others, .. } => Some(rivals(shown, others)),
        GraphFinding::Denied { parents, .. } => Some(denied(parents)),
        _ => None,
    }
}

/// Bases, each with the kind of source that names it.
fn bases(bases: &[(ModelId, Told)]) -> String {
    let named = bases.iter().take(MANY).map(|(id, told)| format!("{} ({})", id.screen(), told.word()));
    let named: Vec<String> = named.collect();
    let more = bases.len().saturating_sub(MANY);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    named.join(", ") + &more
}

/// Bases of a model that a claim calls a root.
fn denied(parents: &[(ModelId, Told)]) -> String {
    format!(
        "a signed claim states that it was trained from scratch, but sources name a base: {}",
        bases(parents)
    )
}

/// Bases of which sources tell differently.
fn rivals(shown: &[(ModelId, Told)], others: &[(ModelId, Told)]) -> String {
    let is_equal = |told: &Told| shown.iter().any(|(_, known)| known == told);
    let is_settled = !others.iter().any(|(_, told)| is_equal(told));
    let end = match is_settled {
        true => "the more reliable source is shown, the others are not",
        false => "sources of the same kind disagree, so all are shown",
    };
    format!("sources name different bases: {}; {}; {end}", bases(shown), bases(others))
}

fn against(what: &str, values: &(Untrusted, Untrusted)) -> String {
    let (own, its) = (values.0.screen(), values.1.screen());
    if own == its {
        format!("{what}, `{own}` in both")
    } else {
        format!("{what}, `{own}` here, `{its}` there")
    }
}

/// Something odd about the graph, in one line.
pub fn graph_finding(finding: &GraphFinding) -> String {
    let text = match finding {
        GraphFinding::Cycle(members) => {
            let names: Vec<String> = members.iter().take(MANY).map(|id| id.screen()).collect();
            format!("these derive from each other: {}", names.join(", "))
        }
        GraphFinding::Copies { models, digest } => {
            let names: Vec<String> = models.iter().take(MANY).map(|id| id.screen()).collect();
            let more = models.len().saturating_sub(names.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let names = names.join(", ");
            format!(
                "the same content, {}, goes by several names: {names}{more}; an [[alias]] makes them one",
                digest.screen()
            )
        }
        GraphFinding::Datasets { datasets, models } => {
            let names: Vec<String> = datasets.iter().take(MANY).map(|id| id.screen()).collect();
            let more = datasets.len().saturating_sub(names.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(
                "{} not in the inventory, named by {}: {}{more}",
                count_are(datasets.len(), "dataset"),
                count(*models, "model"),
                names.join(", ")
            )
        }
        GraphFinding::Dangling { child, parent, name_only } => {
            let how = if *name_only { "is known by name only" } else { "is not in the inventory" };
            format!("{} derives from {}, which {how}", child.screen(), parent.screen())
        }
        GraphFinding::Conflict { child, parent, said } => {
            let said: Vec<String> = said
                .iter()
                .map(|(relation, told)| format!("{} by {}", relation.word(), told.word()))
                .collect();
            let (child, parent) = (child.screen(), parent.screen());
            format!(
                "sources disagree on how {child} comes from {parent}, or on its digest: {}",
                said.join(", ")
            )
        }
        GraphFinding::Rivals { child, shown, others } => {
            format!("{}: {}", child.screen(), rivals(shown, others))
        }
        GraphFinding::Denied { child, parents } => format!("{}: {}", child.screen(), denied(parents)),
        GraphFinding::Doubtful { child, parent, relation, what, values } => format!(
            "{} is said to come from {} ({}); contradicted by: {}; ask the producer",
            child.screen(),
            parent.screen(),
            relation.word(),
            against(what, values),
        ),
    };
    format!("{}  {text}", finding.code())
}

/// How far hashing is: `▮▮▮▯▯▯▯▯  43 %  1.2 GB of 2.8 GB, 2.1 GB/s, 1 s left`.
pub fn progress(now: &Snapshot, elapsed: Duration) -> String {
    let percent = now.percent();
    let (done, all) = (size(now.bytes), size(now.bytes_total));
    let pace = now.pace(elapsed);
    let rate = pace.map(|pace| format!(", {}/s", size(pace.bytes_per_second))).unwrap_or_default();
    let left =
        pace.and_then(|pace| pace.left).map(|left| format!(", {} left", span(left))).unwrap_or_default();
    format!("{} {percent:>3} %  {done} of {all}{rate}{left}", bar(percent, 8))
}

/// How far something is of which single ones are counted: `▮▮▯▯  41 %  410 of 1000 models`.
pub fn counted(now: &Snapshot, one: &str) -> String {
    let percent = now.percent();
    format!(
        "{} {percent:>3} %  {} of {}",
        bar(percent, 8),
        now.files,
        count(usize::try_from(now.files_total).unwrap_or(usize::MAX), one)
    )
}
