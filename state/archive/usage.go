package archive

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"relaytop/relay"
)

// Query selects the requests of a usage report.
type Query struct {
	Since time.Time // zero: all that were ever recorded
	By    string    // what to group by: one of Groupings, or "" for no groups
}

// Groupings are the values of Query.By.
func Groupings() []string {
	return []string{"model", "endpoint", "day", "week", "month", "chat", "run", "lane"}
}

// Usage is what was used and spent. Sums are exact. Every request counts for tokens and money, even a cancelled
// one: it was paid for.
type Usage struct {
	OK, Failed int64 // as relay.Status.Answered; cancelled by the user is neither
	Cancelled  int64
	Cached     int64 // answers of our own cache: they are in OK, and no relay was asked
	Tokens     int64 // input and output, of answers from a relay
	Cost       relay.Money
	Known      int64 // requests to a relay, cancelled ones aside, whose cost is known
	Unknown    int64 // requests that may have cost an unknown amount
	Estimated  int64 // requests whose cost is an estimate
	Saved      relay.Money
	SavedKnown int64         // requests behind Saved
	Uptime     time.Duration // from the first selected request to now; 0 without one
}

// Group is the usage of one key.
type Group struct {
	Key string // "" for requests that have none, such as those of no chat
	Usage
}

// Report is the answer to a Query.
type Report struct {
	Usage
	// BatchesSince is the full hour from which the rows of batches are counted, where that is earlier than Query.Since
	// and makes a difference; else it is zero.
	BatchesSince time.Time
	Groups       []Group // most expensive first; by day, week or month: oldest first
}

// ErrorRate is the share of failed requests among those that ended ok or failed, in percent; 0 without any.
func (u Usage) ErrorRate() float64 {
	if n := u.OK + u.Failed; n > 0 {
		return 100 * float64(u.Failed) / float64(n)
	}
	return 0
}

// CostKnown reports whether Cost says anything: it does not if only requests of unknown cost were sent.
func (u Usage) CostKnown() bool { return u.Known > 0 || u.Cost > 0 || u.Unknown == 0 }

// Average is the cost divided by the number of requests whose cost is known. What was cancelled is in the cost and
// not in the number, as in the total of requests. False if there are none.
func (u Usage) Average() (relay.Money, bool) {
	if u.Known == 0 {
		return 0, false
	}
	return u.Cost / relay.Money(u.Known), true
}

// usageJSON has the names that scripts rely on. Amounts are exact decimal texts, null if they are not known.
type usageJSON struct {
	Key       *string `json:"key,omitempty"`
	Requests  int64   `json:"total_requests"`
	Tokens    int64   `json:"total_tokens"`
	Cost      *string `json:"total_cost_usd"`
	Errors    int64   `json:"error_count"`
	ErrorRate float64 `json:"error_rate"`
	Uptime    float64 `json:"uptime_seconds"`
	Average   *string `json:"avg_cost_per_request"`
	Unknown   int64   `json:"unknown_cost_requests"`
	Saved     *string `json:"saved_usd"`
	Cancelled int64   `json:"cancelled_requests"`
	Estimated int64   `json:"estimated_cost_requests"`
	Cached    int64   `json:"cached_answers"`
}

func (u Usage) json() usageJSON {
	text := func(m relay.Money, ok bool) *string {
		if !ok {
			return nil
		}
		s := m.String()
		return &s
	}
	avg, ok := u.Average()
	return usageJSON{Requests: u.OK + u.Failed, Tokens: u.Tokens, Cost: text(u.Cost, u.CostKnown()),
		Errors: u.Failed, ErrorRate: u.ErrorRate(),
		Uptime: u.Uptime.Seconds(), Average: text(avg, ok), Unknown: u.Unknown, Saved: text(u.Saved, u.SavedKnown > 0),
		Cancelled: u.Cancelled, Estimated: u.Estimated, Cached: u.Cached}
}

