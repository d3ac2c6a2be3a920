package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/relay/price"
	"relaytop/relay/sim"
)

// says compares a line with the texts that it must have, or with ! must not.
func says(t *testing.T, c relay.Check, words ...string) {
	t.Helper()
	line := c.Detail + " -> " + c.Fix
	for _, w := range words {
		if bad, not := strings.CutPrefix(w, "!"); not == strings.Contains(line, strings.TrimPrefix(bad, "!")) {
			t.Errorf("%s: %s: %q", c.Name, line, w)
		}
	}
}

func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, body)
}

func always(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func quick(w http.ResponseWriter, _ *http.Request) { chat(w, 0) }

// TestAPageIsNoProofOfAKey: a web server answers 200 to anything.
func TestAPageIsNoProofOfAKey(t *testing.T) {
	_, e := startSim(t, sim.Instant(), sim.HTML(200))
	e.Key = "sk-anything-0123456789"
	want(t, look(t, e, yes), "?key -streaming")
}

// TestThePriceOfTheRelay: the relay's own price comes before the vendor's, and an unknown price is not a failure.
func TestThePriceOfTheRelay(t *testing.T) {
	newAPI := func(entry string) map[string]http.HandlerFunc {
		return map[string]http.HandlerFunc{"/v1/chat/completions": quick,
			"/v1/models":   always(200, `{"data":[{"id":"gpt-4.1"}]}`),
			"/api/pricing": always(200, `{"data":[`+entry+`],"group_ratio":{"default":1}}`)}
	}
	double := look(t, serve(t, newAPI(`{"model_name":"gpt-4.1","model_ratio":2,"completion_ratio":4}`)), yes)
	want(t, double, "+price")
	says(t, double[Price], "relay: $4", "$16", "!list")
	call := look(t, serve(t, newAPI(`{"model_name":"gpt-4.1","quota_type":1,"model_price":0.04}`)), nil)
	want(t, call, "+price")
	says(t, call[Price], "relay: $0.04 a request")

	e := serve(t, map[string]http.HandlerFunc{"/v1/models": always(200,
		`{"data":[{"id":"auto","pricing":{"prompt":"-1","completion":"-1"}}]}`)})
	e.Models = []string{"auto"}
	unknown := look(t, e, nil)
	want(t, unknown, "?price")
	says(t, unknown[Price], "unknown for auto", "price_file", `"auto" = {`)
	if _, sheet, _ := strings.Cut(unknown[Price].Fix, "tokens, "); sheet == "" {
		t.Errorf("no example in %q", unknown[Price].Fix)
	} else if list, err := price.Parse([]byte(sheet)); err != nil ||
		list.Models["auto"].Output.PerMillion() != 2*relay.USD {
		t.Errorf("%s is not a price list: %+v, %v", sheet, list, err)
	}
}

// TestThePaidRequestIsRecorded: the guard is asked before it, and its cost is recorded; a refusal is shown in the
// lines.
func TestThePaidRequestIsRecorded(t *testing.T) {
	var posts atomic.Int32
	e := serve(t, map[string]http.HandlerFunc{
		"/v1/models": always(200, `{"data":[{"id":"gpt-4.1","pricing":{"prompt":"0.000001","completion":"0.000002"}}]}`),
		"/v1/chat/completions": func(w http.ResponseWriter, _ *http.Request) {
			posts.Add(1)
			answer(w, `{"model":"gpt-4.1","choices":[{"message":{"content":"1 2 3"},"finish_reason":"stop"}],`+
				`"usage":{"prompt_tokens":10,"completion_tokens":5}}`)
		}})
	e.Name = "r"
	var kept []*relay.Result
	pay := relay.Spending{Ask: yes, Sink: func(ev relay.Event) {
		if ev.Kind == relay.Done {
			kept = append(kept, ev.Result)
		}
	}}
	Run(t.Context(), e, Options{Model: "gpt-4.1", Pay: pay})
	if len(kept) != 1 || kept[0].Cost.Amount != 20*relay.USD/1e6 || kept[0].Cost.Source != relay.SourceRelay ||
		kept[0].Endpoint != "r" || kept[0].Status != relay.StatusOK {
		t.Errorf("recorded: %+v", kept)
	}
	asked := false
	pay.Guard = func(string, bool) error { return fmt.Errorf("%w: $1 of $1", relay.ErrBudget) }
	pay.Ask = func(string) bool { asked = true; return true }
	for _, c := range Run(t.Context(), e, Options{Model: "gpt-4.1", Pay: pay}) {
		if c.Name == Streaming || c.Name == Usage || c.Name == Finish {
			if c.OK != nil {
				t.Errorf("%s: judged without an answer", c.Name)
			}
			says(t, c, "budget is spent", "!--yes")
		}
	}
	if asked || posts.Load() != 1 {
		t.Errorf("asked %v, %d requests", asked, posts.Load())
	}
}

// TestAListThatIsStuck: the connection is good, and the other checks go on.
func TestAListThatIsStuck(t *testing.T) {
	stuck := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	got := look(t, serve(t, map[string]http.HandlerFunc{"/v1/models": stuck, "/v1/chat/completions": quick}), yes)
	want(t, got, "?tls +key -models +streaming +finish_reason ?batch_api")
	says(t, got[TLS], "http on this machine", "/v1")
	says(t, got[Models], "no answer within 2 s")
}

// pieces streams tokens, apart, after a role alone and a wait.
func pieces(wait, apart time.Duration, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		out := http.NewResponseController(w)
		fmt.Fprint(w, "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n")
		_ = out.Flush()
		<-time.After(wait) // as a model that thinks
		for range n {
			fmt.Fprint(w, "data: {\"choices\":[{\"delta\":{\"content\":\"1 \"}}]}\n\n")
			if apart > 0 {
				_ = out.Flush()
				<-time.After(apart)
			}
		}
		fmt.Fprint(w,
			`data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9}}`+
				"\n\ndata: [DONE]\n\n")
	}
}

