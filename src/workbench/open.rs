//! Opening a workspace.

use super::access::{Access, workspace_of};
use super::door::{Inner, Workbench};
use super::events::{Event, Listeners};
use super::in_force::{PolicyInForce, read_policy, stage_of};
use super::inventory::Inventory;
use super::jobs::Jobs;
use super::options::OpenOptions;
use super::own_writes::OwnWrites;
use super::publish::Next;
use super::sources::plausible;
use crate::clock::this_second;
use crate::decision::{Anchors, Judgement};
use crate::error::Result;
use crate::inventory::Workspace;
use crate::maturity::Rubric;
use crate::signing::Progress;
use crate::store::{self, LedgerEnd, Shared};
use crate::view::View;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// From so many models on, opening lists them before they are judged.
const LARGE: u32 = 5000;
/// So many records are shown before the others are read.
const FIRST: u32 = 512;

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
        let workbench = Workbench::open_unread(options)?;
        let first = store::load_first(&**workbench.store(), FIRST, LARGE)?;
        let is_large = first.is_some();
        if let Some(mut first) = first {
            plausible(&workbench.workspace(), &mut first);
            let first = Inventory { is_whole: false, ..Inventory::listed((first, Vec::new())) };
            list(workbench.show(first)?);
        }
        let inventory = workbench.kept()?;
        let never_scanned = inventory.models.is_empty() && inventory.findings.is_empty();
        // Who watches a folder that is no workspace sees its scan as a job: `Workbench::begin`.
        let scans_later = never_scanned && options.interactive && workbench.access().begins_empty();
        let scans_now = never_scanned && !scans_later;
        let surveyed = scans_now.then(|| workbench.survey(&Progress::default())).transpose()?;
        let found = surveyed.and_then(|surveyed| surveyed.inventory);
        let view = workbench.show(found.unwrap_or(inventory))?;
        if is_large {
            list(view.clone());
        }
        let mut view = View { generation: view.generation + 1, ..View::clone(&view) };
        view.draw_lineage();
        view.judge();
        workbench.publish(view, workbench.turn());
        Ok(workbench)
    }

    /// The same for who scans at once: until then it shows nothing, and what the last scan found takes no memory.
    ///
    /// # Errors
    /// As [`Workbench::open`].
    pub fn open_unread(options: &OpenOptions) -> Result<Self> {
        let workspace = workspace_of(options)?;
        let access = Access::of(&workspace, options);
        let store = store::open(access.place(&workspace)?)?;
        let rubric = Arc::new(Rubric::bundled()?);
        let in_force = read_policy(&workspace, options, None)?;
        let stage = stage_of(&workspace, options, &in_force.policy)?;
        let nothing = nothing(&workspace, &rubric, in_force, stage, options.at.unwrap_or_else(this_second));
        let listeners = Arc::new(Listeners::default());
        let told = listeners.clone();
        Ok(Workbench {
            inner: Arc::new(Inner {
                options: options.clone(),
                access,
                own_writes: OwnWrites::default(),
                rubric,
                workspace: RwLock::new(workspace),
                editing: Mutex::default(),
                store: Shared::new(store),
                cache_key: OnceLock::new(),
                view: RwLock::new(Arc::new(nothing)),
                publishing: Mutex::default(),
                listeners,
                jobs: Jobs::new(move || told.tell(&Event::Jobs)),
                #[cfg(feature = "tui")]
                is_stale: false.into(),
            }),
        })
    }

    /// Lists models, not yet judged: nobody else has this workbench yet, and nobody is told.
    fn show(&self, inventory: Inventory) -> Result<Arc<View>> {
        let before = self.view();
        let view = Arc::new(self.made_from(&before, Next { inventory, ..Next::as_in(&before) })?.0);
        *self.inner.view.write().unwrap_or_else(PoisonError::into_inner) = view.clone();
        Ok(view)
    }
}

/// A view of nothing, before the first scan.
fn nothing(
    workspace: &Workspace,
    rubric: &Arc<Rubric>,
    in_force: PolicyInForce,
    stage: String,
    at: jiff::Timestamp,
) -> View {
    View {
        generation: 0,
        workspace: workspace.clone(),
        policy: in_force.policy,
        policy_text: in_force.text,
        policy_errors: in_force.faults,
        trust: Anchors::default(),
        anchors: Vec::new(),
        stage,
        rubric: rubric.clone(),
        models: Arc::default(),
        findings: Arc::default(),
        graph: Arc::default(),
        proven: Arc::default(),
        digests: Arc::default(),
        usage: Arc::default(),
        gates: Arc::default(),
        surfaces: Arc::default(),
        feeds: Arc::default(),
        drills: Arc::default(),
        seal: in_force.seal,
        names: Arc::default(),
        verified: Arc::default(),
        states: Arc::default(),
        lost: Arc::default(),
        judgement: Judgement::default(),
        is_whole: true,
        reviews: Arc::default(),
        anchoring: None,
        ledger: LedgerEnd::default(),
        at,
    }
}
