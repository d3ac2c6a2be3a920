package openai

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/retry"
)

// TestStatusesWithoutAnAnswer: each says what came.
func TestStatusesWithoutAnAnswer(t *testing.T) {
	for status, want := range map[int]struct {
		status relay.Status
		class  relay.Class
		says   string
	}{
		101: {relay.StatusFailed, relay.ClassProtocol, "101 Switching Protocols"},
		202: {relay.StatusEmpty, relay.ClassEmpty, "202 Accepted: "},
		204: {relay.StatusEmpty, relay.ClassEmpty, "204 No Content"},
		205: {relay.StatusEmpty, relay.ClassEmpty, "205 Reset Content"},
		206: {relay.StatusEmpty, relay.ClassEmpty, "206 Partial Content: "},
		304: {relay.StatusFailed, relay.ClassProtocol, "304 Not Modified"},
		303: {relay.StatusFailed, relay.ClassProtocol, "a redirect without a target"},
	} {
		s := serve(t, false, func(int) string {
			return response(status, "Upgrade: websocket\r\n", "")
		})
		begun := time.Now()
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
		if r.Status != want.status || r.HTTP != status || r.Err == nil || r.Err.Class != want.class ||
			!strings.Contains(r.Err.Message, want.says) || time.Since(begun) > time.Second {
			t.Errorf("%d: %s %v after %s", status, r.Status, r.Err, time.Since(begun))
		}
	}
}

// TestUnansweredBody: a body that holds no answer does not hide what the status says, and one that does is read.
func TestUnansweredBody(t *testing.T) {
	for body, want := range map[string]struct {
		class relay.Class
		says  string
	}{
		`{"id":"q"}`: {relay.ClassEmpty, "202 Accepted: "},
		"queued":     {relay.ClassProtocol, "sent no answer: queued"},
		`{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}`: {},
	} {
		s := serve(t, false, func(int) string { return response(202, "", body) })
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
		if want.class == "" && r.Status == relay.StatusOK {
			continue
		}
		if r.Err == nil || r.Err.Class != want.class || !strings.Contains(r.Err.Message, want.says) {
			t.Errorf("%s: %s %v", body, r.Status, r.Err)
		}
	}
}

// TestStatusThatDoesNotExist: the server is not asked again, even if it wants to be.
func TestStatusThatDoesNotExist(t *testing.T) {
	for sent, says := range map[string]string{
		"000 What\r\nContent-Length: 0":                         "HTTP has no status 000",
		"099 What\r\nContent-Length: 0":                         "HTTP has no status 099",
		"600 What\r\nContent-Length: 0":                         "HTTP has no status 600",
		"999 What\r\nx-should-retry: true\r\nContent-Length: 6": "HTTP has no status 999: denied",
	} {
		s := serve(t, false, func(int) string { return "HTTP/1.1 " + sent + "\r\n\r\ndenied" })
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
		if r.Status != relay.StatusFailed || r.Err.Class != relay.ClassProtocol || r.Err.Message != says ||
			retry.Retryable(r.Err, false) {
			t.Errorf("%q: %s %v", sent, r.Status, r.Err)
		}
	}
}

// TestBadFramingIsNotTriedAgain: bytes that are no HTTP, also from a server that closes behind them. Headers that are
// cut off are a connection that broke.
func TestBadFramingIsNotTriedAgain(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for sent, again := range map[string]bool{
		"SSH-2.0-OpenSSH_9.6\r\n":                                            false,
		"220 smtp.example ESMTP\r\n":                                         false,
		"hello":                                                              false,
		"\x15\x03\x01\x00\x02\x02\x46":                                       false,
		ok + "a line without a colon\r\n\r\n":                                false,
		ok + "Content-Length: x\r\n\r\n":                                     false,
		ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab":              false,
		ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n":                      false,
		ok + "Transfer-Encoding: odd\r\n\r\n":                                false,
		ok + "Content-Encoding: gzip\r\n\r\nplain, and longer than a header": false,
		"":                                 true,
		"HTT":                              true,
		ok + "Content-Le":                  true,
		ok + "Content-Length: 50\r\n\r\n{": true,
	} {
		s := serve(t, false, func(int) string { return sent })
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
		if r.Status != relay.StatusFailed || retry.Retryable(r.Err, false) != again {
			t.Errorf("%q: %s %v, tried again: %v", sent, r.Status, r.Err, !again)
		}
	}
}

