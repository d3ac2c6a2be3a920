-- What the answers to rows of batches were like, for the forecast of the next batch. answers are those whose tokens are known, tokens
-- their output; timed are those whose duration is known, took the sum of it in microseconds. hour is as in rollups.
CREATE TABLE IF NOT EXISTS measured (
    demo    INTEGER NOT NULL,
    model   TEXT    NOT NULL,
    hour    INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    tokens  INTEGER NOT NULL,
    timed   INTEGER NOT NULL,
    took    INTEGER NOT NULL,
    PRIMARY KEY (demo, model, hour)
) WITHOUT ROWID;
