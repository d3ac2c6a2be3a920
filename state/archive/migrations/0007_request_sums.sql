-- What a request counts for in a report of usage. tokens are those of answers from a relay; known are the requests to a relay, cancelled ones aside,
-- whose cost is known.
CREATE VIEW IF NOT EXISTS request_figures AS SELECT
    seq, demo, day, wall, CASE asked WHEN '' THEN requested ELSE asked END AS model, endpoint, lane, run, chat,
    status IN ('ok', 'length', 'filtered', 'incomplete') AS ok,
    status NOT IN ('ok', 'length', 'filtered', 'incomplete', 'cancelled') AS failed,
    status = 'cancelled' AS cancelled,
    cached_answer AS cached,
    CASE WHEN cached_answer THEN 0 ELSE coalesce(input, 0) + coalesce(output, 0) END AS tokens,
    coalesce(cost, 0) AS cost,
    cost IS NOT NULL AND NOT cached_answer AND status <> 'cancelled' AS known,
    cost IS NULL AND billable AS unknown,
    cost IS NOT NULL AND (cost_estimated OR source = 'estimated') AS estimated,
    coalesce(list - cost, 0) AS saved,
    (list - cost) IS NOT NULL AS saved_known
FROM requests;

-- The sums of request_figures by local day. Those of kind model are by model, endpoint and lane; those of kind run and chat are by owner, which is
-- the run or the chat. first and last are the times of the first and the last request of a sum.
CREATE TABLE IF NOT EXISTS request_sums (
    demo        INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    day         TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    endpoint    TEXT    NOT NULL,
    lane        TEXT    NOT NULL,
    owner       TEXT    NOT NULL,
    ok          INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    cancelled   INTEGER NOT NULL,
    cached      INTEGER NOT NULL,
    tokens      INTEGER NOT NULL,
    cost        INTEGER NOT NULL,
    known       INTEGER NOT NULL,
    unknown     INTEGER NOT NULL,
    estimated   INTEGER NOT NULL,
    saved       INTEGER NOT NULL,
    saved_known INTEGER NOT NULL,
    first       INTEGER NOT NULL,
    last        INTEGER NOT NULL,
    PRIMARY KEY (demo, kind, day, model, endpoint, lane, owner)
) WITHOUT ROWID;

DELETE FROM request_sums;

-- A trigger, and not the program, adds to the sums: an older relaytop that still has the file open keeps them right too.
CREATE TRIGGER IF NOT EXISTS requests_are_summed AFTER INSERT ON requests BEGIN
    INSERT INTO request_sums
        SELECT demo, 'model', day, model, endpoint, lane, '', ok, failed, cancelled, cached, tokens, cost, known, unknown, estimated, saved,
            saved_known, wall, wall
        FROM request_figures WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET ok = ok + excluded.ok, failed = failed + excluded.failed,
            cancelled = cancelled + excluded.cancelled, cached = cached + excluded.cached, tokens = tokens + excluded.tokens,
            cost = cost + excluded.cost, known = known + excluded.known, unknown = unknown + excluded.unknown,
            estimated = estimated + excluded.estimated, saved = saved + excluded.saved,
            saved_known = saved_known + excluded.saved_known, first = min(first, excluded.first),
            last = max(last, excluded.last);
    INSERT INTO request_sums
        SELECT demo, 'run', day, '', '', '', run, ok, failed, cancelled, cached, tokens, cost, known, unknown, estimated, saved,
            saved_known, wall, wall
        FROM request_figures WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET ok = ok + excluded.ok, failed = failed + excluded.failed,
            cancelled = cancelled + excluded.cancelled, cached = cached + excluded.cached, tokens = tokens + excluded.tokens,
            cost = cost + excluded.cost, known = known + excluded.known, unknown = unknown + excluded.unknown,
            estimated = estimated + excluded.estimated, saved = saved + excluded.saved,
            saved_known = saved_known + excluded.saved_known, first = min(first, excluded.first),
            last = max(last, excluded.last);
    INSERT INTO request_sums
        SELECT demo, 'chat', day, '', '', '', chat, ok, failed, cancelled, cached, tokens, cost, known, unknown, estimated, saved,
            saved_known, wall, wall
        FROM request_figures WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET ok = ok + excluded.ok, failed = failed + excluded.failed,
            cancelled = cancelled + excluded.cancelled, cached = cached + excluded.cached, tokens = tokens + excluded.tokens,
            cost = cost + excluded.cost, known = known + excluded.known, unknown = unknown + excluded.unknown,
            estimated = estimated + excluded.estimated, saved = saved + excluded.saved,
            saved_known = saved_known + excluded.saved_known, first = min(first, excluded.first),
            last = max(last, excluded.last);
END;
