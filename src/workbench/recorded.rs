//! What the ledger holds of the models of a view: the newest verification and review of each. It judges nothing but
//! what a policy says of a verification that was made without it.

use crate::decision::apply_policy;
use crate::error::Result;
use crate::inventory::{Model, ModelId};
use crate::signing::{Outcome, RootDigest, Stage};
use crate::store::{Ledger, LedgerEntry, RecordKind};
use crate::text::Untrusted;
use crate::view::{Review, Verified, View};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;

/// Puts it into a view.
///
/// # Errors
/// `E-STORE`.
pub fn fill(ledger: &dyn Ledger, view: &mut View) -> Result<()> {
    let mut verified = newest::<Verified>(ledger, &RecordKind::Verification, view)?;
    verified.par_iter_mut().zip(view.models.par_iter()).for_each(|(slot, model)| {
        if let Some(verified) = slot {
            apply_policy(&mut verified.verification, model, &view.policy, view.at);
        }
    });
    name_owners(&view.models, &mut verified);
    view.verified = Arc::new(verified);
    view.reviews = Arc::new(newest::<Review>(ledger, &RecordKind::Review, view)?);
    Ok(())
}

/// By the index of the model. A record of an older program that no longer reads counts as not looked at.
fn newest<T: DeserializeOwned + Send>(
    ledger: &dyn Ledger,
    kind: &RecordKind,
    view: &View,
) -> Result<Vec<Option<Box<T>>>> {
    let mut slots: Vec<Option<Box<T>>> = Vec::new();
    slots.resize_with(view.models.len(), || None);
    let mut take = |entries: Vec<LedgerEntry>| {
        let read = |entry: LedgerEntry| {
            let (index, _) = view.model(&entry.model)?;
            Some((index, serde_json::from_str(&entry.body).ok()?))
        };
        let some: Vec<(usize, Box<T>)> = entries.into_par_iter().filter_map(read).collect();
        for (index, record) in some {
            if let Some(slot) = slots.get_mut(index) {
                *slot = Some(record);
            }
        }
    };
    match view.is_whole {
        true => ledger.latest(kind, &mut take)?,
        // The others' records would be read only to be left aside.
        false => {
            let ids: Vec<&ModelId> = view.models.iter().map(|model| &model.id).collect();
            take(ledger.latest_of(kind, &ids)?);
        }
    }
    Ok(slots)
}

/// A signature that fails on one model may be that of another one of the inventory: its root digest tells.
fn name_owners(models: &[Model], verified: &mut [Option<Box<Verified>>]) {
    let mut owners: HashMap<RootDigest, Untrusted> = HashMap::new();
    for (model, slot) in models.iter().zip(verified.iter()) {
        let Some(verification) = slot.as_ref().map(|verified| &verified.verification) else { continue };
        let holds = matches!(verification.outcome_of(Stage::Files), Outcome::Pass | Outcome::Partial);
        if let Some(root) = verification.root_digest.filter(|_| holds) {
            owners.entry(root).or_insert_with(|| Untrusted::new(model.id.raw()));
        }
    }
    for verified in verified.iter_mut().flatten() {
        if let Some(owner) = verified.verification.root_digest.and_then(|root| owners.get(&root)) {
            verified.verification.belongs_to(owner);
        }
    }
}
