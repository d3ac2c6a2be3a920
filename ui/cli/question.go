package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"relaytop/ui/text"
)

// errNoAnswer means that the input ended at a question.
var errNoAnswer = errors.New("no answer")

// asker returns what decides whether something that costs money may be sent. It allows with --yes, and says so even
// under --quiet. Otherwise it asks, or is nil where nobody can answer.
func (c *console) asker(ctx context.Context, yes bool) func(what string) bool {
	switch {
	case yes:
		return func(what string) bool { c.say("sending " + what); return true }
	case !isTerminal(c.Stdin):
		return nil
	}
	return func(what string) bool { return c.confirms(ctx, "Send "+what+"?") }
}

// confirms asks a yes-or-no question. The end of input means no, and so does an interrupt.
func (c *console) confirms(ctx context.Context, question string) bool {
	line, _ := c.ask(ctx, question+" y/N")
	answer := strings.ToLower(line)
	return answer == "y" || answer == "yes"
}

// ask asks for a line. An interrupt ends it at once, although the terminal still waits for the line.
func (c *console) ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(c.Stderr, wrapWords(text.Line(question), c.stderr().proseWidth())+" ")
	line, err := within(ctx, func() (string, error) { return bufio.NewReader(c.Stdin).ReadString('\n') })
	if ctx.Err() != nil {
		fmt.Fprintln(c.Stderr)
	}
	return strings.TrimSpace(line), err
}

// askHidden asks for a line that is not echoed.
func (c *console) askHidden(ctx context.Context, question string) (string, error) {
	before, err := term.MakeRaw(int(c.Stdin.Fd())) // before the question, so that nothing typed early is echoed
	if err != nil {
		return "", fmt.Errorf("switch the echo off: %w", err)
	}
	keys := &keyboard{f: c.Stdin}
	screen := struct {
		io.Reader
		io.Writer
	}{keys, c.Stderr}
	line, err := within(ctx, func() (string, error) { return term.NewTerminal(screen, "").ReadPassword(question) })
	if back := term.Restore(int(c.Stdin.Fd()), before); back != nil {
		return "", fmt.Errorf("switch the echo on: %w", back)
	}
	if err != nil {
		fmt.Fprintln(c.Stderr)
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil && keys.stopped:
		return "", context.Canceled
	}
	return strings.TrimSpace(line), err
}

// keyboard watches for ctrl-c, which a terminal without echo sends as a key and not as a signal.
type keyboard struct {
	f       *os.File
	stopped bool
}

func (k *keyboard) Read(p []byte) (int, error) {
	n, err := k.f.Read(p)
	k.stopped = k.stopped || strings.ContainsRune(string(p[:n]), 3)
	return n, err
}

// within waits for a line or for an interrupt. A reader left behind ends with the process: a read from a terminal
// can't be cancelled.
func within(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if recover() != nil {
				a.err = errNoAnswer
			}
			got <- a
		}()
		if a.line, a.err = read(); errors.Is(a.err, io.EOF) {
			a.err = errNoAnswer
		}
	}()
	select {
	case a := <-got:
		return a.line, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
