package openai

import (
	"bytes"
	"errors"
	"io"
	"time"

	"relaytop/relay"
	"relaytop/relay/sse"
)

// drainTime is how long we wait for the end of the body behind [DONE]: a connection is used again only after its end was read.
const drainTime = 50 * time.Millisecond

// readStream reads events until the answer is complete, breaks, or falls silent.
func (a *attempt) readStream(body io.Reader) (string, *relay.Error) {
	r := sse.NewReader(body)
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
			a.drain(body)
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

// drain reads what stands behind [DONE], briefly.
func (a *attempt) drain(body io.Reader) {
	a.arm(drainTime, errSettled)
	_, _ = io.CopyN(io.Discard, body, 4<<10)
}