// TestWhatIsAStream: a role is not a token, and tokens that come together after a wait are not a stream.
func TestWhatIsAStream(t *testing.T) {
	for _, c := range []struct {
		name string
		h    http.HandlerFunc
		want string
		says []string
	}{
		{"a role, a wait, all at once", pieces(400*time.Millisecond, 0, 20), "-streaming +usage",
			[]string{"all at once after 4", "holds the stream back"}},
		{"a role, a wait, piece by piece", pieces(400*time.Millisecond, 5*time.Millisecond, 10), "+streaming +usage",
			[]string{"10 pieces", "first token after 4"}},
		{"at once and quick", pieces(0, 0, 20), "+streaming", nil},
		{"one piece", pieces(0, 0, 1), "?streaming", []string{"1 piece after"}},
		{"an end of its own", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "data: {\"choices\":[{\"delta\":{\"content\":\"1\"}}]}\n\n"+
				"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"odd\"}]}\n\ndata: [DONE]\n\n")
		}, "-finish_reason", nil},
		{"streams refused", always(400, `{"error":{"message":"Streaming is not supported for this model",`+
			`"param":"stream"}}`), "-streaming", []string{"choose another", "!parameters"}},
		{"a wait that is named", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "20")
			always(429, `{"error":{"message":"slow down"}}`)(w, nil)
		}, "?key -streaming", []string{"wait 20 s"}},
		{"a refused key", always(401, `{"error":{"message":"no"}}`), "-key -streaming", []string{"!doctor"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := look(t, serve(t, map[string]http.HandlerFunc{"/v1/models": always(200, `{"data":[{"id":"gpt-4.1"}]}`),
				"/v1/chat/completions": c.h}), yes)
			want(t, got, c.want)
			says(t, got[Streaming], c.says...)
		})
	}
}

// TestWhatIsMissing: a missing capability is not a failure, and has its reason.
func TestWhatIsMissing(t *testing.T) {
	forbidden := always(403, `{"error":{"message":"Missing scopes: api.model.read"}}`)
	e := serve(t, map[string]http.HandlerFunc{"/v1/models": forbidden, "/v1/chat/completions": quick})
	e.Key = "sk-any-0123456789"
	got := look(t, e, yes)
	want(t, got, "+key ?models +streaming")
	says(t, got[Models], "may not list", "requests work")
	want(t, look(t, e, nil), "-models")
	for _, status := range []int{404, 405, 501} {
		want(t, look(t, serve(t, map[string]http.HandlerFunc{"/v1/models": always(status, "{}")}), nil), "?models")
	}
	empty := map[string]http.HandlerFunc{"/v1/models": always(200, `{"data":[]}`), "/v1/chat/completions": quick}
	want(t, look(t, serve(t, empty), yes), "?models")
	want(t, look(t, serve(t, empty), nil), "-models")
}

// TestTheOtherForm: the advice for a base URL with a needless /v1, or without a needed one; also at the root.
func TestTheOtherForm(t *testing.T) {
	list := always(200, `{"data":[{"id":"gpt-4.1"}]}`)
	root := serve(t, map[string]http.HandlerFunc{"/models": list, "/chat/completions": quick})
	got := look(t, root, yes)
	want(t, got, "?models -streaming")
	at := strings.TrimSuffix(root.BaseURL, "/v1") + "/."
	says(t, got[Models], `"`+at+`"`)
	says(t, got[TLS], root.BaseURL)
	want(t, look(t, relay.Endpoint{BaseURL: at}, yes), "+models +streaming")

	deep := serve(t, map[string]http.HandlerFunc{"/api/v1/models": list})
	deep.BaseURL = strings.TrimSuffix(deep.BaseURL, "/v1") + "/api"
	says(t, look(t, deep, nil)[Models], `"`+deep.BaseURL+`/v1"`)
}

