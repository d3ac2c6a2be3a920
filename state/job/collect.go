package job

import "context"

// Collect goes on with the runs that rest while a provider has all of their rows, and that no process follows: their
// answers are fetched as the batches end. It sends no row. A run whose input has changed, or whose journal is damaged,
// is opened and stays paused: going on with it would cost money. It returns the number of runs that it went on with.
func (b *Book) Collect(ctx context.Context) (n int) {
	for _, h := range b.Headers() {
		if ctx.Err() != nil {
			return n
		}
		if b.run(h.ID) != nil || h.ReadOnly || !h.atProvider() || b.left.has(h.ID) {
			continue
		}
		h, err := b.Hold(ctx, h.ID)
		if err != nil || !h.atProvider() || h.Changed != nil || h.Damaged > 0 {
			continue // the list of runs says what is wrong with it
		}
		if b.Resume(h.ID) == nil {
			n++
		}
	}
	return n
}

// atProvider reports whether a run rests while a provider has every row that has no outcome.
func (h *Header) atProvider() bool {
	return h.State == Paused && (h.Stopped == StopUser || h.Stopped == "") && h.Carrier == ByProvider &&
		h.HandedOver()
}
