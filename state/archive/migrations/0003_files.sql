-- Files that go with messages, in their order. They stand apart from the records, since a search reads those and must not read pictures.
-- What older records hold is moved here when they are indexed anew.
CREATE TABLE files (
    message INTEGER NOT NULL REFERENCES messages (seq) ON DELETE CASCADE,
    n       INTEGER NOT NULL,
    name    TEXT    NOT NULL,
    pasted  INTEGER NOT NULL,
    text    TEXT    NOT NULL,
    image   TEXT    NOT NULL,
    PRIMARY KEY (message, n)
);