// TestTheWrongScheme: both ways round.
func TestTheWrongScheme(t *testing.T) {
	plainly := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plainly.Close)
	got := look(t, relay.Endpoint{BaseURL: strings.Replace(plainly.URL, "http://", "https://", 1)}, yes)
	want(t, got, "-tls ?key ?models")
	says(t, got[TLS], "write http://")
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	got = look(t, relay.Endpoint{BaseURL: strings.Replace(secure.URL, "https://", "http://", 1)}, yes)
	want(t, got, "-tls ?key ?models")
	says(t, got[TLS], "write https://")
}

// TestNoConnection: without one, nothing is said against the encryption.
func TestNoConnection(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	got := look(t, relay.Endpoint{BaseURL: strings.Replace(gone.URL, "http://", "https://", 1)}, nil)
	want(t, got, "-connect ?tls ?key ?models")
	says(t, got[Reach], "refused", "port")
}

// TestAStop: the checks that have ended keep their lines.
func TestAStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	e := serve(t, map[string]http.HandlerFunc{"/v1/models": always(200, `{"data":[{"id":"gpt-4.1"}]}`),
		"/v1/chat/completions": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client left
			cancel()
			<-r.Context().Done()
		}})
	got := map[string]relay.Check{}
	for _, c := range Run(ctx, e, Options{Model: "gpt-4.1", Prices: price.New(), Pay: relay.Spending{Ask: yes}}) {
		got[c.Name] = c
	}
	want(t, got, "?tls +models ?streaming ?usage ?finish_reason ?batch_api +clock")
	says(t, got[Streaming], "stopped", "!--yes")
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	for _, c := range Run(ctx, e, Options{Model: "gpt-4.1"}) {
		if c.OK != nil && !*c.OK {
			t.Errorf("stopped at once: %+v", c)
		}
	}
}

func TestAdvice(t *testing.T) {
	for _, class := range relay.Classes() {
		if fix := advice(&relay.Error{Class: class}); fix == "" || strings.Contains(fix, "doctor") ||
			strings.Contains(fix, "raise") || strings.Contains(fix, "regenerate") {
			t.Errorf("%s: %q", class, fix)
		}
	}
	if detail, fix := explain(errors.New("x"), relay.Endpoint{}); detail == "" || fix == "" {
		t.Error("no text")
	}
}

// TestCertificates: an invalid certificate says why, and who can correct it.
func TestCertificates(t *testing.T) {
	same, other := pkix.Name{CommonName: "a"}, pkix.Name{CommonName: "b"}
	now := time.Now()
	for name, c := range map[string]struct {
		err         error
		detail, fix string
	}{
		"by itself": {x509.UnknownAuthorityError{Cert: &x509.Certificate{Subject: same, Issuer: same}},
			"self-signed", "ca_file"},
		"by others": {x509.UnknownAuthorityError{Cert: &x509.Certificate{Subject: same, Issuer: other}},
			"does not trust who signed", "ca_file"},
		"ended": {x509.CertificateInvalidError{Reason: x509.Expired,
			Cert: &x509.Certificate{NotBefore: now.Add(-2 * time.Hour), NotAfter: now.Add(-time.Hour)}}, "expired on",
			"operator must renew"},
		"too early": {x509.CertificateInvalidError{Reason: x509.Expired,
			Cert: &x509.Certificate{NotBefore: now.Add(time.Hour), NotAfter: now.Add(2 * time.Hour)}},
			"not valid before", "clock"},
		"a host": {x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"a.example"}}, Host: "b.example"},
			"a.example", "host"},
	} {
		err := fmt.Errorf("dial: %w", &tls.CertificateVerificationError{Err: c.err})
		detail, fix := explain(err, relay.Endpoint{})
		if !strings.Contains(detail, c.detail) || !strings.Contains(fix, c.fix) {
			t.Errorf("%s: %q, %q", name, detail, fix)
		}
		if got := advice(&relay.Error{Class: relay.ClassNetwork, Cause: err}); got != fix {
			t.Errorf("%s: of a request %q, not %q", name, got, fix)
		}
	}
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	if _, err := Connect(t.Context(), relay.Endpoint{Name: "r", BaseURL: s.URL}, "m", relay.Spending{}); err == nil ||
		!strings.Contains(err.Error(), "ca_file") {
		t.Errorf("connecting: %v", err)
	}
}
