package limit

import (
	"time"

	"relaytop/relay"
)

// minute counts what was used in the last 60 s, by seconds.
type minute struct {
	seconds [60]struct{ at, n int64 }
}

func (m *minute) add(n int64, now time.Time) {
	s := &m.seconds[(now.Unix()%60+60)%60]
	if s.at != now.Unix() {
		s.at, s.n = now.Unix(), 0
	}
	s.n += n
}

func (m *minute) sum(now time.Time) (n int64) {
	for _, s := range m.seconds {
		if age := now.Unix() - s.at; age >= 0 && age < 60 {
			n += s.n
		}
	}
	return n
}

// Allowances returns the current limits of every endpoint, in the order of the configuration. Measurements do not
// count: they ignore rate limits.
func (l *Limiter) Allowances() []relay.Allowance {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	all := make([]relay.Allowance, 0, len(l.order))
	for _, e := range l.order {
		a := relay.Allowance{
			Endpoint:    e.name,
			InFlight:    e.gate.inFlight,
			AtOnce:      e.gate.size.now,
			Most:        e.gate.size.most,
			Requests:    e.sent.sum(now),
			RequestsMax: int64(e.requests.perMinute),
			Tokens:      e.used.sum(now),
			TokensMax:   int64(e.tokens.perMinute),
			Held:        e.requests.held,

			ChatRequests:    e.requests.leftForChat(e.refused, now),
			ChatTokens:      e.tokens.leftForChat(e.refused, now),
			RequestsSetting: e.requests.setting,
			TokensSetting:   e.tokens.setting,
		}
		if e.tokens.held.After(a.Held) {
			a.Held = e.tokens.held
		}
		if !a.Held.After(now) {
			a.Held = time.Time{}
		}
		all = append(all, a)
	}
	return all
}
