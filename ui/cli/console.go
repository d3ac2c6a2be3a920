package cli

import (
	"fmt"
	"io"
	"os"

	"relaytop/state/archive"
	"relaytop/state/config"
	"relaytop/ui/text"
)

// console is the streams of the process, as every command uses them.
type console struct {
	Stdin, Stdout *os.File
	Stderr        io.Writer
	quiet         bool // --quiet
	ascii         bool // the configuration wants no byte above 0x7F
	noColour      bool
}

// sentence prints one of the program's own sentences to stderr, unless --quiet. On a terminal it is wrapped.
func (c *console) sentence(format string, args ...any) {
	if !c.quiet {
		c.stderr().sentence("", fmt.Sprintf(format, args...))
	}
}

// note prints one line to stderr, unless --quiet. It may hold text that we did not write, so it is not wrapped.
func (c *console) note(format string, args ...any) {
	if !c.quiet {
		c.say(fmt.Sprintf(format, args...))
	}
}

// say prints one line to stderr, also under --quiet: why nothing was done. On a terminal it is filtered.
func (c *console) say(line string) {
	if f, ok := c.Stderr.(*os.File); !ok || isTerminal(f) {
		line = text.Clean(line)
	}
	fmt.Fprintln(c.Stderr, line)
}

// reportArchive reports a database that was found damaged. It does so under --quiet too: the user's records are at
// stake.
func (c *console) reportArchive(a *archive.Archive) {
	if a != nil && a.Notice() != "" {
		c.say("relaytop: " + a.Notice())
	}
}

// reportDemo says that the records are those of the simulated relay: its money is not real, and an empty ledger is
// not the user's own.
func (c *console) reportDemo(cfg *config.Config) {
	if cfg.Relay.Demo {
		c.sentence("DEMO: these are the records of the simulated relay, and none of the money is real. Set a key or a URL " +
			"to see your own.")
	}
}
