package archive

import (
	"context"
	"database/sql"
	"strings"

	"relaytop/relay"
	"relaytop/state/filter"
	"relaytop/state/find"
)

// Requests returns a page of the requests that ended, newest first. It waits for what was recorded just before.
func (a *Archive) Requests(q filter.Query) (filter.Page, error) {
	ctx, cancel := context.WithTimeout(context.Background(), flushFor)
	defer cancel()
	_ = a.Flush(ctx) // as Request does
	return a.ledger.requests(&q)
}

// conditions are those of a WHERE, and their arguments.
type conditions struct {
	text strings.Builder
	args []any
}

func (c *conditions) add(text string, args ...any) {
	c.text.WriteString(" AND " + text)
	c.args = append(c.args, args...)
}

func (l *ledger) requests(q *filter.Query) (filter.Page, error) {
	var p filter.Page
	if q.Limit <= 0 {
		return p, nil
	}
	c := conditions{args: []any{l.demo}}
	if q.After != (filter.Place{}) {
		c.add("(wall, seq) < (?, ?)", q.After.At, q.After.Seq)
	}
	if !q.From.IsZero() {
		c.add("wall >= ?", q.From.UnixMicro())
	}
	if !q.To.IsZero() {
		c.add("wall < ?", q.To.UnixMicro())
	}
	for i := range q.Terms {
		c.term(&q.Terms[i])
	}
	text := "SELECT seq, id, " + requestColumns + " FROM requests WHERE demo = ?" + c.text.String() +
		" ORDER BY wall DESC, seq DESC LIMIT ?"
	var last filter.Place
	err := l.db.query("reading the requests", text, append(c.args, q.Limit+1), func(rows *sql.Rows) error {
		if len(p.Results) == q.Limit {
			p.Next = last
			return nil
		}
		var row requestRow
		var id int64
		if err := rows.Scan(append([]any{&last.Seq, &id}, row.columns()...)...); err != nil {
			return err
		}
		row.r.ID, last.At = relay.ID(id), row.wall
		r, err := row.result()
		p.Results = append(p.Results, r)
		return err
	})
	return p, err
}

// took is the time of a request from when it was asked for to its last token, or to its failure, in microseconds.
// Rows of earlier versions have only the figures of the attempt that answered.
const took = `coalesce(iif(json_valid(attempts), coalesce(json_extract(attempts, '$[#-1].at.last'),
	json_extract(attempts, '$[#-1].at.done')), NULL), coalesce(queue, 0) + wait + e2e)`

// saidBy matches the prompt and the answer of a request of a chat. What is not indexed yet is compared as it is.
const saidBy = `EXISTS (SELECT 1 FROM messages a CROSS JOIN messages m ON m.chat = a.chat AND
	m.id IN (a.id, iif(json_valid(a.record), json_extract(a.record, '$.parent'), 0))
	WHERE a.chat = requests.chat AND a.id = requests.chat_message AND (
		m.seq IN (SELECT rowid FROM words WHERE words MATCH ?) OR
		m.seq IN (SELECT seq FROM unindexed) AND instr(lower(m.text), ?) > 0))`

// tries is the number of attempts of a request.
const tries = "iif(json_valid(attempts), json_array_length(attempts), 0)"

// term adds the condition of a term.
func (c *conditions) term(t *filter.Term) {
	not := ""
	if t.Not {
		not = "NOT "
	}
	add := func(text string, args ...any) { c.add(not+"coalesce("+text+", 0)", args...) }
	than := func(column string) string {
		if t.Below {
			return column + " < ?"
		}
		return column + " > ?"
	}
	switch t.Kind {
	case filter.Failed:
		add("status NOT IN " + answered + " AND status <> 'cancelled'")
	case filter.OK:
		add("status IN " + answered)
	case filter.Retried:
		add(tries + " > 1")
	case filter.Cut:
		add("status IN ('length','filtered','incomplete','truncated')")
	case filter.Took:
		add(than(took), t.Time.Microseconds())
	case filter.TTFT:
		add(than("ttft"), t.Time.Microseconds())
	case filter.Cost:
		add(than("cost"), int64(t.Cost))
	case filter.Model:
		add("instr(lower(requested || char(10) || asked || char(10) || model), ?) > 0", t.Text)
	case filter.Endpoint:
		add("instr(lower(endpoint), ?) > 0", t.Text)
	case filter.Lane:
		add("lane = ?", t.Text)
	case filter.Class:
		add("class = ?", t.Text)
	case filter.Run:
		add("lower(substr(run, 1, length(?))) = ?", t.Text, t.Text)
	case filter.Word:
		if match := find.Parse(t.Text + " ").Match(); match != "" { // signs alone are in no index
			add(saidBy, match, t.Text)
		}
	}
}
