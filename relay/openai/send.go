package openai

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// maxError is how much of an error's body is read, in bytes.
const maxError = 1 << 20

// attempt is one call of Send.
type attempt struct {
	c      *Client
	call   relay.Call
	answer answer
	parent context.Context
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	cause  atomic.Pointer[error] // why the timer ended the request
	stamps *stamps
	header http.Header
	crowd  int32 // the client's attempts in flight when it began, itself included
	seen   capture

	lowered    string // how max_tokens was lowered; "": it was not
	askedFirst int64  // max_tokens before that
	tokensHint string // advice about max_tokens
}

// Send makes one attempt. From the calling goroutine it calls sink with the events Sent, Answering, Text,
// Reasoning, Refusal, Tool, Metered, Quirk and Exchanged. Every failure is in the Reply. When it returns, nothing
// that it started is still running.
func (c *Client) Send(ctx context.Context, call relay.Call, sink relay.Sink) relay.Reply {
	a := &attempt{c: c, call: call, parent: ctx, crowd: c.inFlight.Add(1)}
	defer c.inFlight.Add(-1)
	a.ctx, a.cancel = context.WithCancelCause(ctx)
	defer a.cancel(nil)
	if sink == nil {
		sink = func(relay.Event) {}
	}
	a.answer.sink = sink
	a.answer.base = relay.Event{ID: call.Request.ID, Lane: call.Request.Lane, Attempt: uint8(min(call.Attempt, 255)),
		Endpoint: c.endpoint.Name, Model: call.Model}
	a.answer.reply.Limits = noLimits()
	a.answer.reply.Timing.Sched = call.Request.Sched
	a.cause.Store(&errUnconnected)
	a.timer = time.AfterFunc(dialTime, func() { a.cancel(*a.cause.Load()) })
	defer a.timer.Stop()

	how, err := a.run()
	t := &a.answer.reply.Timing
	if t.Done.IsZero() {
		t.Done = time.Now()
	}
	if a.stamps != nil {
		a.stamps.into(t)
	}
	r := a.answer.close(a.complete(err), how)
	a.learnShape(r.Status)
	r.Model, r.Remote, r.Finish = a.c.hide.name(r.Model), a.c.hide.name(r.Remote), a.c.hide.text(r.Finish)
	r.Err = a.complete(r.Err)
	estimate(&r, call.Request)
	a.emitExchange()
	return r
}

// arm sets the only timer: the request ends with cause after d, unless arm is called again before.
func (a *attempt) arm(d time.Duration, cause error) {
	a.cause.Store(&cause)
	a.timer.Reset(d)
}

// complete adds endpoint, model and hint to an error, and removes the secrets from it.
func (a *attempt) complete(e *relay.Error) *relay.Error {
	if e == nil {
		return nil
	}
	e.Endpoint, e.Model = a.c.endpoint.Name, a.call.Model
	e.Message, e.Code = wire.Cap(a.c.hide.text(e.Message)), a.c.hide.text(e.Code)
	if e.Class != relay.ClassAuth || e.Hint != "" {
		return e
	}
	if e.Status == http.StatusForbidden && !strings.Contains(strings.ToLower(e.Message), "key") {
		e.Hint = "the relay, or a firewall in front of it, refuses this key, network or region: ask its operator"
	} else if a.c.endpoint.Key == "" {
		e.Hint = "no key was sent: set HOLYSHEEP_API_KEY or OPENAI_API_KEY, or the key of this endpoint in config.toml"
	}
	return e
}

// run makes the round trip and reads the answer. A parameter that the relay refuses by name is left out in another
// round trip.
func (a *attempt) run() (how string, failed *relay.Error) {
	model := a.call.Model
	q := a.c.quirks.of(model)
	q.MaxTokens = a.call.MaxTokens
	reason := ""
	for sent := false; ; sent = true {
		body, err := wire.Encode(a.call, q)
		if err != nil {
			return "", &relay.Error{Class: relay.ClassInvalid, Message: err.Error(), Cause: err}
		}
		resp, fail := a.roundTrip(body, !sent)
		if fail != nil {
			return "", fail
		}
		if !mayRefuseParameter(resp.StatusCode) {
			// only an answer proves that it was the parameter
			if reason != "" && resp.StatusCode >= 200 && resp.StatusCode < 300 {
				a.remember(model, q, reason)
			}
			if a.lowered != "" {
				a.answer.emit(relay.Event{Kind: relay.Quirk, Reason: a.lowered}, time.Now())
			}
			a.answer.finish.distrust, a.answer.thinking.Opened = q.EarlyFinish, q.OpensThought
			return a.receive(resp, nil)
		}
		body400, stop := a.readError(a.body(resp))
		resp.Body.Close()
		if stop != nil {
			return "", stop
		}
		next, why, ok := learn(q, resp.StatusCode, body400, body)
		if !ok && a.ctx.Err() == nil {
			if q.MaxTokens = a.limitOut(body400, body); q.MaxTokens > 0 {
				continue
			}
		}
		if !ok || a.ctx.Err() != nil { // the context has also ended if the body was cut off
			return a.receive(resp, body400)
		}
		q, reason = next, strings.TrimPrefix(reason+"; "+why, "; ")
	}
}

