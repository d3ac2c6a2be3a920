package openai

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"relaytop/relay"
)

// bodyShape is what a body is, by its first bytes.
type bodyShape uint8

const (
	unclear bodyShape = iota
	isJSON
	isPage
	isStream
	isWords
)

const (
	maxBlanks = 1 << 20 // blanks are sent to keep a connection open, not a megabyte of them
	maxUnsure = 64 << 10
)

// mark is the byte order mark.
const mark = "\xef\xbb\xbf"

// read200 looks at what the body is and reads it as that.
func (a *attempt) read200(body io.Reader) (string, *relay.Error) {
	var head []byte
	marked, blanks := false, 0
	buf := make([]byte, 4<<10)
	for {
		n, err := body.Read(buf)
		head = append(head, buf[:n]...)
		if !marked && len(head) < len(mark) && strings.HasPrefix(mark, string(head)) && err == nil {
			continue // half a mark
		}
		if !marked {
			marked, head = true, bytes.TrimPrefix(head, []byte(mark))
		}
		rest, pings := skipPings(head)
		if blanks += len(head) - len(rest); pings {
			blanks = 0
		}
		if blanks > maxBlanks {
			return "", &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Message: "a megabyte of blanks in place of an answer"}
		}
		head = head[:copy(head, rest)]
		what := shapeOf(head)
		if what == unclear && err == nil {
			continue
		}
		if what == unclear {
			if !errors.Is(err, io.EOF) || len(head) == 0 || head[0] == ':' {
				return a.streamEnd(err)
			}
			what = isWords
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
	}
	said, stop := a.rest(body)
	if stop != nil {
		return "", stop
	}
	if what == isPage {
		return "", a.page(said)
	}
	return "", &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Retry: shouldRetry(a.header),
		Message: "neither JSON nor an event stream: " + oneLine(string(a.c.hide.body(said)))}
}

// rest reads the body of what is known to be no answer. It is not worth a long wait: a body that does not end is cut off.
func (a *attempt) rest(body io.Reader) ([]byte, *relay.Error) {
	a.arm(a.c.settle, errSettled)
	said, _ := readSome(body, maxError)
	if a.parent.Err() != nil {
		return nil, a.stopped()
	}
	return said, nil
}

// skipPings takes blank lines and whole comment lines off the beginning: they tell nothing of what follows them.
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

// shapeOf decides by the first bytes that are neither blank nor a comment. A field of an event stream is told from a sentence that begins
// with the same word by its colon.
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
			return isWords
		case !whole && len(name) == 0 && len(b) > maxUnsure: // a comment without an end
			return isStream
		case len(b) > maxUnsure:
			return isWords
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
