package openai

import (
	"bytes"
	"encoding/json"
	"strings"

	"relaytop/relay"
)

// page is the error of an HTML page in place of an answer.
func (a *attempt) page(b []byte) *relay.Error {
	return &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Retry: shouldRetry(a.header), Message: summary(0, "html", a.c.hide.body(b))}
}

// faulted is an error object inside a 200.
func (a *attempt) faulted(doc []byte) *relay.Error {
	e := Classify(a.answer.reply.HTTP, a.header, a.c.hide.body(doc))
	var w wire
	_ = json.Unmarshal(doc, &w) // of what is no object nothing is found
	if says := string(w.Error); e.Message == "" || (says == `""` || says == "{}") && isNull(w.Message) && isNull(w.Detail) && isNull(w.Msg) {
		e.Message = "an error without a message"
	}
	if string(bytes.TrimSpace(doc)) == "[]" {
		e.Class, e.Message = relay.ClassProtocol, "an empty list in place of an answer"
	}
	return e
}

// garbled is the error of an event that is no JSON. It shows the offending bytes.
func (a *attempt) garbled(b []byte, err error) *relay.Error {
	return &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Cause: err, Retry: shouldRetry(a.header),
		Message: oneLine("not JSON: " + strings.ToValidUTF8(string(a.c.hide.body(b[:min(len(b), 4*lineCap)])), "\uFFFD"))}
}

// overflow is the end of an answer that is more than we keep.
func (a *attempt) overflow() *relay.Error {
	a.answer.reply.Finish = "" // what is left out may be the most of it
	return &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Message: a.answer.full + ": the rest is left out"}
}
