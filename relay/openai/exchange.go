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

// How much of the bodies is kept to be looked at, in bytes. A person waits for a chat's answer and may look into it; of thousands of rows
// in flight the head has to do.
const (
	keepSent  = 256 << 10
	keepChat  = 64 << 10
	keepOther = 16 << 10
	keepCrowd = 4 << 10 // of each in a crowd, so that a thousand streams need no more memory than they would

	crowd = 64 // attempts in flight at one endpoint
)

// capture keeps what one round trip sends and gets.
type capture struct {
	req  *http.Request
	body []byte
	resp *http.Response
	head *head
}

// head keeps the head of what is read through it. It is on the way of every token: past the head it counts, no more.
type head struct {
	r    io.Reader
	buf  []byte
	room int
	n    int64
}

func (t *head) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.n += int64(n)
	if t.room > 0 && n > 0 {
		k := min(n, t.room)
		t.buf = append(t.buf, p[:k]...)
		t.room -= k
	}
	return n, err
}

// keep is how much of an answer is kept; 0: nothing is. A measurement is not looked into, and is not to be slowed.
func (a *attempt) keep() int {
	lane := a.call.Request.Lane
	switch {
	case lane == relay.LaneBench:
		return 0
	case a.flying > crowd:
		return keepCrowd
	case lane == relay.LaneChat:
		return keepChat
	}
	return keepOther
}

// heard is the body of a response, unpacked, its head kept.
func (a *attempt) heard(resp *http.Response) io.Reader {
	a.seen.resp = resp
	body := a.c.decoded(resp)
	keep := a.keep()
	if keep == 0 {
		return body
	}
	t := &head{r: body, room: keep + a.c.hide.longest}
	if b, ok := a.c.scraps.Get().(*[]byte); ok { // growing one anew for each answer would cost more than all else here
		t.buf = (*b)[:0]
	}
	a.seen.head = t
	return t
}

// exchanged tells what the last round trip of the attempt put on the wire and got back.
func (a *attempt) exchanged() {
	s := &a.seen
	if s.req == nil || a.keep() == 0 {
		return
	}
	hide, r := &a.c.hide, a.call.Request
	x := &relay.Exchange{ID: r.ID, Attempt: a.call.Attempt, Endpoint: a.c.endpoint.Name, Model: a.call.Model, At: a.answer.reply.Timing.Send, Method: s.req.Method,
		URL: hide.text(place(s.req.URL)), KeyEnv: a.c.endpoint.KeyEnv, Sent: a.c.sent(s.req), BodySize: int64(len(s.body))}
	x.Body, x.BodyCut = hide.head(s.body, keepSent, true)
	if s.resp != nil {
		x.Status, x.Received = s.resp.StatusCode, a.c.received(s.resp.Header)
	}
	if t := s.head; t != nil {
		x.AnswerSize = t.n
		x.Answer, x.AnswerCut = hide.head(t.buf, a.keep(), int64(len(t.buf)) == t.n)
		x.Answer = bytes.Clone(x.Answer)
		a.c.scraps.Put(&t.buf)
	}
	b := a.answer.base
	b.Kind, b.At, b.Exchange = relay.Exchanged, time.Now(), x
	a.answer.sink(b)
}

// place is a URL without user info; that there was a query is seen.
func place(u *url.URL) string {
	if u.RawQuery == "" {
		return shown(u)
	}
	return shown(u) + "?" + relay.Mask
}

// sent are the fields of a request as they went out. The key's and the endpoint's own are masked whole, however short they are.
func (c *Client) sent(req *http.Request) []relay.Field {
	list := make([]relay.Field, 0, len(req.Header)+2)
	for name, values := range req.Header {
		for _, v := range values {
			list = append(list, relay.Field{Name: name, Value: c.masked(name, v)})
		}
	}
	list = append(list, relay.Field{Name: "Host", Value: c.masked("Host", cmp.Or(req.Host, req.URL.Host))},
		relay.Field{Name: "Content-Length", Value: strconv.FormatInt(req.ContentLength, 10)})
	return byName(list)
}

func (c *Client) masked(name, value string) string {
	for own := range c.endpoint.Headers {
		if strings.EqualFold(own, name) {
			return relay.Mask
		}
	}
	if name == "Authorization" {
		return "Bearer " + relay.Mask
	}
	return c.hide.text(value)
}

// received are the fields of a response. A cookie is a secret of the relay's.
func (c *Client) received(h http.Header) []relay.Field {
	list := make([]relay.Field, 0, len(h))
	for name, values := range h {
		for _, v := range values {
			if name == "Set-Cookie" {
				v = relay.Mask
			}
			list = append(list, relay.Field{Name: c.hide.text(name), Value: c.hide.text(v)})
		}
	}
	return byName(list)
}

func byName(list []relay.Field) []relay.Field {
	slices.SortStableFunc(list, func(x, y relay.Field) int { return cmp.Compare(x.Name, y.Name) })
	return list
}
