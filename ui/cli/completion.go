package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// completion makes cobra's own command refuse what it does not know. By default it prints its help and exits with 0.
func completion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Short = "print a script that completes commands in a shell"
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fail(exitUsage, fmt.Errorf("no completion for %q: bash, zsh, fish or powershell", args[0]))
			}
			return cmd.Help()
		}
		for _, shell := range cmd.Commands() {
			shell.Args = noArgs
			shell.Short = "the script for " + shell.Name()
		}
	}
}
