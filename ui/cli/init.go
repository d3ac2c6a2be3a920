package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/config"
	"relaytop/ui/text"
)

// relayTester tests a relay before it is written to the configuration.
type relayTester interface {
	// CleanURL corrects a base URL, or says what is wrong with it, as in "has no scheme".
	CleanURL(raw string, allowHTTP bool) (string, error)
	// Connect tests a relay: it lists the models and may send one small paid request, which pay must allow.
	Connect(ctx context.Context, e relay.Endpoint, model string, pay relay.Spending) (relay.Connection, error)
}

// setupCommand is `relaytop init`: it asks for relay and key, tests them and writes the configuration. Nothing is
// written unless the test passes.
type setupCommand struct {
	console *console
	config  *loader
	relays  relayTester
}

func (c *setupCommand) command() *cobra.Command {
	return &cobra.Command{
		Use: "init", Short: "connect a relay: ask for URL and key, test them, write the configuration", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !isTerminal(c.console.Stdin) {
				return fail(exitUsage, errors.New("init asks questions and needs a terminal; without one, set "+
					"HOLYSHEEP_API_KEY (or OPENAI_BASE_URL and OPENAI_API_KEY)"))
			}
			cfg, err := c.config.load()
			if err != nil {
				return err
			}
			c.reportElsewhere(cfg)
			url, key, err := c.questions(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			fmt.Fprintln(c.console.Stderr, "testing ...")
			said, err := c.connect(cmd.Context(), cfg, url, key, c.atTerminal(cmd.Context()))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.console.Stdout, text.Line(said))
			return fail(exitFailed, err)
		},
	}
}

// reportElsewhere reports what is configured outside the file that init writes, because it takes precedence.
func (c *setupCommand) reportElsewhere(cfg *config.Config) {
	var from []string
	for _, e := range cfg.Relay.Endpoints {
		for _, at := range []config.Source{e.URLSource, e.KeySource} {
			if at.Outside() && !slices.Contains(from, at.String()) {
				from = append(from, at.String())
			}
		}
	}
	if len(from) > 0 && cfg.Relay.Configured {
		c.console.say(fmt.Sprintf("a relay is already configured by %s; a URL set there takes precedence over the one "+
			"written here", strings.Join(from, " and ")))
	}
}

// questions asks for URL and key. The URL is checked before asking for a key that would be sent there.
func (c *setupCommand) questions(ctx context.Context, cfg *config.Config) (url, key string, err error) {
	if url, err = c.console.ask(ctx, "Base URL of the relay ["+config.DefaultHolySheepURL+"]:"); err != nil {
		return "", "", unanswered(ctx, err)
	}
	if url, err = c.relays.CleanURL(cmp.Or(url, config.DefaultHolySheepURL), cfg.AllowHTTP); err != nil {
		return "", "", fail(exitUsage, fmt.Errorf("nothing was written: base_url %w", err))
	}
	if key, err = c.console.askHidden(ctx, "API key (not shown; leave empty for none): "); err != nil {
		return "", "", unanswered(ctx, err)
	}
	return url, key, nil
}

// unanswered is the error of a question that was interrupted or got no answer.
func unanswered(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return fail(exitCancelled, errors.New("stopped: nothing was written"))
	}
	return fail(exitUsage, fmt.Errorf("nothing was written: %w", err))
}

// talk is how the user is asked while a relay is connected.
type talk struct {
	pay     func(what string) bool                // may something that costs money be sent?
	pick    func(question string) (string, error) // "" accepts the default
	replace func(question string) bool
	say     func(line string)
}

func (c *setupCommand) atTerminal(ctx context.Context) talk {
	return talk{pay: c.console.asker(ctx, false), say: c.console.say,
		pick:    func(question string) (string, error) { return c.console.ask(ctx, question) },
		replace: func(question string) bool { return c.console.confirms(ctx, question) }}
}

// inDialog is for the dashboard's dialog, which has already said that a request may cost money. It replaces
// nothing: `relaytop init` asks first.
func inDialog() talk {
	return talk{pay: func(string) bool { return true }, say: func(string) {},
		pick:    func(string) (string, error) { return "", nil },
		replace: func(string) bool { return false }}
}

