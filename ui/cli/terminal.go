package cli

import (
	"os"
	"time"

	"golang.org/x/term"

	"relaytop/ui/widget"
)

// isTerminal reports whether a person looks at f.
func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }

func shortDuration(d time.Duration) string { return widget.Duration(d).String() }
