package batch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/job"
	"relaytop/themes"
	"relaytop/ui/pane"
	"relaytop/ui/style"
)

var start = time.Date(2026, 3, 2, 14, 24, 22, 0, time.UTC)

// longInput is how many rows of an input are read before the first plan.
const longInput = 20_000

// fake is a store of one run. It notes what was asked of it.
type fake struct {
	rows  []job.Row
	focus int
	runs  []job.Header
	parts []job.Part
	steps []job.PartStep
	fail  error
	plan  func(job.Options) job.Plan
	// batches is what the relay says about its batches
	batches job.BatchAPI
	held    job.Header // a run once it is read
	whole   func(n int) job.Whole
	rowCost job.RowCost

	queries []job.Query
	calls   []string
	opts    []job.Options
	reads   int        // of rows
	view    testing.TB // set while View runs: whatever is asked then is an error
}

// asked is called by all that the pane may ask.
func (f *fake) asked(what string) {
	if f.view != nil {
		f.view.Errorf("View asks the store for %s", what)
	}
}

func (f *fake) note(format string, a ...any) error {
	f.asked(fmt.Sprintf(format, a...))
	f.calls = append(f.calls, fmt.Sprintf(format, a...))
	return f.fail
}

func (f *fake) Start(o job.Options) (string, error) {
	f.opts = append(f.opts, o)
	return "new", f.note("start %s", o.Input)
}
func (f *fake) Pause(id string) error { return f.note("pause %s", id) }
func (f *fake) Hold(_ context.Context, id string) (job.Header, error) {
	return f.held, f.note("hold %s", id)
}
func (f *fake) Release(id string) error { return f.note("release %s", id) }
func (f *fake) Resume(id string) error  { return f.note("resume %s", id) }
func (f *fake) Cancel(id string) error  { return f.note("cancel %s", id) }
func (f *fake) PollNow(id string) error { return f.note("poll %s", id) }
func (f *fake) Detach(_ context.Context, id string) error {
	return f.note("detach %s", id)
}
func (f *fake) RetryFailed(id string) error              { return f.note("retry %s", id) }
func (f *fake) Resize(id string, n int)                  { _ = f.note("resize %s %d", id, n) }
func (f *fake) SetBudget(id string, m relay.Money) error { return f.note("budget %s %s", id, m) }
func (f *fake) Preflight(_ context.Context, o job.Options) (job.Plan, error) {
	_ = f.note("plan %s", o.Model)
	if f.plan == nil {
		return job.Plan{}, f.fail
	}
	return f.plan(o), f.fail
}

// PreflightSoon ends before the input does if the plan says so.
func (f *fake) PreflightSoon(ctx context.Context, o job.Options) (job.Plan, error) {
	p, err := f.Preflight(ctx, o)
	if p.Rows > longInput {
		p.Rows, p.More = longInput, true
	}
	return p, err
}
func (f *fake) BatchAPI(context.Context, string) job.BatchAPI { return f.batches }
func (f *fake) Preview(context.Context, string) (job.Plan, error) {
	return job.Plan{Sample: []job.Row{{N: 1, ID: "T-1", Text: "Reply to the customer"},
		{N: 2, ID: "row-2", Outcome: job.RowSkipped, Reason: "not JSON"}}}, f.fail
}
func (f *fake) Refresh() error                  { return nil }
func (f *fake) RetryRow(id string, n int) error { return f.note("retry %s row %d", id, n) }
func (f *fake) RowCost(id string, n int) (job.RowCost, error) {
	f.asked("what a row costs")
	return f.rowCost, f.fail
}
func (f *fake) Skip(id string, n int) error { return f.note("skip %s row %d", id, n) }
func (f *fake) Query(_ context.Context, _ string, q job.Query) ([]int32, error) {
	f.queries = append(f.queries, q)
	var out []int32
	for i := range f.rows {
		r := &f.rows[i]
		if (q.Keep == nil || q.Keep(r.Outcome, r.Fallback != nil)) && strings.Contains(r.ID+r.Text, q.Text) {
			out = append(out, int32(i))
		}
	}
	if q.Sort == job.ByTokens {
		slices.SortStableFunc(out, func(a, b int32) int { return cmp.Compare(f.rows[b].Out, f.rows[a].Out) })
	}
	return out, f.fail
}
func (f *fake) RowsAt(_ string, at []int32) (rows []job.Row) {
	f.asked("rows by their indexes")
	for _, i := range at {
		rows = append(rows, f.rows[i])
	}
	return rows
}
func (f *fake) Whole(_ string, n int) (job.Whole, error) {
	f.asked("a whole row")
	w := job.Whole{Row: f.rows[n-1]}
	if f.whole != nil {
		w = f.whole(n)
	}
	return w, f.fail
}
func (f *fake) Show(id string) { _ = f.note("show %s", id) }
func (f *fake) Parts(string) ([]job.Part, []job.PartStep) {
	f.asked("its parts")
	return f.parts, f.steps
}

