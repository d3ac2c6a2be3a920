package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"relaytop/relay"
)

// canonical is the body of a request with its keys sorted, without what the client sets itself; and its parameters.
// ok is false if it is not a JSON object.
func canonical(r *relay.Request) (body []byte, params map[string]any, ok bool) {
	if len(r.Body) == 0 {
		raw, err := json.Marshal(r.Params)
		if err != nil {
			return nil, nil, false
		}
		if params, ok = object(raw); !ok {
			params = map[string]any{}
		}
		body, err = json.Marshal(map[string]any{"messages": r.Messages, "params": params})
		return body, params, err == nil
	}
	if params, ok = object(r.Body); !ok {
		return nil, nil, false
	}
	for _, own := range []string{"model", "stream", "stream_options"} {
		delete(params, own)
	}
	body, err := json.Marshal(map[string]any{"body": params})
	return body, params, err == nil
}

// object decodes a JSON object and keeps numbers as written.
func object(raw []byte) (m map[string]any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&m) != nil || m == nil {
		return nil, false
	}
	_, err := d.Token()
	return m, err == io.EOF
}

// repeatable reports whether a request asks for the same answer each time: at temperature 0, or with a seed.
func repeatable(params map[string]any) bool {
	if seed, ok := params["seed"].(json.Number); ok && seed != "" {
		return true
	}
	t, ok := params["temperature"].(json.Number)
	if !ok || len(t) > 32 {
		return false
	}
	if i := strings.IndexAny(t.String(), "eE"); i >= 0 {
		if exp, err := strconv.Atoi(t.String()[i+1:]); err != nil || exp > 100 || exp < -100 {
			return false
		}
	}
	n, ok := new(big.Rat).SetString(t.String())
	return ok && n.Sign() == 0
}

// keyOf hashes everything that identifies a request. Each part is preceded by its length, so that different lists
// never hash the same bytes.
func keyOf(e relay.Endpoint, model string, r *relay.Request, body []byte) string {
	h := sha256.New()
	add := func(parts ...string) {
		for _, p := range parts {
			_ = binary.Write(h, binary.BigEndian, uint64(len(p))) // a hash takes everything
			_, _ = io.WriteString(h, p)
		}
	}
	owner := sha256.Sum256([]byte(e.Key.Reveal()))
	path := strings.Trim(r.Path, "/")
	if path == "" {
		path = "chat/completions"
	}
	add(e.Name, e.BaseURL, hex.EncodeToString(owner[:]), strconv.Itoa(len(e.Headers)))
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		add(strings.ToLower(name), e.Headers[name])
	}
	add(model, path, strconv.FormatBool(r.Plain), string(body))
	return hex.EncodeToString(h.Sum(nil))
}
