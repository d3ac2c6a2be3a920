package state

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"relaytop/relay"
)

// maxBreakers bounds what a snapshot shows.
const maxBreakers = 16

// breakers are the breakers that are not closed. The list is replaced, never changed: snapshots share it.
type breakers struct{ list []Breaker }

func (b *breakers) fold(ev *relay.Event) {
	list := slices.DeleteFunc(slices.Clone(b.list), func(o Breaker) bool {
		return o.Endpoint == ev.Endpoint && o.Model == ev.Model
	})
	if ev.Breaker != relay.BreakerClosed && len(list) < maxBreakers {
		list = append(list, Breaker{Endpoint: ev.Endpoint, Model: ev.Model, State: ev.Breaker, Until: ev.Until})
	}
	slices.SortFunc(list, func(x, y Breaker) int {
		return cmp.Or(cmp.Compare(x.Endpoint, y.Endpoint), cmp.Compare(x.Model, y.Model))
	})
	b.list = list
}

// counts reports whether a countdown is shown.
func (b *breakers) counts(now time.Time) bool {
	return slices.ContainsFunc(b.list, func(o Breaker) bool { return o.Until.After(now) })
}

// notices are the newest notice, the breakers, and what else was noticed. They are guarded by the store's lock.
type notices struct {
	newest   Notice
	breakers breakers
	health   Health
}

// notice keeps what an event says about an endpoint.
func (n *notices) notice(ev *relay.Event) {
	switch ev.Kind {
	case relay.Breaker:
		n.breakers.fold(ev)
	case relay.Quirk:
		n.health.learn(ev)
	}
}

// noticeOf is the notice that an event makes; "": it makes none. chat: the event is of a chat's request.
func noticeOf(ev *relay.Event, chat bool) (Level, string) {
	switch ev.Kind {
	case relay.Breaker:
		if ev.Breaker != relay.BreakerClosed {
			return Warn, fmt.Sprintf("breaker %s: %s", ev.Breaker, at(ev))
		}
	case relay.FellBack:
		if chat {
			return Warn, fmt.Sprintf("%s gave up (%s): asking %s", ev.From, ev.Reason, ev.Model)
		}
	case relay.Limit:
		return Info, at(ev) + ": " + ev.Reason
	case relay.Quirk:
		return Info, ev.Reason
	case relay.Notice:
		if ev.ID == 0 || chat { // a row shows its own: there may be thousands
			return Warn, ev.Reason
		}
	}
	return Info, ""
}

func at(ev *relay.Event) string {
	if ev.Endpoint == "" || ev.Model == "" {
		return ev.Endpoint + ev.Model
	}
	return ev.Endpoint + " " + ev.Model
}

// setNotice makes a line the newest notice. Called under the lock.
func (s *Store) setNotice(l Level, text string) {
	s.notices.newest = Notice{At: s.now(), Level: l, Text: text}
	s.version++
	s.changed.Notify()
}

// AddNotice shows a line that no event caused.
func (s *Store) AddNotice(l Level, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setNotice(l, text)
}

// Ledger shows a notice that the ledger can't be written, or with nil that it can again.
func (s *Store) Ledger(err error) {
	if err == nil {
		s.AddNotice(Info, "requests are recorded again")
		return
	}
	s.AddNotice(Bad, "requests are not recorded, they wait in memory: "+err.Error())
}
