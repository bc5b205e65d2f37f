//! Triage of a suspected substitution: reads the bytes that lie there, and what the ledger says of the model, and puts
//! the answers together. It records nothing.

use super::door::{Workbench, not_found};
use super::triage_answers::Triaging;
use super::triage_history::{History, reviewed_away};
use super::verifying::{Look, Reading};
use crate::decision::RecordRef;
use crate::error::{Code, Error, Result};
use crate::incident::{
    Age, Class, DeniedBy, Difference, Expected, ExpectedFrom, Facts, Observed, Timeline, Triage, Unseen,
    Version,
};
use crate::inventory::{Basis, Model, ModelId, listed, read_model};
use crate::lineage::stated_digest;
use crate::signing::{
    HashAlgorithm, Outcome, Progress, RootDigest, SignOptions, Stage, Verification, default_signature,
    digest, find_any_signature,
};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use crate::view::incidents::IncidentSeen;
use crate::view::{Verified, View};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is to be triaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriageOf {
    /// As it was written.
    pub asked: String,
    /// The model that lies there, or should.
    pub model: Option<ModelId>,
    /// The folder or file, where it is not the one of the inventory.
    pub path: Option<PathBuf>,
    /// What should be there.
    pub expected: Option<ExpectedAs>,
}

/// How somebody says what should be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedAs {
    /// What is expected of this model.
    Model(ModelId),
    /// These bytes.
    Root(RootDigest),
}

/// What a triage came to, and what a case opened with it says of its subject.
pub struct Triaged {
    /// The answers.
    pub triage: Triage,
    /// For a case.
    pub seen: Option<IncidentSeen>,
}

impl Workbench {
    /// Triages a model or a path.
    ///
    /// # Errors
    /// `E-CONFIG` when the policy is not valid; `E-NOT-FOUND`, `E-STORE`, `E-CANCELLED`. Bytes that cannot be read are an
    /// answer, and no error.
    pub fn triage(&self, of: &TriageOf, progress: &Progress) -> Result<Triaged> {
        self.valid_policy()?;
        let view = self.view();
        let index = of.model.as_ref().map(|id| view.model(id).ok_or_else(|| not_found(id))).transpose()?;
        let index = index.map(|(index, _)| index);
        let known = index.and_then(|index| view.models.get(index));
        let folder = folder(&view, known, of.path.as_deref());
        let read =
            folder.and_then(|folder| Ok((self.looked_at(&view, known, of, &folder, progress)?, folder)));
        let read = match read {
            Err(error) if error.code == Code::Cancelled => return Err(error),
            read => read,
        };
        let at_home = known.and_then(|model| model.location.as_ref());
        let place = of.path.as_ref().or(at_home).map(|place| Untrusted::new(place.to_string_lossy()));
        let mut observed = match &read {
            Ok((look, folder)) => seen_of(look, folder, progress)?,
            Err(error) => Observed { fault: Some(error.to_string()), ..Observed::default() },
        };
        observed.place = place;
        let read = read.ok().map(|(look, _)| look);
        let mut ids: Vec<ModelId> = of.model.iter().cloned().collect();
        if let Some(ExpectedAs::Model(other)) = &of.expected
            && !ids.contains(other)
        {
            view.model(other).ok_or_else(|| not_found(other))?;
            ids.push(other.clone());
        }
        let history = History::read(&**self.store(), &ids)?;
        let expected = expected(&view, of, &history, read.as_ref());
        observed.files = self.difference(expected.as_ref(), read.as_ref());
        let denied = denied(&view, &observed, &history);
        let known_as = known_as(&view, of.model.as_ref(), &observed, expected.as_ref(), &history);
        let facts = Facts {
            observed: &observed,
            expected: expected.as_ref(),
            denied,
            is_named: of.model.is_some(),
            known: known_as,
        };
        let class = Class::of(facts);
        let now = class.is_bad().then_some(view.at);
        let root = expected.as_ref().map(|expected| expected.root);
        let about = |id: &ModelId| of.model.as_ref() == Some(id);
        let timeline = Timeline::of(history.events(&about), root, now);
        let timeline = Timeline { unread: history.unread, ..timeline };
        let with = match (index, read) {
            (Some(index), Some(look)) => Some(seen_by(&view, index, look)?),
            _ => None,
        };
        let triaging = Triaging {
            workbench: self,
            view: &view,
            with: with.as_ref(),
            index,
            class: &class,
            observed: &observed,
            expected: expected.as_ref(),
            history: &history,
            timeline: &timeline,
        };
        let stages = triaging.stages();
        let radius = triaging.radius();
        let siblings = triaging.siblings();
        let rollback = triaging.rollback(progress)?;
        let patch = triaging.patch();
        let seen = triaging.seen(&radius)?;
        let evidence = triaging.evidence(seen.as_ref())?;
        let triage = Triage {
            asked: Untrusted::new(&of.asked),
            model: of.model.clone(),
            at: view.at,
            class,
            expected,
            observed,
            timeline,
            stages,
            radius,
            siblings,
            rollback,
            patch,
            evidence,
            not_looked_at: Unseen::ALL,
        };
        Ok(Triaged { triage, seen })
    }

