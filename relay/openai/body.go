package openai

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"relaytop/relay"
)

// The bounds of one answer in bytes, after unpacking: a stream, and a plain one, which is held in memory whole.
const (
	maxStream = 256 << 20
	maxPlain  = 64 << 20
)

var errHuge = errors.New("the answer is larger than relaytop takes")

// bounded fails with errHuge where io.LimitReader would end as if all were well.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errHuge
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// unzip opens the packing at the first read: opening it waits for bytes.
type unzip struct {
	src io.Reader
	z   *gzip.Reader
}

func (u *unzip) Read(p []byte) (n int, err error) {
	if u.z == nil {
		if u.z, err = gzip.NewReader(u.src); err != nil {
			u.z = nil
			return 0, err
		}
	}
	return u.z.Read(p)
}

// decoded is the body, unpacked if the server packed it unasked.
func (c *Client) decoded(resp *http.Response) io.Reader {
	var r io.Reader = resp.Body
	if strings.EqualFold(strings.TrimSpace(resp.Header.Get("Content-Encoding")), "gzip") {
		r = &unzip{src: r}
	}
	return &bounded{r, c.maxStream}
}

// read200 looks at what the body is and reads it as that.
func (a *attempt) read200(body io.Reader) (string, *relay.Error) {
	var head []byte
	blanks := 0
	buf := make([]byte, 4<<10)
	for {
		n, err := body.Read(buf)
		head = append(head, buf[:n]...)
		start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
		if len(start) == 0 && err == nil {
			if blanks += n; blanks > 1<<20 { // blanks are sent to keep a connection open, not a megabyte of them
				return "", &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Message: "a megabyte of blanks in place of an answer"}
			}
			head = head[:copy(head, bytes.TrimRight(head, " \t\r\n"))]
			continue
		}
		if len(start) == 0 && err != nil && !errors.Is(err, io.EOF) {
			return "", a.broke(err)
		}
		rest := body
		if err != nil {
			rest = failing{err}
		}
		if len(start) == 0 {
			return "the response ended", nil
		}
		switch whole := io.MultiReader(bytes.NewReader(head), rest); start[0] {
		case '{', '[', '"':
			return a.readPlain(whole)
		case '<':
			return "", a.page(whole)
		default:
			if !likeStream(start) {
				said, _ := readSome(whole, maxError)
				if stop := a.stopped(); stop != nil {
					return "", stop
				}
				return "", &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Message: "neither JSON nor an event stream: " + oneLine(string(a.c.hide.body(said)))}
			}
			return a.readStream(whole)
		}
	}
}

// likeStream reports whether the first bytes may begin an event stream.
func likeStream(start []byte) bool {
	for _, field := range []string{":", "data", "event", "id", "retry"} {
		n := min(len(start), len(field))
		if string(start[:n]) == field[:n] {
			return true
		}
	}
	return false
}

// failing hands on an error that came with the last bytes.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// page is the error of an HTML page in place of an answer.
func (a *attempt) page(body io.Reader) *relay.Error {
	b, err := readSome(body, maxError)
	if stop := a.stopped(); err != nil && stop != nil {
		return stop
	}
	return &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Retry: shouldRetry(a.header), Message: summary(0, "html", a.c.hide.body(b))}
}

// readPlain reads one JSON answer, which a [DONE] of a stream may follow.
func (a *attempt) readPlain(body io.Reader) (string, *relay.Error) {
	b, err := io.ReadAll(&bounded{body, a.c.maxPlain})
	at := time.Now()
	a.answer.reply.Timing.Done = at
	if err != nil && !errors.Is(err, io.EOF) {
		if errors.Is(err, errHuge) {
			return "", &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Message: errHuge.Error(), Cause: err}
		}
		if !json.Valid(bytes.TrimSpace(b)) {
			return "", a.broke(err)
		}
	}
	b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
	var doc json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return "", &relay.Error{Class: relay.ClassTruncated, Status: a.answer.reply.HTTP, Message: "the JSON answer ends in its middle", Cause: err}
		}
		return "", a.garbled(b, err)
	}
	if tail := bytes.TrimSpace(b[dec.InputOffset():]); len(tail) > 0 && !bytes.HasPrefix(tail, []byte("data:")) {
		return "", a.garbled(tail, errors.New("more behind the JSON answer"))
	}
	var c chunk
	if doc[0] == '[' || doc[0] == '"' {
		c.fault = doc
	} else if c, err = decodeSlow(doc); err != nil {
		return "", a.garbled(doc, err)
	}
	if c.fault != nil {
		return "", a.faulted(c.fault)
	}
	a.answer.fold(&c, at)
	a.answer.reply.Raw = doc
	if clean := a.c.hide.text(string(doc)); clean != string(doc) {
		a.answer.reply.Raw = json.RawMessage(clean)
	}
	if c.object && !completions(a.call.Request) {
		a.answer.reply.Finish, a.answer.reply.Visible = "stop", true // it has no finish_reason: a whole document is the proof
	}
	return "the answer ended", nil
}

// faulted is an error object inside a 200.
func (a *attempt) faulted(doc []byte) *relay.Error {
	e := Classify(a.answer.reply.HTTP, a.header, a.c.hide.body(doc))
	if e.Message == "" {
		e.Message = "an error without a message"
	}
	return e
}

// garbled is the error of an event that is no JSON. It shows the offending bytes.
func (a *attempt) garbled(b []byte, err error) *relay.Error {
	return &relay.Error{Class: relay.ClassProtocol, Status: a.answer.reply.HTTP, Cause: err, Retry: shouldRetry(a.header),
		Message: oneLine("not JSON: " + strings.ToValidUTF8(string(a.c.hide.body(b[:min(len(b), 4*lineCap)])), "\uFFFD"))}
}
