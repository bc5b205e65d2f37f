//! Opening a workspace, and everything that can then be asked of it.

use super::anchors;
use super::jobs::{Event, Job, JobId, JobKind, Jobs};
use super::recorded;
use super::view::{Inventory, Review, ReviewWord, View};
use crate::clock::this_second;
use crate::decision::{Judgement, Verdict};
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, ModelId, Source, Workspace, survey};
use crate::maturity::Rubric;
use crate::policy::{self, Policy, PolicyError};
use crate::signing::{Progress, Verification, default_signature};
use crate::store::{self, Imported, LedgerEntry, Place, RecordKind, Shared, Store, ledger};
use crate::text::{Untrusted, count};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard, PoisonError, RwLock};

/// From so many models on, opening lists them before they are judged.
const LARGE: u32 = 5000;
/// So many records are shown before the others are read.
const FIRST: u32 = 512;
/// A policy larger than this is refused.
const LIMIT_POLICY_BYTES: u64 = 1024 * 1024;

/// How to open.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// The workspace's folder; none finds it.
    pub dir: Option<PathBuf>,
    /// Judge as of this time instead of now.
    pub at: Option<jiff::Timestamp>,
    /// Write nothing: the store is copied into memory, and what is recorded is gone with the program.
    pub read_only: bool,
    /// A policy file instead of the workspace's.
    pub policy: Option<PathBuf>,
    /// A stage instead of the workspace's.
    pub stage: Option<String>,
}

pub(super) struct Inner {
    options: OpenOptions,
    rubric: Arc<Rubric>,
    workspace: RwLock<Workspace>,
    pub(super) store: Shared,
    view: RwLock<Arc<View>>,
    pub(super) jobs: Jobs,
    /// Sources changed since they were read, as far as anybody watches.
    #[cfg(feature = "tui")]
    pub(super) is_stale: std::sync::atomic::AtomicBool,
}

/// An open workspace; cheap to clone.
#[derive(Clone)]
pub struct Workbench {
    pub(super) inner: Arc<Inner>,
}

/// What looking at the sources came to.
struct Surveyed {
    parts: usize,
    read: usize,
    /// None when nothing changed.
    inventory: Option<Inventory>,
}

/// The policy in force and its text, and the faults of the file when it is not the one in force.
#[derive(Clone)]
pub(super) struct PolicyInForce {
    policy: Policy,
    text: String,
    faults: Vec<PolicyError>,
}

impl Workbench {
    /// Opens a workspace; an inventory that was never scanned is scanned now.
    ///
    /// # Errors
    /// As [`crate::inventory::Workspace::find`] and [`crate::store::open`]; `E-READ` when the
    /// policy file is not there.
    pub fn open(options: &OpenOptions) -> Result<Self> {
        Workbench::open_listing(options, |_| {})
    }

