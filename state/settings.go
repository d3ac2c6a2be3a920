package state

import (
	"fmt"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/state/session"
)

// Settings are what a chat sends besides its messages, and what the screen remembers. All methods may wait for the
// disk.
type Settings struct{ s *Store }

// Settings are what a chat sends besides its messages, and what the screen remembers.
func (s *Store) Settings() Settings { return Settings{s} }

// SetModel sets the model of a chat's next turns.
func (g Settings) SetModel(chat, model string) error {
	return g.s.change(chat, func(r *session.Record) { r.Model = model })
}

// SetParams replaces the parameters that a chat sends.
func (g Settings) SetParams(chat string, p relay.Params) error {
	return g.s.change(chat, func(r *session.Record) { r.Params = p })
}

// SetSystem sets a chat's system prompt; "" removes it.
func (g Settings) SetSystem(chat, text string) error {
	return g.s.with(chat, func(c *session.Chat) error {
		g.s.chats.System(c, text)
		return nil
	})
}

// UsePreset gives a chat the settings of a preset.
func (g Settings) UsePreset(chat string, p session.Preset) error {
	return g.s.with(chat, func(c *session.Chat) error {
		g.s.chats.Use(c, p)
		return nil
	})
}

// NamePreset records the name of the preset that a chat's settings were saved as.
func (g Settings) NamePreset(chat, name string) error {
	return g.s.change(chat, func(r *session.Record) { r.Preset = name })
}

// Remember keeps a setting of the screen for the next start.
func (g Settings) Remember(key, value string) error {
	s := g.s
	if s.opt.Archive == nil {
		return nil
	}
	if err := s.opt.Archive.SetSetting(key, value); err != nil {
		return fmt.Errorf("keeping the setting %s: %w", key, err)
	}
	return nil
}

// Recall returns a setting that was kept.
func (g Settings) Recall(key string) (string, bool) {
	if g.s.opt.Archive == nil {
		return "", false
	}
	return g.s.opt.Archive.Setting(key)
}

const (
	figuresOver = 7 * 24 * time.Hour
	figuresKept = time.Minute // before they are computed again
)

// modelFigures are kept for a while: computing them reads the ledger.
type modelFigures struct {
	mu   sync.Mutex
	at   time.Time
	list []meter.ModelFigures
}

// ModelFigures are the figures of each model in the last seven days, or in this run without an archive. It may wait
// for the disk.
func (g Settings) ModelFigures() ([]meter.ModelFigures, error) {
	s := g.s
	m := &s.models
	m.mu.Lock()
	defer m.mu.Unlock()
	now := s.now()
	if m.list != nil && now.Sub(m.at) < figuresKept {
		return m.list, nil
	}
	if s.opt.Archive == nil {
		s.mu.Lock()
		frozen := s.meter.Freeze(now)
		s.mu.Unlock()
		return frozen.ModelFigures(), nil
	}
	list, err := s.opt.Archive.ModelFigures(now.Add(-figuresOver))
	if err != nil {
		return m.list, err // an older one is better than none
	}
	m.at, m.list = now, list
	return list, nil
}
