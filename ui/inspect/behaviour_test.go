package inspect

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/relay/openai"
	"relaytop/state"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// run gives the messages of a command, those of batches and sequences in order.
func run(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	if v := reflect.ValueOf(msg); msg != nil && v.Kind() == reflect.Slice &&
		v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		var out []tea.Msg
		for i := range v.Len() {
			out = append(out, run(v.Index(i).Interface().(tea.Cmd))...)
		}
		return out
	}
	return []tea.Msg{msg}
}

func (r *fixture) did(k string) string { return fmt.Sprint(run(r.Update(uitest.Key(k)))) }

func (r *fixture) has(texts ...string) {
	r.t.Helper()
	s := ansi.Strip(r.screen())
	for _, x := range texts {
		if !strings.Contains(s, x) {
			r.t.Errorf("%q is not on the screen:\n%s", x, s)
		}
	}
}

// TestNoKeyInAnyTab: a relay that echoes the key in headers and body, looked at and copied in every way. Only the
// question, which has it, keeps it.
func TestNoKeyInAnyTab(t *testing.T) {
	const key = "sk-very-secret-4711"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":{"message":"bad key %s, team %s"}}`, key, r.Header.Get("X-Team"))
	}))
	defer s.Close()
	c, err := openai.New(relay.Endpoint{Name: "r", BaseURL: s.URL + "/v1?token=query-secret", Key: key, KeyEnv: "MY_KEY",
		Headers: map[string]string{"X-Team": "team-secret-41"}}, openai.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	store := state.New(state.Options{})
	defer func() { _ = store.Close(context.Background()) }()
	tell := store.Apply
	q := &relay.Request{ID: id, Model: "m", Messages: []relay.Message{{Role: "user", Text: "my key is " + key}}}
	tell(relay.Event{Kind: relay.Queued, ID: id, Model: "m"})
	reply := c.Send(t.Context(), relay.Call{Request: q, Model: "m", Attempt: 1}, tell)
	tell(relay.Event{Kind: relay.Done, ID: id, Result: &relay.Result{ID: id, Status: reply.Status, Requested: "m",
		Asked: "m", Endpoint: "r", Timing: reply.Timing, Err: reply.Err,
		Attempts: []relay.Attempt{{N: 1, Endpoint: "r", Model: "m", Status: reply.HTTP, Class: reply.Err.Class,
			Message: reply.Err.Message, Timing: reply.Timing}}}})
	m := New(&pane.Env{Styles: look(t, "dark", style.Options{})}, store.Requests())
	m.Resize(116, 200)
	m.Open(pane.InspectMsg{ID: id})
	m.Refresh(store.Snapshot())
	seen := ""
	for range numTabs {
		seen += ansi.Strip(m.View()) + fmt.Sprint(run(m.Update(uitest.Key("y")))) + fmt.Sprint(run(m.Update(uitest.Key("c"))))
		m.Update(uitest.Key("right"))
	}
	asked := "my key is " + key // a question keeps every letter
	if strings.Count(seen, asked) < 3 {
		t.Errorf("%q is not in the body, its copy and the curl:\n%s", asked, seen)
	}
	for _, secret := range []string{key, "team-secret-41", "query-secret"} {
		if strings.Contains(strings.ReplaceAll(seen, asked, ""), secret) {
			t.Errorf("%s is shown or copied:\n%s", secret, seen)
		}
	}
	for _, want := range []string{`'Authorization: Bearer '"$MY_KEY"`, `'X-Team: '"$X_TEAM"`, `"$RELAY_QUERY"`,
		"bad key ••••"} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q is nowhere:\n%s", want, seen)
		}
	}
}

