package scrape

import (
	"strings"
	"sync"

	"relaytop/state/meter"
	"relaytop/ui/text"
)

const (
	maxSeries = 200 // of one name
	maxLabel  = 100 // runes of a label's value
)

// bounded bounds the series of a metric: once there are so many, others are counted together. It may be used from any
// goroutine.
type bounded struct {
	most int
	mu   sync.Mutex
	kept map[string][]string
}

func newBounded(most int) *bounded { return &bounded{most: most, kept: map[string][]string{}} }

// of returns the values of the labels that a series is counted under.
func (b *bounded) of(values ...string) []string {
	key := strings.Join(values, "\x00")
	b.mu.Lock()
	defer b.mu.Unlock()
	if v, ok := b.kept[key]; ok {
		return v
	}
	out := make([]string, len(values))
	for i, v := range values {
		if out[i] = meter.Other; len(b.kept) < b.most-1 {
			out[i] = label(v)
		}
	}
	if len(b.kept) < b.most-1 {
		b.kept[key] = out
	}
	return out
}

// label is a value without control characters, and not too long.
func label(s string) string {
	s = text.Line(s)
	n := 0
	for i := range s {
		if n++; n > maxLabel {
			return s[:i]
		}
	}
	return s
}
