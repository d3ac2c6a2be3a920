-- What the rows of batches used and cost, by hour: a row has no record of its own here, but in the journal of its run. hour is its
-- beginning in UTC, in seconds since 1970; day is the local date; part is the known part of unknown costs.
CREATE TABLE IF NOT EXISTS rollups (
    demo        INTEGER NOT NULL,
    run         TEXT    NOT NULL,
    hour        INTEGER NOT NULL,
    day         TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    endpoint    TEXT    NOT NULL,
    ok          INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    cancelled   INTEGER NOT NULL,
    cached      INTEGER NOT NULL,
    input       INTEGER NOT NULL,
    output      INTEGER NOT NULL,
    cost        INTEGER NOT NULL,
    known       INTEGER NOT NULL,
    unknown     INTEGER NOT NULL,
    estimated   INTEGER NOT NULL,
    part        INTEGER NOT NULL,
    saved       INTEGER NOT NULL,
    saved_known INTEGER NOT NULL,
    first       INTEGER NOT NULL,
    PRIMARY KEY (demo, run, hour, day, model, endpoint)
) WITHOUT ROWID;

-- Up to which byte of its journal each run is counted in rollups.
CREATE TABLE IF NOT EXISTS counted (
    run  TEXT    PRIMARY KEY,
    upto INTEGER NOT NULL
) WITHOUT ROWID;