// TestDrawsFourTimesASecond: a stream is drawn four times a second, a change that a person waits for at once, and a
// finished request once.
func TestDrawsFourTimesASecond(t *testing.T) {
	r := open(t, 120, 36, streaming())
	draws := func(now time.Time) bool {
		r.View()
		r.tick(now)
		return r.drawn.screen == ""
	}
	r.tick(at(7000))
	if draws(at(7100)) {
		t.Error("drawn again after 100 ms")
	}
	if !draws(at(7260)) {
		t.Error("not drawn after 260 ms of a stream")
	}
	next := streaming()
	next.Waits, next.Until = "429: it asked for 2 s", at(9000)
	r.store.in = next
	if !draws(at(7270)) {
		t.Error("a wait is not drawn at once")
	}
	r.has("waiting 2 s", "429: it asked for 2 s")
	r.store.in = answered()
	if !draws(at(7280)) {
		t.Error("the end is not drawn at once")
	}
	r.has("answered by gpt-4.1")
	if draws(at(60_000)) || draws(at(600_000)) {
		t.Error("drawn though nothing moves")
	}
}

func TestTheWaterfallGrows(t *testing.T) {
	in := streaming()
	r := open(t, 120, 36, in)
	r.tick(at(8600))
	r.has("streaming 8.1 s", "streaming")
	r.tick(at(11_600))
	r.has("streaming 11.1 s")
}

func TestViewAsksNothingAndChangesNothing(t *testing.T) {
	for _, in := range []state.Inspection{streaming(), fellBack(), answered()} {
		r := open(t, 80, 24, in)
		for range numTabs {
			r.press("right", "down")
			r.store.view = t
			before := *r.Model
			first := r.View()
			again := *r.Model
			again.drawn.screen = ""
			if r.View() != first || again.View() != first {
				t.Errorf("%s: drawn again it differs", tabNames[r.tab])
			}
			r.store.view = nil
			now := *r.Model
			for _, m := range []*Model{&now, &before} {
				for i := range m.ports { // they hold functions, which can't be compared
					m.chosen += 1000 * (i + 1) * m.ports[i].YOffset()
				}
				m.drawn.screen, m.actions, m.ports = "", nil, [numTabs]viewport.Model{}
			}
			if !reflect.DeepEqual(now, before) {
				t.Errorf("%s: drawing changed the view", tabNames[r.tab])
			}
		}
	}
}

func TestAttemptsAreChosen(t *testing.T) {
	r := open(t, 160, 60, fellBack())
	r.View()
	r.press("up")
	r.has("said  no capacity for gpt-4.1")
	r.press("up", "up", "up")
	r.has("said  slow down, please ␛[31m")
	r.press("right", "right", "right")
	r.has("attempt 1 of 3", "HTTP 429", "slow down, please")
	r.press("]")
	r.has("attempt 2 of 3", "HTTP 503", "<html>no</html>")
}

func TestLongBodiesScroll(t *testing.T) {
	in := answered()
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "data: {\"n\":%d}\n\n", i)
	}
	in.Exchanges = []relay.Exchange{exchange(1, 200, b.String())}
	r := open(t, 80, 24, in)
	r.press("left")
	r.has("HTTP 200", "1–20 of")
	r.press("G")
	r.has(`{"n":299}`)
	r.press("pgup", "k")
	r.has(`{"n":279}`)
	r.press("g")
	r.has("HTTP 200")
}

func TestReplayAndEdit(t *testing.T) {
	r := open(t, 120, 36, answered())
	if got := r.did("r"); !strings.Contains(got, "can't be sent again from here") {
		t.Errorf("without a way to replay: %s", got)
	}
	r.Open(pane.InspectMsg{ID: id, Replay: func() tea.Msg { return "replayed" }, Edit: func() tea.Msg { return "edited" }})
	r.View()
	if got := r.did("r"); got != "[replayed]" {
		t.Errorf("replay gave %s", got)
	}
	if got := fmt.Sprintf("%T", run(r.Update(uitest.Key("e")))[0]); got != "pane.InspectEndMsg" {
		t.Errorf("editing first gave %s", got)
	}
	if got := r.did("e"); !strings.HasSuffix(got, "edited]") {
		t.Errorf("editing gave %s", got)
	}
	r.store.in = streaming()
	r.tick(at(7000))
	if got := r.did("r"); !strings.Contains(got, "still under way") {
		t.Errorf("while it runs: %s", got)
	}
}

