package openai

import (
	"bytes"
	"net/http"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// Document is a whole answer that did not come by a round trip of its own, such as one in the output of a batch.
type Document struct {
	Model  string // that was asked
	Path   string // of the request; "": a chat completion
	Status int    // HTTP
	Body   []byte
	Input  int64 // tokens of the request, as estimated: used if the answer does not state its usage
}

// ReadDocument reads a document as Send reads a plain answer. Its Timing is empty: nothing is known of when it came.
func (c *Client) ReadDocument(d Document) relay.Reply {
	a := &attempt{c: c, header: http.Header{}}
	a.call = relay.Call{Model: d.Model, Request: &relay.Request{Model: d.Model, Path: d.Path}}
	a.answer.sink = func(relay.Event) {}
	a.answer.reply.HTTP, a.answer.reply.Limits = d.Status, noLimits()
	r := a.answer.close(a.complete(a.readDocument(d)), "the answer ended")
	r.Model, r.Remote, r.Finish = c.hide.name(r.Model), c.hide.name(r.Remote), c.hide.text(r.Finish)
	r.Err, r.Timing = a.complete(r.Err), relay.Timing{}
	estimate(&r, a.call.Request)
	if u := r.Usage; u != nil && u.Estimated && u.Input == 0 {
		whole := *u
		whole.Input, whole.Total = d.Input, d.Input+u.Output
		r.Usage = &whole
	}
	return r
}

// readDocument folds the document into the answer, or returns why it is none.
func (a *attempt) readDocument(d Document) *relay.Error {
	body := bytes.TrimSpace(d.Body)
	switch {
	case d.Status < 200 || d.Status >= 300:
		return withPathHint(classify(d.Status, a.header, a.c.hide.body(body)))
	case len(body) == 0 || string(body) == "null":
		return &relay.Error{Class: relay.ClassEmpty, Status: d.Status, Message: "the answer has no body"}
	}
	chunk, err := wire.DecodeAnswer(body)
	if err != nil {
		return a.syntaxError(body, err)
	}
	if chunk.Error != nil {
		return a.objectError(chunk.Error)
	}
	a.foldDocument(&chunk, body, time.Now())
	return nil
}

// Body is the body that a request is sent with, as this endpoint takes it, for an answer in one piece.
func (c *Client) Body(req *relay.Request) ([]byte, error) {
	plain := *req
	plain.Plain = true
	return wire.Encode(relay.Call{Request: &plain, Model: req.Model}, c.quirks.of(req.Model))
}
