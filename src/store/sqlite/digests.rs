//! Remembered digests in SQLite: the table `digest`.

use crate::error::Result;
use crate::signing::{DigestKey, Remembered};
use crate::store::seal::{Seal, Sealed};
use crate::store::traits::Digests;
use rusqlite::{OptionalExtension, params};

use super::connection::Sqlite;

/// Integers of SQLite are signed; the bits are what counts.
fn stored(number: u64) -> i64 {
    number.cast_signed()
}

impl Sqlite {
    fn recalled(&self, keys: &[DigestKey]) -> rusqlite::Result<Vec<Option<Sealed>>> {
        let mut query = self.connection().prepare(
            "SELECT digest, at, seal FROM digest WHERE device = ?1 AND inode = ?2 AND algorithm = ?3 AND first = ?4 \
             AND past = ?5 AND size = ?6 AND modified = ?7 AND changed = ?8 AND address = ?9",
        )?;
        let mut one = |key: &DigestKey| {
            self.meter.restart();
            let (file, (first, past)) = (&key.file, key.range);
            let found: Option<(Vec<u8>, String, Vec<u8>)> = query
                .query_row(
                    params![
                        stored(file.device),
                        stored(file.inode),
                        key.algorithm.as_str(),
                        stored(first),
                        stored(past),
                        stored(file.size),
                        file.modified,
                        file.changed,
                        file.address.as_deref().unwrap_or_default(),
                    ],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .optional()?;
            Ok(found.and_then(|(digest, at, seal)| {
                let seal: Seal = seal.try_into().ok()?;
                let is_whole = digest.len() == key.algorithm.digest_bytes();
                let remembered = Remembered { digest, at: at.parse().ok()? };
                is_whole.then_some(Sealed { remembered, seal })
            }))
        };
        keys.iter().map(&mut one).collect()
    }

    fn write_digests(&mut self, digests: &[(DigestKey, Sealed)]) -> Result<()> {
        let (failed, meter) = (self.unwritten(), self.meter.clone());
        let change = self.change()?;
        {
            let mut insert = change.prepare(
                "INSERT OR REPLACE INTO digest (device, inode, algorithm, first, past, size, modified, changed, \
                 address, digest, at, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            ).map_err(&failed)?;
            for (key, Sealed { remembered, seal }) in digests {
                meter.restart();
                let (file, (first, past)) = (&key.file, key.range);
                insert
                    .execute(params![
                        stored(file.device),
                        stored(file.inode),
                        key.algorithm.as_str(),
                        stored(first),
                        stored(past),
                        stored(file.size),
                        file.modified,
                        file.changed,
                        file.address.as_deref().unwrap_or_default(),
                        remembered.digest,
                        remembered.at.to_string(),
                        seal.as_slice(),
                    ])
                    .map_err(&failed)?;
            }
        }
        change.commit().map_err(failed)
    }
}

impl Digests for Sqlite {
    fn recall(&self, keys: &[DigestKey]) -> Result<Vec<Option<Sealed>>> {
        self.recalled(keys).map_err(self.unread())
    }

    fn remember(&mut self, digests: &[(DigestKey, Sealed)]) -> Result<()> {
        self.write_digests(digests)
    }
}
