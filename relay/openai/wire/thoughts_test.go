package wire

import (
	"strings"
	"testing"
)

// spoken is what a stream of pieces amounts to.
type spoken struct{ reasoning, text string }

// speak joins what the pieces bring, as the answer does.
func speak(t *Thoughts, pieces ...string) (s spoken) {
	add := func(p Split) {
		if p.Moved {
			s = spoken{reasoning: strings.TrimSpace(s.text + p.Reasoning)}
			p.Reasoning = ""
		}
		s.reasoning += p.Reasoning
		s.text += p.Text
	}
	for _, p := range pieces {
		add(t.Add(p))
	}
	add(t.End())
	if raw, n := t.Open(); raw != "" {
		s = spoken{s.reasoning[:len(s.reasoning)-n], s.text + raw}
	}
	return s
}

// TestThoughts reads each content whole, cut in two anywhere, and a byte at a time.
func TestThoughts(t *testing.T) {
	for content, want := range map[string]spoken{
		"":                                      {},
		"Hello.":                                {"", "Hello."},
		" \n":                                   {"", " \n"},
		"\n\n Hello":                            {"", "\n\n Hello"},
		"<think>a</think>b":                     {"a", "b"},
		"<think>\nWhy?\n\nSo.\n</think>\n\nB\n": {"Why?\n\nSo.", "B\n"},
		"\n <think>a</think> b":                 {"a", "b"},
		"<thinking>a</thinking>b":               {"a", "b"},
		"<thought>a</thought>b":                 {"a", "b"},
		"<THINK>a</Think>b":                     {"a", "b"},
		"<think>\n\n</think>\n\nb":              {"", "b"},
		"<think></think>":                       {"", ""},
		"<think>a</think>":                      {"a", ""},
		"<think>a</think>\n<think>b</think>c":   {"a\n\nb", "c"},
		"<think>a</think>b<think>c</think>d":    {"a", "b<think>c</think>d"},
		"<think>a</thinking>b</think>c":         {"a</thinking>b", "c"},
		"<think>a < b </thin </think>c":         {"a < b </thin", "c"},
		// only the closing tag
		"a\n</think>\n\nb":            {"a", "b"},
		"a</think>b":                  {"a", "b"},
		"</think>b":                   {"", "b"},
		"\n</think>\n\nb":             {"", "b"},
		"a <b> c</thought>d</think>e": {"a <b> c", "d</think>e"},
		"a</think>":                   {"a", ""},
		"a</think><think>b</think>c":  {"a\n\nb", "c"},
		// never closed
		"<think>a":                 {"", "<think>a"},
		" <think> a \n":            {"", " <think> a \n"},
		"<think>a</think><think>b": {"a", "<think>b"},
		"<think>a</thin":           {"", "<think>a</thin"},
		"<think":                   {"", "<think"},
		"<thinker>a</think":        {"", "<thinker>a</think"},
		"<think >a":                {"", "<think >a"},
		"a <":                      {"", "a <"},
		"<":                        {"", "<"},
		"<b>bold</b>":              {"", "<b>bold</b>"},
		// in code
		"`<think>a</think>`":                        {"", "`<think>a</think>`"},
		"Use `</think>` to end it.":                 {"", "Use `</think>` to end it."},
		"Use ``a ` </think>`` so":                   {"", "Use ``a ` </think>`` so"},
		"```\n</think>\n```\nb":                     {"", "```\n</think>\n```\nb"},
		"```xml\n<think>\n</think>\n":               {"", "```xml\n<think>\n</think>\n"},
		"~~~\n</think>\n```\n</think>\n~~~\nb":      {"", "~~~\n</think>\n```\n</think>\n~~~\nb"},
		"> ```\n> </think>\n> ```\n":                {"", "> ```\n> </think>\n> ```\n"},
		"Code:\n\n    </think>\nb":                  {"", "Code:\n\n    </think>\nb"},
		"```</think>``` is a tag":                   {"", "```</think>``` is a tag"},
		"- ```\n  </think>\n  ```\nend":             {"", "- ```\n  </think>\n  ```\nend"},
		"12. ~~~\n    </think>\n    ~~~\nend":       {"", "12. ~~~\n    </think>\n    ~~~\nend"},
		"so `tag\n</think>` is":                     {"", "so `tag\n</think>` is"},
		"so `tag\n\n</think>` is":                   {"so `tag", "` is"},
		"an escaped \\</think> stays":               {"", "an escaped \\</think> stays"},
		"<think>is it `</think>`?</think>b":         {"is it `</think>`?", "b"},
		"<think>so:\n```\n</think>\n```\n</think>b": {"so:\n```\n</think>\n```", "b"},
		"<think>a ` tick</think>b":                  {"a ` tick", "b"},
		"<think>a ` tick\n</think>\n`b`":            {"a ` tick", "`b`"},
		"a ` tick</think>\nb":                       {"a ` tick", "b"},
		"```a```\nx</think>b":                       {"```a```\nx", "b"},
		"```\na\n```\nx</think>b":                   {"```\na\n```\nx", "b"},
		// about tags
		"The tags <think> and </think> are": {"", "The tags <think> and </think> are"},
		`It ends with "</think>", always.`:  {"", `It ends with "</think>", always.`},
		`I say "yes"</think>b`:              {`I say "yes"`, "b"},
		"漢字<think>é</think>":                {"", "漢字<think>é</think>"},
		"<think>漢字 👩‍👩‍👧</think>é":          {"漢字 👩‍👩‍👧", "é"},
	} {
		check := func(pieces ...string) {
			if got := speak(new(Thoughts), pieces...); got != want {
				t.Errorf("%q: %q, want %q", pieces, got, want)
			}
		}
		check(content)
		for i := range content {
			check(content[:i], content[i:])
		}
		check(strings.Split(content, "")...)
		check(strings.SplitAfter(content, ">")...)
	}
}

