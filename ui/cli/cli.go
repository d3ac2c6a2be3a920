// Package cli is relaytop without a screen: the cobra commands, and what they print. Stdout carries the result, stderr all
// else; with --json stdout is exactly one object. The engine is made by the caller: nothing here knows a concrete part of it.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/config"
	"relaytop/ui/text"
)

// Sim is the simulated relay, alone, as `relaytop sim` runs it.
type Sim struct {
	URL   string
	Close func() error
}

// Build is what main hands in: constructors of what this package must not know.
type Build struct {
	Version string
	Open    func(ctx context.Context, cfg *config.Config, also relay.Sink) (*App, error) // also hears of every event
	Sim     func(SimFlags) (*Sim, error)
	Load    func(LoadPlan) (Load, error)
	Doctor  Doctor
	Connect Connect
	// CleanURL puts a base URL right, or refuses it with the value that was probably meant.
	CleanURL func(raw string, allowHTTP bool) (string, error)
	Release  func() // from now on a signal ends the process at once
	Stdin    *os.File
	Stdout   *os.File
	Stderr   io.Writer
	Environ  []string
}

// command is the state that all commands share.
type command struct {
	Build
	flags flags
	cfg   *config.Config
	told  bool // the notices of cfg
}

// Execute runs the command line and returns the exit code.
func Execute(ctx context.Context, b Build, args []string) int {
	c := &command{Build: b}
	root := c.root()
	root.SetArgs(args)
	root.SetOut(b.Stdout)
	root.SetErr(b.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if msg := err.Error(); msg != "" {
		c.say("relaytop: " + msg)
	}
	return codeOf(err)
}

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:     "relaytop",
		Version: c.Version,
		Short:   "a dashboard for the relay between you and your models",
		Long: `
			Chat, run files of prompts, and watch latency, errors and money, on any OpenAI-compatible relay.
			Without a key it opens on the built-in simulated relay.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return c.dashboard(cmd.Context()) },
	}
	root.SetVersionTemplate("relaytop {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	c.flags.bind(root.PersistentFlags())
	root.AddCommand(c.chat(), c.chats(), c.batch(), c.bench(), c.usage(), c.models(), c.sim(), c.config(), c.version(), c.themes(), c.doctor(), c.init())
	completion(root)
	c.helps(root)
	return root
}

// tell prints a sentence of ours to stderr unless --quiet; a terminal gets it wrapped.
func (c *command) tell(format string, args ...any) {
	if !c.flags.quiet {
		c.stderr().sentence("", fmt.Sprintf(format, args...))
	}
}

// note prints one line to stderr unless --quiet. It may hold text that we did not write, and is not wrapped.
func (c *command) note(format string, args ...any) {
	if !c.flags.quiet {
		c.say(fmt.Sprintf(format, args...))
	}
}

// say prints one line to stderr, filtered where stderr is a terminal: also under --quiet, for why nothing was done.
func (c *command) say(line string) {
	if f, ok := c.Stderr.(*os.File); !ok || isTerminal(f) {
		line = text.Clean(line)
	}
	fmt.Fprintln(c.Stderr, line)
}
