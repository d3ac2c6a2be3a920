package inspect

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/themes"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
	"relaytop/ui/widget"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 3, 2, 15, 2, 0, 0, time.UTC)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func at(n int) time.Time { return start.Add(ms(n)) }

const id = relay.ID(0x7f3a19c2)

// fake is a store that knows one request.
type fake struct {
	in    state.Inspection
	asked int

	stored *relay.Result // in the archive
	err    error
	view   testing.TB // set while View runs: being asked then is an error
}

func (f *fake) Inspect(relay.ID) state.Inspection {
	if f.view != nil {
		f.view.Error("View asks the store")
	}
	f.asked++
	return f.in
}

func (f *fake) Recorded(relay.ID) (*relay.Result, error) { return f.stored, f.err }

func look(t testing.TB, name string, o style.Options) *style.Styles {
	t.Helper()
	th, err := themes.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	o.Generation = 1
	return style.New(th, o)
}

// fixture is the view with what it needs around it.
type fixture struct {
	*Model
	store *fake
	t     testing.TB
}

func open(t testing.TB, w, h int, in state.Inspection) *fixture {
	t.Helper()
	r := &fixture{store: &fake{in: in}, t: t}
	r.Model = New(&pane.Env{Styles: look(t, "dark", style.Options{})}, r.store)
	r.Resize(w-4, h-4)
	r.Open(pane.InspectMsg{ID: id, What: "answer"})
	r.tick(at(6300))
	return r
}

func (r *fixture) tick(now time.Time) { r.Refresh(&state.Snapshot{At: now}) }

// screen is the view in its frame; every line must be exactly as wide.
func (r *fixture) screen() string {
	r.t.Helper()
	body := r.View()
	s := widget.Box(r.env.Styles, r.w+4, r.h+2, r.Name(), r.Title(), r.Status(), true, body)
	for i, l := range strings.Split(s, "\n") {
		if n := ansi.StringWidth(l); n != r.w+4 {
			r.t.Errorf("line %d is %d cells wide, not %d: %q", i, n, r.w+4, l)
		}
	}
	return s
}

func (r *fixture) press(keys ...string) {
	for _, k := range keys {
		r.Update(uitest.Key(k))
	}
}

func steady(n int, each time.Duration) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = each + time.Duration(i*i%17)*each/16
	}
	out[n/2] *= 3
	return out
}

const askedBody = `{"model":"deepseek-v3.2","messages":[{"role":"system","content":"Be brief."},` +
	`{"role":"user","content":"Explain \u001b[31m it's \"quoted\" – 世界, in one long line ` +
	`that does not fit on any narrow screen at all and so has to go on below"}],"stream":true,"stop":[],"temperature":0.7}`

func exchange(n, status int, answer string) relay.Exchange {
	return relay.Exchange{ID: id, Attempt: n, Method: "POST", URL: "https://api.holysheep.ai/v1/chat/completions",
		Status: status, Body: []byte(askedBody), BodySize: int64(len(askedBody)),
		Sent: []relay.Field{{Name: "Accept", Value: "text/event-stream, application/json"},
			{Name: "Authorization", Value: "Bearer ••••"}, {Name: "Content-Type", Value: "application/json"}},
		Received: []relay.Field{{Name: "Content-Type", Value: "text/event-stream"}, {Name: "Retry-After", Value: "90"},
			{Name: "Server", Value: "nginx"}, {Name: "X-Request-Id", Value: "r-19c2"}},
		Answer: []byte(answer), AnswerSize: int64(len(answer))}
}

const stream = "data: {\"id\":\"c-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Two\"}}]}\n\ndata: " +
	"{\"choices\":[{\"index\":0,\"delta\":{\"content\":\" words \x1b[2J\"}}]}\n\ndata: [DONE]\n\n"

