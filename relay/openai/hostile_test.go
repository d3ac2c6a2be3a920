package openai

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

// nested is a value inside so many levels.
func nested(levels int, open, value, end string) string {
	return strings.Repeat(open, levels) + value + strings.Repeat(end, levels)
}

// many is a value n times, as the elements of an array.
func many(n int, value string) string { return "[" + strings.Repeat(value+",", n) + value + "]" }

// TestHostileDocuments: whatever an answer is made of, reading it ends soon, and memory stays bounded.
func TestHostileDocuments(t *testing.T) {
	const whole = 2 << 20
	message := func(s string) string {
		return `{"choices":[{"index":0,"%[1]s":{"content":` + s + `},"finish_reason":"stop"}]}`
	}
	docs := map[string]string{}
	for _, levels := range []int{300, 4000, 9000, 100_000} {
		docs[fmt.Sprint("thinking in thinking, ", levels)] = message(nested(levels, `[{"type":"thinking","thinking":`,
			`[{"type":"text","text":"x"}]`, `}]`))
		docs[fmt.Sprint("lists in lists, ", levels)] = message(nested(levels, "[", `"x"`, "]"))
		docs[fmt.Sprint("content in content, ", levels)] = message(nested(levels, `{"content":`, `"x"`, "}"))
		docs[fmt.Sprint("reasoning details, ", levels)] = `{"choices":[{"%[1]s":{"reasoning_details":` +
			nested(levels, `[{"summary":`, `"x"`, `}]`) + `},"finish_reason":"stop"}]}`
		docs[fmt.Sprint("an error in an error, ", levels)] = nested(levels, `{"error":`, `"x"`, "}")
		docs[fmt.Sprint("metadata in metadata, ", levels)] = nested(levels, `{"error":{"metadata":{"raw":`, `"x"`, "}}}")
	}
	docs["choices"] = `{"choices":` + many(whole/3, "{}") + `}`
	docs["parts"] = message(many(whole/3, "{}"))
	docs["strings"] = message(many(whole/3, `""`))
	docs["calls"] = `{"choices":[{"%[1]s":{"tool_calls":` + many(whole/3, "{}") + `}}]}`
	docs["errors"] = `{"errors":` + many(whole/3, "{}") + `}`
	docs["an error"] = `{"error":{"message":"` + strings.Repeat("x", whole) + `"}}`
	docs["keys"] = `{"error":{` + strings.Repeat(`"a":1,`, whole/6) + `"b":1}}`
	docs["escapes"] = message(`"` + strings.Repeat(`\n`, whole/2) + `"`)
	docs["a list of answers"] = many(whole/3, "{}")
	for name, doc := range docs {
		for _, c := range []struct{ header, body string }{
			{"", strings.ReplaceAll(doc, "%[1]s", "message")},
			{streamType, "data: " + strings.ReplaceAll(doc, "%[1]s", "delta") + "\n\ndata: [DONE]\n\n"},
		} {
			s := serve(t, false, func(int) string { return response(200, c.header, c.body) })
			cl := client(t, relay.Endpoint{BaseURL: s.url}, Options{})
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			begun := time.Now()
			r := cl.Send(t.Context(), ask(), nil)
			took := time.Since(begun)
			runtime.ReadMemStats(&after)
			grown := after.TotalAlloc - before.TotalAlloc
			t.Logf("%-32s %8d bytes: %-10s %8s %4d MB", name, len(c.body), r.Status, took.Round(time.Millisecond), grown>>20)
			if took > 10*time.Second || grown > 16*uint64(len(c.body))+64<<20 || r.Status == "" {
				t.Errorf("%s, %s: %s after %s, %d MB for %d bytes", name, c.header, r.Status, took, grown>>20, len(c.body))
			}
		}
	}
}
