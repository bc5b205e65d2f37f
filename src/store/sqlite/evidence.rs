//! Evidence in SQLite: the table `evidence`.

use crate::error::Result;
use crate::store::evidence::{EvidenceDigest, LIMIT_EVIDENCE_BYTES};
use crate::store::traits::Evidence;
use rusqlite::{Connection, OptionalExtension, params};

use super::connection::Sqlite;

/// Keeps bytes under their digest, and says whether they are there now. What is there under it and differs was
/// damaged.
pub(super) fn keep(connection: &Connection, digest: EvidenceDigest, bytes: &[u8]) -> rusqlite::Result<bool> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO evidence (digest, bytes) VALUES (?1, ?2) \
         ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes WHERE bytes <> excluded.bytes",
    )?;
    let before = connection.total_changes();
    insert.execute(params![digest.0, bytes])?;
    let came = connection.total_changes() - before;
    let mut kept = connection.prepare_cached("SELECT bytes FROM evidence WHERE digest = ?1")?;
    let is_there = kept
        .query_row([digest.0.as_slice()], |row| Ok(row.get_ref(0)?.as_blob().is_ok_and(|kept| kept == bytes)))
        .optional()?;
    Ok(came <= 1 && is_there == Some(true))
}

impl Evidence for Sqlite {
    fn keep(&mut self, bytes: &[u8]) -> Result<EvidenceDigest> {
        let digest = EvidenceDigest::of(bytes)?;
        let (failed, unkept) = (self.unwritten(), self.unkept());
        let change = self.change()?;
        if !keep(&change, digest, bytes).map_err(&failed)? {
            return Err(unkept);
        }
        change.commit().map_err(failed)?;
        Ok(digest)
    }

    fn evidence(&self, digest: EvidenceDigest) -> Result<Option<Vec<u8>>> {
        // What is larger than anything that was kept is not even read.
        let sql = "SELECT CASE WHEN length(bytes) <= ?2 THEN bytes END FROM evidence WHERE digest = ?1";
        let mut query = self.connection().prepare_cached(sql).map_err(self.unread())?;
        let limit = i64::try_from(LIMIT_EVIDENCE_BYTES).unwrap_or(i64::MAX);
        let found: Option<Option<Vec<u8>>> =
            query.query_row(params![digest.0, limit], |row| row.get(0)).optional().map_err(self.unread())?;
        found.map(|bytes| digest.check(bytes.ok_or_else(|| digest.changed())?)).transpose()
    }
}
