package sim

import (
	"embed"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed answers/*.md
var answerFiles embed.FS

// page is one prepared answer. Its file begins with lines `kind:`, `when:`, `keys:` and `weak:`, ended by a line of
// three dashes.
type page struct {
	name   string
	kind   string   // open, short, translate, json, think
	when   []string // words of a prompt that ask for its kind
	keys   []string // words of a prompt that ask for it
	weak   []string // words that count only if the prompt has no key of another page
	blocks []string // paragraphs, lists, tables and code, each complete
}

// book holds the answers, by kind, in the order of their file names.
type book struct {
	pages map[string][]page
}

func readBook() (*book, error) {
	entries, err := answerFiles.ReadDir("answers")
	if err != nil {
		return nil, fmt.Errorf("reading the answers: %w", err)
	}
	b := &book{pages: map[string][]page{}}
	for _, e := range entries {
		raw, err := answerFiles.ReadFile(path.Join("answers", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading the answers: %w", err)
		}
		p, err := parsePage(strings.TrimSuffix(e.Name(), ".md"), string(raw))
		if err != nil {
			return nil, err
		}
		b.pages[p.kind] = append(b.pages[p.kind], p)
	}
	return b, nil
}

func parsePage(name, raw string) (page, error) {
	p := page{name: name}
	front, body, ok := strings.Cut(raw, "\n---\n")
	if !ok {
		return p, fmt.Errorf("answer %s: no line of three dashes", name)
	}
	for line := range strings.SplitSeq(front, "\n") {
		key, value, _ := strings.Cut(line, ":")
		switch key {
		case "kind":
			p.kind = strings.TrimSpace(value)
		case "keys":
			p.keys = list(value)
		case "when":
			p.when = list(value)
		case "weak":
			p.weak = list(value)
		default:
			return p, fmt.Errorf("answer %s: unknown line %q", name, line)
		}
	}
	p.blocks = blocks(body)
	if p.kind == "" || len(p.blocks) == 0 {
		return p, fmt.Errorf("answer %s: no kind or no text", name)
	}
	return p, nil
}

func list(value string) []string {
	var out []string
	for k := range strings.SplitSeq(value, ",") {
		if k = strings.TrimSpace(k); k != "" {
			out = append(out, k)
		}
	}
	return out
}

// blocks splits Markdown at blank lines outside of code fences.
func blocks(text string) []string {
	var out []string
	var cur []string
	fenced := false
	flush := func() {
		if len(cur) > 0 {
			out = append(out, strings.Join(cur, "\n"))
			cur = nil
		}
	}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if line == "" && !fenced {
			flush()
			continue
		}
		cur = append(cur, line)
	}
	flush()
	return out
}

// pick returns the text of choice n of the answer to a request; each choice is picked at random on its own.
func (b *book) pick(r *Request, n int) string {
	rng := r.rand(fmt.Sprintf("answer %d", n))
	prompt := words(r.Prompt)
	all := prompt + " " + words(r.System)
	kind := b.kind(r, all)
	asked := prompt + language(r.Prompt)
	if kind == "translate" {
		asked = all
	}
	pages := best(b.pages[kind], asked)
	p := pages[rng.IntN(len(pages))]
	switch kind {
	case "open":
		return p.cut(r.model.Length)
	case "short":
		if label := labelIn(r, rng.IntN(1<<30)); label != "" {
			return label
		}
	}
	return p.blocks[rng.IntN(len(p.blocks))]
}

func (b *book) kind(r *Request, all string) string {
	asks := []string{"return", "reply", "respond", "answer", "output", "extract", "as json"}
	if r.JSON || has(all, "json") && count(all, asks) > 0 {
		return "json"
	}
	for _, kind := range []string{"translate", "short"} {
		for _, p := range b.pages[kind] {
			if count(all, p.when) > 0 {
				return kind
			}
		}
	}
	return "open"
}

// best returns the pages with the most keys in the prompt; all of them if none has any.
func best(pages []page, prompt string) []page {
	var found []page
	top := 0
	for _, p := range pages {
		// One key outweighs any number of weak ones.
		n := 100*count(prompt, p.keys) + count(prompt, p.weak)
		if n > top {
			top, found = n, nil
		}
		if n == top {
			found = append(found, p)
		}
	}
	return found
}

func count(text string, keys []string) int {
	n := 0
	for _, k := range keys {
		if has(text, k) {
			n++
		}
	}
	return n
}

// has looks for whole words, except in Chinese and Japanese, which put no blanks between words.
func has(text, key string) bool {
	if first, _ := utf8.DecodeRuneInString(key); wide(first) {
		return strings.Contains(text, key)
	}
	return strings.Contains(" "+text+" ", " "+key+" ")
}

// language adds a key for the language of a prompt.
func language(prompt string) string {
	for _, r := range prompt {
		switch {
		case unicode.Is(unicode.Han, r):
			return " 中文"
		case strings.ContainsRune("ăđơưạảấầẩậắằặẹẻẽếềểễệỉịọỏốồổộớờởợụủứừửữựỳỷỹ", unicode.ToLower(r)):
			return " việt"
		}
	}
	return ""
}

// words returns a text in lower case with one blank between words.
func words(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r < 0x80 && (r < '0' || r > '9' && r < 'a' || r > 'z') && r != '+' && r != '#'
	}), " ")
}

// cut keeps the first part of a long answer, as models differ in their length. A heading is never left without
// its text.
func (p page) cut(length float64) string {
	n := len(p.blocks)
	if n > 4 {
		n = max(4, int(float64(n)*length+0.5))
	}
	for n > 1 && n < len(p.blocks) && (strings.HasPrefix(p.blocks[n-1], "#") || strings.HasSuffix(p.blocks[n-1], ":")) {
		n--
	}
	return strings.Join(p.blocks[:n], "\n\n")
}

// labelSets are the labels that a classifying prompt may offer. The answer is one that the prompt names.
func labelSets() [][]string {
	return [][]string{
		{"positive", "negative", "neutral", "mixed"},
		{"yes", "no"}, {"true", "false"},
		{"spam", "ham"},
		{"bug", "feature", "question", "docs"},
		{"high", "medium", "low"},
		{"billing", "technical", "account", "shipping", "refund", "other"},
	}
}

// labelIn returns one of the labels that the prompt offers, in its spelling; "": it offers fewer than two of one set.
func labelIn(r *Request, pick int) string {
	all := r.Prompt + "\n" + r.System
	lower := words(all)
	for _, set := range labelSets() {
		var offered []string
		for _, l := range set {
			if strings.Contains(" "+lower+" ", " "+l+" ") {
				offered = append(offered, l)
			}
		}
		if len(offered) < 2 {
			continue
		}
		l := offered[pick%len(offered)]
		i := strings.Index(strings.ToLower(all), l)
		if i >= 0 && i+len(l) <= len(all) && strings.EqualFold(all[i:i+len(l)], l) {
			return all[i : i+len(l)]
		}
		return l
	}
	return ""
}

// think returns the reasoning before an answer.
func (b *book) think(r *Request) string {
	pages := best(b.pages["think"], " "+words(r.Prompt)+" ")
	rng := r.rand("think")
	return strings.Join(pages[rng.IntN(len(pages))].blocks, "\n\n")
}
