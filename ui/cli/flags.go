package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flags are the global flags. No flag takes a key: keys come from the environment, a file or a command.
type flags struct {
	set      *pflag.FlagSet
	config   string
	dataDir  string
	envFile  string
	model    string
	fallback string
	metrics  string // of the commands that serve them
	demo     bool
}

// settable are the flags of settings, which have the same names.
var settable = []string{"model", "fallback", "relay", "base-url", "theme", "ascii", "no-color", "log-level", "quiet",
	"demo", "cache"}

func (f *flags) bind(set *pflag.FlagSet, quiet *bool) {
	f.set = set
	set.StringVar(&f.config, "config", "", "configuration file")
	set.StringVar(&f.dataDir, "data-dir", "", "folder for database, runs, cache and log (also RELAYTOP_DATA_DIR)")
	set.StringVar(&f.envFile, "env-file", "", "file of environment variables")
	set.StringVarP(&f.model, "model", "m", "", "model to ask")
	set.StringVar(&f.fallback, "fallback", "", "models to try if the first one fails, separated by commas")
	set.String("relay", "", "configured endpoint to use")
	set.String("base-url", "", "base URL of the relay")
	set.String("theme", "", "colour theme")
	set.BoolVar(&f.demo, "demo", false, "use the built-in simulated relay")
	set.Bool("cache", false, "reuse answers already paid for (temperature 0 or a seed)")
	set.Bool("ascii", false, "print ASCII only")
	set.Bool("no-color", false, "no colour")
	set.String("log-level", "", "error, warn, info or debug")
	set.BoolVarP(quiet, "quiet", "q", false, "print only errors on stderr")
}

// bindMetrics adds the flag of the commands that serve their figures to Prometheus.
func (f *flags) bindMetrics(set *pflag.FlagSet) {
	set.StringVar(&f.metrics, "metrics-listen", "",
		"address to serve Prometheus metrics at, such as 127.0.0.1:9464 (config: metrics_listen)")
}

// again are the flags that say which relay and which folders were used, as they are typed for the next command: each
// with a blank before it.
func (f *flags) again() string {
	var b strings.Builder
	if f.demo {
		b.WriteString(" --demo")
	}
	for _, name := range [...]string{"config", "data-dir", "env-file", "relay", "base-url"} {
		if fl := f.set.Lookup(name); fl != nil && fl.Changed {
			b.WriteString(" --" + name + " " + quoted(fl.Value.String()))
		}
	}
	return b.String()
}

// quoted is a word as a shell reads it.
func quoted(s string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-:@%+=,", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !safe(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// fallbackModels are the models of --fallback, and whether it was given.
func (f *flags) fallbackModels() ([]string, bool) {
	var list []string
	for _, m := range strings.Split(f.fallback, ",") {
		if m = strings.TrimSpace(m); m != "" {
			list = append(list, m)
		}
	}
	return list, f.set.Changed("fallback")
}

// flagError says what a flag needs, and where the flags are listed.
func flagError(cmd *cobra.Command, err error) error {
	help := fmt.Sprintf("; see `%s --help`", cmd.CommandPath())
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return fail(exitUsage, errors.New(err.Error()+meantFlag(cmd, err)+help))
	}
	f, wants := bad.GetFlag(), "another value"
	switch kind := f.Value.Type(); {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		wants = "a whole number"
	case strings.HasPrefix(kind, "float"):
		wants = "a number"
	case kind == "duration":
		wants = "a time such as 300ms or 2s"
	case kind == "bool":
		wants = "true or false"
	}
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	return fail(exitUsage, fmt.Errorf("%s wants %s, not %.40q%s", name, wants, bad.GetValue(), help))
}