// TestThoughtsOfATemplate: content that is known to begin with reasoning.
func TestThoughtsOfATemplate(t *testing.T) {
	for content, want := range map[string]spoken{
		"a\n</think>\n\nb":   {"a", "b"},
		"</think>b":          {"", "b"},
		"<think>a</think>b":  {"a", "b"},
		"no reasoning today": {"", "no reasoning today"},
		"a</thought>b":       {"a", "b"},
	} {
		th := &Thoughts{Opened: true}
		if got := speak(th, strings.Split(content, "")...); got != want {
			t.Errorf("%q: %q, want %q", content, got, want)
		}
		if th.Implied() != (content == "no reasoning today") {
			t.Errorf("%q: implied %v", content, th.Implied())
		}
	}
}

// TestThoughtsBesideAField: where reasoning has a field of its own, a closing tag is text.
func TestThoughtsBesideAField(t *testing.T) {
	for content, want := range map[string]spoken{
		"a</think>b":        {"", "a</think>b"},
		"</think>\n\nb":     {"", "b"},
		"<think>a</think>b": {"a", "b"},
	} {
		if got := speak(&Thoughts{Separate: true}, strings.Split(content, "")...); got != want {
			t.Errorf("%q: %q, want %q", content, got, want)
		}
	}
}

// FuzzThoughts: how content is cut changes nothing, and nothing but tags and white space is lost.
func FuzzThoughts(f *testing.F) {
	for _, s := range []string{"<think>a</think>b", "a\n</think>b", "`</think>`x</think>", "```\n</think>\n```"} {
		f.Add(s, uint8(3), false)
	}
	f.Fuzz(func(t *testing.T, s string, step uint8, opened bool) {
		whole := speak(&Thoughts{Opened: opened}, s)
		var pieces []string
		for rest := s; rest != ""; {
			n := min(int(step)%7+1, len(rest))
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		if got := speak(&Thoughts{Opened: opened}, pieces...); got != whole {
			t.Fatalf("%q: %q, whole %q", pieces, got, whole)
		}
		kept := strings.Join(strings.Fields(whole.reasoning+whole.text), "")
		rest := strings.Join(strings.Fields(s), "")
		for i := range len(kept) {
			at := strings.IndexByte(rest, kept[i])
			if at < 0 {
				t.Fatalf("%q: %q is not in it", s, kept)
			}
			rest = rest[at+1:]
		}
	})
}

// BenchmarkThoughts is a piece of text, as each token has one.
func BenchmarkThoughts(b *testing.B) {
	var t Thoughts
	t.Add("Hello")
	b.ReportAllocs()
	for b.Loop() {
		t.Add(" entanglement")
	}
}
