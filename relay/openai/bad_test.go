package openai

import (
	"bytes"
	"compress/gzip"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

func TestServersThatBreakOff(t *testing.T) {
	hello := events(content("Hi"))
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, c := range map[string]struct {
		bytes  string
		status relay.Status
		class  relay.Class
	}{
		"at once":                {"", relay.StatusFailed, relay.ClassNetwork},
		"within the status line": {"HTTP/1.1 20", relay.StatusFailed, relay.ClassNetwork},
		"within the headers":     {"HTTP/1.1 200 OK\r\nContent-Ty", relay.StatusFailed, relay.ClassNetwork},
		"with a header without a colon": {"HTTP/1.1 200 OK\r\nContent Type\r\n\r\n", relay.StatusFailed,
			relay.ClassProtocol},
		"with a length of letters": {"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n" + hello, relay.StatusFailed,
			relay.ClassProtocol},
		"with a negative length": {"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + hello, relay.StatusFailed,
			relay.ClassProtocol},
		"with an unknown encoding": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: zstd\r\n\r\n" + hello, relay.StatusFailed,
			relay.ClassProtocol},
		"with endless headers": {"HTTP/1.1 200 OK\r\nX-Fill: " + strings.Repeat("x", 11<<20) + "\r\n\r\n",
			relay.StatusFailed, relay.ClassProtocol},
		"with a target that is not a URL": {"HTTP/1.1 302 Found\r\nLocation: http://[::1/%zz\r\nContent-Length: 0\r\n\r\n",
			relay.StatusFailed, relay.ClassProtocol},
		"with data that is not gzip": {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\n" + hello,
			relay.StatusFailed, relay.ClassProtocol},
		"with gzip that breaks": {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\n" +
			gzipped(hello)[:12] + strings.Repeat("\xff", 40), relay.StatusFailed, relay.ClassProtocol},
		"with a compression we did not ask for": {
			"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: br\r\n\r\n" + hello,
			relay.StatusFailed, relay.ClassProtocol},
		"with a TLS alert":  {"\x15\x03\x01\x00\x02\x02\x16\n", relay.StatusFailed, relay.ClassProtocol},
		"after the headers": {chunked, relay.StatusFailed, relay.ClassTruncated},
		"after the headers, by length": {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", relay.StatusFailed,
			relay.ClassTruncated},
		"within a chunk": {chunked + "ff\r\n" + hello, relay.StatusTruncated, relay.ClassTruncated},
		"within the length": {"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + hello, relay.StatusTruncated,
			relay.ClassTruncated},
		"with a chunk length of letters": {chunked + "zz\r\n" + hello, relay.StatusFailed, relay.ClassProtocol},
		"with text in place of HTTP":     {"SSH-2.0-OpenSSH_9.6\r\n", relay.StatusFailed, relay.ClassProtocol},
		"with endless informational": {strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100), relay.StatusFailed,
			relay.ClassNetwork},
		"with two different lengths": {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
			relay.StatusFailed, relay.ClassProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, false, func(int) string { return c.bytes })
			r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
			if r.Status != c.status || r.Err == nil || r.Err.Class != c.class {
				t.Fatalf("%s %v, want %s %s", r.Status, r.Err, c.status, c.class)
			}
		})
	}
}

// bomb is a gzip stream of about size bytes of one text, repeated.
func bomb(text string, size int) string {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	block := strings.Repeat(text, 1+(1<<20)/len(text))
	for n := 0; n < size; n += len(block) {
		io.WriteString(z, block)
	}
	z.Close()
	return b.String()
}

func TestDecompressionIsBounded(t *testing.T) {
	const zipped = "Content-Encoding: gzip\r\n"
	for name, c := range map[string]struct {
		code  int
		body  string
		says  string
		bound int64 // of the answer in bytes; 0: the default
	}{
		"pings":           {200, bomb(": ping\n\n", 9<<20), errHuge.Error(), 4 << 20},
		"one line":        {200, bomb("data: xxxxxxxxxxxxxxxx", 20<<20), "16 MiB", 0},
		"a JSON answer":   {200, gzipped("[" + strings.Repeat("1,", 3<<20)), errHuge.Error() + ": more than 4 MiB", 4 << 20},
		"not JSON":        {200, bomb(`{"choices":"`, 5<<20), "not JSON", 4 << 20},
		"blanks":          {200, bomb("          ", 20<<20), "white space", 0},
		"a page":          {200, bomb("<p>", 20<<20), "HTML", 0},
		"an error":        {500, bomb("all is lost ", 20<<20), "all is lost", 0},
		"a refusal":       {400, bomb("all is lost ", 20<<20), "all is lost", 0},
		"not gzip at all": {200, "data: not gzip", "gzip", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, false, func(int) string { return response(c.code, zipped, c.body) })
			cl := client(t, relay.Endpoint{BaseURL: s.url}, Options{})
			if c.bound > 0 { // 256 MiB take too long in a test
				cl.maxStream, cl.maxPlain = c.bound, c.bound
			}
			r := cl.Send(t.Context(), ask(), nil)
			if r.Err == nil || !strings.Contains(r.Err.Message, c.says) || len(r.Err.Message) > 2*wire.MaxLine {
				t.Fatalf("%s %v, want %q", r.Status, r.Err, c.says)
			}
		})
	}
}

