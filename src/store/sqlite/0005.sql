-- Version 5: evidence, bytes by their SHA-256. It is made again by verifying. With row ids: rows are large.
CREATE TABLE evidence (
    digest BLOB PRIMARY KEY NOT NULL,
    bytes  BLOB NOT NULL
) STRICT;