    /// The same for who wants to see something soon: of a large inventory `list` gets a view of its first models
    /// before the others are read, and one of all before their lineage is drawn and they are judged.
    ///
    /// # Errors
    /// As [`Workbench::open`].
    pub fn open_listing(options: &OpenOptions, list: impl Fn(Arc<View>)) -> Result<Self> {
        let workspace = Workspace::find(options.dir.as_deref())?;
        let place =
            if options.read_only { Place::Copy(&workspace.store) } else { Place::File(&workspace.store) };
        let store = store::open(place)?;
        let rubric = Arc::new(Rubric::bundled()?);
        let in_force = read_policy(&workspace, options, None)?;
        let stage = stage_of(&workspace, options, &in_force.policy)?;
        let first = store::load_first(&*store, FIRST, LARGE)?;
        let at = options.at.unwrap_or_else(this_second);
        let nothing = View::empty(workspace.clone(), rubric.clone(), in_force.policy, stage, at);
        let workbench = Workbench {
            inner: Arc::new(Inner {
                options: options.clone(),
                rubric,
                workspace: RwLock::new(workspace),
                store: Shared::new(store),
                view: RwLock::new(Arc::new(nothing)),
                jobs: Jobs::default(),
                #[cfg(feature = "tui")]
                is_stale: false.into(),
            }),
        };
        let faults = in_force.faults;
        let policy = workbench.view().policy.clone();
        let in_force = PolicyInForce { policy, text: in_force.text, faults };
        let stage = workbench.view().stage.clone();
        let is_large = first.is_some();
        if let Some(first) = first {
            let first = Inventory { is_whole: false, ..Inventory::listed((first, Vec::new())) };
            list(Arc::new(workbench.looked_at(first, in_force.clone(), stage.clone())?));
        }
        let aliases = workbench.workspace().aliases;
        let inventory = Inventory::listed(store::load(&**workbench.store(), &aliases)?);
        let never_scanned = inventory.models.is_empty() && inventory.findings.is_empty();
        let inventory = match never_scanned.then(|| workbench.survey(&Progress::default())).transpose()? {
            Some(Surveyed { inventory: Some(found), .. }) => found,
            _ => inventory,
        };
        let view = workbench.looked_at(inventory, in_force, stage)?;
        if is_large {
            list(Arc::new(view.clone()));
        }
        let Inventory { graph, .. } = view.inventory().with_lineage();
        workbench.publish(View { graph, ..view });
        Ok(workbench)
    }

    /// The newest view.
    pub fn view(&self) -> Arc<View> {
        self.inner.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Calls `listener` on every event, from the threads of the jobs.
    pub fn subscribe(&self, listener: impl Fn(Event) + Send + Sync + 'static) {
        self.inner.jobs.subscribe(Arc::new(listener));
    }

    /// All jobs, newest first.
    pub fn jobs(&self) -> Vec<Job> {
        self.inner.jobs.all()
    }

    /// Starts a job.
    pub fn start(&self, kind: JobKind) -> JobId {
        super::jobs::start(self, kind)
    }

    /// Asks a job to stop.
    pub fn cancel(&self, id: JobId) {
        self.inner.jobs.cancel(id);
    }

    /// Waits until a job has ended; for the command line and tests.
    pub fn wait(&self, id: JobId) -> Option<Job> {
        self.inner.jobs.wait(id)
    }

    /// Judges for another stage.
    ///
    /// # Errors
    /// `E-NOT-FOUND` with the stages that there are.
    pub fn set_stage(&self, stage: &str) -> Result<()> {
        let view = self.view();
        known_stage(&view.policy, stage)?;
        self.renew(view.inventory(), in_force(&view), stage.to_owned())
    }

    /// Reads the policy file again. Faults go into the view; the policy in force then stays.
    ///
    /// # Errors
    /// `E-READ`.
    pub fn reload_policy(&self) -> Result<()> {
        let view = self.view();
        let read = read_policy(&self.workspace(), &self.inner.options, Some(view.policy.clone()))?;
        let stage = match known_stage(&read.policy, &view.stage) {
            Ok(()) => view.stage.clone(),
            Err(_) => read.policy.stages.first().map_or_else(String::new, |stage| stage.name.clone()),
        };
        self.renew(view.inventory(), read, stage)
    }

    /// The file that [`Workbench::reload_policy`] reads; none when the built-in baseline is in force.
    pub fn policy_file(&self) -> Option<PathBuf> {
        policy_file(&self.workspace(), &self.inner.options)
    }

    /// Adds a source to the workspace; a scan then reads it.
    ///
    /// # Errors
    /// `E-WRITE`, `E-CONFIG`.
    pub fn add_source(&self, source: Source) -> Result<()> {
        self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner).add_source(source)
    }

