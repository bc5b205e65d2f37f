-- Version 1: the inventory, which a scan can make again, and the ledger, which nothing can.
CREATE TABLE model (
    id   TEXT PRIMARY KEY NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
    position INTEGER PRIMARY KEY NOT NULL,
    body     TEXT NOT NULL
) STRICT;

CREATE TABLE ledger (
    seq      INTEGER PRIMARY KEY NOT NULL,
    at       TEXT NOT NULL,
    kind     TEXT NOT NULL,
    model    TEXT NOT NULL,
    body     TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
) STRICT;

CREATE INDEX ledger_latest ON ledger (kind, model, seq);

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- INSERT OR REPLACE would delete without the trigger above.
CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
