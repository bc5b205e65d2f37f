//! The inventory as it is seen: what all parts say of a model, brought together. It must not know a database.

use crate::error::Result;
use crate::inventory::{Aliases, Finding, Merged, Model, Scan, Survey};
use rayon::prelude::*;

use super::traits::{Inventory, Records};

/// All models, sorted by id, and the findings of the last scan; models and parents under the names that are meant.
///
/// # Errors
/// `E-STORE`.
pub fn load(inventory: &dyn Inventory, aliases: &Aliases) -> Result<(Vec<Model>, Vec<Finding>)> {
    let Records { mut models, mut findings } = inventory.records()?;
    models.par_iter_mut().for_each(|(_, model)| aliases.apply(model));
    aliases.set_aside(&mut models, &mut findings);
    // No two are equal, since a part names a model once; a stable sort would need the same memory again.
    models.par_sort_unstable_by(|a, b| (&a.1.id, a.0).cmp(&(&b.1.id, b.0)));
    let models: Vec<Model> = models.into_iter().map(|(_, model)| model).collect();
    let Scan { models, findings } = Merged::in_order(models, findings);
    Ok((models, findings))
}

/// The first models by id, as many as `count` records speak of, when there are `large` or more. What aliases would
/// join is apart here.
///
/// # Errors
/// `E-STORE`.
pub fn load_first(inventory: &dyn Inventory, count: u32, large: u32) -> Result<Option<Vec<Model>>> {
    let Some(models) = inventory.first_records(count, large)? else { return Ok(None) };
    let mut models = Merged::in_order(models, Vec::new()).models;
    // There may be more records of the last one.
    models.pop();
    Ok(Some(models))
}

/// Replaces the inventory by what one scan found, whatever it was read from.
///
/// # Errors
/// As [`Inventory::apply`].
pub fn replace(inventory: &mut dyn Inventory, scan: &Scan) -> Result<()> {
    inventory.apply(&Survey::whole(scan.clone())).map(drop)
}