// answered is a request that was answered at once.
func answered() state.Inspection {
	t := relay.Timing{Sched: at(0), Send: at(20), Conn: at(60), TLS: at(130), Wrote: at(131), FirstByte: at(310),
		First: at(416), FirstOut: at(416), Last: at(4500), Done: at(4510), Chunks: 64, Gaps: steady(63, ms(50))}
	r := &relay.Result{ID: id, Status: relay.StatusOK, Finish: "stop", Requested: "gpt-4.1", Asked: "gpt-4.1",
		Model: "gpt-4.1", Endpoint: "holysheep", Timing: t, Wall: at(4510),
		Usage:    &relay.Usage{Input: 1204, Cached: 896, Output: 197, Total: 1401},
		Attempts: []relay.Attempt{{N: 1, Endpoint: "holysheep", Model: "gpt-4.1", Status: 200, Timing: t}},
		Cost: relay.Cost{Amount: 11_208_000_000, Source: relay.SourceRelay, AsOf: "2026", List: 13_000_000_000,
			ListKnown: true, Bill: &relay.Bill{From: "built-in HolySheep list",
				Tried: []string{"usage.cost", "header", "your price file", "the relay's list"}, Model: "gpt-4.1",
				ListAsOf: "2026-08-19", Lines: []relay.BillLine{
					{What: "input", Tokens: 308, Rate: 8 * relay.USD, Amount: 2_464_000_000},
					{What: "cached input", Tokens: 896, Rate: 8 * relay.USD, Amount: 7_168_000_000},
					{What: "output", Tokens: 197, Rate: 8 * relay.USD, Amount: 1_576_000_000}}}}}
	return state.Inspection{Result: r, Exchanges: []relay.Exchange{exchange(1, 200, stream)}}
}

// fellBack is the request of the target picture: two failures, then another model.
func fellBack() state.Inspection {
	t := relay.Timing{Sched: at(1910), Send: at(1915), FirstByte: at(2105), First: at(2211), FirstOut: at(2211),
		Last: at(6291), Done: at(6295), Chunks: 64, Gaps: steady(63, ms(55))}
	whole := t
	whole.Sched, whole.Wait = at(0), ms(1400)
	r := &relay.Result{ID: id, Status: relay.StatusOK, Finish: "stop", Requested: "gpt-4.1", Asked: "deepseek-v3.2",
		Model: "deepseek-v3.2", Endpoint: "holysheep", Timing: whole, Wall: at(6295),
		Usage: &relay.Usage{Input: 1204, Cached: 896, Output: 197, Total: 1401},
		Fallback: &relay.Fallback{From: "gpt-4.1", To: "deepseek-v3.2",
			Reason: "503 overloaded: it asked to wait 90 s, longer than the 60 s of max_wait"},
		Attempts: []relay.Attempt{
			{N: 1, Endpoint: "holysheep", Model: "gpt-4.1", Status: 429, Class: relay.ClassRateLimit,
				Message: "slow down, please \x1b[31m", Wait: ms(1400), WaitReason: "retry-after-ms 1400",
				Timing: relay.Timing{Sched: at(0), Send: at(20), FirstByte: at(190), Done: at(200)}},
			{N: 2, Endpoint: "backup-eu", Model: "gpt-4.1", Status: 503, Class: relay.ClassOverloaded,
				Message: "no capacity for gpt-4.1", WaitReason: "not tried again: it asked to wait 90 s, longer than the 60 s " +
					"of max_wait",
				Timing: relay.Timing{Sched: at(1600), Send: at(1600), Conn: at(1650), TLS: at(1710), FirstByte: at(1900),
					Done: at(1910)}},
			{N: 3, Endpoint: "holysheep", Model: "deepseek-v3.2", Status: 200, Timing: t}},
		Cost: relay.Cost{Amount: 588_420_000, Source: relay.SourceRelay, Estimated: true, AsOf: "2026",
			Bill: &relay.Bill{From: "the relay's list", Tried: []string{"usage.cost", "header", "your price file"},
				Model: "deepseek-v3.2", Lines: []relay.BillLine{
					{What: "input", Tokens: 308, Rate: 420_000_000_000, Amount: 129_360_000},
					{What: "cached input", Tokens: 896, Rate: 420_000_000_000, Amount: 376_320_000, Assumed: true},
					{What: "output", Tokens: 197, Rate: 420_000_000_000, Amount: 82_740_000}}}}}
	return state.Inspection{Result: r, Exchanges: []relay.Exchange{
		exchange(1, 429, `{"error":{"message":"slow down, please"}}`),
		exchange(2, 503, "<html>no</html>"),
		exchange(3, 200, stream),
	}}
}

