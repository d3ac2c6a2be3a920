package input

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
)

// Key identifies the content of a row, whatever its place in the file: the first 16 bytes of SHA-256 over path and
// canonical body. Rows may be added, removed and moved, and keep the answers that were paid for.
type Key [16]byte

func (k Key) String() string { return hex.EncodeToString(k[:]) }

// ParseKey reads what String wrote.
func ParseKey(s string) (k Key, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(k) {
		return k, false
	}
	return Key(b), true
}

const chatPath = "/chat/completions"

// KeyOf is the key of a body that is sent to path; "" is /chat/completions.
func KeyOf(path string, body map[string]any) Key { return KeyOfCanonical(path, Canonical(body)) }

// KeyOfCanonical is KeyOf for a body that is encoded already.
func KeyOfCanonical(path string, body []byte) Key {
	if path == "" {
		path = chatPath
	}
	h := sha256.New()
	h.Write([]byte(path))
	h.Write([]byte{'\n'})
	h.Write(body)
	return Key(h.Sum(nil)[:16])
}

// Canonical is JSON with sorted keys, no blanks, and numbers as they are in the input.
func Canonical(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil // values that were decoded from JSON can be encoded
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Decode reads one JSON value, with numbers as they are written.
func Decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value in the line")
	}
	return v, nil
}
