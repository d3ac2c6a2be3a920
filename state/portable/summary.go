package portable

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"relaytop/relay"
)

// summaryText bounds what a summary quotes of a text, in characters.
const summaryText = 160

// Summary describes in a few lines what would be imported, for the user to confirm.
func Summary(c *Chat) string {
	r := &c.Record
	shown := c.Shown()
	lines := []string{relay.Counted(len(c.Messages), "message")}
	if r.Title != "" {
		lines[0] = fmt.Sprintf("%q: %s", clip(r.Title), lines[0])
	}
	if n := len(c.Messages) - len(shown); n > 0 {
		lines[0] += fmt.Sprintf(", %d of them beside the path that is shown", n)
	}
	if n := c.Files(); n > 0 {
		lines[0] += ", " + relay.Counted(n, "file")
	}
	if r.Model != "" {
		lines = append(lines, "model: "+clip(r.Model))
	}
	if r.System != "" {
		lines = append(lines, "system prompt: "+clip(r.System))
	}
	var params []string
	for _, k := range slices.Sorted(maps.Keys(r.Params)) {
		params = append(params, k+" "+string(r.Params[k]))
	}
	if len(params) > 0 {
		lines = append(lines, "parameters: "+clip(strings.Join(params, ", ")))
	}
	if len(shown) > 0 {
		lines = append(lines, "it begins: "+clip(shown[0].Text))
	}
	for _, s := range c.LeftOut {
		lines = append(lines, "left out: "+s)
	}
	return strings.Join(lines, "\n")
}

// clip is the beginning of a text in one line.
func clip(s string) string {
	if len(s) > 8*summaryText {
		s = s[:8*summaryText] // a text may have megabytes: no more of it is read
	}
	s = strings.ToValidUTF8(oneLine(s), "")
	if r := []rune(s); len(r) > summaryText {
		return string(r[:summaryText]) + "…"
	}
	return s
}
