package sim

import (
	"hash/fnv"
	"sync"
)

// maxPrefixes bounds the memory of a server that runs for days. Beyond it all are dropped at once, as when a
// provider empties its cache.
const maxPrefixes = 1 << 16

// cacheStep is the step of a cached prefix in tokens. Providers count from 1,024 in steps of 128, but the prompts
// of a demo are too short for that.
const cacheStep = 16

// prefixes remembers the beginnings of the conversations that were sent, for the count of cached tokens.
type prefixes struct {
	mu   sync.Mutex
	seen map[uint64]struct{}
}

// count returns the tokens of a conversation, and how many of them were in a beginning that was sent before.
func (p *prefixes) count(model string, messages []string) (input, cached int64) {
	h := fnv.New64a()
	h.Write([]byte(model))
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil || len(p.seen) > maxPrefixes {
		p.seen = map[uint64]struct{}{}
	}
	for _, m := range messages {
		// Each message costs a few more tokens for its role and separators.
		input += int64(CountTokens(m)) + 2
		h.Write([]byte(m))
		h.Write([]byte{1})
		key := h.Sum64()
		if _, ok := p.seen[key]; ok {
			cached = input / cacheStep * cacheStep
		}
		p.seen[key] = struct{}{}
	}
	return input + 3, cached
}
