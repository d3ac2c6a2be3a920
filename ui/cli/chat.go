package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/text"
)

// maxPrompt is how many bytes of stdin are accepted as a prompt.
const maxPrompt = 64 << 20

// chatCommand is `relaytop chat`.
type chatCommand struct {
	console *console
	config  *loader
	engine  *starter
}

func (c *chatCommand) command() *cobra.Command {
	var f chatFlags
	cmd := &cobra.Command{
		Use:   "chat [PROMPT]",
		Short: "send one prompt and stream the answer to stdout",
		Long: `
			Sends one prompt and prints the answer as it arrives. Stdin is the prompt, or is added to the one given.

			--continue continues the last chat, --continue=ID another one: "relaytop chats list" prints the IDs. The
			dashboard then shows the turn as one of its own. The model, the system prompt and the parameters are those of
			the chat; what is given here is kept for its next turns.

			Exit status:
			  0    the answer is complete
			  1    the request failed
			  2    wrong use; nothing was sent
			  4    stopped by the budget
			  6    the answer is incomplete: cut off, too long, filtered, empty, or its
			       end is not understood
			  130  cancelled`,
		Example: `
			relaytop chat -f main.go -f shot.png "what is wrong here?"
			git diff | relaytop chat -f - "review this"
			relaytop chat --continue "and in Rust?"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			args = f.parse(cmd.Flags(), args)
			if len(args) == 1 && slices.Contains([]string{"list", "export", "import"}, args[0]) {
				return fail(exitUsage, fmt.Errorf("did you mean `relaytop chats %s`? To send the word, put it on stdin", args[0]))
			}
			if err := f.check(); err != nil {
				return fail(exitUsage, err)
			}
			prompt, err := c.prompt(cmd.Context(), args, &f)
			if err != nil {
				return err
			}
			return c.turn(cmd.Context(), prompt, &f)
		},
	}
	f.bind(cmd.Flags())
	return cmd
}

// prompt reads the prompt and the files. An interrupt ends the wait for a stdin that stays open.
func (c *chatCommand) prompt(ctx context.Context, args []string, f *chatFlags) (session.Prompt, error) {
	type read struct {
		prompt session.Prompt
		err    error
	}
	got := make(chan read, 1)
	go func() {
		prompt, err := promptOf(args, f, c.console.Stdin)
		got <- read{prompt, err}
	}()
	select {
	case r := <-got:
		return r.prompt, fail(exitUsage, r.err)
	case <-ctx.Done():
		return session.Prompt{}, fail(exitCancelled, errors.New("stopped before the prompt was read; nothing was sent"))
	}
}

// promptOf joins the arguments with stdin, unless that is a terminal or taken by -f, and reads the files.
func promptOf(args []string, f *chatFlags, stdin *os.File) (p session.Prompt, err error) {
	if p.Parts, err = f.read(stdin); err != nil {
		return p, err
	}
	p.Text = strings.Join(args, " ")
	if stdin != nil && !isTerminal(stdin) && !f.takesStdin() {
		raw, err := io.ReadAll(io.LimitReader(stdin, maxPrompt+1))
		if err != nil && !errors.Is(err, os.ErrClosed) {
			return p, fmt.Errorf("read stdin: %w", err)
		}
		if len(raw) > maxPrompt {
			return p, fmt.Errorf("stdin has more than %d MiB, too much for a prompt; `relaytop batch` runs files", maxPrompt>>20)
		}
		if in := strings.TrimRight(string(raw), "\r\n"); strings.TrimSpace(in) != "" {
			if p.Text != "" {
				p.Text += "\n\n"
			}
			p.Text += in
		}
	}
	if p.Empty() {
		return p, errors.New("no prompt: give one as an argument or on stdin, e.g. relaytop chat \"Hello\"")
	}
	return p, nil
}

// turn sends one request and waits for its end.
func (c *chatCommand) turn(ctx context.Context, prompt session.Prompt, f *chatFlags) error {
	end := make(chan *relay.Result, 1)
	out := c.console.stdout().plain()
	watch := func(e relay.Event) {
		if e.ID == 0 { // not about a request
			return
		}
		switch e.Kind {
		case relay.Text, relay.Refusal:
			if !f.json {
				_, _ = io.WriteString(out, e.Text) // a closed pipe is reported when the answer ends
			}
		case relay.Reread:
			if !f.json {
				c.reread(out, e.Text)
			}
		case relay.FellBack:
			c.console.note("%s failed (%s), asking %s", e.From, e.Reason, e.Model)
		case relay.Waiting, relay.Notice:
			c.console.note("%s", e.Reason)
		case relay.Done:
			end <- e.Result
		}
	}
	app, err := c.engine.open(ctx, watch)
	if err != nil {
		return err
	}
	defer c.engine.close(app)
	turn, err := c.send(app, prompt, f, end)
	if err != nil {
		return err
	}
	r := wait(ctx, app, turn.id, end)
	if f.json {
		o := chatOf(r)
		o.Chat = orNull(turn.chat)
		if err := c.console.writeJSON(o); err != nil {
			return fail(exitFailed, err)
		}
	} else if err := endOfText(out, r); err != nil {
		return fail(exitFailed, err)
	}
	c.console.facts(r)
	if f.save && turn.chat != "" {
		c.console.sentence("saved: relaytop chat --continue=%s", turn.chat)
	}
	if code := chatExit(r.Status); code != exitOK {
		return &exit{code: code}
	}
	return nil
}

// reread prints text that was taken for reasoning, or says that what was printed is reasoning.
func (c *chatCommand) reread(out io.Writer, text string) {
	if text == "" {
		text = "\n\n"
		c.console.note("what was printed so far was reasoning: the model closes a <think> that it never opens")
	}
	_, _ = io.WriteString(out, text)
}

// sent is a turn under way.
type sent struct {
	chat string // that keeps it; "": none
	id   relay.ID
}

// send submits the turn, through its chat if it is kept in one.
func (c *chatCommand) send(app *App, prompt session.Prompt, f *chatFlags, end chan<- *relay.Result) (sent, error) {
	if f.keeps() {
		return c.sendIn(app, prompt, f, end)
	}
	req := relay.Request{
		ID:       relay.NewID(),
		Lane:     relay.LaneChat,
		Model:    app.Config.DefaultModel,
		Params:   f.apply(relay.DefaultParams()),
		Fallback: app.Config.Fallback,
		Cache:    app.Config.Caches(),
	}
	if f.system != "" {
		req.Messages = append(req.Messages, relay.Message{Role: relay.RoleSystem, Text: f.system})
	}
	req.Messages = append(req.Messages, prompt.Message(relay.RoleUser))
	if err := app.Store.Budget().Check(append([]string{req.Model}, req.Fallback...)...); err != nil {
		return sent{}, fail(exitFailed, err)
	}
	return sent{id: req.ID}, fail(exitFailed, app.Workers.Submit(req))
}

// wait returns the result, cancelling the request if the context ends first.
func wait(ctx context.Context, app *App, id relay.ID, end <-chan *relay.Result) *relay.Result {
	select {
	case r := <-end:
		return r
	case <-ctx.Done():
		app.Workers.Cancel(id)
		return <-end
	}
}

// endOfText ends the streamed text with one line break and prints the tool calls after it, one a line:
// name(arguments).
func endOfText(w *text.Plain, r *relay.Result) error {
	last := r.Text
	if r.Refusal != "" { // it is streamed like text; with both, it comes last
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
