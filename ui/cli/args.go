package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// noArgs refuses arguments; the exit code is that of wrong use.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		if cmd.HasParent() && !cmd.HasAvailableSubCommands() {
			return fail(exitUsage, fmt.Errorf("%s takes no argument, but got %q; see `%s --help`", cmd.CommandPath(),
				args[0], cmd.CommandPath()))
		}
		help := "relaytop help"
		if cmd.HasParent() {
			help = cmd.CommandPath() + " --help"
		}
		return fail(exitUsage, fmt.Errorf("unknown command %q; %s`%s` lists them", args[0], meantCommand(cmd, args[0]),
			help))
	}
	return nil
}

// between accepts least to most arguments; anything else is wrong use, for the reason given.
func between(least, most int, why string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return fail(exitUsage, errors.New(why))
		}
		return nil
	}
}
