package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/relay/price"
	"relaytop/relay/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func yes(string) bool { return true }

// look runs the probe and gives its lines by name.
func look(t *testing.T, e relay.Endpoint, ask func(string) bool) map[string]relay.Check {
	t.Helper()
	if e.Name == "" {
		e.Name = "r"
	}
	found := map[string]relay.Check{}
	for _, c := range Run(t.Context(), e, Options{Version: "test", Model: "gpt-4.1", Prices: price.New(),
		Pay: relay.Spending{Ask: ask}, Timeout: 2 * time.Second}) {
		if _, twice := found[c.Name]; twice {
			t.Errorf("two lines named %s", c.Name)
		}
		found[c.Name] = c
		if key := e.Key.Reveal(); key != "" && strings.Contains(c.Detail+c.Fix, key) {
			t.Errorf("the key is in %s: %s", c.Name, c.Detail)
		}
	}
	return found
}

// want compares a few lines: + is good, - bad, ? neither.
func want(t *testing.T, got map[string]relay.Check, lines string) {
	t.Helper()
	for _, line := range strings.Fields(lines) {
		name := line[1:]
		c, ok := got[name]
		mark := "?"
		if c.OK != nil {
			mark = map[bool]string{true: "+", false: "-"}[*c.OK]
		}
		if !ok || mark != line[:1] {
			t.Errorf("%s: want %s, got %s %q (there: %v)", name, line[:1], mark, c.Detail, ok)
		}
		if mark == "-" && c.Fix == "" {
			t.Errorf("%s fails and says nothing to do", name)
		}
	}
}

func startSim(t *testing.T, opt sim.Options, do ...sim.Edit) (*sim.Server, relay.Endpoint) {
	t.Helper()
	s, err := sim.Start(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if len(do) > 0 {
		s.Script(sim.Rule{Do: do})
	}
	return s, relay.Endpoint{BaseURL: s.URL()}
}

func TestSimulatedRelays(t *testing.T) {
	const good = "+dns ?tls +key +models +streaming +usage +finish_reason +price +batch_api +clock"
	for _, c := range []struct {
		name, want string
		do         []sim.Edit
	}{
		{"in order", good, nil},
		{"cut after a few chunks", "+models -streaming ?usage -finish_reason", []sim.Edit{sim.CutDone(3)}},
		{"[DONE] without a finish_reason", "?usage -finish_reason", []sim.Edit{sim.CutDone(3)}},
		{"usage invented, [DONE], no finish_reason", "?usage -finish_reason", []sim.Edit{sim.CutInvented(3)}},
		{"no usage", "+streaming -usage +finish_reason", []sim.Edit{sim.Usage(sim.UsageNone)}},
		{"usage of zeros", "+streaming -usage", []sim.Edit{sim.Usage(sim.UsageZeros)}},
		{"no [DONE]", "+streaming +usage +finish_reason", []sim.Edit{sim.WithoutDone()}},
		{"plain JSON", "+models -streaming +usage +finish_reason", []sim.Edit{sim.AsJSON()}},
		{"an HTML page", "?key +models -streaming ?usage ?finish_reason", []sim.Edit{sim.HTML(200)}},
		{"an empty answer", "-streaming ?finish_reason", []sim.Edit{sim.Empty()}},
		{"no money", "-key -streaming", []sim.Edit{sim.NoQuota()}},
		{"no stream_options", "+streaming +finish_reason", []sim.Edit{sim.RefuseParam("stream_options", 400)}},
		{"an error in the stream", "-streaming", []sim.Edit{sim.Inline(sim.InlineObject, 0)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, e := startSim(t, sim.Instant(), c.do...)
			want(t, look(t, e, yes), c.want)
		})
	}
}

func TestKeys(t *testing.T) {
	opt := sim.Instant()
	opt.Key = "sk-right-0123456789"
	_, e := startSim(t, opt)
	want(t, look(t, e, yes), "-key -models ?streaming")
	e.Key = "sk-wrong-0123456789"
	want(t, look(t, e, yes), "-key -models ?streaming ?usage")
	e.Key = "sk-right-0123456789"
	want(t, look(t, e, nil), "+key +models ?streaming ?usage ?finish_reason")
	want(t, look(t, e, yes), "+key +models +streaming")
}

func TestAnOpenListProvesNoKey(t *testing.T) {
	_, e := startSim(t, sim.Instant())
	e.Key = "sk-anything-0123456789"
	want(t, look(t, e, nil), "?key +models")
}

func TestNothingIsPaidUnasked(t *testing.T) {
	var posts atomic.Int32
	s, _ := startSim(t, sim.Instant())
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			posts.Add(1)
		}
		http.Redirect(w, r, s.URL()+strings.TrimPrefix(r.URL.Path, "/v1"), http.StatusTemporaryRedirect)
	}))
	t.Cleanup(front.Close)
	asked := ""
	look(t, relay.Endpoint{BaseURL: front.URL + "/v1"}, func(what string) bool { asked = what; return false })
	if posts.Load() != 0 || !strings.Contains(asked, "one request") {
		t.Errorf("%d requests were sent after a no; asked: %q", posts.Load(), asked)
	}
	look(t, relay.Endpoint{BaseURL: front.URL + "/v1"}, yes)
	if n := posts.Load(); n != 1 {
		t.Errorf("%d paid requests", n)
	}
}

