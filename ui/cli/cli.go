// Package cli holds the commands: cobra commands and their plain output. The result goes to stdout, everything else
// to stderr; with --json, stdout is exactly one object. The caller builds the engine: this package knows none of
// its parts.
//
// A command is in the file of its name (batch.go, bench.go, chats_export.go). What commands share is in console.go
// and output.go (the streams, and what they can show), table.go, prose.go, progress.go, question.go, flags.go
// (global flags), loader.go (the configuration), starter.go and app.go (the engine and its shutdown),
// param_flags.go (flags of a request), ledger.go (costs of requests that bypass the engine), exit.go (exit codes), and
// objects.go (what --json prints).
package cli

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/config"
)

// Parts makes what this package must not know.
type Parts interface {
	relayTester
	// Open starts the engine and the state; also receives every event. migrating is called while the database of an
	// older version is changed.
	Open(ctx context.Context, cfg *config.Config, also relay.Sink, migrating func(done, total int64)) (*App, error)
	// Doctor checks each configured relay. An error means that nothing was sent.
	Doctor(ctx context.Context, cfg *config.Config, pay relay.Spending) ([]relay.Check, error)
	// Load makes a load generator.
	Load(LoadPlan) (Load, error)
	// Sim starts the simulated relay alone.
	Sim(SimFlags) (Sim, error)
}

// Sim is the simulated relay as `relaytop sim` runs it.
type Sim interface {
	io.Closer
	URL() string
}

// Build is what main passes in.
type Build struct {
	Version string
	Parts   Parts
	Release func() // after it, a signal ends the process at once
	Stdin   *os.File
	Stdout  *os.File
	Stderr  io.Writer
}

// Execute runs the command line and returns the exit code.
func Execute(ctx context.Context, b Build, args []string) int {
	con := &console{Stdin: b.Stdin, Stdout: b.Stdout, Stderr: b.Stderr}
	root := rootCommand(&b, con)
	root.SetArgs(args)
	root.SetOut(b.Stdout)
	root.SetErr(b.Stderr)
	err := refuseSingleDash(root, args)
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	if err == nil {
		return exitOK
	}
	if msg := err.Error(); msg != "" {
		con.say("relaytop: " + msg)
	}
	return codeOf(err)
}

// rootCommand gives each command what it needs.
func rootCommand(b *Build, con *console) *cobra.Command {
	conf := &loader{console: con, cleanURL: b.Parts.CleanURL}
	engine := &starter{console: con, config: conf, build: b.Parts.Open, version: b.Version,
		release: b.Release}
	setup := &setupCommand{console: con, config: conf, relays: b.Parts}
	dashboard := &dashboardCommand{console: con, config: conf, engine: engine, setup: setup, version: b.Version}
	root := &cobra.Command{
		Use:     "relaytop",
		Version: b.Version,
		Short:   "a dashboard for the relay between you and your models",
		Long: `
			Chat, run files of prompts, and watch latency, errors and money, on any OpenAI-compatible relay.
			Without a key it opens on the built-in simulated relay.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return dashboard.run(cmd.Context()) },
	}
	root.SetVersionTemplate("relaytop {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	conf.flags.bind(root.PersistentFlags(), &con.quiet)
	conf.flags.bindMetrics(root.Flags())
	root.AddCommand(
		(&chatCommand{console: con, config: conf, engine: engine}).command(),
		(&chatsCommand{console: con, config: conf}).command(),
		(&batchCommand{console: con, config: conf, engine: engine, version: b.Version}).command(),
		(&benchCommand{console: con, config: conf, engine: engine, load: b.Parts.Load, version: b.Version}).command(),
		(&usageCommand{console: con, config: conf}).command(),
		(&modelsCommand{console: con, engine: engine}).command(),
		(&simCommand{console: con, start: b.Parts.Sim}).command(),
		configCommand(con, conf),
		metricsCommand(con),
		versionCommand(con, b.Version),
		themesCommand(con, conf),
		(&doctorCommand{console: con, config: conf, relays: b.Parts.Doctor}).command(),
		setup.command(),
	)
	completion(root)
	helps(con, root)
	return root
}
