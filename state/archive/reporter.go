package archive

import "sync"

// reporter passes on the errors of the writer and of the background indexing.
type reporter struct {
	mu       sync.Mutex
	listener func(error)
	last     error // nil: requests can be written
}

// listen makes f the listener. If the last report was an error, f gets it at once.
func (r *reporter) listen(f func(error)) {
	r.mu.Lock()
	r.listener = f
	err := r.last
	r.mu.Unlock()
	if err != nil {
		f(err)
	}
}

// report passes on an error, or nil once requests can be written again. nil without an error before it is no news.
func (r *reporter) report(err error) {
	r.mu.Lock()
	news := err != nil || r.last != nil
	r.last = err
	f := r.listener
	r.mu.Unlock()
	if f != nil && news {
		f(err)
	}
}

// reportFault reports a panic, which the listener itself may have caused.
func (r *reporter) reportFault(err error) {
	defer func() { _ = recover() }()
	r.report(err)
}
