package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"relaytop/relay"
	"relaytop/state/config"
	"relaytop/ui/text"
)

// Connect is what Build.Connect does: it tries a relay and gives its base URL put right, and a line on what was proved.
type Connect func(ctx context.Context, e relay.Endpoint, model string, ask func(what string) bool) (baseURL, proved string, err error)

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
			url, key, err := c.questions()
			if err != nil {
				return fail(exitUsage, err)
			}
			fmt.Fprintln(c.Stderr, "testing ...")
			said, err := c.connect(cmd.Context(), cfg, url, key, c.asker(false))
			if err != nil {
				return fail(exitFailed, fmt.Errorf("nothing was written: %w", err))
			}
			_, err = fmt.Fprintln(c.Stdout, text.Line(said))
			return fail(exitFailed, err)
		},
	}
}

// questions asks for URL and key. The key is not echoed.
func (c *command) questions() (url, key string, err error) {
	fmt.Fprintf(c.Stderr, "Base URL of the relay [%s]: ", config.DefaultHolySheepURL)
	line, err := bufio.NewReader(c.Stdin).ReadString('\n')
	if err != nil {
		return "", "", errors.New("no answer: nothing was written")
	}
	url = cmp.Or(strings.TrimSpace(line), config.DefaultHolySheepURL)
	before, err := term.MakeRaw(int(c.Stdin.Fd())) // before the question: what is typed at once must not be echoed either
	if err != nil {
		return "", "", fmt.Errorf("switching the echo off: %w", err)
	}
	screen := struct {
		io.Reader
		io.Writer
	}{c.Stdin, c.Stderr}
	key, err = term.NewTerminal(screen, "").ReadPassword("API key (not shown; empty: none): ")
	if err = errors.Join(err, term.Restore(int(c.Stdin.Fd()), before)); err != nil {
		return "", "", errors.New("no answer: nothing was written")
	}
	return url, strings.TrimSpace(key), nil
}

// connect tests a relay and writes it into the configuration; what was there before is kept beside it.
func (c *command) connect(ctx context.Context, cfg *config.Config, url, key string, ask Asker) (said string, err error) {
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errors.New("the key holds characters that can't be sent: one line of printable ASCII is needed")
	}
	url, proved, err := c.Connect(ctx, relay.Endpoint{Name: "relay", BaseURL: url, Key: relay.Secret(key)}, cfg.DefaultModel, ask)
	if err != nil {
		return "", err
	}
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
