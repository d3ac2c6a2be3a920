package wire

import (
	"encoding/json"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"relaytop/relay"
)

// TestTextsAreQuotedAsEncodingJSONDoes, whatever bytes they have.
func TestTextsAreQuotedAsEncodingJSONDoes(t *testing.T) {
	signs := []string{"a", `"`, `\`, "/", "<", "\n", "\r", "\t", "\b", "\f", "\x00", "\x1f", "\x7f", "é", "日", "😀",
		"\u2028", "\u2029", "\ufffd", "\xff", "\xe2\x80", "\xc3"}
	for range 20_000 {
		var text strings.Builder
		for range rand.IntN(8) {
			text.WriteString(signs[rand.IntN(len(signs))])
		}
		want, err := marshal(text.String())
		if got := quote(text.String()); err != nil || string(got) != string(want) {
			t.Fatalf("%q: got %s, want %s, %v", text.String(), got, want, err)
		}
	}
}

// TestABodyTakesLittleMoreThanItsText: a prompt of some megabytes is copied once, also with signs that are escaped.
func TestABodyTakesLittleMoreThanItsText(t *testing.T) {
	for _, word := range []string{"all of the text ", "a \"line\"\n", "日本 é "} {
		text := strings.Repeat(word, 4<<20/len(word))
		call := relay.Call{Model: "m", Request: &relay.Request{
			Messages: []relay.Message{{Role: relay.RoleUser, Text: text}}}}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		body, err := Encode(call, Quirks{})
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; err != nil || n > uint64(len(body))*9/8 || !json.Valid(body) {
			t.Errorf("%d bytes for a body of %d, %v", n, len(body), err)
		}
	}
}