    /// Reads what lies there, by the policy; nothing is recorded.
    fn looked_at(
        &self,
        view: &View,
        known: Option<&Model>,
        of: &TriageOf,
        folder: &Path,
        progress: &Progress,
    ) -> Result<Look> {
        let mut model = match known {
            Some(model) => model.clone(),
            None => read_model(folder)?,
        };
        if of.path.is_some() {
            model.location = Some(folder.to_owned());
            model.signature = None;
        }
        let kept = model.signature.as_ref().map(|signature| view.workspace.root.join(signature));
        let attached = if listed(folder)?.is_some() { kept.clone() } else { None };
        let bundle = attached.or_else(|| find_any_signature(folder)).or(kept);
        let bundle = bundle.unwrap_or_else(|| default_signature(folder));
        // Bytes that are read now: no digest that was remembered is an answer.
        self.check(view, &model, (folder, &bundle), (Reading::Everything, None), progress)
    }

    /// How the files differ from those of the expected version.
    fn difference(&self, expected: Option<&Expected>, look: Option<&Look>) -> Difference {
        let (Some(expected), Some(look)) = (expected, look) else { return Difference::default() };
        let v = &look.verification;
        let looked = look.seen.looked.as_deref();
        if v.root_digest == Some(expected.root) {
            return super::triage_files::from_report(&v.files, looked);
        }
        let kept = expected.version.as_ref().and_then(|version| version.bundle.as_deref());
        let kept = kept.and_then(|digest| digest.parse::<EvidenceDigest>().ok());
        let kept = kept.and_then(|digest| self.store().evidence(digest).ok().flatten());
        let observed = look.seen.bundle.as_deref().filter(|_| v.root_of_files().is_some());
        match (kept, observed) {
            (Some(kept), Some(observed)) => super::triage_files::between(&kept, observed, looked),
            _ => Difference::default(),
        }
    }
}

/// Where to read: the place that was asked about, or else where the inventory has the model.
fn folder(view: &View, known: Option<&Model>, path: Option<&Path>) -> Result<PathBuf> {
    if let Some(path) = path {
        return std::path::absolute(path).map_err(|cause| Error::read(path, &cause));
    }
    let at_home = known.and_then(|model| model.location.as_ref()).ok_or_else(|| {
        Error::new(Code::NotFound, "no files of this model are known: documents alone mention it")
    })?;
    Ok(view.workspace.root.join(at_home))
}

/// What was read, as facts.
fn seen_of(look: &Look, folder: &Path, progress: &Progress) -> Result<Observed> {
    let v = &look.verification;
    let about = v.root_of_files();
    let root = match about {
        Some(root) => Some(root),
        None => digested(folder, v, progress)?,
    };
    Ok(Observed {
        place: None,
        root,
        outcome: Some(v.outcome()),
        check: v.headline().map(|check| check.code.as_str().to_owned()),
        signer: v.signer.clone(),
        is_proven: v.signer_proven(),
        is_allowed: v.outcome_of(Stage::Identity) == Outcome::Pass,
        is_about: about.is_some(),
        signed_at: v.signed_at.map(|(at, _)| at),
        files: Difference::default(),
        fault: None,
    })
}

/// The root digest of what lies there, where no signature is about it.
fn digested(folder: &Path, v: &Verification, progress: &Progress) -> Result<Option<RootDigest>> {
    let bundle = find_any_signature(folder).unwrap_or_else(|| default_signature(folder));
    let options = SignOptions {
        hash: v.hash.unwrap_or(HashAlgorithm::Sha256),
        allow_symlinks: v.allow_symlinks.unwrap_or_default(),
        ..SignOptions::to(bundle)
    };
    match digest(folder, &options, progress) {
        Ok(digested) => Ok(Some(digested.root_digest)),
        Err(error) if error.code == Code::Cancelled => Err(error),
        Err(_) => Ok(None),
    }
}

