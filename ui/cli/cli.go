// Package cli is relaytop without a screen: the cobra commands, and what they print. Stdout carries the result, stderr all
// else; with --json stdout is exactly one object. The engine is made by the caller: nothing here knows a concrete part of it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/archive"
	"relaytop/state/config"
	"relaytop/state/job"
	"relaytop/ui/text"
)

// closeWithin bounds the shutdown: cancel, journals, archive.
const closeWithin = 5 * time.Second

// App is the running program as the commands see it.
type App struct {
	Config   *config.Config
	Engine   state.Engine
	Store    *state.Store
	Runs     *job.Book
	Archive  *archive.Archive
	Model    string
	Fallback []string
	Params   relay.Params
	Demo     bool
	Models   func(context.Context) ([]relay.Offer, error)
	Close    func(context.Context) error

	// Prices asks the relays for the prices that they publish, where what is known of them is missing or too old.
	Prices func(context.Context) error
	// Resize lets n requests be under way at once, beside what is kept for chats.
	Resize func(n int)
	// Forecast says beforehand what tokens cost at the relay; false: no price is known.
	Forecast func(model string, input, output int64) (relay.Cost, bool)
}

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

// noArgs refuses arguments with the exit code of wrong use.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		if cmd.HasParent() && !cmd.HasAvailableSubCommands() {
			return fail(exitUsage, fmt.Errorf("%s takes no argument, and %q is one; see `%s --help`", cmd.CommandPath(), args[0], cmd.CommandPath()))
		}
		help := "relaytop help"
		if cmd.HasParent() {
			help = cmd.CommandPath() + " --help"
		}
		return fail(exitUsage, fmt.Errorf("unknown command %q; `%s` lists them", args[0], help))
	}
	return nil
}

// open loads the configuration and starts the engine.
func (c *command) open(ctx context.Context, also relay.Sink) (*App, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	app, err := c.start(ctx, cfg, func(e relay.Event) {
		if e.Kind == relay.Notice && e.ID == 0 { // what concerns everything, such as the day's budget
			c.note("%s", e.Reason)
		}
		if also != nil {
			also(e)
		}
	})
	if err != nil {
		return nil, err
	}
	c.tellArchive(app.Archive)
	if app.Demo {
		if c.flags.demo {
			c.tell("DEMO: the built-in simulated relay answers, because of --demo")
		} else {
			c.tell("DEMO: no relay is configured, so the built-in simulated relay answers (set HOLYSHEEP_API_KEY or OPENAI_API_KEY)")
		}
	}
	return app, nil
}

// tellArchive says what became of a database that was found damaged: also under --quiet, for the records of a person are at stake.
func (c *command) tellArchive(a *archive.Archive) {
	if a != nil && a.Notice() != "" {
		c.say("relaytop: " + a.Notice())
	}
}

// pricesWithin bounds the wait for price lists before something is sent: prices that come later are too late for what was paid meanwhile.
const pricesWithin = 3 * time.Second

// openToSpend is open for commands that say beforehand what they will cost: each relay is asked for its prices first, once a day, so that what follows is priced by the
// relay that charges for it. A relay that does not tell leaves the prices that are known otherwise, each with its source.
func (c *command) openToSpend(ctx context.Context, also relay.Sink) (*App, error) {
	app, err := c.open(ctx, also)
	if err != nil {
		return nil, err
	}
	app.askPrices(ctx)
	return app, nil
}

// askPrices asks for the price lists that are missing or too old.
func (a *App) askPrices(ctx context.Context) {
	if a.Prices == nil || a.Demo {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, pricesWithin)
	defer cancel()
	_ = a.Prices(ctx) // the source of each amount says what it is priced by
}

// start makes the engine, with the log as a second listener beside also.
func (c *command) start(ctx context.Context, cfg *config.Config, also relay.Sink) (*App, error) {
	log, unlogged := openLog(cfg)
	listen := func(e relay.Event) {
		if log != nil {
			log.sink(e)
		}
		if also != nil {
			also(e)
		}
	}
	var app *App
	err := cfg.ResolveKeys(ctx)
	if err == nil {
		app, err = c.Open(ctx, cfg, listen)
	}
	if unlogged != nil && err == nil { // else one cause would be told twice
		c.note("relaytop: %v", unlogged)
	}
	if log == nil || err != nil {
		if log != nil {
			_ = log.close() // the error of Open is the one to tell
		}
		return app, fail(exitUsage, err)
	}
	engine := app.Close
	app.Close = func(ctx context.Context) error { return errors.Join(engine(ctx), log.close()) }
	return app, nil
}

// close ends the engine within its bound; what could not be saved is said.
func (c *command) close(app *App) {
	c.Release()
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	if err := app.Close(ctx); err != nil {
		c.note("relaytop: on the way out: %v", err)
	}
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
