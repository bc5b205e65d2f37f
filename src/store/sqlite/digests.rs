//! Remembered digests in SQLite: the table `digest`.

use crate::error::Result;
use crate::signing::{DigestKey, Remembered};
use crate::store::traits::Digests;
use rusqlite::{OptionalExtension, params};

use super::connection::Sqlite;

/// Integers of SQLite are signed; the bits are what counts.
fn stored(number: u64) -> i64 {
    number.cast_signed()
}

impl Sqlite {
    fn recalled(&self, keys: &[DigestKey]) -> rusqlite::Result<Vec<Option<Remembered>>> {
        let mut query = self.connection.prepare(
            "SELECT digest, at FROM digest WHERE device = ?1 AND inode = ?2 AND algorithm = ?3 AND first = ?4 \
             AND past = ?5 AND size = ?6 AND modified = ?7 AND changed = ?8 AND address = ?9",
        )?;
        let mut one = |key: &DigestKey| {
            let (file, (first, past)) = (&key.file, key.range);
            let found: Option<(Vec<u8>, String)> = query
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
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            let is_whole = |digest: &Vec<u8>| digest.len() == key.algorithm.digest_bytes();
            Ok(found
                .filter(|(digest, _)| is_whole(digest))
                .and_then(|(digest, at)| Some(Remembered { digest, at: at.parse().ok()? })))
        };
        keys.iter().map(&mut one).collect()
    }

    fn write_digests(&mut self, digests: &[(DigestKey, Remembered)]) -> rusqlite::Result<()> {
        let change = self.change()?;
        {
            let mut insert = change.prepare(
                "INSERT OR REPLACE INTO digest (device, inode, algorithm, first, past, size, modified, changed, \
                 address, digest, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?;
            for (key, remembered) in digests {
                let (file, (first, past)) = (&key.file, key.range);
                insert.execute(params![
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
                ])?;
            }
        }
        change.commit()
    }
}

impl Digests for Sqlite {
    fn recall(&self, keys: &[DigestKey]) -> Result<Vec<Option<Remembered>>> {
        self.recalled(keys).map_err(self.unread())
    }

    fn remember(&mut self, digests: &[(DigestKey, Remembered)]) -> Result<()> {
        let failed = self.unwritten();
        self.write_digests(digests).map_err(failed)
    }
}
