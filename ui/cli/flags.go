package cli

import (
	"strings"

	"github.com/spf13/pflag"

	"relaytop/state/config"
)

// flags are the global flags. No flag takes a key: keys come by environment, file or command.
type flags struct {
	set     *pflag.FlagSet
	config  string
	dataDir string
	envFile string
	model   string
	fallbck string
	quiet   bool
	demo    bool
}

// settable are the flags that stand for a setting of the configuration, by the same name.
var settable = []string{"model", "fallback", "relay", "base-url", "theme", "ascii", "no-color", "log-level", "quiet", "demo", "cache"}

func (f *flags) bind(set *pflag.FlagSet) {
	f.set = set
	set.StringVar(&f.config, "config", "", "configuration file")
	set.StringVar(&f.dataDir, "data-dir", "", "one folder for database, runs, cache and log (also RELAYTOP_DATA_DIR)")
	set.StringVar(&f.envFile, "env-file", "", "file of variables; counts as environment")
	set.StringVarP(&f.model, "model", "m", "", "model to ask")
	set.StringVar(&f.fallbck, "fallback", "", "models to try when the first one fails, separated by commas")
	set.String("relay", "", "which of the configured endpoints to use")
	set.String("base-url", "", "base URL of the relay")
	set.String("theme", "", "colour theme")
	set.BoolVar(&f.demo, "demo", false, "use the built-in simulated relay")
	set.Bool("cache", false, "answers already paid for may serve again (temperature 0 or a seed)")
	set.Bool("ascii", false, "no box drawing, no braille")
	set.Bool("no-color", false, "no colour")
	set.String("log-level", "", "error, warn, info or debug")
	set.BoolVarP(&f.quiet, "quiet", "q", false, "nothing on stderr but errors")
}

// fallbackModels is what --fallback said, and whether it was said.
func (f *flags) fallbackModels() ([]string, bool) {
	var list []string
	for _, m := range strings.Split(f.fallbck, ",") {
		if m = strings.TrimSpace(m); m != "" {
			list = append(list, m)
		}
	}
	return list, f.set.Changed("fallback")
}

// load reads the configuration once; a mistake in it is wrong use.
func (c *command) load() (*config.Config, error) {
	if c.cfg != nil {
		return c.cfg, nil
	}
	given := map[string]string{}
	for _, name := range settable {
		if fl := c.flags.set.Lookup(name); fl != nil && fl.Changed {
			given[name] = fl.Value.String()
		}
	}
	in := config.FromProcess(given)
	in.ConfigPath, in.EnvFile, in.DataDir = c.flags.config, c.flags.envFile, c.flags.dataDir
	cfg, err := config.Load(in)
	if err != nil {
		return nil, fail(exitUsage, err)
	}
	for _, n := range cfg.Notices {
		c.note("relaytop: %s", n)
	}
	c.cfg = cfg
	return cfg, nil
}
