package state

import (
	"slices"
	"time"

	"relaytop/relay"
)

// maxQuirks bounds what a snapshot shows.
const maxQuirks = 16

// Health is what was noticed about the endpoints: what they do differently, and the last attempt that failed.
type Health struct {
	Quirks []Quirk // newest first; bounded
	Failed Failure
}

// Quirk is something that an endpoint does differently, as it was learned.
type Quirk struct {
	At              time.Time
	Endpoint, Model string
	Reason          string
}

// Failure is an attempt that failed. The zero value is none.
type Failure struct {
	At              time.Time
	ID              relay.ID
	Endpoint, Model string
	Class           relay.Class
	Status          int // HTTP status; 0: there was none
}

// learn adds a quirk, or moves one that is known to the front. The list is replaced, never changed: snapshots share
// it.
func (h *Health) learn(ev *relay.Event) {
	list := slices.DeleteFunc(slices.Clone(h.Quirks), func(q Quirk) bool {
		return q.Endpoint == ev.Endpoint && q.Model == ev.Model && q.Reason == ev.Reason
	})
	list = append([]Quirk{{At: ev.At, Endpoint: ev.Endpoint, Model: ev.Model, Reason: ev.Reason}}, list...)
	h.Quirks = list[:min(len(list), maxQuirks)]
}

// fail keeps an attempt that failed, unless a person stopped it.
func (h *Health) fail(ev *relay.Event) {
	if ev.Err == nil || !ev.Err.Class.Failed() {
		return
	}
	h.Failed = Failure{At: ev.At, ID: ev.ID, Endpoint: ev.Endpoint, Model: ev.Model, Class: ev.Err.Class,
		Status: ev.Err.Status}
}
