package price

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// ErrFormat means that a text is not in a known format. It names the formats.
var ErrFormat = errors.New("not a known price list: expected a table of input and output for each model in TOML, " +
	"LiteLLM's JSON, a list of models with pricing like OpenRouter's, or new-api's /api/pricing")

// Parse reads a price list in any known format, recognised by its content.
func Parse(data []byte) (Table, error) {
	body := trimmed(data)
	if len(body) == 0 || body[0] != '{' {
		// with the blank lines at its start, so that line numbers are right
		return parseTOML(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	}
	data = body
	var shape struct {
		Data []map[string]json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(data, &shape); err != nil || len(shape.Data) == 0 {
		return parseLiteLLM(data)
	}
	if _, ok := shape.Data[0]["model_name"]; ok {
		return parseNewAPI(data)
	}
	return parseOpenRouter(data)
}

// decode reads JSON and keeps numbers as they are written.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read the price list: %w: %w", ErrFormat, err)
	}
	return nil
}

// number reads a JSON number, or a number in a string, with a dollar sign or without; nil: it is neither.
func number(v any) *big.Rat {
	var s string
	switch v := v.(type) {
	case json.Number:
		s = v.String()
	case string:
		s = v
	}
	r, err := decimal(strings.TrimPrefix(strings.TrimSpace(s), "$"))
	if err != nil {
		return nil
	}
	return r
}