func TestEscapeBytesDoNotPass(t *testing.T) {
	const esc = "\x1b]0;owned\x07\x1b[2J"
	head := "X-Request-Id: id" + esc + "\r\nX-Ratelimit-Remaining-Requests: 5" + esc + "\r\nRetry-After: 9" + esc +
		"\r\nLocation: https://x.example/" + esc + "\r\n"
	for code, body := range map[int]string{200: events(content("Hi"), finish("stop")), 302: "",
		502: "<title>" + esc + "</title>", 500: "oh " + esc,
		429: `{"error":{"message":"\u001b]0;owned\u0007","code":"\u001b[2J"}}`} {
		s := serve(t, false, func(int) string { return response(code, head, body) })
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
		got := r.Remote
		if r.Err != nil {
			got += r.Err.Error() + r.Err.Code + r.Err.WaitFrom
		}
		if strings.ContainsAny(got, "\x1b\x07") || r.Limits.Requests >= 0 || r.Err != nil && r.Err.Waits {
			t.Errorf("%d: %q, limits %+v, error %+v", code, got, r.Limits, r.Err)
		}
	}
}

func TestTLS(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, events(content("Hi"), finish("stop"), "[DONE]"))
	}))
	srv.Config.ErrorLog = quiet()
	srv.StartTLS()
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}),
		0o600); err != nil {
		t.Fatal(err)
	}
	r := client(t, relay.Endpoint{BaseURL: srv.URL, CAFile: file}, Options{}).Send(t.Context(), ask(), nil)
	if r.Status != relay.StatusOK || r.Timing.TLS.IsZero() || r.Timing.TLS.Before(r.Timing.Conn) {
		t.Errorf("with the CA: %s %v, TLS at %v", r.Status, r.Err, r.Timing.TLS)
	}
	r = client(t, relay.Endpoint{BaseURL: srv.URL}, Options{}).Send(t.Context(), ask(), nil)
	if r.Err == nil || r.Err.Class != relay.ClassNetwork || !strings.Contains(r.Err.Message, "does not verify") ||
		r.Err.Retry == nil || *r.Err.Retry {
		t.Errorf("without it: %s %+v", r.Status, r.Err)
	}
	for _, bad := range []string{filepath.Join(t.TempDir(), "none.pem"), os.Args[0]} {
		if _, err := New(relay.Endpoint{Name: "x", BaseURL: srv.URL, CAFile: bad}, Options{}); err == nil {
			t.Errorf("%s is accepted as a CA file", bad)
		}
	}
}

// TestMessagesOfTheConnection: a message names what a person can change, not our own port.
func TestMessagesOfTheConnection(t *testing.T) {
	send := func(url string) *relay.Error {
		t.Helper()
		r := client(t, relay.Endpoint{BaseURL: url}, Options{}).Send(t.Context(), ask(), nil)
		if r.Err == nil {
			t.Fatal("no error")
		}
		return r.Err
	}
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = quiet()
	srv.StartTLS()
	defer srv.Close()
	if e := send("http" + strings.TrimPrefix(srv.URL, "https")); !strings.Contains(e.Advice(), "meant to be https?") {
		t.Errorf("http to TLS: %v, %s", e, e.Advice())
	}
	alert := serve(t, false, func(int) string { return "\x15\x03\x01\x00\x02\x02\x16\n" })
	if e := send(alert.url); !strings.Contains(e.Message, "meant to be https?") {
		t.Errorf("a TLS alert: %v", e)
	}
	var circle *server
	circle = serve(t, false, func(int) string {
		return response(307,
			"Location: "+circle.url+"/chat/completions\r\n", "")
	})
	if e := send(circle.url); e.Class != relay.ClassProtocol || !strings.Contains(e.Message, "same URL") {
		t.Errorf("a redirect to itself: %v", e)
	}
	if got := withoutSource("read tcp 127.0.0.1:48542->127.0.0.1:80: read: connection reset by " +
		"peer"); got != "read tcp 127.0.0.1:80: read: connection reset by peer" {
		t.Error(got)
	}
}

func TestTheProxyOfTheEnvironmentIsNamed(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close() // nobody listens there now
	c := client(t, relay.Endpoint{BaseURL: "https://relay.example/v1"}, Options{})
	proxy := &url.URL{Scheme: "http", Host: ln.Addr().String(), User: url.UserPassword("me", "hidden")}
	c.http.Transport.(*http.Transport).Proxy = http.ProxyURL(proxy)
	r := c.Send(t.Context(), ask(), nil)
	if r.Err == nil || r.Err.Class != relay.ClassNetwork ||
		!strings.Contains(r.Err.Message, "proxy "+proxy.Host+" of the environment") ||
		strings.Contains(r.Err.Message, "hidden") ||
		!strings.Contains(r.Err.Advice(), "NO_PROXY") {
		t.Errorf("%v", r.Err)
	}
	refusing := serve(t, false, func(int) string { return "" })
	proxy.Host = strings.TrimSuffix(strings.TrimPrefix(refusing.url, "http://"), "/v1")
	if r := c.Send(t.Context(), ask(), nil); r.Err == nil || !strings.Contains(r.Err.Message, "of the environment") {
		t.Errorf("%v", r.Err)
	}
}
