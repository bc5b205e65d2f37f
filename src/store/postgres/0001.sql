-- Version 1. Names of models and parts, and what is recorded, are bytes: they may hold what no text of a database does,
-- and are ordered as bytes. Long ones fit no index, so indexes hold their beginnings or their hashes.
CREATE SCHEMA touchmark;

CREATE TABLE touchmark.version (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    number   integer NOT NULL
);
INSERT INTO touchmark.version (number) VALUES (1);

CREATE TABLE touchmark.ledger (
    seq      bigint PRIMARY KEY,
    at       text NOT NULL,
    kind     text NOT NULL,
    model    bytea NOT NULL,
    body     bytea NOT NULL,
    previous text NOT NULL,
    hash     text NOT NULL
);
CREATE INDEX ledger_latest ON touchmark.ledger (kind, substring(model FROM 1 FOR 256), seq);

CREATE FUNCTION touchmark.ledger_goes_on() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    last_seq  bigint;
    last_hash text;
BEGIN
    PERFORM pg_advisory_xact_lock(1416460651, 1);
    SELECT l.seq, l.hash INTO last_seq, last_hash FROM touchmark.ledger l ORDER BY l.seq DESC LIMIT 1;
    IF NEW.seq <> coalesce(last_seq, 0) + 1 OR NEW.previous <> coalesce(last_hash, repeat('0', 64)) THEN
        RAISE EXCEPTION 'an entry goes on from the last one' USING ERRCODE = 'TM001';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION touchmark.ledger_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'TM002';
END $$;

CREATE TRIGGER ledger_goes_on BEFORE INSERT ON touchmark.ledger
FOR EACH ROW EXECUTE FUNCTION touchmark.ledger_goes_on();
CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE ON touchmark.ledger
FOR EACH ROW EXECUTE FUNCTION touchmark.ledger_stays();
CREATE TRIGGER ledger_stays_whole BEFORE TRUNCATE ON touchmark.ledger
FOR EACH STATEMENT EXECUTE FUNCTION touchmark.ledger_stays();
-- Also for who replicates.
ALTER TABLE touchmark.ledger ENABLE ALWAYS TRIGGER ledger_goes_on;
ALTER TABLE touchmark.ledger ENABLE ALWAYS TRIGGER ledger_stays;
ALTER TABLE touchmark.ledger ENABLE ALWAYS TRIGGER ledger_stays_whole;

CREATE TABLE touchmark.evidence (
    digest bytea PRIMARY KEY,
    bytes  bytea NOT NULL,
    CONSTRAINT evidence_is_what_it_is_called CHECK (digest = sha256(bytes))
);

CREATE TABLE touchmark.part (
    id       bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name     bytea NOT NULL,
    position bigint NOT NULL,
    stamp    bytea NOT NULL,
    read_at  text NOT NULL
);
CREATE UNIQUE INDEX part_name ON touchmark.part (sha256(name));

CREATE TABLE touchmark.record (
    part    bigint NOT NULL,
    model   bytea NOT NULL,
    core    text NOT NULL,
    facts   text NOT NULL,
    parents text NOT NULL
);
CREATE INDEX record_part ON touchmark.record (part);
CREATE INDEX record_model ON touchmark.record (substring(model FROM 1 FOR 256));

CREATE TABLE touchmark.finding (
    part     bigint NOT NULL,
    position bigint NOT NULL,
    body     text NOT NULL
);
CREATE INDEX finding_part ON touchmark.finding (part, position);
