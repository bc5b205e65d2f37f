//! Who may do what in a store on a server: roles that append and read and can change nothing of the ledger.

use crate::error::{Code, Error, Result};
use crate::store::told::{Rights, ServerShown};
use crate::text::screen;
use postgres::GenericClient;

use super::connection::{Lock, Server};
use super::trouble::Trouble;

/// What a role that works with the store may do; one that only looks may do what is read.
const READS: &str = "GRANT USAGE ON SCHEMA touchmark TO {role}; \
    GRANT SELECT ON ALL TABLES IN SCHEMA touchmark TO {role}";
const WORKS: &str = "GRANT INSERT ON touchmark.ledger, touchmark.evidence TO {role}; \
    GRANT INSERT, UPDATE, DELETE ON touchmark.part, touchmark.record, touchmark.finding TO {role}";
/// What nobody is to have who does not own the tables.
const NEVER: &str = "REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON touchmark.ledger, touchmark.evidence, \
    touchmark.version FROM {role}; REVOKE CREATE ON SCHEMA touchmark FROM {role}";

/// What a connection finds of a store.
pub(in crate::store) fn shown(url: &str) -> Result<ServerShown> {
    let server = Server::at(url)?;
    server.read(|client| {
        let row = client.query_one(
            "SELECT current_setting('server_version'), current_user::text, \
             has_table_privilege('touchmark.ledger', 'INSERT'), \
             (SELECT count(*) FROM touchmark.ledger), (SELECT count(DISTINCT model) FROM touchmark.record), \
             (SELECT number FROM touchmark.version)",
            &[],
        )?;
        let role: String = row.try_get(1)?;
        let rights = match () {
            () if may_rewrite(client, &role)? => Rights::Rewrites,
            () if row.try_get(2)? => Rights::Appends,
            () => Rights::Reads,
        };
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(ServerShown {
            server: row.try_get(0)?,
            role,
            rights,
            records: count(row.try_get(3)?),
            models: count(row.try_get(4)?),
            version: u32::try_from(row.try_get::<_, i32>(5)?).unwrap_or(0),
        })
    })
}

/// Lets a role work with the store, or only look at it.
pub(in crate::store) fn grant(url: &str, role: &str, only_reads: bool) -> Result<()> {
    let server = Server::at(url)?;
    server.change(Lock::Schema, |change| {
        if change.query_opt("SELECT FROM pg_roles WHERE rolname = $1", &[&role])?.is_none() {
            return Err(Error::new(Code::NotFound, "the server knows no such role")
                .at(screen(role))
                .help("make it with `createuser`; nothing was changed")
                .into());
        }
        let quoted = format!("\"{}\"", role.replace('"', "\"\""));
        for grants in [Some(NEVER), Some(READS), (!only_reads).then_some(WORKS)].into_iter().flatten() {
            change.batch_execute(&grants.replace("{role}", &quoted))?;
        }
        if only_reads {
            change.batch_execute(
                &"REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA touchmark FROM {role}"
                    .replace("{role}", &quoted),
            )?;
        }
        if may_rewrite(change, role)? {
            return Err(Error::new(Code::Usage, "this role can rewrite the ledger whatever is granted to it")
                .at(screen(role))
                .help("it owns the tables, belongs to a role that does, or is a superuser; grant to another one; nothing was changed")
                .into());
        }
        Ok(())
    })
}

/// Whether a role can change or drop what stands in the ledger, or switch off what keeps it.
fn may_rewrite(client: &mut impl GenericClient, role: &str) -> std::result::Result<bool, Trouble> {
    let row = client.query_one(
        "SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = $1) \
         OR has_table_privilege($1, 'touchmark.ledger', 'UPDATE') OR has_table_privilege($1, 'touchmark.ledger', 'DELETE') \
         OR has_table_privilege($1, 'touchmark.ledger', 'TRUNCATE') OR has_table_privilege($1, 'touchmark.ledger', 'TRIGGER') \
         OR pg_has_role($1, (SELECT relowner FROM pg_class WHERE oid = 'touchmark.ledger'::regclass), 'MEMBER')",
        &[&role],
    )?;
    Ok(row.try_get::<_, Option<bool>>(0)?.unwrap_or(false))
}