// chat streams three chunks and an end.
func chat(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Content-Type", "text/event-stream")
	<-time.After(wait) // as a proxy that holds the stream back
	for i := range 3 {
		fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":\"%d \"}}]}\n\n", i)
	}
	fmt.Fprint(w, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
}

func serve(t *testing.T, routes map[string]http.HandlerFunc) relay.Endpoint {
	t.Helper()
	mux := http.NewServeMux()
	for path, h := range routes {
		mux.HandleFunc(path, h)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return relay.Endpoint{BaseURL: s.URL + "/v1"}
}

func TestServersThatAreNotRelays(t *testing.T) {
	quick := func(w http.ResponseWriter, _ *http.Request) { chat(w, 0) }
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><title>Welcome</title></html>")
	}
	list := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"object":"list","data":[]}`)
	}
	for _, c := range []struct {
		name   string
		routes map[string]http.HandlerFunc
		ask    func(string) bool
		want   string
	}{
		{"no /models", map[string]http.HandlerFunc{"/v1/chat/completions": quick}, yes,
			"+key ?models +streaming -usage +finish_reason ?batch_api"},
		{"no /models, and nothing paid", map[string]http.HandlerFunc{"/v1/chat/completions": quick}, nil,
			"?key ?models ?streaming"},
		{"a wrong path", nil, yes, "?key ?models -streaming"},
		{"a web page everywhere", map[string]http.HandlerFunc{"/": page}, yes, "?key -models -streaming ?batch_api"},
		{"nothing everywhere", map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
		}}, nil, "-models ?batch_api"},
		{"a Batch API", map[string]http.HandlerFunc{"/v1/batches": list, "/v1/files": list}, nil, "+batch_api"},
		{"half a Batch API", map[string]http.HandlerFunc{"/v1/files": list}, nil, "?batch_api"},
		{"a buffering proxy", map[string]http.HandlerFunc{
			"/v1/chat/completions": func(w http.ResponseWriter, _ *http.Request) {
				chat(w, 400*time.Millisecond)
			}}, yes, "-streaming +finish_reason"},
		{"a clock of long ago", map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Mon, 02 Jan 2006 15:04:05 GMT")
		}}, nil, "-clock"},
	} {
		t.Run(c.name, func(t *testing.T) { want(t, look(t, serve(t, c.routes), c.ask), c.want) })
	}
}

func TestUnreachable(t *testing.T) {
	dead := httptest.NewServer(nil)
	dead.Close()
	want(t, look(t, relay.Endpoint{BaseURL: dead.URL + "/v1"}, yes), "+dns -connect ?tls ?key ?models ?streaming ?clock")
	want(t, look(t, relay.Endpoint{BaseURL: "https://no-such-host.invalid/v1"}, yes), "-dns ?tls ?key ?models")
}

func TestASelfSignedCertificate(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	got := look(t, relay.Endpoint{BaseURL: s.URL + "/v1"}, yes)
	want(t, got, "-tls ?key")
	if !strings.Contains(got[TLS].Detail, "certificate") {
		t.Errorf("%q does not name the certificate", got[TLS].Detail)
	}
}

func TestConnect(t *testing.T) {
	keyed := sim.Instant()
	keyed.Key = "sk-right-0123456789"
	_, closed := startSim(t, keyed)
	_, open := startSim(t, sim.Instant())
	mute := serve(t, map[string]http.HandlerFunc{"/v1/chat/completions": func(w http.ResponseWriter, _ *http.Request) {
		chat(w, 0)
	}})
	no := func(string) bool { return false }
	for _, c := range []struct {
		name, url   string
		key         relay.Secret
		ask         func(string) bool
		proved, err string
	}{
		{"the right key", closed.BaseURL, "sk-right-0123456789", no, "it works", ""},
		{"a wrong key", closed.BaseURL, "sk-wrong-0123456789", yes, "", "auth (401)"},
		{"an open list, and no", open.BaseURL, "sk-any-0123456789", no, "not proved", ""},
		{"an open list, and yes", open.BaseURL, "sk-any-0123456789", yes, "answered", ""},
		{"no list", mute.BaseURL, "", yes, "answered", ""},
		{"no list, and no", mute.BaseURL, "", no, "", "not tested"},
		{"no scheme", "relay.example/v1", "", yes, "", "https://relay.example/v1"},
		{"nobody there", "http://127.0.0.1:9/v1", "", yes, "", "network"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Connect(t.Context(), relay.Endpoint{Name: "r", BaseURL: c.url, Key: c.key}, "gpt-4.1",
				relay.Spending{Ask: c.ask})
			if (err == nil) != (c.err == "") || err != nil &&
				(!strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "doctor")) ||
				!strings.Contains(got.Proved, c.proved) {
				t.Errorf("%q, %v", got.Proved, err)
			}
		})
	}
}
