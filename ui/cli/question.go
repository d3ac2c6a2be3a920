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

// Asker says whether something that costs money may be done.
type Asker func(what string) bool

// errNoAnswer says that a question met the end of the input.
var errNoAnswer = errors.New("no answer")

// asker allows with --yes, saying so whatever else is quiet, and asks where somebody can answer; nil where nobody can.
func (c *command) asker(ctx context.Context, yes bool) Asker {
	switch {
	case yes:
		return func(what string) bool { c.say("sending " + what); return true }
	case !isTerminal(c.Stdin):
		return nil
	}
	return func(what string) bool { return c.confirms(ctx, "Send "+what+"?") }
}

// confirms asks a yes-or-no question. An end of the input is a no, and so is a stop.
func (c *command) confirms(ctx context.Context, question string) bool {
	line, _ := c.ask(ctx, question+" y/N")
	answer := strings.ToLower(line)
	return answer == "y" || answer == "yes"
}

// ask asks for a line. A stop ends it at once, though the terminal still waits for the line.
func (c *command) ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(c.Stderr, wrapWords(text.Line(question), c.stderr().proseWidth())+" ")
	line, err := within(ctx, func() (string, error) { return bufio.NewReader(c.Stdin).ReadString('\n') })
	if ctx.Err() != nil {
		fmt.Fprintln(c.Stderr)
	}
	return strings.TrimSpace(line), err
}

// askHidden asks for a line that is not echoed.
func (c *command) askHidden(ctx context.Context, question string) (string, error) {
	before, err := term.MakeRaw(int(c.Stdin.Fd())) // before the question: what is typed at once must not be echoed either
	if err != nil {
		return "", fmt.Errorf("switching the echo off: %w", err)
	}
	keys := &keyboard{f: c.Stdin}
	screen := struct {
		io.Reader
		io.Writer
	}{keys, c.Stderr}
	line, err := within(ctx, func() (string, error) { return term.NewTerminal(screen, "").ReadPassword(question) })
	if back := term.Restore(int(c.Stdin.Fd()), before); back != nil {
		return "", fmt.Errorf("switching the echo on: %w", back)
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

// keyboard notes ctrl-c: a terminal without echo sends it as a key, not as a signal.
type keyboard struct {
	f       *os.File
	stopped bool
}

func (k *keyboard) Read(p []byte) (int, error) {
	n, err := k.f.Read(p)
	k.stopped = k.stopped || strings.ContainsRune(string(p[:n]), 3)
	return n, err
}

// within waits for a line, or for the stop. A reader that is left behind ends with the process: a terminal can't be told to let go of it.
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
