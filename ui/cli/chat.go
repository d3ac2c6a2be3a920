package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/ui/text"
)

// maxPrompt is how much of stdin is taken as a prompt, in bytes.
const maxPrompt = 64 << 20

func (c *command) chat() *cobra.Command {
	var asJSON bool
	var system string
	cmd := &cobra.Command{
		Use:   "chat [PROMPT]",
		Short: "one turn: the answer streams to stdout, facts go to stderr",
		Long:  "One turn without a screen. Stdin is the prompt, or is put behind the one given. Exit status: 0 ok, 1 failed, 6 incomplete, 130 cancelled.",
		RunE: func(cmd *cobra.Command, args []string) error {
			prompt, err := c.prompt(cmd.Context(), args)
			if err != nil {
				return err
			}
			return c.turn(cmd.Context(), prompt, system, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object with everything that is known of the turn")
	cmd.Flags().StringVarP(&system, "system", "s", "", "system prompt")
	return cmd
}

// prompt reads the prompt. An interrupt ends the wait for a stdin that does not end.
func (c *command) prompt(ctx context.Context, args []string) (string, error) {
	type read struct {
		prompt string
		err    error
	}
	got := make(chan read, 1)
	go func() {
		prompt, err := promptOf(args, c.Stdin)
		got <- read{prompt, err}
	}()
	select {
	case r := <-got:
		return r.prompt, fail(exitUsage, r.err)
	case <-ctx.Done():
		return "", fail(exitCancelled, errors.New("stopped before the prompt was read"))
	}
}

// promptOf joins the arguments and what stdin holds, if it is no terminal.
func promptOf(args []string, stdin *os.File) (string, error) {
	prompt := strings.Join(args, " ")
	if stdin != nil && !isTerminal(stdin) {
		raw, err := io.ReadAll(io.LimitReader(stdin, maxPrompt+1))
		if err != nil && !errors.Is(err, os.ErrClosed) {
			return "", fmt.Errorf("read stdin: %w", err)
		}
		if len(raw) > maxPrompt {
			return "", fmt.Errorf("stdin holds more than %d MiB: that is no prompt; `relaytop batch` runs files", maxPrompt>>20)
		}
		if in := strings.TrimRight(string(raw), "\r\n"); strings.TrimSpace(in) != "" {
			if prompt != "" {
				prompt += "\n\n"
			}
			prompt += in
		}
	}
	if strings.TrimSpace(prompt) == "" {
		return "", errors.New("no prompt: give one as an argument or on stdin, e.g. relaytop chat \"Hello\"")
	}
	return prompt, nil
}

// turn sends one request and waits for its end.
func (c *command) turn(ctx context.Context, prompt, system string, asJSON bool) error {
	end := make(chan *relay.Result, 1)
	id := relay.NewID()
	out := text.NewPlain(c.Stdout, isTerminal(c.Stdout))
	watch := func(e relay.Event) {
		if e.ID != id {
			return
		}
		switch e.Kind {
		case relay.Text, relay.Refusal:
			if !asJSON {
				_, _ = io.WriteString(out, e.Text) // a closed pipe shows when the answer ends
			}
		case relay.FellBack:
			c.note("%s failed (%s), asking %s", e.From, e.Reason, e.Model)
		case relay.Waiting, relay.Notice:
			c.note("%s", e.Reason)
		case relay.Done:
			end <- e.Result
		}
	}
	app, err := c.open(ctx, watch)
	if err != nil {
		return err
	}
	defer c.close(app)
	req := relay.Request{ID: id, Lane: relay.LaneChat, Model: app.Model, Params: app.Params, Fallback: app.Fallback}
	req.Cache = app.Config != nil && app.Config.Caches()
	if system != "" {
		req.Messages = append(req.Messages, relay.Message{Role: "system", Text: system})
	}
	req.Messages = append(req.Messages, relay.Message{Role: "user", Text: prompt})
	if err := app.Store.MaySpend(); err != nil {
		return fail(exitFailed, err)
	}
	if err := app.Engine.Submit(req); err != nil {
		return fail(exitFailed, err)
	}
	r := wait(ctx, app, id, end)
	if asJSON {
		if err := writeJSON(c.Stdout, isTerminal(c.Stdout), chatOf(r)); err != nil {
			return fail(exitFailed, err)
		}
	} else if err := endOfText(out, r); err != nil {
		return fail(exitFailed, err)
	}
	c.facts(r)
	if code := chatExit(r.Status); code != exitOK {
		return &exit{code: code}
	}
	return nil
}

// wait returns the result, cancelling the request if the context ends first.
func wait(ctx context.Context, app *App, id relay.ID, end <-chan *relay.Result) *relay.Result {
	select {
	case r := <-end:
		return r
	case <-ctx.Done():
		app.Engine.Cancel(id)
		return <-end
	}
}

// endOfText ends what was streamed in one line break, and puts the tool calls behind it, each on a line: name(arguments).
func endOfText(w *text.Plain, r *relay.Result) error {
	last := r.Text
	if r.Refusal != "" { // it is streamed like text, and comes last where both do
		last = r.Refusal
	}
	end := ""
	if last != "" && !strings.HasSuffix(last, "\n") {
		end = "\n"
	}
	for _, t := range r.Tools {
		end += strings.Join(strings.Fields(t.Name), " ") + "(" + strings.TrimSpace(t.Arguments) + ")\n"
	}
	if _, err := io.WriteString(w, end); err != nil {
		return err
	}
	return w.Flush()
}

// facts prints the line of facts about a turn, and what can be done if it went wrong.
func (c *command) facts(r *relay.Result) {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	model := r.Model
	if model == "" {
		model = r.Asked
	}
	if r.Requested != "" && model != r.Requested {
		model = r.Requested + " -> " + model
	}
	add("%s", model)
	if d, ok := r.Timing.TTFT(); ok {
		add("TTFT %s", shortDuration(d))
	}
	if r.Usage != nil {
		about := ""
		if r.Usage.Estimated {
			about = "~"
		}
		if d, ok := r.Timing.TPOT(r.Usage.Output); ok {
			add("%.0f tok/s", 1/d.Seconds())
		}
		add("in %s%d", about, r.Usage.Input)
		add("out %s%d", about, r.Usage.Output)
	}
	add("%s", costText(r.Cost))
	add("%s", endText(r))
	c.note("%s", strings.Join(parts, " · "))
	if r.Err != nil && r.Status != relay.StatusOK {
		c.note("%s", r.Err.Advice())
	} else if r.Status == relay.StatusLength && r.Text == "" && r.Reasoning != "" {
		c.note("every token went into the reasoning: raise max_tokens, or lower reasoning_effort")
	}
}

func costText(cost relay.Cost) string {
	switch {
	case !cost.Known() && cost.Part > 0:
		return "cost unknown, at least $" + cost.Part.String()
	case !cost.Known():
		return "cost unknown"
	}
	about := ""
	if cost.Estimated {
		about = "~"
	}
	return about + "$" + cost.Amount.String() + " " + string(cost.Source)
}

// endText says how a turn ended.
func endText(r *relay.Result) string {
	switch {
	case r.Status == relay.StatusOK && r.Finish != "":
		return r.Finish
	case r.Err != nil && string(r.Err.Class) == string(r.Status): // truncated, empty, cancelled
		return r.Err.Error()
	case r.Err != nil:
		return string(r.Status) + ": " + r.Err.Error()
	}
	return string(r.Status)
}
