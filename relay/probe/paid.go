package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/sse"
)

// What is asked: enough tokens that a stream shows itself as one.
const (
	question  = "Count from 1 to 20."
	maxTokens = 32
	maxRead   = 1 << 20
)

// paid is what the two paid requests brought.
type paid struct {
	sent  bool
	reply relay.Reply // of the first, as every part of relaytop would get it
	wire  wire        // what it looked like on the wire
	quirk []string    // what the relay made us leave out
}

func (p paid) class() relay.Class {
	if !p.sent || p.reply.Err == nil {
		return ""
	}
	return p.reply.Err.Class
}

// answered reports whether a model said something.
func (p paid) answered() bool {
	return p.sent && (p.reply.Timing.Chunks > 0 || p.reply.Status.Answered())
}

// wire is a streamed answer as it came, before anybody made sense of it.
type wire struct {
	status int
	sse    bool
	done   bool
	chunks []time.Duration // when events came, since the request was sent
	err    error
}

// pay sends the paid requests if that is allowed: one as relaytop always sends it, and, where it brought anything, one to see the wire.
func (p *probe) pay(ctx context.Context) {
	if p.opt.Model == "" {
		return
	}
	if free := p.e.Kind == "sim"; !free && (p.opt.Ask == nil ||
		!p.opt.Ask(fmt.Sprintf("at most two requests to %s at %s, of at most %d tokens each; the relay charges for them", p.opt.Model, p.http.base.Host, maxTokens))) {
		return
	}
	p.paid.sent = true
	p.paid.reply = p.send(ctx, p.opt.Model)
	if p.paid.answered() {
		p.paid.wire = p.watch(ctx)
	}
}

// send makes the first paid request.
func (p *probe) send(ctx context.Context, model string) relay.Reply {
	ctx, cancel := context.WithTimeout(ctx, 2*p.e.Timeout)
	defer cancel()
	req := &relay.Request{ID: relay.NewID(), Lane: relay.LaneBench, Model: model, Params: relay.Params{}.With("max_tokens", maxTokens), Once: true,
		Messages: []relay.Message{{Role: "user", Text: question}}}
	return p.client.Send(ctx, relay.Call{Request: req, Endpoint: p.e.Name, Model: model, Attempt: 1}, func(e relay.Event) {
		if e.Kind == relay.Quirk {
			p.paid.quirk = append(p.paid.quirk, e.Reason)
		}
	})
}

// body is the second request, without what the first one found to be refused.
func (p *probe) body() string {
	said := strings.Join(p.paid.quirk, " ")
	limit := "max_tokens"
	if strings.Contains(said, "max_completion_tokens") {
		limit = "max_completion_tokens"
	}
	doc := map[string]any{"model": p.opt.Model, "stream": true, limit: maxTokens, "messages": []map[string]string{{"role": "user", "content": question}}}
	if !strings.Contains(said, "stream_options") {
		doc["stream_options"] = map[string]bool{"include_usage": true}
	}
	raw, _ := json.Marshal(doc) // made of strings and numbers
	return string(raw)
}

// watch streams one answer and notes when its events come. What stands in them is not looked at.
func (p *probe) watch(ctx context.Context) (w wire) {
	ctx, cancel := context.WithTimeout(ctx, p.e.Timeout)
	defer cancel()
	req, err := p.http.request(ctx, http.MethodPost, "chat/completions", "", true)
	if err != nil {
		return wire{err: bare(err)}
	}
	body := p.body()
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream, application/json")
	began := time.Now()
	resp, err := p.http.http.Do(req)
	if err != nil {
		return wire{err: bare(err)}
	}
	defer resp.Body.Close()
	w.status = resp.StatusCode
	r := sse.NewReader(io.LimitReader(resp.Body, maxRead))
	for {
		e, err := r.Next()
		if err != nil {
			if err != io.EOF { //nolint:errorlint // Next gives io.EOF itself
				w.err = bare(err)
			}
			return w
		}
		data := strings.TrimSpace(string(e.Data))
		switch {
		case e.Comment || data == "":
		case data == "[DONE]":
			w.sse, w.done = true, true
			return w
		default:
			w.sse = true
			w.chunks = append(w.chunks, e.At.Sub(began))
		}
	}
}