    /// When the documents and folders that speak of a model were read last.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn read_times(&self, model: &Model) -> Result<Vec<(Untrusted, String)>> {
        self.store().read_times(&model.sources)
    }

    /// Records a review.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`, `E-NOT-FOUND`.
    pub fn review(&self, model: &ModelId, word: ReviewWord, reason: &str) -> Result<()> {
        let view = self.view();
        if view.model(model).is_none() {
            return Err(not_found(model));
        }
        let by = std::env::var("USER")
            .or_else(|_| std::env::var("USERNAME"))
            .unwrap_or_else(|_| "unknown".to_owned());
        let review = Review { word, reason: reason.into(), by: by.into(), at: self.now() };
        self.record(RecordKind::Review, model, &review)?;
        self.renew(view.inventory(), in_force(&view), view.stage.clone())
    }

    /// Verifies a model, decides at a stage and records the decision, and whether its warnings were
    /// acknowledged beforehand (rulings 8).
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-CONFIG` when the policy is not valid, `E-STORE`, `E-WRITE`, and what stops a
    /// verification.
    pub fn gate(&self, model: &ModelId, stage: &str, warnings_acknowledged: bool) -> Result<Verdict> {
        self.valid_policy()?;
        self.set_stage(stage)?;
        self.verify_models(std::slice::from_ref(model), false, &Progress::default(), &|_| {})?;
        let view = self.view();
        let (index, _) = view.model(model).ok_or_else(|| not_found(model))?;
        let verdict = view.verdict(index).ok_or_else(|| not_found(model))?;
        let mut body = crate::report::json::verdict(&view, &verdict);
        if let Some(body) = body.as_object_mut() {
            body.insert("warnings_acknowledged".to_owned(), warnings_acknowledged.into());
        }
        self.record(RecordKind::Decision, model, &body)?;
        Ok(verdict)
    }

    /// Verifies a folder or file that is not in the inventory, by the policy; nothing is recorded.
    ///
    /// # Errors
    /// `E-CONFIG`, and what stops a verification.
    pub fn verify_path(
        &self,
        path: &Path,
        signature: Option<&Path>,
        progress: &Progress,
    ) -> Result<Verification> {
        self.valid_policy()?;
        let view = self.view();
        let path = std::path::absolute(path).map_err(|error| Error::read(path, &error))?;
        let model = crate::inventory::read_model(&path)?;
        let bundle = signature.map(Path::to_owned).or_else(|| model.signature.clone());
        let bundle = bundle.unwrap_or_else(|| default_signature(&path));
        self.check(&view, &model, (&path, &bundle), None, progress)
    }

    /// The number of entries of the ledger whose chain was recomputed.
    ///
    /// # Errors
    /// `E-STORE` naming the first entry that does not fit.
    pub fn verify_ledger(&self) -> Result<u64> {
        ledger::verify(&**self.store())
    }

    /// Hands the entries of the ledger to `take`, of one model or all, oldest first, until it breaks off.
    ///
    /// # Errors
    /// `E-STORE`, when `take` may have been called before, and what `take` gives.
    pub fn show_ledger(
        &self,
        model: Option<&ModelId>,
        mut take: impl FnMut(LedgerEntry) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        for entry in ledger::show(&**self.store(), model) {
            if take(entry?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Hands the ledger to `take` as lines of JSON, oldest first, until it breaks off.
    ///
    /// # Errors
    /// `E-STORE`, when `take` may have been called before, and what `take` gives.
    pub fn export_ledger(&self, mut take: impl FnMut(String) -> Result<ControlFlow<()>>) -> Result<()> {
        for line in ledger::export(&**self.store()) {
            if take(line?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Takes over a ledger that was exported as JSON Lines; what this ledger holds must be what the file begins with.
    ///
    /// # Errors
    /// As [`ledger::import`]; `E-USAGE` when nothing may be written.
    pub fn import_ledger(&self, file: &Path) -> Result<Imported> {
        if self.is_read_only() {
            return Err(Error::new(
                Code::Usage,
                "a ledger cannot be imported into a workspace that is opened read-only",
            )
            .help("leave out --read-only; nothing was changed"));
        }
        let imported = ledger::import(&mut **self.store(), file)?;
        let view = self.view();
        self.renew(view.inventory(), in_force(&view), view.stage.clone())?;
        Ok(imported)
    }

    /// An error when the policy file has faults: nothing is decided by a policy that was not asked for.
    ///
    /// # Errors
    /// `E-CONFIG` with the first fault.
    pub fn valid_policy(&self) -> Result<()> {
        let view = self.view();
        let Some(fault) = view.policy_errors.first() else { return Ok(()) };
        let line = fault.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let file = self.policy_file().unwrap_or_default();
        Err(Error::new(Code::Config, format!("the policy is not valid: {line}{}", fault.message))
            .at_path(&file)
            .help(fault.help.clone().unwrap_or_else(|| "run `touchmark policy check`".to_owned())))
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.inner.options.read_only
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.inner.options.at.unwrap_or_else(this_second)
    }

    pub(super) fn workspace(&self) -> Workspace {
        self.inner.workspace.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Box<dyn Store>> {
        self.inner.store.lock()
    }

    pub(super) fn record<T: serde::Serialize>(
        &self,
        kind: RecordKind,
        model: &ModelId,
        body: &T,
    ) -> Result<()> {
        let body = serde_json::to_string(body).map_err(|error| {
            Error::new(Code::Internal, format!("a record cannot be written as JSON ({error})"))
        })?;
        self.store().append(self.now(), kind, model, &body)?;
        Ok(())
    }

    /// Looks at all sources and brings the store to what they say now.
    fn survey(&self, progress: &Progress) -> Result<Surveyed> {
        let known = self.store().stamps()?;
        let survey = survey(&self.workspace(), &known, progress)?;
        let (parts, read) = (survey.parts.len(), survey.read());
        let mut store = self.store();
        let is_new = store.apply(&survey)?;
        drop(survey);
        let inventory = is_new
            .then(|| store::load(&**store, &self.workspace().aliases).map(Inventory::listed))
            .transpose()?;
        Ok(Surveyed { parts, read, inventory })
    }

    /// Reads what changed in the sources.
    pub(super) fn rescan(&self, progress: &Progress) -> Result<String> {
        // Before anything is read: what changes from now on may be missed.
        #[cfg(feature = "tui")]
        self.is_fresh();
        let surveyed = self.survey(progress)?;
        if let Some(inventory) = surveyed.inventory {
            let view = self.view();
            self.renew(inventory.with_lineage(), in_force(&view), view.stage.clone())?;
        }
        let view = self.view();
        Ok(format!(
            "{}, {}; {} of {} read, the rest is as it was",
            count(view.models.len(), "model"),
            count(view.findings.len(), "finding"),
            surveyed.read,
            count(surveyed.parts, "document or folder"),
        ))
    }

    /// The anchors of the policy that can be read.
    pub fn anchors(&self) -> Vec<crate::signing::Anchor> {
        anchors::load(&self.view().policy, self.now()).0
    }

    /// Builds the next view out of what changed and tells everybody.
    pub(super) fn renew(&self, inventory: Inventory, in_force: PolicyInForce, stage: String) -> Result<()> {
        self.publish(self.looked_at(inventory, in_force, stage)?);
        Ok(())
    }

    fn publish(&self, mut view: View) {
        view.judge();
        let view = Arc::new(view);
        *self.inner.view.write().unwrap_or_else(PoisonError::into_inner) = view.clone();
        self.inner.jobs.tell(&Event::View(view));
    }

    /// A view with what was verified and reviewed so far, not yet judged.
    fn looked_at(
        &self,
        Inventory { models, findings, graph, is_whole }: Inventory,
        in_force: PolicyInForce,
        stage: String,
    ) -> Result<View> {
        let at = self.now();
        let mut view = View {
            generation: self.view().generation + 1,
            workspace: self.workspace(),
            anchors: anchors::load(&in_force.policy, at).1,
            policy: in_force.policy,
            policy_text: in_force.text,
            policy_errors: in_force.faults,
            stage,
            rubric: self.inner.rubric.clone(),
            verified: Arc::default(),
            reviews: Arc::default(),
            judgement: Judgement::default(),
            is_whole,
            models,
            findings,
            graph,
            at,
        };
        recorded::fill(&**self.store(), &mut view)?;
        Ok(view)
    }
}

pub(super) fn in_force(view: &View) -> PolicyInForce {
    PolicyInForce {
        policy: view.policy.clone(),
        text: view.policy_text.clone(),
        faults: view.policy_errors.clone(),
    }
}

pub(super) fn not_found(model: &ModelId) -> Error {
    Error::new(Code::NotFound, "there is no such model in the inventory")
        .at(model.raw())
        .help("`touchmark list` shows what there is; `touchmark scan` reads the sources again")
}

fn known_stage(policy: &Policy, stage: &str) -> Result<()> {
    if policy.stage(stage).is_some() {
        return Ok(());
    }
    let names: Vec<String> = policy.stages.iter().map(|s| crate::text::screen(&s.name)).collect();
    Err(Error::new(Code::NotFound, "the policy has no such stage")
        .at(stage)
        .help(format!("stages are: {}", names.join(", "))))
}

fn stage_of(workspace: &Workspace, options: &OpenOptions, policy: &Policy) -> Result<String> {
    if let Some(stage) = &options.stage {
        known_stage(policy, stage)?;
        return Ok(stage.clone());
    }
    match known_stage(policy, &workspace.stage) {
        Ok(()) => Ok(workspace.stage.clone()),
        // The strictest stage that there is: the last, by the order in which models are promoted.
        Err(_) => Ok(policy.stages.last().map_or_else(String::new, |stage| stage.name.clone())),
    }
}

fn policy_file(workspace: &Workspace, options: &OpenOptions) -> Option<PathBuf> {
    options.policy.clone().or_else(|| workspace.policy.as_ref().map(|p| workspace.root.join(p)))
}

/// Reads the policy. With faults in the file, `before` (or else the built-in baseline, which knows no
/// publisher and so admits nothing to production) stays in force and the faults are told.
fn read_policy(
    workspace: &Workspace,
    options: &OpenOptions,
    before: Option<Policy>,
) -> Result<PolicyInForce> {
    let now = options.at.unwrap_or_else(this_second);
    let built_in = || {
        let (_, text) = policy::BUILT_IN.first().copied().unwrap_or(("baseline", ""));
        policy::parse(text, "built-in", None, now).map_err(|faults| {
            let why = faults.first().map(|fault| fault.message.clone()).unwrap_or_default();
            Error::new(Code::Internal, format!("the built-in policy is not valid ({why})"))
        })
    };
    let Some(path) = policy_file(workspace, options) else {
        let text = policy::BUILT_IN.first().map(|(_, text)| (*text).to_owned()).unwrap_or_default();
        return Ok(PolicyInForce { policy: built_in()?, text, faults: Vec::new() });
    };
    let bytes = crate::disk::read_small(&path, LIMIT_POLICY_BYTES)?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(Error::new(Code::Config, "the policy is not UTF-8 text")
            .at_path(&path)
            .help("save it as UTF-8"));
    };
    let base = path.parent().map(Path::to_owned);
    let origin = path.strip_prefix(&workspace.root).unwrap_or(&path);
    match policy::parse(&text, &origin.to_string_lossy(), base, now) {
        Ok(policy) => Ok(PolicyInForce { policy, text, faults: Vec::new() }),
        Err(faults) => {
            let policy = match before {
                Some(policy) => policy,
                None => built_in()?,
            };
            Ok(PolicyInForce { policy, text, faults })
        }
    }
}

impl View {
    /// A view of nothing, before the first scan.
    fn empty(
        workspace: Workspace,
        rubric: Arc<Rubric>,
        policy: Policy,
        stage: String,
        at: jiff::Timestamp,
    ) -> Self {
        View {
            generation: 0,
            workspace,
            policy,
            policy_text: String::new(),
            policy_errors: Vec::new(),
            anchors: Vec::new(),
            stage,
            rubric,
            models: Arc::default(),
            findings: Arc::default(),
            graph: Arc::default(),
            verified: Arc::default(),
            judgement: Judgement::default(),
            is_whole: true,
            reviews: Arc::default(),
            at,
        }
    }
}
