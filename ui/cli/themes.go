package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"relaytop/themes"
)

func (c *command) themes() *cobra.Command {
	return &cobra.Command{
		Use: "themes", Short: "list the colour themes", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			out := c.stdout().plain()
			for _, name := range themes.Dir(cfg.Paths.Themes()).Names() {
				fmt.Fprintln(out, name)
			}
			return fail(exitFailed, out.Flush())
		},
	}
}
