-- Version 2: digests of files, each by what the file was when it was hashed. Losing them costs time and nothing else.
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
    PRIMARY KEY (device, inode, algorithm, first, past)
) STRICT, WITHOUT ROWID;