// MarshalJSON writes the object of `usage --json`.
func (r Report) MarshalJSON() ([]byte, error) {
	groups := make([]usageJSON, len(r.Groups))
	for i, g := range r.Groups {
		groups[i] = g.json()
		groups[i].Key = &r.Groups[i].Key
	}
	b, err := json.Marshal(struct {
		usageJSON
		BatchesSince time.Time   `json:"batches_since,omitzero"`
		Groups       []usageJSON `json:"groups"`
	}{r.json(), r.BatchesSince, groups})
	if err != nil {
		return nil, fmt.Errorf("encoding the usage: %w", err)
	}
	return b, nil
}

// answered are the statuses of an answer that was kept, as relay.Status.Answered has them.
const answered = `('ok','length','filtered','incomplete')`

// sumColumns are the columns of Usage in its order, as request_figures and request_sums have them.
const sumColumns = "ok, failed, cancelled, cached, tokens, cost, known, unknown, estimated, saved, saved_known"

// requestKey is the key of a group of requests. Grouped by run or chat it is that of the sums by owner.
func requestKey(by string) (kind, key string, err error) {
	switch by {
	case "":
		return "model", "''", nil
	case "model", "endpoint", "lane", "day":
		return "model", by, nil
	case "week":
		return "model", weekOfDay, nil
	case "month":
		return "model", monthOfDay, nil
	case "run", "chat":
		return by, "owner", nil
	}
	return "", "", fmt.Errorf("usage can't be grouped by %.40q: one of %v", by, Groupings())
}

// A week is that of ISO 8601, such as 2026-W49: it begins on Monday.
const (
	weekOfDay  = "strftime('%G-W%V', day)"
	monthOfDay = "substr(day, 1, 7)"
)

// rolledUp are sumColumns, read from the roll-ups of batches.
const rolledUp = `ok, failed, cancelled, cached, input + output, cost, known, unknown, estimated, saved, saved_known,
	first`

// rolledKey is requestKey for the roll-ups of batches.
func rolledKey(by string) string {
	switch by {
	case "model", "endpoint", "day", "run":
		return by
	case "week":
		return weekOfDay
	case "month":
		return monthOfDay
	case "lane":
		return "'" + relay.LaneBatch.String() + "'"
	}
	return "''" // rows are of no chat
}

// usageText is the statement of a report. Its arguments are the demo, the time in microseconds, the hour in seconds,
// and the first and the last local date that may be cut by the time: of those alone the requests are read one by one.
func usageText(by string) (string, error) {
	kind, key, err := requestKey(by)
	if err != nil {
		return "", err
	}
	owner := "''"
	if kind != "model" {
		owner = kind
	}
	order := "7 DESC, 1" // the cost, then the key
	if by == "day" || by == "week" || by == "month" {
		order = "1"
	}
	columns := strings.Split(sumColumns, ", ")
	for i, c := range columns {
		columns[i] = "sum(" + c + ")"
	}
	return `WITH cut AS (SELECT day, max(last) AS until FROM request_sums
			WHERE demo = ?1 AND kind = 'model' AND day BETWEEN ?4 AND ?5
			GROUP BY day HAVING min(first) < ?2 AND max(last) >= ?2),
		raw AS (SELECT day, model, endpoint, lane, ` + owner + ` AS owner, ` + sumColumns + `, wall FROM request_figures
			WHERE demo = ?1 AND wall BETWEEN ?2 AND (SELECT max(until) FROM cut) AND day IN (SELECT day FROM cut)),
		parts AS (SELECT ` + key + ` AS k, ` + sumColumns + `, first FROM request_sums
			WHERE demo = ?1 AND kind = '` + kind + `' AND day >= ?4 AND first >= ?2 AND day NOT IN (SELECT day FROM cut)
		UNION ALL SELECT ` + key + `, ` + sumColumns + `, wall FROM raw
		UNION ALL SELECT ` + rolledKey(by) + `, ` + rolledUp + ` FROM rollups WHERE demo = ?1 AND hour >= ?3)
		SELECT k, ` + strings.Join(columns, ", ") + `, min(first) FROM parts GROUP BY k ORDER BY ` + order, nil
}