/// A view that shows the model by what was just read.
fn seen_by(view: &View, index: usize, look: Look) -> Result<View> {
    let Look { seen, verification, testimonies, state } = look;
    let digests = seen.named()?.digests;
    let record = RecordRef { number: 0, hash: EvidenceDigest([0; 32]) };
    let verified = Verified {
        verification,
        looked: seen.looked,
        testimonies: testimonies.into(),
        seen: digests,
        state,
        until: None,
        took_ms: 0,
        record,
    };
    Ok(view.with(&[(index, Some(Arc::new(verified)))]))
}

/// What should be there: whoever asks says so, or else a gate that let it in, a document, or a verification that passed.
/// A signature is about what it was made of, and says only so much: that other bytes are not these.
fn expected(view: &View, of: &TriageOf, history: &History, look: Option<&Look>) -> Option<Expected> {
    let made = |root, from, basis, record| Expected {
        root,
        from,
        basis,
        record,
        document: None,
        version: history.version(root).cloned(),
    };
    let model = match &of.expected {
        Some(ExpectedAs::Root(root)) => {
            return Some(made(*root, ExpectedFrom::Asked, Basis::Declared, None));
        }
        Some(ExpectedAs::Model(other)) => Some(other),
        None => of.model.as_ref(),
    };
    let gate = model.and_then(|id| history.let_in(id));
    if let Some((root, record)) = gate {
        return Some(made(root, ExpectedFrom::Gate, Basis::Observed, Some(record)));
    }
    let bound = model.and_then(|id| view.model(id)).and_then(|(_, model)| {
        model
            .bindings()
            .find_map(|binding| Some((stated_digest(binding.root_digest.as_ref()?)?, binding.source.clone())))
    });
    if let Some((root, document)) = bound {
        let declared = made(root, ExpectedFrom::Document, Basis::Declared, None);
        return Some(Expected { document: Some(document), ..declared });
    }
    if let Some(version) = model.and_then(|id| history.newest(id)) {
        return Some(made(version.root, ExpectedFrom::Verification, Basis::Observed, Some(version.record)));
    }
    let verification = look.map(|look| &look.verification).filter(|v| v.signer_proven())?;
    let signed = verification.foreign_root()?;
    Some(made(signed, ExpectedFrom::Signature, Basis::Attested, None))
}

/// How the bytes are denied: by the policy, which denies who signed them, or by a review of exactly these.
fn denied(view: &View, observed: &Observed, history: &History) -> Option<DeniedBy> {
    let signer = observed.signer.as_ref().filter(|_| observed.is_proven && observed.is_about);
    let by_policy = signer.and_then(|signer| view.policy.denies(signer, observed.signed_at));
    if let Some(denied) = by_policy {
        return Some(DeniedBy::Policy { pattern: Untrusted::new(denied.subject.as_written()) });
    }
    reviewed_away(history, observed.root?).map(DeniedBy::Review)
}

/// The version that passed with these bytes before: of the model as the ledger has it, or of another one as it was
/// verified last.
fn known_as(
    view: &View,
    model: Option<&ModelId>,
    observed: &Observed,
    expected: Option<&Expected>,
    history: &History,
) -> Option<(ModelId, Age, Option<RecordRef>)> {
    let root = observed.root?;
    if let Some(version) = history.version(root) {
        let age = match expected.and_then(|expected| expected.version.as_ref()) {
            _ if model.is_some_and(|model| *model != version.model) => Age::OtherModel,
            Some(expected) => age(version, expected),
            None => Age::Unknown,
        };
        return Some((version.model.clone(), age, Some(version.record)));
    }
    let id = view.digests.model_of(&root).filter(|id| Some(*id) != model)?;
    let standing = view.standing(view.model(id)?.0)?;
    let v = &standing.verification;
    let passes = v.root_of_files() == Some(root) && v.outcome() == Outcome::Pass;
    passes.then(|| (id.clone(), Age::OtherModel, Some(standing.record)))
}

/// By the trusted signing times, or else by which was verified first.
fn age(version: &Version, expected: &Version) -> Age {
    let signed = version.signed_at.zip(expected.signed_at).filter(|(one, other)| one != other);
    let is_older = signed.map_or(version.record.number < expected.record.number, |(one, other)| one < other);
    if is_older { Age::Older } else { Age::Newer }
}
