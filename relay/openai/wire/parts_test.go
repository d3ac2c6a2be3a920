package wire

import (
	"strings"
	"testing"
)

// TestContentOfAnyType: a number is text, and so is what is neither a string nor made of parts.
func TestContentOfAnyType(t *testing.T) {
	for raw, want := range map[string]struct{ visible, thinking, streamed string }{
		`"x"`:                                 {"x", "", "x"},
		`42`:                                  {"42", "", "42"},
		`-1.5e3`:                              {"-1.5e3", "", "-1.5e3"},
		`0`:                                   {"0", "", "0"},
		`true`:                                {"true", "", "true"},
		`false`:                               {"false", "", ""},
		`null`:                                {"", "", ""},
		`{}`:                                  {"", "", ""},
		`[]`:                                  {"", "", ""},
		`{"answer":[1,"a"]}`:                  {`{"answer":[1,"a"]}`, "", `{"answer":[1,"a"]}`},
		`{"type":"text","text":"x"}`:          {"x", "", "x"},
		`{"type":"text","text":42}`:           {"42", "", "42"},
		`{"type":"image_url","image_url":{}}`: {"", "", ""},
		`["a",{"text":"b"},[{"text":{"value":"c"}}],4]`:        {"abc4", "", "abc4"},
		`[{"type":"thinking","thinking":[{"text":"hm"}]},"x"]`: {"x", "hm", "x"},
		`["a",3,true,false,null]`:                              {"a3true", "", "a3true"},
		`{"type":"text","text":true}`:                          {"true", "", "true"},
		`[[[[[[[["x",{},[],1]]]]]]]]`:                          {"x{}[]1", "", "x{}[]1"},
		`[[[[[[[[["x"]]]]]]]]]`:                                {`["x"]`, "", `["x"]`},
		`[[[[[[[[{"text":"x"}]]]]]]]]`:                         {`{"text":"x"}`, "", `{"text":"x"}`},
		`[{"thinking":[[[[[[[["x"]]]]]]]]},"y"]`:               {"y", `[["x"]]`, "y"},
	} {
		for _, kind := range []string{"message", "delta"} {
			c, err := new(Decoder).Decode([]byte(`{"choices":[{"index":0,"` + kind + `":{"content":` + raw + `}}]}`))
			visible := want.visible
			if kind == "delta" {
				visible = want.streamed
			}
			if err != nil || c.Content != visible || c.Reasoning != want.thinking {
				t.Errorf("%s of a %s: %q, reasoning %q, %v", raw, kind, c.Content, c.Reasoning, err)
			}
		}
	}
}

// TestReasoningFlag: true in place of reasoning is no text, and hides none.
func TestReasoningFlag(t *testing.T) {
	for delta, want := range map[string]string{
		`{"reasoning":true}`:                          "",
		`{"reasoning_content":true,"reasoning":"hm"}`: "hm",
		`{"reasoning":7}`:                             "7",
	} {
		c, err := new(Decoder).Decode([]byte(`{"choices":[{"index":0,"delta":` + delta + `}]}`))
		if err != nil || c.Reasoning != want {
			t.Errorf("%s: %q, %v", delta, c.Reasoning, err)
		}
	}
}

// TestManyParts: nothing of an answer is lost, however many parts it is made of.
func TestManyParts(t *testing.T) {
	const n = maxParts + 3
	for _, tt := range []struct{ part, text, beyond string }{ // beyond: what it is after maxParts
		{`"x"`, "x", "x"},
		{`1`, "1", "1"},
		{`["x"]`, "x", "x"},
		{`{"text":"x"}`, "x", `{"text":"x"}`},
		{`"\"x"`, `"x`, `\"x`},
	} {
		list := "[" + strings.Repeat(tt.part+",", n-1) + tt.part + "]"
		c, err := new(Decoder).Decode([]byte(`{"choices":[{"index":0,"message":{"content":` + list + `}}]}`))
		want := strings.Repeat(tt.text, n-3) + strings.Repeat(tt.beyond, 3)
		if err != nil || c.Content != want {
			t.Errorf("%d of %s: %d bytes, %d were sent, %v", n, tt.part, len(c.Content), len(want), err)
		}
	}
}
