package cli

import (
	"errors"

	"relaytop/state/config"
	"relaytop/themes"
	"relaytop/ui"
)

// loader reads the configuration, once for all that a command line does.
type loader struct {
	console  *console
	flags    flags
	cleanURL func(raw string, allowHTTP bool) (string, error)
	cfg      *config.Config
	noted    bool // the notices of cfg were printed
}

// load reads the configuration and prints its notices. A mistake in it is wrong use.
func (l *loader) load() (*config.Config, error) {
	cfg, err := l.read()
	if err != nil || l.noted {
		return cfg, err
	}
	l.noted = true
	for _, n := range cfg.Notices {
		l.console.say("relaytop: " + n) // also under --quiet: it may name another relay than the user expects
	}
	return cfg, nil
}

// notice adds a notice to those of the configuration: it is printed with them, or now if they were.
func (l *loader) notice(text string) {
	if l.noted {
		l.console.say("relaytop: " + text)
		return
	}
	l.cfg.Notices = append(l.cfg.Notices, text)
}

// read is load for a caller that shows the notices elsewhere.
func (l *loader) read() (*config.Config, error) {
	if l.cfg != nil {
		return l.cfg, nil
	}
	given := map[string]string{}
	for _, name := range settable {
		if fl := l.flags.set.Lookup(name); fl != nil && fl.Changed {
			given[name] = fl.Value.String()
		}
	}
	if l.flags.metrics != "" {
		given["metrics-listen"] = l.flags.metrics
	}
	in := config.FromProcess(given)
	in.ConfigPath, in.EnvFile, in.DataDir = l.flags.config, l.flags.envFile, l.flags.dataDir
	in.CleanURL = l.cleanURL
	cfg, err := config.Load(in)
	if err == nil {
		err = checkLook(cfg)
	}
	if err != nil {
		return nil, fail(exitUsage, err)
	}
	l.cfg = cfg
	l.console.ascii, l.console.noColour = cfg.ASCII, cfg.NoColor
	return cfg, nil
}

// checkLook refuses a theme and keys that the dashboard could not use, for every command, so that a mistake is
// reported with its place.
func checkLook(cfg *config.Config) error {
	if cfg.Theme != "auto" {
		if _, err := themes.Dir(cfg.Paths.Themes()).Load(cfg.Theme); err != nil {
			return cfg.Blame("theme", err)
		}
	}
	err := ui.CheckKeys(cfg.Keys)
	var bad *ui.KeyError
	if errors.As(err, &bad) {
		return cfg.Blame("keys."+bad.Action, err)
	}
	return err
}
