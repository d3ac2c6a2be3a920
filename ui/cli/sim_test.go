package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"relaytop/relay"
	"relaytop/state"
)

// inUse has a simulated relay whose address is taken.
type inUse struct{ noParts }

func (inUse) Sim(SimFlags) (Sim, error) {
	return nil, fmt.Errorf("simulated relay: %w", syscall.EADDRINUSE)
}

func TestAnAddressInUseSaysWhatToDo(t *testing.T) {
	var said bytes.Buffer
	code := Execute(t.Context(), Build{Parts: inUse{}, Stdout: os.Stdout, Stderr: &said, Release: func() {}},
		[]string{"sim", "--listen", "127.0.0.1:8090"})
	if got := said.String(); code != exitUsage || !strings.Contains(got, "127.0.0.1:8090 is in use") ||
		!strings.Contains(got, "--listen 127.0.0.1:0") {
		t.Errorf("exit code %d: %q", code, got)
	}
}

func TestUnreachableIsNotUnlisted(t *testing.T) {
	for class, want := range map[relay.Class]string{relay.ClassNetwork: "can't be reached: network: dial",
		relay.ClassTimeout: "can't be reached", relay.ClassAuth: "did not list",
		relay.ClassProtocol: "does not list its models"} {
		level, got := noModels(&relay.Error{Class: class, Message: "dial"})
		if !strings.Contains(got, want) || (level == state.Info) != (class == relay.ClassProtocol) {
			t.Errorf("%s: %d %q", class, level, got)
		}
	}
}