// TestTLSThatIsRefused is not tried again, and says what to do.
func TestTLSThatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		server *tls.Config
		says   string
	}{
		"a client certificate, TLS 1.3": {&tls.Config{ClientAuth: tls.RequireAnyClientCert}, "client certificate"},
		"a client certificate, TLS 1.2": {&tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12},
			"client certificate"},
		"TLS 1.0": {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, "older than 1.2"},
		"no host": {&tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return nil, io.ErrUnexpectedEOF
		}}, "refuses the TLS connection"},
	} {
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.Config.ErrorLog = nil
		s.TLS = c.server
		s.StartTLS()
		ca := filepath.Join(t.TempDir(), "ca.pem")
		block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
		if err := os.WriteFile(ca, block, 0o600); err != nil {
			t.Fatal(err)
		}
		r := client(t, relay.Endpoint{BaseURL: s.URL + "/v1", CAFile: ca}, Options{}).Send(t.Context(), ask(), nil)
		if r.Err == nil || r.Err.Class != relay.ClassNetwork || retry.Retryable(r.Err, false) ||
			!strings.Contains(r.Err.Advice(), c.says) {
			t.Errorf("%s: %v, advice %q", name, r.Err, r.Err.Advice())
		}
		s.Close()
	}
}

// TestASilentProxyIsNamed: one that does not open the tunnel, and one that passes nothing on; also if the caller's
// deadline comes before ours.
func TestASilentProxyIsNamed(t *testing.T) {
	for base, c := range map[string]struct {
		took time.Duration
		says string
	}{
		"https://relay.example/v1": {30 * time.Second, "no connection within 30s"},
		"http://relay.example/v1":  {120 * time.Second, "no response within 2m0s"},
	} {
		for _, limit := range []time.Duration{0, 20 * time.Second} {
			synctest.Test(t, func(t *testing.T) {
				cl := behindProxy(t, base)
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				took, says := c.took, c.says
				if limit > 0 {
					took, says = limit, tooLate{}.Error()
					time.AfterFunc(limit, func() { cancel(tooLate{}) })
				}
				begun := time.Now()
				r := cl.Send(ctx, ask(), nil)
				if got := time.Since(begun).Round(time.Second); got != took || r.Err.Class != relay.ClassTimeout ||
					!strings.Contains(r.Err.Message, "through the proxy proxy.example:3128") ||
					!strings.Contains(r.Err.Message, says) || !strings.Contains(r.Err.Advice(), "NO_PROXY") {
					t.Errorf("%s: %v after %s", base, r.Err, got)
				}
				if limit > 0 && !errors.Is(r.Err.Cause, tooLate{}) {
					t.Errorf("%s: the cause is %v", base, r.Err.Cause)
				}
			})
		}
	}
}

// tooLate is a caller's deadline.
type tooLate struct{}

func (tooLate) Error() string        { return "no answer within a day" }
func (tooLate) Is(target error) bool { return target == context.DeadlineExceeded }

// behindProxy returns a client of a relay behind a proxy that says nothing.
func behindProxy(t *testing.T, base string) *Client {
	t.Helper()
	cl, err := New(relay.Endpoint{Name: "far", BaseURL: base, AllowHTTP: true}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	tr, ok := cl.http.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is a %T", cl.http.Transport)
	}
	tr.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.example:3128"})
	tr.DialContext = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			_, _ = io.Copy(io.Discard, bufio.NewReader(far))
		}()
		return near, nil
	}
	return cl
}