// mayRefuseParameter reports whether the body of a response may say which parameter is not taken, or that max_tokens is
// too large: for the model, for what is left of the account (402), or for the tokens of a minute (413). Relays of
// relays send 500 in place of the provider's status.
func mayRefuseParameter(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusPaymentRequired,
		http.StatusRequestEntityTooLarge, http.StatusInternalServerError:
		return true
	}
	return false
}

// remember saves what was learned about the endpoint and reports it.
func (a *attempt) remember(model string, q wire.Quirks, reason string) {
	if err := a.c.quirks.save(model, q); err != nil {
		reason += " (not remembered: " + wire.OneLine(a.c.hide.text(err.Error())) + ")"
	}
	a.answer.emit(relay.Event{Kind: relay.Quirk, Reason: reason}, time.Now())
}

// roundTrip sends the body and waits for the response's headers.
func (a *attempt) roundTrip(body []byte, first bool) (*http.Response, *relay.Error) {
	path := a.call.Request.Path
	if path == "" {
		path = "/chat/completions"
	}
	a.arm(dialTime, errUnconnected)
	a.stamps = &stamps{ready: func() { a.arm(a.c.silence, errSilent) }}
	ctx := context.WithValue(httptrace.WithClientTrace(a.ctx, a.stamps.trace()), ownerKey{}, a.ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.c.url(path, nil), bytes.NewReader(body))
	if err != nil {
		return nil, &relay.Error{Class: relay.ClassInvalid, Cause: bare(err),
			Message: "the request can't be made: " + bare(err).Error()}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream, application/json")
	if !a.c.endpoint.NoRequestID && a.call.Request.ID != 0 {
		req.Header.Set("X-Request-Id", a.call.Request.ID.String())
	}
	SetHeaders(req, a.c.endpoint, a.c.version)
	a.seen = capture{req: req, body: body}
	t := &a.answer.reply.Timing
	t.Send = time.Now()
	if first {
		a.answer.emit(relay.Event{Kind: relay.Sent}, t.Send)
	}
	resp, err := a.c.http.Do(req)
	if err != nil {
		return nil, a.networkError(bare(err))
	}
	a.arm(a.c.silence, errSilent) // the first byte came in time: the first token may take as long again
	return resp, nil
}

// receive reads a response. body is its body if it has been read already, else nil.
func (a *attempt) receive(resp *http.Response, body []byte) (string, *relay.Error) {
	defer resp.Body.Close()
	r := &a.answer.reply
	a.stamps.into(&r.Timing)
	r.HTTP, a.header, a.seen.resp = resp.StatusCode, resp.Header, resp
	r.Limits = readLimits(resp.Header, time.Now())
	r.Remote = wire.OneLine(a.c.hide.text(remoteID(resp.Header, a.call.Request.ID)))
	r.Header = headerCost(resp.Header)
	a.answer.emit(relay.Event{Kind: relay.Answering, Status: int16(resp.StatusCode)}, r.Timing.FirstByte)
	if e := noAnswer(resp.StatusCode); e != nil {
		return "", e
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return "", redirectError(resp)
	}
	if resp.StatusCode < 200 || resp.StatusCode >= 300 {
		if body == nil {
			var stop *relay.Error
			if body, stop = a.readError(a.body(resp)); stop != nil {
				return "", stop
			}
		}
		e := classify(resp.StatusCode, resp.Header, a.c.hide.body(body))
		if e.Hint == "" && e.LacksPath() {
			e.Hint = pathHint(a.c.base)
		}
		if e.Class == relay.ClassContextLength || e.Class == relay.ClassInvalid {
			e.Hint = cmp.Or(a.tokensHint, e.Hint)
		}
		return "", e
	}
	return a.read200(a.body(resp))
}

// readSome reads at most n bytes.
func readSome(r io.Reader, n int64) ([]byte, error) { return io.ReadAll(io.LimitReader(r, n)) }

// stopped returns why the request was ended by us; nil: it was not.
func (a *attempt) stopped() *relay.Error {
	cause := context.Cause(a.ctx)
	timeout := func(message string) *relay.Error {
		return &relay.Error{Class: relay.ClassTimeout, Status: a.answer.reply.HTTP, Message: message, Cause: cause}
	}
	switch {
	case cause == nil:
		return nil
	case a.parent.Err() != nil && errors.Is(a.parent.Err(), context.DeadlineExceeded):
		return &relay.Error{Class: relay.ClassTimeout, Message: "the time for the whole request is up", Cause: cause}
	case errors.Is(context.Cause(a.parent), context.DeadlineExceeded): // a deadline with words of its own
		return timeout(context.Cause(a.parent).Error())
	case a.parent.Err() != nil:
		return &relay.Error{Class: relay.ClassCancelled, Message: "stopped", Cause: cause}
	case a.answer.reply.Timing.Chunks > 0:
		return timeout("silence: no token for " + a.c.silence.String())
	case a.answer.reply.HTTP != 0:
		return timeout("no first token within " + a.c.silence.String())
	case errors.Is(cause, errUnconnected):
		return timeout("no connection within " + dialTime.String())
	}
	return timeout("no response within " + a.c.silence.String())
}
