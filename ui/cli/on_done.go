package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"

	"relaytop/state/job"
)

// whenDone runs the command of --on-done with the summary of a run. What the command prints goes to stderr: stdout
// has the result of the run alone. A failure is reported, and is the exit code of a run that had none of its own.
func (c *console) whenDone(command string, h *job.Header) error {
	err := runOnDone(command, h, c.Stderr)
	switch {
	case err == nil:
		return nil
	case batchExit(h) != exitOK:
		c.say("relaytop: " + err.Error())
		return nil
	}
	return fail(exitFailed, err)
}

// runOnDone runs a shell command with the summary of a run, a JSON object, on its stdin, and waits for it. "" is
// none.
func runOnDone(command string, h *job.Header, prints io.Writer) error {
	if command == "" {
		return nil
	}
	summary, err := json.Marshal(batchOf(h))
	if err != nil {
		return err
	}
	shell := []string{"sh", "-c", command}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C", command}
	}
	// no context: the command runs after an interrupt too, and a second one ends both
	cmd := exec.Command(shell[0], shell[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(append(summary, '\n')), prints, prints
	err = cmd.Run()
	var exited *exec.ExitError
	if errors.As(err, &exited) && exited.ExitCode() >= 0 {
		return fmt.Errorf("--on-done: the command ended with exit code %d", exited.ExitCode())
	}
	if err != nil {
		return fmt.Errorf("--on-done: %w", err)
	}
	return nil
}

// notifyEnd rings the bell and asks the terminal for a desktop notification, as the setting notify says: a run has
// ended, and nobody may be looking.
func notifyEnd(out *output, how string, getenv func(string) string, h *job.Header) {
	if !out.terminal || how == "off" {
		return
	}
	_, _ = io.WriteString(out.w, "\a") // a terminal that is gone hears nothing
	if term := getenv("TERM"); how == "desktop" && term != "dumb" && term != "linux" {
		fmt.Fprintf(out.w, "\x1b]9;relaytop: batch %s, %d of %d rows ok\x1b\\", stateOf(h), h.OK, h.Rows)
	}
}
