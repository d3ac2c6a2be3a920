package openai

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// body answers every request with the bytes of a reader, without a socket.
type body struct{ from func() io.Reader }

func (b body) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Body.Close()
	return &http.Response{StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"text/event-stream"}},
		Body:   io.NopCloser(b.from()), Request: r}, nil
}

// pieces returns its bytes up to one border at each read.
type pieces struct {
	text    string
	borders []byte // the distance from the last one
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	n := len(p.text)
	if len(p.borders) > 0 {
		n, p.borders = min(n, 1+int(p.borders[0])), p.borders[1:]
	}
	n = copy(b, p.text[:n])
	p.text = p.text[n:]
	return n, nil
}

func sendFrom(t *testing.T, c *Client, from func() io.Reader) relay.Reply {
	t.Helper()
	c.http.Transport = body{from}
	return c.Send(t.Context(), ask(), nil)
}

func TestEverySplitGivesTheSameText(t *testing.T) {
	const text = "việt 漢字 👩‍👩‍👧 \"\\\n"
	whole := events(content(text[:7])) + ": ping\r\n\r\n" + events(content(text[7:]), finish("stop"), usageChunk, "[DONE]")
	c := client(t, relay.Endpoint{BaseURL: "http://127.0.0.1:1/v1"}, Options{})
	for i := range len(whole) {
		for _, n := range []int{1, 3, len(whole)} { // two pieces, and a small one at the border
			at := i
			r := sendFrom(t, c, func() io.Reader {
				return io.MultiReader(strings.NewReader(whole[:at]), strings.NewReader(whole[at:min(at+n, len(whole))]),
					strings.NewReader(whole[min(at+n, len(whole)):]))
			})
			if r.Status != relay.StatusOK || r.Text != text || r.Usage.Output != 3 || r.Timing.Chunks != 2 {
				t.Fatalf("split at %d: %s %q %v", i, r.Status, r.Text, r.Err)
			}
		}
	}
}

// FuzzSplit: a text is read as it was written, wherever the borders of chunks and reads are.
func FuzzSplit(f *testing.F) {
	f.Add("việt 漢字 👩‍👩‍👧", []byte{1, 2, 3}, []byte{0, 0, 5})
	f.Add("\x00\x1b\u2028\"", []byte{}, []byte{255})
	c, err := New(relay.Endpoint{Name: "fuzz", BaseURL: "http://127.0.0.1:1/v1"}, Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, chunks, reads []byte) {
		if !utf8.ValidString(text) || !wire.Visible(text) {
			return
		}
		var b strings.Builder
		rest := text
		for _, n := range chunks {
			cut := min(int(n), len(rest))
			for cut < len(rest) && !utf8.RuneStart(rest[cut]) { // JSON can't hold half a letter
				cut++
			}
			b.WriteString(events(content(rest[:cut])))
			rest = rest[cut:]
		}
		b.WriteString(events(content(rest), finish("stop"), usageChunk, "[DONE]"))
		r := sendFrom(t, c, func() io.Reader { return &pieces{b.String(), reads} })
		if r.Status != relay.StatusOK || r.Text != text || r.Usage.Output != 3 {
			t.Fatalf("%s %q %v, want %q", r.Status, r.Text, r.Err, text)
		}
	})
}