func streaming() state.Inspection {
	t := relay.Timing{Sched: at(0), Send: at(20), FirstByte: at(310), First: at(416), FirstOut: at(1500), Last: at(2500),
		Chunks: 30, Gaps: steady(29, ms(50))}
	r := &relay.Result{ID: id, Requested: "gpt-4.1", Asked: "gpt-4.1", Endpoint: "holysheep", Timing: t,
		Attempts: []relay.Attempt{{N: 1, Endpoint: "holysheep", Model: "gpt-4.1", Status: 200, Timing: t}}}
	return state.Inspection{Result: r, Live: true}
}

func failed() state.Inspection {
	t := relay.Timing{Sched: at(0), Send: at(3), FirstByte: at(90), Done: at(95)}
	err := &relay.Error{Class: relay.ClassAuth, Status: 401, Message: "Incorrect API key provided: ••••"}
	r := &relay.Result{ID: id, Status: relay.StatusFailed, Requested: "gpt-4.1", Asked: "gpt-4.1", Endpoint: "holysheep",
		Timing: t, Wall: at(95), Err: err,
		Attempts: []relay.Attempt{{N: 1, Endpoint: "holysheep", Model: "gpt-4.1", Status: 401, Class: relay.ClassAuth,
			Message: err.Message, Timing: t}}}
	return state.Inspection{Result: r, Exchanges: []relay.Exchange{
		exchange(1, 401, `{"error":{"message":"Incorrect API key provided: ••••","code":"invalid_api_key"}}`),
	}}
}

// restarted is what is left of an answer that was read back from the disk.
func restarted(t testing.TB) state.Inspection {
	t.Helper()
	kept := *fellBack().Result
	kept.Timing.Gaps = nil
	kept.Attempts[2].Timing.Gaps = nil
	raw, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	var r relay.Result
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return state.Inspection{Result: &r}
}

// TestScreens compares every tab at three sizes.
func TestScreens(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 36}, {160, 45}} {
		for name, in := range map[string]state.Inspection{"ok": answered(), "fallback": fellBack(),
			"streaming": streaming(), "failed": failed(), "restarted": restarted(t)} {
			for tab := range numTabs {
				if tab != overview && name != "ok" && size.w != 120 {
					continue
				}
				n := fmt.Sprintf("%s-%s-%dx%d", name, tabNames[tab], size.w, size.h)
				t.Run(n, func(t *testing.T) {
					r := open(t, size.w, size.h, in)
					for range tab {
						r.press("right")
					}
					uitest.Golden(t, n, r.screen())
				})
			}
		}
	}
}

// What repeats from event to event is left out of the layout; what differs, and all of the first, stands.
func TestEventsShowWhatChanged(t *testing.T) {
	body := "data: {\"id\":\"c-1\",\"choices\":[{\"delta\":{\"content\":\"Two\"}}]}\n\ndata: " +
		"{\"id\":\"c-1\",\"choices\":[{\"delta\":{\"content\":\" words\"}}]}\n\n" +
		"data: {\"id\":\"c-1\",\"choices\":[{\"delta\":{\"content\":\" words\"}}]}\n\ndata: " +
		"{\"id\":\"c-2\",\"usage\":{\"a\":1}}\n\ndata: [DONE]\n\n"
	var got []string
	for _, l := range bodyLines(look(t, themes.Default, style.Options{}), []byte(body), 100) {
		got = append(got, ansi.Strip(l))
	}
	want := []string{`data: {"id":"c-1","choices":[{"delta":{"content":"Two"}}]}`,
		`data: {"choices":[{"delta":{"content":" words"}}], …}`, `data: {…}`, `data: {"id":"c-2","usage":{"a":1}}`,
		`data: [DONE]`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
