package relay

// Signal says to one goroutine that there is work. However often it is given before the goroutine receives, it is
// received once.
type Signal chan struct{}

// NewSignal returns a Signal that is not set.
func NewSignal() Signal { return make(Signal, 1) }

// Notify sets the signal. It does not wait.
func (s Signal) Notify() {
	select {
	case s <- struct{}{}:
	default:
	}
}
