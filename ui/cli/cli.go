// Package cli holds the commands: cobra commands and their plain output. The result goes to stdout, everything else
// to stderr; with --json, stdout is exactly one object. The caller builds the engine: this package knows none of
// its parts.
//
// A command is in the file of its name (batch.go, bench.go, chats_export.go). What commands share is in output.go
// (what stdout and stderr can show), table.go, prose.go, progress.go, question.go, flags.go (global flags),
// param_flags.go (flags of a request), exit.go (exit codes), and objects.go (what --json prints).
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

// Sim is the simulated relay as `relaytop sim` runs it.
type Sim struct {
	URL   string
	Close func() error
}

// Build is what main passes in: the version, the streams, and constructors of what this package must not know.
type Build struct {
	Version string
	Open    func(ctx context.Context, cfg *config.Config, also relay.Sink) (*App, error) // also receives every event
	Sim     func(SimFlags) (*Sim, error)
	Load    func(LoadPlan) (Load, error)
	Doctor  Doctor
	Connect Connect
	// CleanURL puts a base URL right, or refuses it with the value that was probably meant.
	CleanURL func(raw string, allowHTTP bool) (string, error)
	Release  func() // after it, a signal ends the process at once
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
	noted bool // the notices of cfg were printed
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
	root.AddCommand(c.chat(), c.chats(), c.batch(), c.bench(), c.usage(), c.models(), c.sim(), c.config(), c.version(),
		c.themes(), c.doctor(), c.init())
	completion(root)
	c.helps(root)
	return root
}

// tell prints a sentence of ours to stderr, unless --quiet. On a terminal it is wrapped.
func (c *command) tell(format string, args ...any) {
	if !c.flags.quiet {
		c.stderr().sentence("", fmt.Sprintf(format, args...))
	}
}

// note prints one line to stderr, unless --quiet. It may hold text that we did not write, so it is not wrapped.
func (c *command) note(format string, args ...any) {
	if !c.flags.quiet {
		c.say(fmt.Sprintf(format, args...))
	}
}

// say prints one line to stderr, also under --quiet: why nothing was done. On a terminal it is filtered.
func (c *command) say(line string) {
	if f, ok := c.Stderr.(*os.File); !ok || isTerminal(f) {
		line = text.Clean(line)
	}
	fmt.Fprintln(c.Stderr, line)
}
