package portable

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"relaytop/state/attach"
	"relaytop/state/session"
)

// Error is what is wrong with a file, and where. Line and Column count from 1, Column in bytes.
type Error struct {
	Line, Column int
	Err          error
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// ReadFile reads a chat from a file. It may wait for the disk.
func ReadFile(path string) (*Chat, error) {
	f, err := attach.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f)
}

// Read reads a chat: our own format, or messages of the kind that OpenAI's API takes.
func Read(r io.Reader) (*Chat, error) {
	data, err := io.ReadAll(io.LimitReader(r, MostBytes+1))
	if err != nil {
		return nil, fmt.Errorf("it can't be read: %w", err)
	}
	if len(data) > MostBytes {
		return nil, fmt.Errorf("it is larger than %d MiB", MostBytes>>20)
	}
	return Parse(data)
}

// source is the content of a file.
type source []byte

// at is an error with its position.
func (s source) at(offset int64, err error) error {
	offset = min(max(offset, 0), int64(len(s)))
	before := s[:offset]
	return &Error{Line: 1 + bytes.Count(before, []byte{'\n'}), Column: int(offset) - bytes.LastIndexByte(before, '\n'),
		Err: err}
}

// inside is at for an error of encoding/json on a piece that begins at from.
func (s source) inside(from int64, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return s.at(from+max(syntax.Offset-1, 0), err)
	case errors.As(err, &kind):
		name := kind.Field
		if name == "" {
			name = "it"
		}
		return s.at(from+max(kind.Offset-1, 0), fmt.Errorf("%s can't be a JSON %s", name, kind.Value))
	}
	return s.at(from, err)
}

// element is a piece of the file and where it begins.
type element struct {
	raw json.RawMessage
	at  int64
}

// Parse is Read of a file's content.
func Parse(data []byte) (*Chat, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	s := source(data)
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("it is empty")
	}
	if !utf8.Valid(data) {
		n := 0
		for rest := data; ; {
			r, size := utf8.DecodeRune(rest)
			if r == utf8.RuneError && size == 1 {
				return nil, s.at(int64(n), errors.New("it is not UTF-8 text"))
			}
			n, rest = n+size, rest[size:]
		}
	}
	if bytes.TrimSpace(data)[0] == '#' {
		return nil, errors.New("a JSON export or a JSON list of messages is wanted: a Markdown export is to be read, " +
			"not to be imported")
	}
	var all json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, s.inside(0, err)
	}
	start := int64(bytes.IndexFunc(data, func(r rune) bool { return r != ' ' && r != '\t' && r != '\r' && r != '\n' }))
	switch data[start] {
	case '[':
		return s.foreign(nil, element{data[start:], start})
	case '{':
		return s.object(element{data[start:], start})
	}
	return nil, s.at(start, errors.New("a list of messages is wanted, or an object that has one"))
}

func (s source) object(e element) (*Chat, error) {
	members, err := s.members(e)
	if err != nil {
		return nil, err
	}
	messages, ok := members["messages"]
	format, ours := members["format"]
	switch {
	case !ok:
		return nil, s.at(e.at, errors.New(`the object has no "messages": it is no chat`))
	case !ours:
		return s.foreign(members, messages)
	}
	var name string
	if err := json.Unmarshal(format.raw, &name); err != nil || name != FormatID {
		return nil, s.at(format.at, fmt.Errorf("the format %.40s is not known: %q is", format.raw, FormatID))
	}
	var version int
	if v := members["version"]; v.raw == nil || json.Unmarshal(v.raw, &version) != nil || version < 1 {
		return nil, s.at(format.at, errors.New("the format has no version"))
	}
	if version > Version {
		return nil, s.at(members["version"].at,
			fmt.Errorf("it was written by a newer relaytop: version %d, this one reads up to %d", version, Version))
	}
	return s.own(members["chat"], messages)
}

// own reads our own format.
func (s source) own(chat, messages element) (*Chat, error) {
	c := &Chat{}
	if chat.raw != nil {
		if err := json.Unmarshal(chat.raw, &c.Record); err != nil {
			return nil, s.inside(chat.at, err)
		}
	}
	list, err := s.elements(messages)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, s.at(messages.at, errors.New("there is no message in it"))
	}
	c.Messages = make([]session.MessageRecord, len(list))
	for i, e := range list {
		if err := json.Unmarshal(e.raw, &c.Messages[i]); err != nil {
			return nil, s.inside(e.at, err)
		}
	}
	if i, err := c.check(); err != nil {
		return nil, s.at(list[i].at, err)
	}
	return c, nil
}

// elements splits an array.
func (s source) elements(e element) ([]element, error) {
	dec := json.NewDecoder(bytes.NewReader(e.raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return nil, s.at(e.at, errors.New("a list of messages is wanted here"))
	}
	var out []element
	for dec.More() {
		piece, err := next(dec, e)
		if err != nil {
			return nil, s.inside(e.at, err)
		}
		if len(out) == mostMessages {
			return nil, s.at(piece.at, fmt.Errorf("there are more than %d messages", mostMessages))
		}
		out = append(out, piece)
	}
	return out, nil
}

// members splits an object. Of a key that occurs twice the last value counts.
func (s source) members(e element) (map[string]element, error) {
	dec := json.NewDecoder(bytes.NewReader(e.raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, s.at(e.at, errors.New("an object is wanted here"))
	}
	out := map[string]element{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, s.inside(e.at, err)
		}
		piece, err := next(dec, e)
		if err != nil {
			return nil, s.inside(e.at, err)
		}
		if name, ok := key.(string); ok && len(out) < mostMessages {
			out[name] = piece
		}
	}
	return out, nil
}

// next is the next value of a piece, without copying it.
func next(dec *json.Decoder, of element) (element, error) {
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return element{}, err
	}
	end := dec.InputOffset()
	from := end - int64(len(raw))
	return element{of.raw[from:end], of.at + from}, nil
}
