-- What was said, as words: state/find cuts them, so the tokenizer has nothing to do but to part them at blanks. The texts themselves are not
-- kept a second time, hence no content. rowid is messages.seq. An index of beginnings is kept where without one too many words share one.
CREATE VIRTUAL TABLE words USING fts5 (said, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '2 3');

-- Messages that are not in words: those that still stream, and those from before there was an index.
CREATE TABLE unindexed (seq INTEGER PRIMARY KEY);
INSERT INTO unindexed SELECT seq FROM messages;

-- Titles that someone chose; others are made of what was said.
CREATE TABLE titles (
    chat  TEXT PRIMARY KEY REFERENCES chats (id) ON DELETE CASCADE,
    title TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO titles SELECT id, json_extract(record, '$.title') FROM chats
    WHERE CASE WHEN json_valid(record) THEN json_extract(record, '$.titled') = 1 AND json_extract(record, '$.title') <> '' END;
