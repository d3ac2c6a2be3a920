package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"relaytop/themes"
)

// themesCommand is `relaytop themes`.
func themesCommand(con *console, conf *loader) *cobra.Command {
	return &cobra.Command{
		Use: "themes", Short: "list the colour themes", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := conf.load()
			if err != nil {
				return err
			}
			out := con.stdout().plain()
			for _, name := range themes.Dir(cfg.Paths.Themes()).Names() {
				fmt.Fprintln(out, name)
			}
			return fail(exitFailed, out.Flush())
		},
	}
}
