-- Every request that ended. Times are microseconds; wall and first are since 1970. Money is picodollars; NULL is not known.
CREATE TABLE requests (
    seq            INTEGER PRIMARY KEY,
    id             INTEGER NOT NULL,
    wall           INTEGER NOT NULL,
    day            TEXT    NOT NULL, -- local date when it ended
    demo           INTEGER NOT NULL,
    lane           TEXT    NOT NULL,
    endpoint       TEXT    NOT NULL,
    requested      TEXT    NOT NULL,
    asked          TEXT    NOT NULL,
    model          TEXT    NOT NULL,
    status         TEXT    NOT NULL,
    finish         TEXT    NOT NULL,
    class          TEXT    NOT NULL,
    http           INTEGER NOT NULL,
    message        TEXT    NOT NULL,
    input          INTEGER,          -- token counts: NULL if nothing was counted
    cached         INTEGER,
    cache_write    INTEGER,
    output         INTEGER,
    reasoning      INTEGER,
    estimated      INTEGER NOT NULL, -- the counts are
    cost           INTEGER,
    source         TEXT    NOT NULL,
    cost_estimated INTEGER NOT NULL,
    list           INTEGER,
    billable       INTEGER NOT NULL, -- the relay may have charged for it
    ttft           INTEGER,
    e2e            INTEGER,
    queue          INTEGER,
    wait           INTEGER NOT NULL,
    attempts       TEXT    NOT NULL, -- JSON
    fallback       TEXT,             -- JSON
    cached_answer  INTEGER NOT NULL,
    chat           TEXT    NOT NULL,
    chat_message   INTEGER NOT NULL,
    run            TEXT    NOT NULL,
    is_row         INTEGER NOT NULL,
    remote         TEXT    NOT NULL
);
CREATE INDEX requests_by_wall ON requests (wall);

-- The sums of requests, so that the start of the program need not read them all.
CREATE TABLE totals (
    demo     INTEGER PRIMARY KEY,
    requests INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    errors   INTEGER NOT NULL,
    tokens   INTEGER NOT NULL,
    cost     INTEGER NOT NULL,
    unknown  INTEGER NOT NULL,
    first    INTEGER NOT NULL
);

-- record is the whole record as JSON; the columns beside it are what a query looks for, or what is large.
CREATE TABLE chats (
    id      TEXT    PRIMARY KEY,
    pinned  INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    record  TEXT    NOT NULL
);
CREATE INDEX chats_by_time ON chats (pinned DESC, updated DESC);

CREATE TABLE messages (
    seq       INTEGER PRIMARY KEY,
    chat      TEXT    NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    id        INTEGER NOT NULL,
    ended     INTEGER NOT NULL,
    text      TEXT    NOT NULL,
    reasoning TEXT    NOT NULL,
    refusal   TEXT    NOT NULL,
    record    TEXT    NOT NULL,
    UNIQUE (chat, id)
);

-- Chats that were deleted: an answer that was still streaming does not bring one back.
CREATE TABLE deleted (chat TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE kept (
    kind  TEXT    NOT NULL,
    key   TEXT    NOT NULL,
    saved INTEGER NOT NULL,
    value BLOB    NOT NULL,
    PRIMARY KEY (kind, key)
);