// connect tests a relay and writes it to the configuration. The previous file is kept beside it.
func (c *setupCommand) connect(
	ctx context.Context, cfg *config.Config, url, key string, with talk,
) (result string, err error) {
	secret, err := config.CleanKey(key)
	if err != nil {
		return "", fail(exitFailed, fmt.Errorf("nothing was written: %w", err))
	}
	book := &ledger{cfg: cfg, report: with.say} // for a real relay, even in the demo
	defer book.close()
	e := relay.Endpoint{Name: "relay", BaseURL: url, Key: relay.Secret(secret.Reveal()), AllowHTTP: cfg.AllowHTTP}
	pay := relay.Spending{Guard: book.guard, Ask: with.pay, Sink: book.take}
	found, err := c.relays.Connect(ctx, e, cfg.DefaultModel, pay)
	if ctx.Err() != nil {
		return "", unanswered(ctx, err)
	}
	if err != nil {
		return "", fail(exitFailed, fmt.Errorf("nothing was written: %w", err))
	}
	draft := config.Draft{Name: "relay", BaseURL: found.BaseURL, Key: secret, AllowHTTP: cfg.AllowHTTP}
	if found.BaseURL == config.DefaultHolySheepURL {
		draft.Name, draft.Kind = config.KindHolySheep, config.KindHolySheep
	}
	if draft.DefaultModel, err = pickModel(cfg, found, with); err != nil {
		return "", unanswered(ctx, err)
	}
	kept, err := writeConfig(ctx, cfg, draft, with)
	if err != nil {
		return "", err
	}
	result = found.Proved + "; written to " + cfg.Paths.ConfigFile
	if draft.DefaultModel != "" {
		result += "; the default model is " + draft.DefaultModel
	}
	if kept != "" {
		result += " (the previous file is now " + kept + ")"
	}
	return result, nil
}

// pickModel asks for a default model if the relay does not list the configured one. "" keeps that one.
func pickModel(cfg *config.Config, found relay.Connection, with talk) (string, error) {
	n := len(found.Models)
	if slices.Contains(found.Models, cfg.DefaultModel) || n == 0 && found.Model != "" {
		return "", nil
	}
	question, why := "Default model:", cfg.DefaultModel+" is not known to the relay."
	if n > 0 {
		some := strings.Join(found.Models[:min(n, 8)], ", ")
		if n > 8 {
			some += ", ..."
		}
		why = fmt.Sprintf("%s is not among its %s: %s.", cfg.DefaultModel, relay.Counted(n, "model"), some)
		question = fmt.Sprintf("Default model [%s]:", found.Model)
	}
	with.say(why)
	line, err := with.pick(question)
	if err != nil {
		return "", err
	}
	model := cmp.Or(line, found.Model)
	if n > 0 && !slices.Contains(found.Models, model) {
		return "", fmt.Errorf("%s is not among the models of the relay", model)
	}
	for _, s := range cfg.Show() {
		if s.Name == "default_model" && s.Source.Outside() {
			with.say(fmt.Sprintf("%s (%s) takes precedence over what is written here", s.Value, s.Source))
		}
	}
	return model, nil
}

// writeConfig asks before it replaces anything of the user's.
func writeConfig(ctx context.Context, cfg *config.Config, draft config.Draft, with talk) (kept string, err error) {
	lost, err := config.Lost(cfg.Paths.ConfigFile, draft)
	if err != nil {
		return "", fail(exitFailed, fmt.Errorf("nothing was written: %w", err))
	}
	named := strings.Join(lost, ", ")
	if len(lost) > 0 && !with.replace(fmt.Sprintf("%s exists. Replace %s and keep the rest?",
		cfg.Paths.ConfigFile, named)) {
		if ctx.Err() != nil {
			return "", unanswered(ctx, ctx.Err())
		}
		return "", fail(exitFailed, fmt.Errorf("nothing was written: it would replace %s in %s; `relaytop init` asks",
			named, cfg.Paths.ConfigFile))
	}
	kept, err = config.Write(cfg.Paths.ConfigFile, draft, true)
	return kept, fail(exitFailed, err)
}
