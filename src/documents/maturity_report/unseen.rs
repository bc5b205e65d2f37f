//! What a report on a model does not rest on: everything that nobody looked at.

use crate::dossier::Dossier;
use crate::maturity::{ParentSight, Since};
use crate::signing::Outcome;
use crate::text::{Untrusted, count};
use crate::words::{controls, walk};
use schemars::JsonSchema;
use serde::Serialize;

/// Something that nobody looked at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NotLookedAt {
    /// What: a control, an ancestor, `files`, `deployments`, `feeds`.
    pub about: Untrusted,
    /// Why, or what is not known about it.
    pub why: Untrusted,
}

fn row(about: impl AsRef<str>, why: impl AsRef<str>) -> NotLookedAt {
    NotLookedAt { about: Untrusted::new(about), why: Untrusted::new(why) }
}

/// All of it, from the files to what is beyond the model.
pub(in crate::documents) fn unseen(dossier: &Dossier<'_>) -> Vec<NotLookedAt> {
    let mut out = files(dossier);
    let verification = dossier.view.verification(dossier.index);
    let results = dossier.verdict.assessment.controls.iter();
    out.extend(results.filter(|result| result.outcome == Outcome::Unknown).map(|result| {
        let found = controls::found(&result.fact, verification);
        row(&*result.id, found.raw())
    }));
    let is_ancestor = |model: &&crate::decision::WalkEnd| model.hops > 0 && walk::is_open(model.stop);
    let ends = dossier.ends.iter().filter(is_ancestor);
    let beyond = |end: &crate::decision::WalkEnd| {
        row(end.model.called(), format!("nothing above it was examined: {}", walk::stop(end.stop)))
    };
    out.extend(ends.map(beyond));
    let edges = dossier.kinship.edges.iter();
    let not_verified = edges.filter(|edge| edge.sight == ParentSight::NotVerified);
    out.extend(not_verified.map(|edge| row(edge.parent.called(), "this parent is not verified yet")));
    if dossier.ancestry.left_out > 0 {
        let many = count(dossier.ancestry.left_out, "ancestor");
        out.push(row("lineage", format!("the edges of {many} are not listed, for lack of room")));
    }
    if dossier.view.runs_at(dossier.index).is_empty() {
        out.push(row(
            "deployments",
            "no deployment is recorded, so it is not known whether it runs anywhere",
        ));
    }
    if dossier.inputs.feeds.is_empty() {
        out.push(row("feeds", "no feed of warnings is loaded"));
    }
    out
}

fn files(dossier: &Dossier<'_>) -> Vec<NotLookedAt> {
    let (view, index) = (dossier.view, dossier.index);
    let Some(verification) = view.standing(index).map(|verified| &verified.verification) else {
        let why = match (view.since(index), dossier.model.location.is_some()) {
            (_, false) => "only documents mention it; there are no files here",
            (Since::Changed, _) => "they changed after they were verified",
            (Since::Lost, _) => "they were verified, but the evidence is no longer in the store",
            (Since::Same, _) => "not verified yet",
        };
        return vec![row("files", why)];
    };
    let (mut out, files) = (Vec::new(), &verification.files);
    if let Some(part) = &files.part {
        let only: Vec<&str> = part.only.iter().map(Untrusted::raw).collect();
        out.push(row("files", format!("only a part was verified: {}", only.join(", "))));
    }
    if let Some(recalled) = &files.recalled {
        let parts = count(usize::try_from(recalled.parts).unwrap_or(usize::MAX), "digest");
        out.push(row("files", format!("{parts} taken from earlier runs, the oldest of {}", recalled.oldest)));
    }
    if files.by_registry > 0 {
        out.push(row("files", "compared by the registry's digests; no file was read"));
    }
    if !files.ignored.is_empty() {
        let many = count(files.ignored.len(), "file");
        out.push(row("files", format!("the bundle leaves out {many}")));
    }
    if !files.aside.is_empty() {
        out.push(row("files", files.aside.line()));
    }
    out
}
