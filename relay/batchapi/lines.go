package batchapi

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"relaytop/relay"
)

// maxLine is the longest line of a file of answers in bytes.
const maxLine = 64 << 20

// readLines calls each for each line, and bad for one that can't be read.
func readLines(src io.Reader, each func(relay.BatchLine) error, bad func(error)) error {
	r := bufio.NewReaderSize(src, 64<<10)
	var long []byte // the beginning of a line that is longer than the buffer
	for n := 1; ; {
		piece, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if long = append(long, piece...); len(long) > maxLine {
				return fmt.Errorf("line %d of the file of answers is longer than %d MiB", n, maxLine>>20)
			}
			continue
		}
		line := piece
		if len(long) > 0 {
			long = append(long, piece...)
			line = long
		}
		switch {
		case errors.Is(err, io.EOF) && len(bytes.TrimSpace(line)) == 0:
			return nil
		case errors.Is(err, io.EOF):
			return relay.ErrCutOff // also if its JSON is whole: more lines may follow
		case err != nil:
			return err
		}
		if err := readLine(line, n, each, bad); err != nil {
			return err
		}
		n, long = n+1, long[:0]
	}
}

func readLine(line []byte, n int, each func(relay.BatchLine) error, bad func(error)) error {
	line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")))
	if len(line) == 0 {
		return nil
	}
	l, err := decodeLine(line)
	if err != nil {
		bad(fmt.Errorf("line %d of the file of answers: %w", n, err))
		return nil
	}
	return each(l)
}

// usualLine is a line of an answered row as OpenAI writes it. It is decoded in one pass.
type usualLine struct {
	CustomID string `json:"custom_id"`
	Response *struct {
		Status int             `json:"status_code"`
		Remote string          `json:"request_id"`
		Body   json.RawMessage `json:"body"`
	} `json:"response"`
	Error json.RawMessage `json:"error"`
}

// decodeUsual reads a line of the usual form. False: it has another one, or an error.
func decodeUsual(line []byte) (relay.BatchLine, bool) {
	var u usualLine
	if json.Unmarshal(line, &u) != nil || u.CustomID == "" || u.Response == nil || u.Response.Status == 0 ||
		len(u.Response.Body) == 0 || u.Response.Body[0] != '{' || len(u.Error) > 0 && string(u.Error) != "null" {
		return relay.BatchLine{}, false
	}
	r := u.Response
	return relay.BatchLine{CustomID: u.CustomID, Status: r.Status, Remote: oneLine(r.Remote), Body: bodyOf(r.Body)}, true
}

// decodeLine reads one line. What it keeps does not share memory with it.
func decodeLine(line []byte) (relay.BatchLine, error) {
	if l, ok := decodeUsual(line); ok {
		return l, nil
	}
	return decodeAny(line)
}

// decodeAny reads a line of any form.
func decodeAny(line []byte) (relay.BatchLine, error) {
	var f fields
	if err := json.Unmarshal(line, &f); err != nil {
		return relay.BatchLine{}, err
	}
	l := relay.BatchLine{CustomID: f.text("custom_id")}
	if l.CustomID == "" {
		return l, errors.New("it has no custom_id")
	}
	if resp := f.object("response"); resp != nil {
		l.Status, _ = strconv.Atoi(resp.text("status_code"))
		l.Remote = oneLine(resp.text("request_id"))
		l.Body = bodyOf(resp["body"])
	}
	l.Code, l.Message = f.lineError()
	return l, nil
}

// bodyOf is the body of a response; nil for null and for the empty ones that some servers send with status 0.
func bodyOf(raw json.RawMessage) json.RawMessage {
	raw = bytes.TrimSpace(raw)
	switch string(raw) {
	case "", "null", "{}", `""`:
		return nil
	}
	var text string // a body that was encoded twice
	if raw[0] == '"' && json.Unmarshal(raw, &text) == nil && json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return raw
}

// lineError is the error of a line: an object, a text, or null.
func (f fields) lineError() (code, message string) {
	raw := bytes.TrimSpace(f["error"])
	switch string(raw) {
	case "", "null", "{}", `""`, "[]", "false":
		return "", ""
	}
	if e := f.object("error"); e != nil {
		if inner := e.object("error"); inner != nil {
			e = inner
		}
		code, message = oneLine(e.text("code", "type")), oneLine(e.text("message"))
	} else {
		message = oneLine(f.text("error"))
	}
	if code == "" && message == "" {
		message = oneLine(string(raw))
	}
	return code, message
}