func (f *fake) List() []job.Header {
	f.asked("its runs")
	return f.runs
}

func (f *fake) Focus(string) int {
	f.asked("the first unfinished row")
	return f.focus
}

func (f *fake) RowsWhere(_ string, keep func(job.Outcome, bool) bool, from, n int) (rows []job.Row, total int) {
	f.asked("rows under a filter")
	for i := range f.rows {
		if r := &f.rows[i]; keep(r.Outcome, r.Fallback != nil) {
			if total >= from && len(rows) < n {
				rows = append(rows, *r)
			}
			total++
		}
	}
	return rows, total
}

func (f *fake) Rows(_ string, from, n int) []job.Row {
	f.asked("rows")
	f.reads++
	from = min(max(from, 0), len(f.rows))
	return f.rows[from:min(from+max(n, 0), len(f.rows))]
}

func dress(t testing.TB, theme string, o style.Options) *pane.Env {
	t.Helper()
	th, err := themes.Load(theme)
	if err != nil {
		t.Fatal(err)
	}
	return &pane.Env{Styles: style.New(th, o)}
}

// show draws a run in a pane of w x h cells, focused or not.
func show(env *pane.Env, book Runs, h job.Header, w, height int) *Model {
	m := New(env, book)
	m.Resize(w, height)
	m.Refresh(&state.Snapshot{At: start, Run: h, Runs: 1})
	return m
}

func usd(micro int64) relay.Money { return relay.Money(micro) * relay.USD / 1_000_000 }

// answers are the texts of rows 3055 to 3073.
const answers = `ok|264|88|Hola Marta: hemos devuelto el cargo duplicado, lo verás en 3 a 5 días.
ok|301|102|Guten Tag Herr Brandt, Ihr Paket liegt seit heute früh in der Filiale.
live|288|141|Bonjour Claire, merci pour les captures. Le bouton reste gris parce que le
ok|271|76|Chào chị Hạnh, đơn hàng của chị đã được hoàn tiền sáng nay ạ.
live|342|118|Thanks for the logs, Priya. The webhook fired twice because the first answer took
ok|259|91|佐藤様、返金の手続きは本日完了いたしました。三日以内に反映されます。
live|277|97|Ciao Paolo, il codice scade dopo dieci minuti: ne ho appena generato uno
ok|318|84|Hi Sam, your seat was moved to the yearly plan; see the invoice.
fall|204|79|Olá Beatriz, o pedido 48211 saiu hoje do centro de Lisboa.
live|296|83|I have looked at the export with the number that you gave me. Rows 1 to 400 are complete ` +
	`and safe, and the rest failed because
retry|||429 rate_limit, attempt 2 of 3: the relay asked for 6 s
fail|||content_filter (200): the provider refused` + "\x1b[2J" + ` this answer
live|331|66|Dzień dobry, zmiana adresu jest możliwa do godziny 18, proszę podać numer
live|269|52|Hei Aino, olemme palauttaneet maksun ja lähetämme uuden
ok|188|31|Hi! Yes, the free plan includes the API.
live|305|38|Bună ziua Andrei, factura corectată este atașată. Diferența de
cut|354|17|Hello Mr Okafor, thank you for waiting. I have
wait|||
wait|||`

