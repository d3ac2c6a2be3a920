package openai

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"relaytop/relay"
)

// Ask is a request below the base URL that asks no model: for a file, a batch or a list.
type Ask struct {
	Method string
	Path   string
	Query  url.Values // in addition to the query of the base URL
	Type   string     // the content type of Body
	Body   io.Reader
	Size   int64 // of Body in bytes; 0: not known
	Most   int64 // the largest answer in bytes, after decompression
}

// Ask makes one round trip and returns the body of an answer of 2xx, which the caller closes. Every error, also one
// of reading the body, is a *relay.Error without secrets. The time is limited by the silence of either side, not as a
// whole: a file may be large.
func (c *Client) Ask(ctx context.Context, ask Ask) (io.ReadCloser, error) {
	a := &attempt{c: c, parent: ctx, call: relay.Call{Request: &relay.Request{}}}
	a.ctx, a.cancel = context.WithCancelCause(ctx)
	a.cause.Store(&errUnconnected)
	a.timer = time.AfterFunc(dialTime, func() { a.cancel(*a.cause.Load()) })
	resp, fail := a.ask(ask)
	if fail != nil {
		a.timer.Stop()
		a.cancel(nil)
		return nil, a.complete(fail)
	}
	return &askedBody{a: a, resp: resp, src: bound(decoded(resp), ask.Most)}, nil
}

// ask sends the request and judges the response by its status.
func (a *attempt) ask(ask Ask) (*http.Response, *relay.Error) {
	body := ask.Body
	if body != nil {
		body = &sentBody{a: a, src: body}
	}
	ctx := context.WithValue(a.ctx, ownerKey{}, a.ctx)
	req, err := http.NewRequestWithContext(ctx, ask.Method, a.c.url(ask.Path, ask.Query), body)
	if err != nil {
		return nil, &relay.Error{Class: relay.ClassInvalid, Message: "the request can't be made: " + bare(err).Error()}
	}
	if ask.Size > 0 {
		req.ContentLength = ask.Size
	}
	if ask.Type != "" {
		req.Header.Set("Content-Type", ask.Type)
	}
	req.Header.Set("Accept", "application/json, */*")
	SetHeaders(req, a.c.endpoint, a.c.version)
	a.arm(a.c.silence, errSilent)
	resp, err := a.c.http.Do(req)
	if err != nil {
		return nil, a.askError(bare(err))
	}
	a.answer.reply.HTTP, a.header = resp.StatusCode, resp.Header
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return nil, redirectError(resp)
	}
	b, fail := a.readError(a.c.decompressed(resp))
	if fail != nil {
		return nil, fail
	}
	return nil, classify(resp.StatusCode, resp.Header, a.c.hide.body(b))
}

// askError is networkError for a request that asks no model.
func (a *attempt) askError(err error) *relay.Error {
	if a.parent.Err() == nil && errors.Is(context.Cause(a.ctx), errSilent) {
		return &relay.Error{Class: relay.ClassTimeout, Status: a.answer.reply.HTTP, Cause: errSilent,
			Message: "silence: no byte for " + a.c.silence.String()}
	}
	return a.networkError(err)
}

// sentBody restarts the timer with every piece of a request that is sent.
type sentBody struct {
	a   *attempt
	src io.Reader
}

func (s *sentBody) Read(b []byte) (int, error) {
	s.a.arm(s.a.c.silence, errSilent)
	return s.src.Read(b)
}

// askedBody is the body of an answer. The timer runs only while a read waits: the caller may take its time.
type askedBody struct {
	a    *attempt
	resp *http.Response
	src  io.Reader
}

func (r *askedBody) Read(b []byte) (int, error) {
	r.a.arm(r.a.c.silence, errSilent)
	n, err := r.src.Read(b)
	r.a.timer.Stop()
	switch {
	case err == nil || errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return n, err
	case errors.Is(err, errHuge):
		return n, r.a.complete(r.a.protocolError(err.Error()))
	}
	return n, r.a.complete(r.a.askError(err))
}

// Close ends the round trip.
func (r *askedBody) Close() error {
	r.a.timer.Stop()
	err := r.resp.Body.Close()
	r.a.cancel(nil)
	return err
}

// Name is the name of the endpoint.
func (c *Client) Name() string { return c.endpoint.Name }

// Redact returns a diagnostic text without the endpoint's secrets.
func (c *Client) Redact(s string) string { return c.hide.text(s) }
