package openai

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// bodyShape is the kind of a body, judged by its first bytes.
type bodyShape uint8

const (
	unclear bodyShape = iota
	isJSON
	isPage
	isStream
	isText
)

const (
	maxBlanks = 1 << 20  // bytes of white space before an answer; some of it is sent to keep a connection open
	maxUnsure = 64 << 10 // bytes of a line after which its kind is decided without its end
)

// minRead is the room for each read of the beginning of a body, in bytes.
const minRead = 512

// bom is the byte order mark of UTF-8.
const bom = "\xef\xbb\xbf"

// read200 finds out what the body is and reads it.
func (a *attempt) read200(body io.Reader) (string, *relay.Error) {
	buf := a.c.buffers.get()
	defer a.c.buffers.put(buf)
	head, bomDone, blanks := *buf, false, 0
	for {
		head = slices.Grow(head, minRead)
		n, err := body.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		if !bomDone && len(head) < len(bom) && strings.HasPrefix(bom, string(head)) && err == nil {
			continue // part of a mark
		}
		if !bomDone {
			bomDone, head = true, head[:copy(head, bytes.TrimPrefix(head, []byte(bom)))]
		}
		rest, pings := skipPings(head)
		if blanks += len(head) - len(rest); pings {
			blanks = 0
		}
		if blanks > maxBlanks {
			return "", a.protocolError("a megabyte of white space in place of an answer")
		}
		head = head[:copy(head, rest)]
		*buf = head
		what := shapeOf(head)
		if what == unclear && err == nil {
			continue
		}
		if what == unclear {
			if !errors.Is(err, io.EOF) || len(head) == 0 || head[0] == ':' {
				return a.streamEnd(err)
			}
			what = isText
		}
		if err != nil {
			body = failing{err}
		}
		return a.readAs(what, io.MultiReader(bytes.NewReader(head), body))
	}
}

// readAs reads a body whose shape is known.
func (a *attempt) readAs(what bodyShape, body io.Reader) (string, *relay.Error) {
	switch what {
	case isJSON:
		return a.readPlain(body)
	case isStream:
		return a.readStream(body)
	case unclear, isPage, isText:
	}
	b, stop := a.readError(body)
	if stop != nil {
		return "", stop
	}
	if what == isPage {
		return "", a.pageError(b)
	}
	came := cmp.Or(unanswered(a.answer.reply.HTTP), "neither JSON nor an event stream")
	e := a.protocolError(came + ": " + wire.OneLine(string(a.c.hide.body(b))))
	e.Retry = shouldRetry(a.header)
	return "", e
}

// readError reads a body that is not an answer. It does not wait for long: a body that does not end is cut off.
func (a *attempt) readError(body io.Reader) ([]byte, *relay.Error) {
	a.arm(a.c.settle, errSettled)
	b, _ := readSome(body, maxError)
	if a.parent.Err() != nil {
		return nil, a.stopped()
	}
	return b, nil
}

// skipPings removes blank lines and whole comment lines from the beginning. Anything may follow.
func skipPings(b []byte) (rest []byte, pings bool) {
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		end := bytes.IndexAny(b, "\r\n")
		if len(b) == 0 || b[0] != ':' || end < 0 {
			return b, pings
		}
		b, pings = b[end:], true
	}
}

// shapeOf judges by the first bytes that are neither blank nor a comment. Only a field of an event stream has a
// colon after the word; a sentence may begin with the same word.
func shapeOf(b []byte) bodyShape {
	if len(b) == 0 {
		return unclear
	}
	switch b[0] {
	case '{', '[', '"':
		return isJSON
	case '<':
		return isPage
	}
	for line := b; len(line) > 0; {
		end := bytes.IndexAny(line, "\r\n")
		whole := end >= 0
		if !whole {
			end = len(line)
		}
		name, _, colon := bytes.Cut(line[:end], []byte{':'})
		switch known := fieldName(string(name)); {
		case colon && (known || len(name) == 0 && whole):
			return isStream
		case bytes.ContainsFunc(name, func(r rune) bool { return !nameRune(r) }), whole && !colon && !known:
			return isText
		case !whole && len(name) == 0 && len(b) > maxUnsure: // a comment without an end
			return isStream
		case len(b) > maxUnsure:
			return isText
		case !whole:
			return unclear
		}
		line = bytes.TrimLeft(line[end:], "\r\n")
	}
	return unclear
}

func fieldName(s string) bool { return s == "data" || s == "event" || s == "id" || s == "retry" }

func nameRune(r rune) bool {
	return r == '_' || r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
