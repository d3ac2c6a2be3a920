package archive

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"relaytop/relay"
)

// Query selects the requests of a usage report.
type Query struct {
	Since time.Time // zero: all that were ever recorded
	By    string    // what to group by: one of Groupings, or "" for no groups
}

// Groupings are the values of Query.By.
func Groupings() []string { return []string{"model", "endpoint", "day", "chat", "run", "lane"} }

// groupColumn is the SQL of a group's key. The model is the one that the answering attempt asked for: relays name one
// model in many ways.
func groupColumn(by string) (string, error) {
	switch by {
	case "":
		return "''", nil
	case "model":
		return "CASE asked WHEN '' THEN requested ELSE asked END", nil
	case "endpoint", "day", "chat", "run", "lane":
		return by, nil
	}
	return "", fmt.Errorf("usage can't be grouped by %.40q: one of %v", by, Groupings())
}

// Usage is what was used and spent. Sums are exact. Every request counts for tokens and money, even a cancelled
// one: it was paid for.
type Usage struct {
	OK, Failed int64 // as relay.Status.Answered; cancelled by the user is neither
	Cancelled  int64
	Cached     int64 // answers of our own cache: they are in OK, and no relay was asked
	Tokens     int64 // input and output, of answers from a relay
	Cost       relay.Money
	Known      int64 // requests to a relay whose cost is known
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
	Groups []Group // most expensive first; by day: oldest first
}

// ErrorRate is the share of failed requests among those that ended ok or failed, in percent; 0 without any.
func (u Usage) ErrorRate() float64 {
	if n := u.OK + u.Failed; n > 0 {
		return 100 * float64(u.Failed) / float64(n)
	}
	return 0
}

// Average is the mean cost of the requests whose cost is known. False if there are none.
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
	return usageJSON{Requests: u.OK + u.Failed, Tokens: u.Tokens, Cost: text(u.Cost, u.Known > 0 || u.Unknown == 0),
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
		Groups []usageJSON `json:"groups"`
	}{r.json(), groups})
	if err != nil {
		return nil, fmt.Errorf("encoding the usage: %w", err)
	}
	return b, nil
}

// answered are the statuses of an answer that was kept, as relay.Status.Answered has them.
const answered = `('ok','length','filtered','incomplete')`

// sums are the columns of Usage in its order. An answered request is ok; one that is neither answered nor cancelled
// failed.
const sums = `coalesce(sum(status IN ` + answered + `), 0),
	coalesce(sum(status NOT IN ` + answered + ` AND status <> 'cancelled'), 0),
	coalesce(sum(status = 'cancelled'), 0),
	coalesce(sum(cached_answer), 0),
	coalesce(sum(CASE WHEN cached_answer THEN 0 ELSE coalesce(input, 0) + coalesce(output, 0) END), 0),
	coalesce(sum(cost), 0),
	coalesce(sum(cost IS NOT NULL AND NOT cached_answer), 0), coalesce(sum(cost IS NULL AND billable), 0),
	coalesce(sum(cost IS NOT NULL AND (cost_estimated OR source = 'estimated')), 0),
	coalesce(sum(list - cost), 0), count(list - cost), coalesce(min(wall), 0)`

func (l *ledger) usage(q Query) (Report, error) {
	var r Report
	key, err := groupColumn(q.By)
	if err != nil {
		return r, err
	}
	since := int64(-1 << 62)
	if !q.Since.IsZero() {
		since = q.Since.UnixMicro()
	}
	order := "6 DESC, 1" // the cost, then the key
	if q.By == "day" {
		order = "1"
	}
	// One statement is one snapshot: the groups add up to the whole.
	err = l.db.query("reading the usage", "SELECT "+key+", "+sums+
		" FROM requests WHERE wall >= ? AND demo = ? GROUP BY 1 ORDER BY "+order,
		[]any{since, l.demo}, func(rows *sql.Rows) error {
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
	return r, err
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
	err = l.db.query("reading what was spent today",
		`SELECT coalesce(sum(cost), 0), coalesce(sum(cost IS NULL AND billable), 0) FROM requests
			WHERE wall >= ? AND day = ? AND demo = ?`,
		[]any{now.Add(-26 * time.Hour).UnixMicro(), now.Format(time.DateOnly), l.demo},
		func(rows *sql.Rows) error { return rows.Scan(&sum, &unknown) })
	return sum, unknown, err
}
