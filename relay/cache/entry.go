package cache

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"

	"relaytop/relay"
)

// magic begins every entry; the digit is the version of the form. The CRC-32C of the rest follows in hex, then the
// rest.
const (
	magic = "rtc1"
	head  = len(magic) + 8
)

// entry is an answer as it is kept, without its timing, which means nothing when the answer is used again.
type entry struct {
	Key       string           `json:"key"`
	Finish    string           `json:"finish"`
	Model     string           `json:"model,omitempty"`
	Text      string           `json:"text,omitempty"`
	Reasoning string           `json:"reasoning,omitempty"`
	Refusal   string           `json:"refusal,omitempty"`
	Tools     []relay.ToolCall `json:"tools,omitempty"`
	Usage     *relay.Usage     `json:"usage,omitempty"`
	Raw       json.RawMessage  `json:"raw,omitempty"`
	Remote    string           `json:"remote,omitempty"`
}

func checksum(b []byte) []byte {
	return fmt.Appendf(nil, "%08x", crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

func encode(key string, r *relay.Reply) ([]byte, error) {
	e := entry{
		Key:       key,
		Finish:    r.Finish,
		Model:     r.Model,
		Text:      r.Text,
		Reasoning: r.Reasoning,
		Refusal:   r.Refusal,
		Tools:     r.Tools,
		Usage:     r.Usage,
		Raw:       r.Raw,
		Remote:    r.Remote,
	}
	raw, err := json.Marshal(&e)
	if err != nil {
		return nil, fmt.Errorf("keep an answer: %w", err)
	}
	return append(append([]byte(magic), checksum(raw)...), raw...), nil
}

// decode reads what encode wrote for the same key. Everything else is a miss.
func decode(key string, raw []byte) (relay.Reply, bool) {
	if len(raw) < head || string(raw[:len(magic)]) != magic || !bytes.Equal(raw[len(magic):head], checksum(raw[head:])) {
		return relay.Reply{}, false
	}
	var e entry
	if json.Unmarshal(raw[head:], &e) != nil || e.Key != key || e.Text == "" && e.Refusal == "" && len(e.Tools) == 0 &&
		len(e.Raw) == 0 {
		return relay.Reply{}, false
	}
	return relay.Reply{
		Status:    relay.StatusOK,
		Finish:    e.Finish,
		Model:     e.Model,
		Text:      e.Text,
		Reasoning: e.Reasoning,
		Refusal:   e.Refusal,
		Tools:     e.Tools,
		Usage:     e.Usage,
		Raw:       e.Raw,
		Remote:    e.Remote,
		Visible:   true,
	}, true
}
