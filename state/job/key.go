package job

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// key is what a row asks for, without its place in the file: the first 16 bytes of SHA-256 over path and canonical body. Rows may
// be put in, taken out and moved, and what was paid for is found again.
type key [16]byte

func (k key) String() string { return hex.EncodeToString(k[:]) }

func parseKey(s string) (k key, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(k) {
		return k, false
	}
	return key(b), true
}

// keyOf is the key of a body. What is ours to set is no part of it.
func keyOf(path string, body map[string]any) key {
	if path == "" {
		path = chatPath
	}
	h := sha256.New()
	h.Write([]byte(path))
	h.Write([]byte{'\n'})
	h.Write(canonical(body))
	return key(h.Sum(nil)[:16])
}

const chatPath = "/chat/completions"

// canonical is JSON with sorted keys, no blanks, and numbers as they were written.
func canonical(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil // values that come out of JSON go into it
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
