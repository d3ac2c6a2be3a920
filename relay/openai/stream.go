package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/sse"
)

// drainTime is how long we wait for the end of the body behind [DONE]: a connection is used again only after its end was read.
const drainTime = 50 * time.Millisecond

// readStream reads events until the answer is complete, breaks, or falls silent.
func (a *attempt) readStream(body io.Reader) (string, *relay.Error) {
	r := sse.NewReader(body)
	r.End, r.Whole = "[DONE]", isDocument
	var d decoder
	settling := false
	for {
		e, err := r.Next()
		if err != nil {
			return a.streamEnd(err)
		}
		if e.Comment {
			continue
		}
		data := bytes.TrimSpace(e.Data)
		if bytes.Equal(data, []byte("[DONE]")) {
			a.answer.reply.Timing.Done = e.At
			a.drain(r)
			return "[DONE] came", nil
		}
		if e.Name == "error" {
			return "", a.errorEvent(data)
		}
		if len(data) == 0 {
			continue
		}
		c, err := d.decode(data)
		if err != nil {
			if isBeat(e.Name, data) {
				continue
			}
			return a.badEvent(r, &e, data, err)
		}
		if c.fault != nil && isBeat(e.Name, nil) {
			continue
		}
		if c.fault != nil {
			if c.finish != "" && c.finish != "error" {
				a.answer.reply.Finish = c.finish
			}
			return "", a.faulted(c.fault)
		}
		token := a.answer.fold(&c, e.At)
		if a.answer.full != "" {
			return "", a.overflow()
		}
		switch done := a.answer.reply.Finish != ""; {
		case done && (token || !settling): // some relays finish every chunk
			settling = true
			a.arm(a.c.settle, errSettled)
		case !done && token:
			a.arm(a.c.silence, errSilent)
		}
	}
}

// badEvent is the end of a stream at an event that is no JSON.
func (a *attempt) badEvent(r *sse.Reader, e *sse.Event, data []byte, err error) (string, *relay.Error) {
	if data[0] == '<' {
		return "", a.page(data)
	}
	bad := a.garbled(data, err)
	if !e.Cut {
		return "", bad
	}
	if _, end := r.Next(); !errors.Is(end, io.EOF) {
		return a.streamEnd(end) // what broke it, or who stopped it
	}
	bad.Class, bad.Message = relay.ClassTruncated, "the stream ended within an event"
	return "", bad
}

// errorEvent is an event named error; what it holds may be JSON or words.
func (a *attempt) errorEvent(data []byte) *relay.Error {
	if c, err := decodeSlow(data); err == nil && c.fault != nil {
		return a.faulted(c.fault)
	}
	return a.faulted(data)
}

// streamEnd judges the end of the stream without [DONE]. After a finish_reason nothing that breaks matters any more.
func (a *attempt) streamEnd(err error) (string, *relay.Error) {
	switch {
	case a.answer.reply.Finish != "":
		return "the stream ended", nil
	case errors.Is(err, io.EOF):
		return "the stream ended", nil
	case errors.Is(err, errHuge), errors.Is(err, sse.ErrTooLong):
		return "", &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Message: err.Error(), Cause: err}
	}
	return "", a.broke(err)
}

// isDocument reports whether a data line is a whole JSON document: some relays leave out the blank line between events.
func isDocument(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) > 1 && line[0] == '{' && line[len(line)-1] == '}' && json.Valid(line)
}

// isBeat reports whether an event keeps the connection open and says no more: by its name, or because it has one and words where JSON
// is usual.
func isBeat(name string, data []byte) bool {
	switch strings.ToLower(name) {
	case "ping", "heartbeat", "keepalive", "keep-alive", "keep_alive":
		return true
	case "", "message", "error":
		return false
	}
	return len(data) > 0 && data[0] != '{' && data[0] != '[' && data[0] != '<'
}

// drain reads what stands behind [DONE], briefly: usage may be in it.
func (a *attempt) drain(r *sse.Reader) {
	const most = 8
	a.arm(drainTime, errSettled)
	r.End = ""
	for range most {
		e, err := r.Next()
		if err != nil {
			return
		}
		if e.Comment || e.Name == "error" {
			continue
		}
		if c, err := decodeSlow(bytes.TrimSpace(e.Data)); err == nil && c.fault == nil && (c.usage != nil || c.cost != nil) {
			a.answer.fold(&chunk{usage: c.usage, cost: c.cost}, e.At)
		}
	}
}
