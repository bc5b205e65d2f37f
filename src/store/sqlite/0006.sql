-- Version 6: remembered digests carry a seal over the whole row. Those without one are forgotten.
DROP TABLE digest;

CREATE TABLE digest (
    device     INTEGER NOT NULL,
    inode      INTEGER NOT NULL,
    algorithm  TEXT NOT NULL,
    first      INTEGER NOT NULL,
    past       INTEGER NOT NULL,
    size       INTEGER NOT NULL,
    modified   INTEGER NOT NULL,
    changed    INTEGER NOT NULL,
    address    TEXT NOT NULL,
    digest     BLOB NOT NULL,
    at         TEXT NOT NULL,
    seal       BLOB NOT NULL,
    PRIMARY KEY (device, inode, algorithm, first, past)
) STRICT, WITHOUT ROWID;
