package cli

import (
	"context"
	"errors"
)

// dashboard opens the screen, or says what to use where there is none.
func (c *command) dashboard(ctx context.Context) error {
	if !isTerminal(c.Stdout) || c.Stdin == nil || !isTerminal(c.Stdin) {
		cfg, err := c.load()
		if err != nil {
			return err
		}
		if !cfg.Relay.Demo {
			return fail(exitUsage, errors.New("no terminal, and a relay is configured: use `relaytop chat`, `relaytop batch FILE -o OUT.jsonl` or `relaytop usage`"))
		}
		return c.tour(ctx)
	}
	app, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	err = c.Dashboard(ctx, app)
	c.close(app)
	return fail(exitFailed, err)
}
