package wire

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

var chunkSeeds = []string{
	content("Hello"), content("a\n\"b\"\\ é 漢字 \u2028"), delta(`{"content":"\u00e9\ud83d\ude00\t"}`),
	delta(`{"content":"\ud83d"}`), delta(`{"content":null}`),
	delta(`{"role":"assistant","content":"","refusal":null}`), delta(`{"reasoning_content":"hm","content":null}`),
	delta(`{"reasoning":"a","reasoning_content":"b"}`),
	finish("stop"), usageChunk, delta(`{"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{"}}]}`),
	`{"choices":[{"index":1,"delta":{"content":"no"}}]}`, `{"choices":[{"index":0,"delta":{"Content":"odd"}}]}`,
	`{"choices":[{"index":0,"delta":{"content":"a","content":"b"}}]}`,
	`{ "choices" : [ { "delta" : { "content" : "x" } , "index" : 0 } ] } `,
	`{"error":{"message":"x"}}`, `{"choices":[{"index":0,"delta":{"content":"x"}}],"usage":null,"error":null}`,
	`{"choices":[{"delta":{"content":"x"}}]}{`,
	`{"sim_sent_us":12,"choices":[{"delta":{"content":"x"}}],"vendor":"a","vendor":null}`,
	`{"choices":[{"delta":{"content":"x"}}],"estimated_cost":12}`, `{"choices":[],"detail":"bad"}`,
	`{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1234567890,"prompt_tokens_details":null}}`,
	`{"choices":[],"usage":{}}`, `{"usage":{"prompt_tokens":0,"total_tokens":7}}`,
	`{"choices":[{"delta":{}}],"usage":{"prompt_tokens":3,"completion_tokens_details":{"audio_tokens":0}}}`,
	`{"choices":[{"delta":{}}],"usage":{"prompt_tokens_details":{"reasoning_tokens":2}}}`,
	plainAnswer, `{"choices":[{"message":{"content":"x"},"delta":{"content":"y"}}]}`,
	`{"object":"chat.completion","choices":[{"message":{"content":"a","annotations":[],"audio":null}}]}`,
	`{"choices":[{"message":{"content":"a","annotations":[1]}}]}`, `{"choices":[{"message":{"content":false}}]}`,
	`{"created":01,"choices":[{"delta":{"content":"x"}}]}`, `{"created":1.5e3,"choices":[{"delta":{"content":"x"}}]}`,
}

// plainAnswer is an answer of OpenAI in one piece.
const plainAnswer = `{
  "id": "chatcmpl-1", "object": "chat.completion", "created": 1741569952, "model": "gpt-4.1-mini",
  "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello\n\"you\"", "refusal": null,
    "annotations": []}, "logprobs": null, "finish_reason": "stop"}],
  "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0,
      "rejected_prediction_tokens": 0}}, "service_tier": "default"
}`

func TestScanIsUsed(t *testing.T) {
	for _, s := range []string{content("Hello"), content("việt\n"), finish("stop"),
		delta(`{"reasoning_content":"hm","content":null}`), usageChunk,
		`{"choices":[{"delta":{"content":"x"}}],"sent_us":12,"x_region":"eu"}`, plainAnswer} {
		if _, ok := new(Decoder).scan([]byte(s)); !ok {
			t.Errorf("a usual chunk goes the slow way: %s", s)
		}
	}
	var d Decoder
	usual := []byte(content("Hello"))
	d.scan(usual)
	if n := testing.AllocsPerRun(100, func() { d.scan(usual) }); n > 1 {
		t.Errorf("%v allocations a chunk, want the text's alone", n)
	}
}

// FuzzDecode compares the scanner with encoding/json: whatever it accepts, it must read in the same way.
func FuzzDecode(f *testing.F) {
	for _, s := range chunkSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fast, ok := new(Decoder).scan(data)
		slow, err := Decode(data)
		if !ok {
			return
		}
		if err != nil {
			t.Fatalf("the scanner accepts invalid JSON: %q: %v", data, err)
		}
		if !reflect.DeepEqual(fast, slow) {
			t.Fatalf("%q\nscan %+v\njson %+v", data, fast, slow)
		}
	})
}

// BenchmarkDecode reads chunks as relays send them, beside encoding/json. The same files are read by the official
// SDK in .tools/sdkbench.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"usual", "obfuscated", "escaped"} {
		data, err := os.ReadFile(filepath.Join("testdata", "decode", name+".json"))
		if err != nil {
			b.Fatal(err)
		}
		var d Decoder
		for how, decode := range map[string]func() (Chunk, error){
			"scan": func() (Chunk, error) { return d.Decode(data) },
			"json": func() (Chunk, error) { return Decode(data) },
		} {
			b.Run(name+"/"+how, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if c, err := decode(); err != nil || c.Content == "" {
						b.Fatal(c, err)
					}
				}
			})
		}
	}
}
