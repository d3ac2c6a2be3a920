package openai

import (
	"fmt"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

const (
	maxGaps = 4096     // gaps kept of one answer
	maxText = 16 << 20 // bytes of text, reasoning and tool calls kept of one answer
)

// answer folds chunks into a Reply and emits an event for each new piece.
type answer struct {
	sink      relay.Sink
	base      relay.Event // the fields that all events of this attempt share
	reply     relay.Reply
	text      strings.Builder
	reasoning strings.Builder
	refusal   strings.Builder
	tools     []*toolCall
	bodyID    string
	finish    finishes
	thinking  thinking
	kept      int    // bytes of text of any kind
	full      string // why no more chunks are accepted; "": they are
	joiner    wire.Joiner
}

func (a *answer) emit(e relay.Event, at time.Time) {
	b := a.base
	b.Kind, b.At, b.Text, b.Index, b.Name, b.Reason = e.Kind, at, e.Text, e.Index, e.Name, e.Reason
	b.Status, b.Usage = e.Status, e.Usage
	if b.At.IsZero() {
		b.At = time.Now()
	}
	a.sink(b)
}

// fold adds a chunk that came at the given time. It reports whether the chunk holds a token.
func (a *answer) fold(c *wire.Chunk, at time.Time) bool {
	if c.Model != "" {
		a.reply.Model = c.Model
	}
	if c.ID != "" {
		a.bodyID = c.ID
	}
	if !a.fits(c) {
		return false
	}
	a.joiner.Join(c)
	seen := wire.Visible(c.Reasoning) || wire.Visible(c.Content) || c.Refusal != ""
	token, came := false, false // came: content that may be held back
	if c.Reasoning != "" {
		token, a.thinking.Separate = true, true
		a.reasoning.WriteString(c.Reasoning)
		a.emit(relay.Event{Kind: relay.Reasoning, Text: c.Reasoning}, at)
	}
	out := false
	if c.Content != "" {
		came = true
		inside, said := a.addContent(c.Content, at)
		token, out = token || inside, said
	}
	if c.Refusal != "" {
		out, a.reply.Visible = true, true
		a.refusal.WriteString(c.Refusal)
		a.emit(relay.Event{Kind: relay.Refusal, Text: c.Refusal}, at)
	}
	for _, d := range c.Tools {
		if a.addTool(d, at) {
			out, seen = true, true
		}
	}
	if token || out {
		a.stamp(at, out)
	}
	a.finish.see(c, seen)
	if c.Cost != nil {
		a.reply.Reported, a.reply.ReportedRough = c.Cost, c.CostRough
	}
	if c.Usage != nil && (a.reply.Usage == nil || *a.reply.Usage != *c.Usage) {
		a.reply.Usage = c.Usage
		u := *c.Usage // the Reply's usage may still change
		a.emit(relay.Event{Kind: relay.Metered, Usage: &u}, at)
	}
	return token || out || came
}

// fits reports whether a chunk keeps the answer within its bounds. One that does not is dropped as a whole: what is
// kept is never a part of a chunk.
func (a *answer) fits(c *wire.Chunk) bool {
	a.kept += len(c.Content) + len(c.Reasoning) + len(c.Refusal)
	for i := range c.Tools {
		a.kept += len(c.Tools[i].Args) + len(c.Tools[i].Name)
	}
	if a.kept > maxText && a.full == "" {
		a.full = fmt.Sprintf("the answer is longer than %d MiB of text", maxText>>20)
	}
	return a.full == ""
}

// stamp records the time of a chunk with a token.
func (a *answer) stamp(at time.Time, out bool) {
	t := &a.reply.Timing
	if t.First.IsZero() {
		t.First = at
	} else if len(t.Gaps) < maxGaps {
		t.Gaps = append(t.Gaps, at.Sub(t.Last))
	}
	if out && t.FirstOut.IsZero() {
		t.FirstOut = at
	}
	t.Last = at
	t.Chunks++
}
