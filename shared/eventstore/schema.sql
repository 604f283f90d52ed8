-- The facts of one store. They are only ever added to, whoever opens this file.
BEGIN IMMEDIATE;

CREATE TABLE IF NOT EXISTS facts (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice, not even after a deletion
    stream      TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    id          BLOB    NOT NULL UNIQUE,
    type        TEXT    NOT NULL,
    metadata    TEXT    NOT NULL,
    data        BLOB    NOT NULL,
    recorded_at TEXT    NOT NULL
        GENERATED ALWAYS AS (json_extract(metadata, '$.recorded_at')) STORED,
    UNIQUE (stream, version)
) STRICT;

CREATE INDEX IF NOT EXISTS facts_by_time ON facts (recorded_at);

CREATE TRIGGER IF NOT EXISTS facts_are_not_changed BEFORE UPDATE ON facts
BEGIN
    SELECT RAISE(ABORT, 'a fact is never changed');
END;

CREATE TRIGGER IF NOT EXISTS facts_are_not_deleted BEFORE DELETE ON facts
BEGIN
    SELECT RAISE(ABORT, 'a fact is never deleted');
END;

-- INSERT OR REPLACE deletes without asking the trigger above, so it is stopped before it begins.
CREATE TRIGGER IF NOT EXISTS facts_are_added_at_the_end BEFORE INSERT ON facts
WHEN EXISTS (SELECT 1 FROM facts WHERE position = NEW.position)
  OR EXISTS (SELECT 1 FROM facts WHERE id = NEW.id)
  OR NEW.version <> 1 + coalesce(
        (SELECT max(version) FROM facts WHERE stream = NEW.stream), -1)
BEGIN
    SELECT RAISE(ABORT, 'a fact is added after the last of its stream, under an id of its own');
END;

COMMIT;
