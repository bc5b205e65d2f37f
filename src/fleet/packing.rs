//! Models into shards, in the order in which they come: by bytes and number, or into a number of shards that was asked
//! for. A shard's items are written to a file of this machine until the plan is whole; it knows no plan.

use super::documents::{FleetItem, ShardPlan};
use crate::error::{Code, Error, Result};
use crate::json::canonical;
use crate::store::EvidenceDigest;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The largest file of items.
pub(super) const MAX_ITEMS_BYTES: u64 = 64 * 1024 * 1024;
/// Models of one shard: their results are one object.
pub(super) const MAX_MODELS: u64 = 20_000;
/// A shard ends here, where its number is free.
const FULL_ITEMS_BYTES: u64 = 48 * 1024 * 1024;
/// So many shards at most: their indices have five digits.
pub(super) const MAX_SHARDS: u32 = 100_000;

/// When a shard is full.
#[derive(Debug, Clone, Copy)]
pub(super) enum Full {
    /// By bytes and by models.
    At { bytes: u64, models: u64 },
    /// So many shards, of this many bytes together.
    Shards { many: u32, bytes: u64 },
}

/// Packs.
pub(super) struct Packing<'d> {
    dir: &'d Path,
    full: Full,
    shards: Vec<ShardPlan>,
    now: Option<(BufWriter<File>, u64, u64, u64)>,
    before: u64,
}

impl<'d> Packing<'d> {
    pub(super) fn new(dir: &'d Path, full: Full) -> Self {
        Packing { dir, full, shards: Vec::new(), now: None, before: 0 }
    }

    /// Puts in a model.
    pub(super) fn add(&mut self, item: &FleetItem) -> Result<()> {
        let bytes = item.objects.iter().fold(0_u64, |sum, object| sum.saturating_add(object.size));
        let mut line = canonical(item).map_err(|cause| unwritten(&cause))?;
        line.push(b'\n');
        let is_next = match (self.full, &self.now) {
            (Full::At { bytes: most, models: many }, Some((_, models, sum, length))) => {
                *models >= many.min(MAX_MODELS)
                    || sum.saturating_add(bytes) > most
                    || length + line.len() as u64 > FULL_ITEMS_BYTES
            }
            (Full::Shards { many, bytes: all }, Some(_)) => {
                let wanted = u128::from(self.before) * u128::from(many) / u128::from(all.max(1));
                let wanted = wanted.min(u128::from(many.saturating_sub(1)));
                (self.shards.len() as u128) < wanted
            }
            (_, None) => false,
        };
        if is_next {
            self.end_shard()?;
        }
        if self.now.is_none() {
            let path = items_file(self.dir, self.shards.len());
            let file = File::create_new(&path).map_err(|cause| Error::write(&path, &cause))?;
            self.now = Some((BufWriter::new(file), 0, 0, 0));
        }
        if let Some((file, models, sum, length)) = &mut self.now {
            file.write_all(&line).map_err(|cause| Error::write(self.dir, &cause))?;
            (*models, *sum, *length) = (*models + 1, sum.saturating_add(bytes), *length + line.len() as u64);
            if *length > MAX_ITEMS_BYTES || *models > MAX_MODELS {
                return Err(
                    Error::new(Code::TooLarge, "a shard would hold too much").help("ask for more --shards")
                );
            }
        }
        self.before = self.before.saturating_add(bytes);
        Ok(())
    }

    fn end_shard(&mut self) -> Result<()> {
        let path = items_file(self.dir, self.shards.len());
        let (models, bytes) = match self.now.take() {
            Some((mut file, models, bytes, _)) => {
                file.flush().map_err(|cause| Error::write(&path, &cause))?;
                (models, bytes)
            }
            None => {
                File::create_new(&path).map_err(|cause| Error::write(&path, &cause))?;
                (0, 0)
            }
        };
        let items = EvidenceDigest::of(&crate::disk::read_small(&path, MAX_ITEMS_BYTES)?)?;
        self.shards.push(ShardPlan { models, bytes, items });
        if self.shards.len() > MAX_SHARDS as usize {
            return Err(Error::new(Code::TooLarge, format!("more than {MAX_SHARDS} shards"))
                .help("let a shard have more: --max-bytes, --max-models"));
        }
        Ok(())
    }

    /// The shards. Where a number was asked for, so many: the last ones may be empty.
    pub(super) fn end(mut self) -> Result<Vec<ShardPlan>> {
        let least = match self.full {
            Full::Shards { many, .. } => many as usize,
            Full::At { .. } => 1,
        };
        while self.now.is_some() || self.shards.len() < least {
            self.end_shard()?;
        }
        Ok(self.shards)
    }
}

/// Where the items of a shard wait.
pub(super) fn items_file(dir: &Path, shard: usize) -> PathBuf {
    dir.join(format!("items-{shard:05}.jsonl"))
}

pub(super) fn unwritten(cause: &serde_json::Error) -> Error {
    Error::new(Code::Internal, format!("a document of the run cannot be written as JSON ({cause})"))
}
