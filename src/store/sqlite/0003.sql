-- Version 3: the inventory as what each document and each folder says, so that only what changed is read again.
-- A scan makes it anew.
DROP TABLE model;
DROP TABLE finding;

CREATE TABLE part (
    id       INTEGER PRIMARY KEY NOT NULL,
    name     TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL,
    stamp    BLOB NOT NULL,
    read_at  TEXT NOT NULL
) STRICT;

-- With row ids: without them rows of this size would each take a page of their own.
CREATE TABLE record (
    part    INTEGER NOT NULL,
    model   TEXT NOT NULL,
    core    TEXT NOT NULL,
    facts   TEXT NOT NULL,
    parents TEXT NOT NULL
) STRICT;

CREATE INDEX record_part ON record (part);

CREATE TABLE finding (
    part     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    body     TEXT NOT NULL
) STRICT;

CREATE INDEX finding_part ON finding (part, position);