func TestCurlIsOffWithoutAWholeBody(t *testing.T) {
	r := open(t, 120, 36, restarted(t))
	if got := r.did("c"); !strings.Contains(got, "not kept") {
		t.Errorf("without an exchange: %s", got)
	}
	in := answered()
	in.Exchanges[0].BodyCut, in.Exchanges[0].BodySize = true, 1<<20
	r = open(t, 120, 36, in)
	if got := r.did("c"); !strings.Contains(got, "too long") {
		t.Errorf("with a cut body: %s", got)
	}
	r.press("right", "right")
	r.has("the first", "of 1.0 MB", "cut here")
}

// TestNothingRawReachesTheScreen: control bytes, bidi marks and escape sequences in everything that comes from a
// relay.
func TestNothingRawReachesTheScreen(t *testing.T) {
	const evil = "\x1b]0;x\x07\u009b31m\u202e\r\x00\u2028"
	in := fellBack()
	for i := range in.Result.Attempts {
		a := &in.Result.Attempts[i]
		a.Endpoint, a.Model, a.Message, a.WaitReason = evil, evil, evil, evil
	}
	in.Result.Model, in.Result.Finish, in.Result.Fallback.Reason, in.Result.Cost.AsOf = evil, evil, evil, evil
	in.Result.Cost.Bill.From, in.Result.Cost.Bill.Tried = evil, []string{evil}
	x := exchange(3, 200, evil+"\ndata: {\""+evil+"\":\""+evil+"\"}\n"+evil+":")
	x.Method, x.URL = evil, evil
	x.Sent, x.Received = []relay.Field{{Name: evil, Value: evil}}, []relay.Field{{Name: "server", Value: evil},
		{Name: evil, Value: evil}}
	x.Body = []byte("{\"a\":\"" + evil + "\",[")
	in.Exchanges = []relay.Exchange{x}
	for _, w := range []int{60, 120} {
		r := open(t, w, 60, in)
		for range numTabs {
			for _, c := range ansi.Strip(r.screen()) {
				if c < ' ' && c != '\n' || c >= 0x7f && c < 0xa0 || c == 0x202e || c == 0x2028 {
					t.Fatalf("%U is on the %s tab", c, tabNames[r.tab])
				}
			}
			r.press("right")
		}
	}
}

// FuzzBody: any body, laid out at any width, is lines that fit.
func FuzzBody(f *testing.F) {
	for _, s := range []string{askedBody, stream, "<html>", `{"a":[1,{"b":"` + strings.Repeat("世界", 40) + `"}]}`,
		`{"cut":"in the mid`, "[[[[[[", "}}}}", "data: \xff"} {
		f.Add([]byte(s), 20)
	}
	st := look(f, "dark", style.Options{})
	f.Fuzz(func(t *testing.T, body []byte, w int) {
		w = 4 + abs(w)%200
		for _, l := range bodyLines(st, body, w) {
			if n := ansi.StringWidth(l); n > w || strings.ContainsAny(ansi.Strip(l), "\n\r\x1b") {
				t.Fatalf("a line of %d cells in %d: %q", n, w, l)
			}
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}

// TestWithoutColour: the screens stand in ASCII and without any colour.
func TestWithoutColour(t *testing.T) {
	r := open(t, 120, 36, fellBack())
	r.env.Styles = look(t, "mono", style.Options{ASCII: true, NoColor: true})
	r.env.Styles.Generation = 2
	for range numTabs {
		r.screen()
		r.press("right")
	}
	uitest.Golden(t, "ascii-120x36", r.screen())
}

// BenchmarkView is what a frame of the overview costs while a request streams.
func BenchmarkView(b *testing.B) {
	r := open(b, 160, 45, streaming())
	b.ReportAllocs()
	for b.Loop() {
		r.layout()
		r.View()
	}
}

// BenchmarkBody is what it costs to lay out the largest body, once.
func BenchmarkBody(b *testing.B) {
	body := []byte(`{"messages":[` + strings.Repeat(`{"role":"user","content":"some words of a question, 世界"},`, 4000) +
		`]}`)
	st := look(b, "dark", style.Options{})
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		bodyLines(st, body, 116)
	}
}