// table has 5,000 rows; those around 3,063 are in every state.
func table() []job.Row {
	rows := make([]job.Row, 5000)
	for i := range rows {
		rows[i] = job.Row{N: i + 1, ID: fmt.Sprintf("T-%d", 48001+i), Outcome: job.Pending, Model: "deepseek-v3.2"}
		if i < 3054 {
			rows[i] = done(rows[i], 250, 80, "Thank you for writing.")
		}
	}
	for k, line := range strings.Split(answers, "\n") {
		r := &rows[3054+k]
		part := strings.SplitN(line, "|", 4)
		var ttft, out int
		_, _ = fmt.Sscan(part[1], &ttft)
		_, _ = fmt.Sscan(part[2], &out)
		r.Attempt, r.Since = 1, start.Add(-1900*time.Millisecond)
		switch part[0] {
		case "ok", "fall":
			*r = done(*r, ttft, out, part[3])
			if part[0] == "fall" {
				r.Model, r.Attempt, r.Fallback = "gemini-2.5-flash", 3,
					&relay.Fallback{From: "deepseek-v3.2", To: "gemini-2.5-flash", Reason: "overloaded"}
			}
		case "live":
			r.Outcome, r.TTFT, r.Out, r.OutEst, r.Text = job.RowStreaming, time.Duration(ttft)*time.Millisecond, int64(out),
				true, part[3]
			r.TokPerSec, r.CostEst = 48, usd(int64(out)+30)
		case "retry":
			r.Outcome, r.Attempt, r.Reason, r.Class, r.Until = job.RowRetrying, 2, part[3], relay.ClassRateLimit,
				start.Add(3600*time.Millisecond)
		case "fail":
			r.Outcome, r.Reason, r.Class = job.RowFailed, part[3], relay.ClassContentFilter
		case "cut":
			*r = done(*r, ttft, out, part[3])
			r.Outcome, r.Reason = job.RowIncomplete, "cut by length"
		case "wait":
			r.Outcome, r.Since = job.RowWaiting, start.Add(-600*time.Millisecond)
		}
	}
	return rows
}

func done(r job.Row, ttft, out int, text string) job.Row {
	r.Outcome, r.Attempt, r.TTFT, r.Out, r.Text, r.TokPerSec = job.RowOK, 1, time.Duration(ttft)*time.Millisecond,
		int64(out), text, 47
	r.Cost = relay.Cost{Amount: usd(int64(out) + 25), Source: relay.SourceRelay}
	return r
}

func running() job.Header {
	return job.Header{ID: "0302-1411-kmzq", Input: "/home/me/replies.csv", Out: "/home/me/replies.out.jsonl",
		State: job.Running, Model: "deepseek-v3.2", Concurrency: 10,
		Rows: 5000, OK: 3022, Failed: 39, Incomplete: 1, InFlight: 9, Retrying: 1, Queued: 1928, FellBack: 81,
		ByClass: map[relay.Class]int{relay.ClassTimeout: 11, relay.ClassOverloaded: 10, relay.ClassRateLimit: 9,
			relay.ClassContentFilter: 6, relay.ClassTruncated: 3},
		Started: start.Add(-789 * time.Second), Elapsed: 789 * time.Second, Rate: 3.9, ETA: 499 * time.Second,
		Cost: usd(394_200), Low: usd(620_000), High: usd(670_000),
		Saved: usd(113_800), SavedKnown: true, Version: 1}
}

func over(h job.Header) job.Header {
	h.State, h.OK, h.InFlight, h.Retrying, h.Queued, h.Rate, h.ETA = job.Finished, 4960, 0, 0, 0, 0, 0
	h.Ended, h.Elapsed = start, 1288*time.Second
	return h
}

// paused is a run that stopped by itself.
func paused() job.Header {
	h := running()
	h.State, h.Stopped, h.InFlight, h.Retrying, h.Queued, h.ETA, h.Rate = job.Paused, "auth", 0, 0, 1938, 0, 0
	h.Reason = "the relay refused the key (401 invalid_api_key): check it with `relaytop doctor`, then resume; the " +
		"refused rows are sent again"
	return h
}

// still are the rows of a run that is paused: those that were in flight wait to be sent.
func still() []job.Row {
	rows := table()
	for i := range rows {
		if r := &rows[i]; r.Outcome < job.RowOK && r.Outcome != job.Pending {
			*r = job.Row{N: r.N, ID: r.ID, Model: r.Model}
		}
	}
	return rows
}

// all are the rows of a run that is over.
func all() []job.Row {
	rows := still()
	for i := range rows {
		if r := &rows[i]; r.Outcome == job.Pending {
			*r = done(*r, 300, 50, "Thank you, it works again.")
		}
	}
	return rows
}
