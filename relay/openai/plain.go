package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"relaytop/relay"
)

// plainBody is the body of a JSON answer under way: whatever is no blank puts off the silence.
type plainBody struct {
	a    *attempt
	src  io.Reader
	at   time.Time // of the last read
	head []byte    // what a message about it may show
	err  error
}

func (p *plainBody) Read(b []byte) (int, error) {
	n, err := p.src.Read(b)
	p.at = time.Now()
	if len(bytes.TrimLeft(b[:n], " \t\r\n")) > 0 {
		p.a.arm(p.a.c.silence, errSilent)
	}
	p.head = append(p.head, b[:min(n, 4*lineCap-len(p.head))]...)
	if err != nil {
		p.err = err
	}
	return n, err
}

// readPlain reads one JSON answer. It is complete with the last byte of its document, whatever becomes of the connection behind that.
func (a *attempt) readPlain(src io.Reader) (string, *relay.Error) {
	body := &plainBody{a: a, src: bound(src, a.c.maxPlain)}
	dec := json.NewDecoder(body)
	var doc json.RawMessage
	err := dec.Decode(&doc)
	a.answer.reply.Timing.Done = body.at
	if err != nil {
		return "", a.noDocument(body, err)
	}
	c, err := decodePlain(doc)
	if err != nil {
		return "", a.garbled(doc, err)
	}
	if c.fault == nil {
		a.answer.fold(&c, body.at)
		a.answer.reply.Raw = doc
		if clean := a.c.hide.text(string(doc)); clean != string(doc) {
			a.answer.reply.Raw = json.RawMessage(clean)
		}
		if c.object && !completions(a.call.Request) {
			a.answer.reply.Finish, a.answer.reply.Visible = "stop", true // it has no finish_reason: a whole document is the proof
		}
	}
	a.arm(drainTime, errSettled) // only a connection whose end was read is used again
	tail, _ := readSome(io.MultiReader(dec.Buffered(), body.src), 4<<10)
	switch tail, _ = skipPings(tail); {
	case c.fault != nil:
		return "", a.faulted(c.fault)
	case a.answer.full != "":
		return "", a.overflow()
	case a.answer.reply.Finish == "" && len(tail) > 0 && !bytes.HasPrefix(tail, []byte("data:")):
		return "", a.garbled(tail, errors.New("more behind the JSON answer"))
	}
	return "the answer ended", nil
}

// decodePlain reads a whole document that came in place of a stream.
func decodePlain(doc []byte) (chunk, error) {
	if doc[0] == '"' {
		return chunk{fault: doc}, nil
	}
	c, err := decodeSlow(doc)
	if doc[0] == '[' && err == nil && c.fault == nil && !c.choice {
		c = chunk{fault: doc}
	}
	return c, err
}

// noDocument is why there is no whole JSON document.
func (a *attempt) noDocument(body *plainBody, err error) *relay.Error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return a.garbled(body.head, err)
	case errors.Is(body.err, errHuge):
		return &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Message: body.err.Error(), Cause: err}
	case errors.Is(body.err, io.EOF):
		return &relay.Error{Class: relay.ClassTruncated, Status: a.answer.reply.HTTP, Message: "the JSON answer ends in its middle", Cause: err}
	}
	return a.broke(body.err)
}
