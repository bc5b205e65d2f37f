//! Evidence in PostgreSQL: the table `evidence`, which holds nothing under the digest of something else. Remembered digests
//! of files: those of one machine say nothing on another, so they stay beside the workspace.

use crate::error::Result;
use crate::signing::DigestKey;
use crate::store::evidence::{EvidenceDigest, LIMIT_EVIDENCE_BYTES};
use crate::store::seal::Sealed;
use crate::store::traits::{Digests, Evidence};
use postgres::Transaction;

use super::connection::{Lock, Postgres};

/// Keeps bytes under their digest, and says whether they are there now.
pub(super) fn keep(
    change: &mut Transaction<'_>,
    digest: EvidenceDigest,
    bytes: &[u8],
) -> std::result::Result<bool, postgres::Error> {
    change.execute(
        "INSERT INTO touchmark.evidence (digest, bytes) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
        &[&digest.0.as_slice(), &bytes],
    )?;
    let same = change.query_opt(
        "SELECT bytes = $2 FROM touchmark.evidence WHERE digest = $1",
        &[&digest.0.as_slice(), &bytes],
    )?;
    same.map_or(Ok(false), |row| row.try_get(0))
}

impl Evidence for Postgres {
    fn keep(&mut self, bytes: &[u8]) -> Result<EvidenceDigest> {
        let digest = EvidenceDigest::of(bytes)?;
        self.server.change(Lock::Ledger, |change| match keep(change, digest, bytes)? {
            true => Ok(digest),
            false => Err(digest.changed().into()),
        })
    }

    fn evidence(&self, digest: EvidenceDigest) -> Result<Option<Vec<u8>>> {
        // What is larger than anything that was kept is not even read.
        let sql = "SELECT CASE WHEN octet_length(bytes) <= $2 THEN bytes END FROM touchmark.evidence WHERE digest = $1";
        let limit = i32::try_from(LIMIT_EVIDENCE_BYTES).unwrap_or(i32::MAX);
        let found = self.server.read(|client| {
            let row = client.query_opt(sql, &[&digest.0.as_slice(), &limit])?;
            Ok(row.map(|row| row.try_get::<_, Option<Vec<u8>>>(0)).transpose()?)
        })?;
        found.map(|bytes| digest.check(bytes.ok_or_else(|| digest.changed())?)).transpose()
    }
}

impl Digests for Postgres {
    fn recall(&self, keys: &[DigestKey]) -> Result<Vec<Option<Sealed>>> {
        self.here.recall(keys)
    }

    fn remember(&mut self, digests: &[(DigestKey, Sealed)]) -> Result<()> {
        self.here.remember(digests)
    }
}