// usageArgs are the arguments of usageText. A local date begins at most 14 hours before, and ends at most 36 hours
// after, its midnight in UTC.
func (l *ledger) usageArgs(since time.Time) []any {
	if since.IsZero() {
		return []any{l.demo, int64(-1 << 62), int64(-1 << 62), "", ""}
	}
	utc := since.UTC()
	return []any{l.demo, since.UnixMicro(), since.Truncate(time.Hour).Unix(),
		utc.Add(-36 * time.Hour).Format(time.DateOnly), utc.Add(14 * time.Hour).Format(time.DateOnly)}
}

func (l *ledger) usage(q Query) (Report, error) {
	var r Report
	text, err := usageText(q.By)
	if err != nil {
		return r, err
	}
	// One statement is one snapshot: the groups add up to the whole.
	err = l.db.query("reading the usage", text, l.usageArgs(q.Since),
		func(rows *sql.Rows) error {
			var g Group
			var first int64
			u := &g.Usage
			if err := rows.Scan(&g.Key, &u.OK, &u.Failed, &u.Cancelled, &u.Cached, &u.Tokens, &u.Cost, &u.Known, &u.Unknown,
				&u.Estimated, &u.Saved,
				&u.SavedKnown, &first); err != nil {
				return err
			}
			u.Uptime = max(0, l.db.now().Sub(time.UnixMicro(first)))
			r.add(*u)
			if q.By != "" {
				r.Groups = append(r.Groups, g)
			}
			return nil
		})
	if err == nil && q.Since.After(q.Since.Truncate(time.Hour)) {
		r.BatchesSince, err = l.cutHour(q.Since.Truncate(time.Hour))
	}
	return r, err
}

// cutHour returns an hour in local time if rows of batches are counted in it; else zero.
func (l *ledger) cutHour(hour time.Time) (at time.Time, err error) {
	err = l.db.query("reading the usage of an hour", "SELECT 1 FROM rollups WHERE hour = ? AND demo = ? LIMIT 1",
		[]any{hour.Unix(), l.demo}, func(*sql.Rows) error {
			at = hour.Local()
			return nil
		})
	return at, err
}

func (u *Usage) add(v Usage) {
	u.OK += v.OK
	u.Failed += v.Failed
	u.Cancelled += v.Cancelled
	u.Cached += v.Cached
	u.Tokens += v.Tokens
	u.Cost += v.Cost
	u.Known += v.Known
	u.Unknown += v.Unknown
	u.Estimated += v.Estimated
	u.Saved += v.Saved
	u.SavedKnown += v.SavedKnown
	u.Uptime = max(u.Uptime, v.Uptime)
}

func (l *ledger) spent() (sum relay.Money, unknown int, err error) {
	now := l.db.now().Local()
	// No day is longer than 26 hours: the index on wall keeps old requests out.
	begun, day := now.Add(-26*time.Hour), now.Format(time.DateOnly)
	err = l.db.query("reading what was spent today",
		`SELECT coalesce(sum(cost), 0), coalesce(sum(unknown), 0) FROM (
			SELECT sum(cost) cost, sum(cost IS NULL AND billable) unknown FROM requests
				WHERE wall >= ? AND day = ? AND demo = ?
			UNION ALL SELECT sum(cost), sum(unknown) FROM rollups WHERE hour >= ? AND day = ? AND demo = ?)`,
		[]any{begun.UnixMicro(), day, l.demo, begun.Add(-time.Hour).Unix(), day, l.demo},
		func(rows *sql.Rows) error { return rows.Scan(&sum, &unknown) })
	return sum, unknown, err
}
