package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
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

// maxScanned is how much of a plain answer is read before it is left to a json.Decoder, in bytes.
const maxScanned = 64 << 10

// readPlain reads one JSON answer. It is complete with the last byte of its document, whatever happens to the
// connection afterwards.
func (a *attempt) readPlain(src io.Reader) (string, *relay.Error) {
	most := a.c.maxPlain
	if wire.IsCompletion(a.call.Request) {
		most = min(most, maxCompletion)
	}
	body := &plainBody{a: a, src: bound(src, most)}
	doc, behind, c, ok := body.scan(a.seen.resp.ContentLength)
	a.answer.reply.Timing.Done, a.answer.reply.Timing.Whole = body.at, true
	if !ok {
		return a.readUnusual(body, doc)
	}
	a.foldDocument(&c, doc, body.at)
	return a.plainTail(&c, behind, body)
}

// scan reads a whole document of a usual shape, whose stated length is size; under 0: none is stated. behind is what
// it has read of what follows. False: the document is long or of another shape, or breaks off; doc is what was read.
func (p *plainBody) scan(size int64) (doc, behind []byte, c wire.Chunk, ok bool) {
	var extent wire.Extent
	doc = make([]byte, 0, min(max(size+1, minRead), maxScanned)) // one byte more: the end comes with the last ones
	for p.err == nil && len(doc) < maxScanned {
		doc = slices.Grow(doc, minRead)
		n, _ := p.Read(doc[len(doc):cap(doc)]) // the error is kept
		doc = doc[:len(doc)+n]
		if end := extent.End(doc); end > 0 {
			if c, ok = wire.ScanAnswer(doc[:end]); ok {
				return doc[:end:end], doc[end:], c, true
			}
			break
		}
	}
	return doc, nil, wire.Chunk{}, false
}

// readUnusual reads a document of any shape, whose beginning has been read.
func (a *attempt) readUnusual(body *plainBody, read []byte) (string, *relay.Error) {
	rest := io.Reader(body)
	if body.err != nil {
		rest = failing{body.err}
	}
	dec := json.NewDecoder(io.MultiReader(bytes.NewReader(read), rest))
	var doc json.RawMessage
	err := dec.Decode(&doc)
	a.answer.reply.Timing.Done = body.at
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
	return a.plainTail(&c, behind, body)
}

// plainTail reads what follows a document: behind is what of it has been read. Only a connection whose body was read
// to the end is used again.
func (a *attempt) plainTail(c *wire.Chunk, behind []byte, body *plainBody) (string, *relay.Error) {
	if body.err == nil {
		a.arm(drainTime, errSettled)
		more, _ := readSome(body.src, 4<<10)
		behind = append(behind, more...)
	}
	tail, _ := skipPings(behind)
	switch {
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
