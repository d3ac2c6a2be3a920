package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// plainBody is the body of a JSON answer in flight. Each read that is not all white space restarts the silence timer.
type plainBody struct {
	a    *attempt
	src  io.Reader
	at   time.Time // of the last read
	head []byte    // its first bytes, for an error message
	err  error
}

func (p *plainBody) Read(b []byte) (int, error) {
	n, err := p.src.Read(b)
	p.at = time.Now()
	if len(bytes.TrimLeft(b[:n], " \t\r\n")) > 0 {
		p.a.arm(p.a.c.silence, errSilent)
	}
	p.head = append(p.head, b[:min(n, 4*wire.MaxLine-len(p.head))]...)
	if err != nil {
		p.err = err
	}
	return n, err
}

// readPlain reads one JSON answer. It is complete with the last byte of its document, whatever happens to the
// connection afterwards.
func (a *attempt) readPlain(src io.Reader) (string, *relay.Error) {
	most := a.c.maxPlain
	if wire.IsCompletion(a.call.Request) {
		most = min(most, maxCompletion)
	}
	body := &plainBody{a: a, src: bound(src, most)}
	dec := json.NewDecoder(body)
	var doc json.RawMessage
	err := dec.Decode(&doc)
	a.answer.reply.Timing.Done, a.answer.reply.Timing.Whole = body.at, true
	if err != nil {
		return "", a.documentError(body, err)
	}
	behind, _ := readSome(dec.Buffered(), 4<<10)
	dec = nil // its buffer is larger than the document
	c, err := wire.DecodeAnswer(doc)
	if err != nil {
		return "", a.syntaxError(doc, err)
	}
	if c.Error == nil {
		a.foldDocument(&c, doc, body.at)
	}
	a.arm(drainTime, errSettled) // only a connection whose body was read to the end is used again
	tail, _ := readSome(io.MultiReader(bytes.NewReader(behind), body.src), 4<<10)
	switch tail, _ = skipPings(tail); {
	case c.Error != nil:
		return "", a.objectError(c.Error)
	case a.answer.full != "":
		return "", a.sizeError()
	case a.answer.finish.word == "" && len(tail) > 0 && !bytes.HasPrefix(tail, []byte("data:")):
		return "", a.syntaxError(tail, errors.New("more data after the JSON answer"))
	}
	return "the answer ended", nil
}

// foldDocument folds a whole answer, decoded and as it came at the given time.
func (a *attempt) foldDocument(c *wire.Chunk, doc json.RawMessage, at time.Time) {
	a.answer.fold(c, at)
	if !a.answer.thinking.began.IsZero() {
		doc = wire.SplitAnswer(doc, a.answer.thinking.Opened)
	}
	a.answer.reply.Raw = a.c.hide.completion(doc)
	if c.Bare && !wire.IsCompletion(a.call.Request) {
		a.answer.finish.word, a.answer.reply.Visible = "stop", true // a whole document is complete without one
	}
}

// documentError returns why the JSON document is not complete.
func (a *attempt) documentError(body *plainBody, err error) *relay.Error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return a.syntaxError(body.head, err)
	case errors.Is(body.err, errHuge):
		e := a.protocolError(body.err.Error())
		e.Cause = err
		return e
	case errors.Is(body.err, io.EOF):
		return &relay.Error{Class: relay.ClassTruncated, Status: a.answer.reply.HTTP, Cause: err,
			Message: "the JSON answer breaks off"}
	}
	return a.networkError(body.err)
}
