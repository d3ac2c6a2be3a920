package openai

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

const maxCalls = 1024 // tool calls of one answer

// toolCall is a tool call that is still being received.
type toolCall struct {
	index    int // as sent; -1: none was sent
	id, name string
	args     strings.Builder
}

// addTool adds a piece to its tool call. It reports whether the piece holds a token.
func (a *answer) addTool(d wire.ToolDelta, at time.Time) bool {
	slot := a.slotOf(d)
	if slot < 0 {
		if len(a.tools) == maxCalls {
			a.full = fmt.Sprintf("the answer has more than %d tool calls", maxCalls)
			return false
		}
		slot = len(a.tools)
		a.tools = append(a.tools, &toolCall{index: d.Index})
	}
	t := a.tools[slot]
	if d.ID != "" {
		t.id = d.ID
	}
	if d.Name != "" && t.name != d.Name { // some relays repeat the whole name in each piece
		t.name += d.Name
	}
	t.args.WriteString(d.Args)
	if d.Name == "" && d.Args == "" {
		return false
	}
	a.reply.Visible = true
	a.emit(relay.Event{Kind: relay.Tool, Index: int16(slot), Name: d.Name, Text: d.Args, Reason: d.ID}, at)
	return true
}

// slotOf finds the tool call that a piece belongs to; -1: it begins a new one. Without an index, an id or a name
// begins a new call.
func (a *answer) slotOf(d wire.ToolDelta) int {
	slot := -1
	for i, t := range a.tools {
		if d.Index >= 0 && t.index == d.Index {
			slot = i
		}
	}
	if slot >= 0 && d.Name != "" && d.ID != "" && a.tools[slot].id != "" && d.ID != a.tools[slot].id {
		slot = -1 // some relays give every call the index 0
	}
	last := len(a.tools) - 1
	if d.Index < 0 && last >= 0 && (d.ID == "" && d.Name == "" || d.ID != "" && d.ID == a.tools[last].id) {
		slot = last
	}
	return slot
}

// toolCalls returns the finished calls, in the order of their indexes if all have one.
func (a *answer) toolCalls() (calls []relay.ToolCall) {
	if !slices.ContainsFunc(a.tools, func(t *toolCall) bool { return t.index < 0 }) {
		slices.SortStableFunc(a.tools, func(x, y *toolCall) int { return cmp.Compare(x.index, y.index) })
	}
	for _, t := range a.tools {
		calls = append(calls, relay.ToolCall{ID: t.id, Name: t.name, Arguments: t.args.String()})
	}
	return calls
}
