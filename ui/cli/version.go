package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// versionCommand is `relaytop version`.
func versionCommand(con *console, version string) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(con.Stdout, "relaytop", version)
			return fail(exitFailed, err)
		},
	}
}
