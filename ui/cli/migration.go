package cli

import (
	"fmt"

	"relaytop/state/archive"
	"relaytop/state/config"
)

// migration shows how far the database of an older version has been changed: such a change takes seconds if it holds
// a million requests.
type migration struct {
	console *console
	bar     *progress // nil until there is something to show
}

// show says that done of total parts have been changed.
func (m *migration) show(done, total int64) {
	if m.bar == nil {
		m.bar = m.console.progress()
	}
	select {
	case <-m.bar.ticker.C:
		part := float64(done) / float64(max(total, 1))
		m.bar.showPart(part, fmt.Sprintf("%.0f %%  preparing the database for this version", 100*part))
	default:
	}
}

// end takes the bar away.
func (m *migration) end() {
	if m.bar != nil {
		m.bar.end()
	}
}

// openArchive opens the database for a command that needs no engine.
func (c *console) openArchive(cfg *config.Config) (*archive.Archive, error) {
	bar := &migration{console: c}
	defer bar.end()
	return archive.Open(cfg.Paths.DB(cfg.Relay.Demo), archive.Options{Demo: cfg.Relay.Demo, Migrating: bar.show})
}
