package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/config"
	"relaytop/ui/text"
)

// Connect is what Build.Connect does: it tries a relay.
type Connect func(ctx context.Context, e relay.Endpoint, model string, pay relay.Spending) (relay.Connection, error)

// init asks for relay and key, tests them and writes the configuration. Nothing is written that did not pass the test.
func (c *command) init() *cobra.Command {
	return &cobra.Command{
		Use: "init", Short: "connect a relay: asks for URL and key, tests them, writes the configuration", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !isTerminal(c.Stdin) {
				return fail(exitUsage, errors.New("init asks questions and needs a terminal; without one, set HOLYSHEEP_API_KEY (or OPENAI_BASE_URL and OPENAI_API_KEY)"))
			}
			cfg, err := c.load()
			if err != nil {
				return err
			}
			url, key, err := c.questions(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			fmt.Fprintln(c.Stderr, "testing ...")
			said, err := c.connect(cmd.Context(), cfg, url, key, c.asker(cmd.Context(), false))
			if err != nil {
				return fail(exitFailed, fmt.Errorf("nothing was written: %w", err))
			}
			_, err = fmt.Fprintln(c.Stdout, text.Line(said))
			return fail(exitFailed, err)
		},
	}
}

// questions asks for URL and key. The URL is judged before a key is asked for that would go there.
func (c *command) questions(ctx context.Context, cfg *config.Config) (url, key string, err error) {
	if url, err = c.ask(ctx, "Base URL of the relay ["+config.DefaultHolySheepURL+"]: "); err != nil {
		return "", "", unanswered(ctx, err)
	}
	if url, err = config.CheckURL(cmp.Or(url, config.DefaultHolySheepURL), cfg.AllowHTTP); err != nil {
		return "", "", fail(exitUsage, fmt.Errorf("nothing was written: the base URL %w", err))
	}
	if key, err = c.askHidden(ctx, "API key (not shown; empty: none): "); err != nil {
		return "", "", unanswered(ctx, err)
	}
	return url, key, nil
}

// unanswered is the end at a question: by a stop, or without an answer.
func unanswered(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return fail(exitCancelled, errors.New("stopped: nothing was written"))
	}
	return fail(exitUsage, fmt.Errorf("nothing was written: %w", err))
}

// connect tests a relay and writes it into the configuration; what was there before is kept beside it.
func (c *command) connect(ctx context.Context, cfg *config.Config, url, key string, ask Asker) (said string, err error) {
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errors.New("the key holds characters that can't be sent: one line of printable ASCII is needed")
	}
	book := &ledger{c: c, cfg: cfg}
	defer book.close()
	found, err := c.Connect(ctx, relay.Endpoint{Name: "relay", BaseURL: url, Key: relay.Secret(key)}, cfg.DefaultModel,
		relay.Spending{Guard: book.guard, Ask: ask, Sink: book.take})
	if err != nil {
		return "", err
	}
	url, proved := found.BaseURL, found.Proved
	draft := config.Draft{Name: "relay", BaseURL: url, Key: config.Secret(key)}
	if url == config.DefaultHolySheepURL {
		draft.Name, draft.Kind = config.KindHolySheep, config.KindHolySheep
	}
	kept, err := config.Write(cfg.Paths.ConfigFile, draft, true)
	if err != nil {
		return "", err
	}
	said = proved + "; written to " + cfg.Paths.ConfigFile
	if kept != "" {
		said += " (what was there is now " + kept + ")"
	}
	return said, nil
}
