package openai

import (
	"bytes"
	"net/http"
	"strings"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// protocolError returns an error about the answer of the current response.
func (a *attempt) protocolError(message string) *relay.Error {
	return &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Message: message}
}

// pageError returns the error for an HTML page in place of an answer.
func (a *attempt) pageError(page []byte) *relay.Error {
	e := a.protocolError(summary(0, "html", a.c.hide.body(page)))
	e.Retry = shouldRetry(a.header)
	return e
}

// objectError returns the error for an error object inside a 200.
func (a *attempt) objectError(object []byte) *relay.Error {
	if len(object) > maxError {
		e := a.protocolError(wire.OneLine(string(a.c.hide.body(object[:4*wire.MaxLine]))))
		e.Class = relay.ClassUpstream
		return e
	}
	e := classify(a.answer.reply.HTTP, a.header, a.c.hide.body(object))
	if e.Message == "" || wire.IsBlankError(object) {
		e.Message = "an error without a message"
	}
	if string(bytes.TrimSpace(object)) == "[]" {
		e.Class, e.Message = relay.ClassProtocol, "an empty list in place of an answer"
	}
	return e
}

// syntaxError returns the error for bytes that are not JSON. It quotes them.
func (a *attempt) syntaxError(b []byte, err error) *relay.Error {
	quoted := string(a.c.hide.body(b[:min(len(b), 4*wire.MaxLine)]))
	e := a.protocolError(wire.OneLine("not JSON: " + strings.ToValidUTF8(quoted, "\uFFFD")))
	e.Cause, e.Retry = err, shouldRetry(a.header)
	return e
}

// sizeError returns the error for an answer that is larger than what is kept.
func (a *attempt) sizeError() *relay.Error {
	a.answer.finish.word = "" // the dropped part may be larger than what is kept
	return a.protocolError(a.answer.full + ": the rest is left out")
}

// redirectError returns the error for a redirect: it is never followed with a key.
func redirectError(resp *http.Response) *relay.Error {
	e := &relay.Error{Class: relay.ClassProtocol, Status: resp.StatusCode, Message: "a redirect without a target"}
	switch to, err := resp.Location(); {
	case err == nil && resp.Request != nil && to.String() == resp.Request.URL.String():
		e.Message = "redirected to the same URL: not followed with a key; the relay is configured in a circle"
	case err == nil:
		e.Message = "redirected to " + wire.OneLine(withoutSecrets(to)) +
			": not followed with a key; if that is the right place, set base_url to it"
	}
	return e
}
