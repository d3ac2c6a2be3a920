package openai

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
)

// How much of the bodies is kept for inspection, in bytes. A person waits for a chat's answer and may inspect it;
// for thousands of rows in flight a short head is enough.
const (
	keepSent  = 256 << 10
	keepChat  = 64 << 10
	keepOther = 16 << 10
	keepCrowd = 4 << 10 // with more than crowd attempts in flight, so that a thousand streams need little memory

	crowd = 64 // attempts in flight at one endpoint
)

// capture holds what one round trip sends and receives.
type capture struct {
	req  *http.Request
	body []byte
	resp *http.Response
	head *head
}

// head keeps the head of what is read through it. It is on the path of every token: past the head it only counts.
type head struct {
	r    io.Reader
	buf  []byte
	own  *[]byte // the client's buffer that buf began in
	left int     // bytes still to be kept
	n    int64
}

func (t *head) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.n += int64(n)
	if t.left > 0 && n > 0 {
		k := min(n, t.left)
		t.buf = append(t.buf, p[:k]...)
		t.left -= k
	}
	return n, err
}

// keep returns how many bytes of an answer are kept. Nothing is kept of a measurement: it must not be slowed.
func (a *attempt) keep() int {
	lane := a.call.Request.Lane
	switch {
	case lane == relay.LaneBench:
		return 0
	case a.crowd > crowd:
		return keepCrowd
	case lane == relay.LaneChat:
		return keepChat
	}
	return keepOther
}

// body returns the body of a response, decompressed; its head is kept.
func (a *attempt) body(resp *http.Response) io.Reader {
	a.seen.resp = resp
	body := a.c.decompressed(resp)
	keep := a.keep()
	if keep == 0 {
		return body
	}
	// growing a new buffer for each answer would cost more than the rest of the capture
	t := &head{r: body, left: keep + a.c.hide.longest, own: a.c.buffers.get()}
	t.buf = *t.own
	a.seen.head = t
	return t
}

// emitExchange emits what the last round trip of the attempt sent and received.
func (a *attempt) emitExchange() {
	s := &a.seen
	if s.req == nil || a.keep() == 0 {
		return
	}
	hide, r := &a.c.hide, a.call.Request
	x := &relay.Exchange{
		ID: r.ID, Attempt: a.call.Attempt, Endpoint: a.c.endpoint.Name, Model: a.call.Model,
		At: a.answer.reply.Timing.Send, Method: s.req.Method, URL: hide.text(masked(s.req.URL)), KeyEnv: a.c.endpoint.KeyEnv,
		Sent: a.c.sentFields(s.req), BodySize: int64(len(s.body)),
	}
	x.Body, x.BodyCut = start(s.body, keepSent) // what was asked is content: it keeps every letter
	if s.resp != nil {
		x.Status, x.Received = s.resp.StatusCode, a.c.receivedFields(s.resp.Header)
	}
	if t := s.head; t != nil {
		x.AnswerSize = t.n
		clean := hide.body
		if x.Status < 300 {
			clean = hide.answer
		}
		x.Answer, x.AnswerCut = hide.head(t.buf, a.keep(), int64(len(t.buf)) == t.n, clean)
		x.Answer = bytes.Clone(x.Answer)
		*t.own = t.buf
		a.c.buffers.put(t.own)
	}
	b := a.answer.base
	b.Kind, b.At, b.Exchange = relay.Exchanged, time.Now(), x
	a.answer.sink(b)
}

// start returns the first limit bytes of b. It may return b itself, which must not be changed later.
func start(b []byte, limit int) (kept []byte, cut bool) {
	if len(b) <= limit {
		return b, false
	}
	return bytes.Clone(b[:limit]), true // so that the rest can be freed
}

// masked returns a URL without user info and with a mask in place of its query.
func masked(u *url.URL) string {
	if u.RawQuery == "" {
		return withoutSecrets(u)
	}
	return withoutSecrets(u) + "?" + relay.Mask
}

// sentFields returns the headers of a request as they went out. The key and the endpoint's own headers are masked,
// however short.
func (c *Client) sentFields(req *http.Request) []relay.Field {
	list := make([]relay.Field, 0, len(req.Header)+2)
	for name, values := range req.Header {
		for _, v := range values {
			list = append(list, relay.Field{Name: name, Value: c.maskedValue(name, v)})
		}
	}
	list = append(list, relay.Field{Name: "Host", Value: c.maskedValue("Host", cmp.Or(req.Host, req.URL.Host))},
		relay.Field{Name: "Content-Length", Value: strconv.FormatInt(req.ContentLength, 10)})
	return byName(list)
}

// maskedValue returns the value of a request header without secrets.
func (c *Client) maskedValue(name, value string) string {
	for own := range c.endpoint.Headers {
		if strings.EqualFold(own, name) {
			return relay.Mask
		}
	}
	if name == "Authorization" {
		return "Bearer " + relay.Mask
	}
	return c.hide.field(name, value).Value
}

// receivedFields returns the headers of a response. A cookie is a secret of the relay.
func (c *Client) receivedFields(h http.Header) []relay.Field {
	list := make([]relay.Field, 0, len(h))
	for name, values := range h {
		for _, v := range values {
			list = append(list, c.hide.field(name, v))
		}
	}
	return byName(list)
}

// byName sorts header fields.
func byName(list []relay.Field) []relay.Field {
	slices.SortStableFunc(list, func(x, y relay.Field) int { return cmp.Compare(x.Name, y.Name) })
	return list
}
