package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
	"relaytop/relay/sse"
)

// drainTime is how long we wait for the end of the body after [DONE]: a connection is used again only if its body
// was read to the end.
const drainTime = 50 * time.Millisecond

// readStream reads events until the answer is complete, breaks off, or goes silent.
func (a *attempt) readStream(body io.Reader) (string, *relay.Error) {
	r := a.c.buffers.reader(body)
	defer a.c.buffers.putReader(r)
	r.End, r.Whole = "[DONE]", isDocument
	var d wire.Decoder
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
			a.answer.reply.Timing.Done, a.answer.finish.closing = e.At, byDone
			a.drain(r)
			return "[DONE] came", nil
		}
		if e.Name == "error" {
			return "", a.errorEvent(data)
		}
		if len(data) == 0 {
			continue
		}
		c, err := d.Decode(data)
		if err != nil {
			if isHeartbeat(e.Name, data) {
				continue
			}
			return a.badEvent(r, &e, data, err)
		}
		if c.Error != nil && isHeartbeat(e.Name, nil) {
			continue
		}
		if c.Error != nil {
			if c.Finish != "" && c.Finish != "error" {
				a.answer.finish.see(&c, false)
			}
			return "", a.objectError(c.Error)
		}
		token := a.answer.fold(&c, e.At)
		if a.answer.full != "" {
			return "", a.sizeError()
		}
		switch {
		case a.answer.reply.Visible && a.answer.finish.settles():
			if !settling { // the time runs once: neither usage nor pings prolong it
				settling = true
				a.arm(a.c.settle, errSettled)
			}
		case token:
			settling = false
			a.arm(a.c.silence, errSilent)
		}
	}
}

// badEvent ends a stream at an event that is not JSON.
func (a *attempt) badEvent(r *sse.Reader, e *sse.Event, data []byte, err error) (string, *relay.Error) {
	if data[0] == '<' {
		return "", a.pageError(data)
	}
	bad := a.syntaxError(data, err)
	if !e.Cut {
		return "", bad
	}
	if _, end := r.Next(); !errors.Is(end, io.EOF) {
		return a.streamEnd(end) // the connection broke, or we stopped it
	}
	bad.Class, bad.Message = relay.ClassTruncated, "the stream ended within an event"
	return "", bad
}

// errorEvent returns the error of an event named error. Its data may be JSON or plain text.
func (a *attempt) errorEvent(data []byte) *relay.Error {
	if c, err := wire.Decode(data); err == nil && c.Error != nil {
		return a.objectError(c.Error)
	}
	return a.objectError(data)
}

// streamEnd decides what the end of a stream without [DONE] means. After a finish_reason that nothing followed a
// broken connection does not matter.
func (a *attempt) streamEnd(err error) (string, *relay.Error) {
	switch {
	case errors.Is(err, io.EOF):
		a.answer.finish.closing = byEOF
		return "the stream ended", nil
	case a.answer.finish.ends() && (a.answer.finish.late || a.parent.Err() == nil):
		return "the stream ended", nil
	case errors.Is(err, errHuge), errors.Is(err, sse.ErrTooLong):
		e := a.protocolError(err.Error())
		e.Cause = err
		return "", e
	}
	return "", a.networkError(err)
}

// isDocument reports whether a data line is a whole JSON document: some relays leave out the blank line between
// events.
func isDocument(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) > 1 && line[0] == '{' && line[len(line)-1] == '}' && json.Valid(line)
}

// isHeartbeat reports whether an event only keeps the connection open: by its name, or because it has an unknown name
// and its data is not JSON.
func isHeartbeat(name string, data []byte) bool {
	switch strings.ToLower(name) {
	case "ping", "heartbeat", "keepalive", "keep-alive", "keep_alive":
		return true
	case "", "message", "error":
		return false
	}
	return len(data) > 0 && data[0] != '{' && data[0] != '[' && data[0] != '<'
}

// drain reads on for a moment after [DONE]: usage may still come.
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
		if c, err := wire.Decode(bytes.TrimSpace(e.Data)); err == nil && c.Error == nil && (c.Usage != nil || c.Cost != nil) {
			a.answer.fold(&wire.Chunk{Usage: c.Usage, Cost: c.Cost}, e.At)
		}
	}
}
