package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"relaytop/themes"
)

// themesCommand is `relaytop themes`.
func themesCommand(con *console, conf *loader) *cobra.Command {
	return &cobra.Command{
		Use: "themes", Short: "list the colour themes",
		Args: func(cmd *cobra.Command, args []string) error {
			err := noArgs(cmd, args)
			if err == nil {
				return nil
			}
			cfg, bad := conf.load()
			if bad != nil {
				return bad
			}
			if name := nearest(args[0], themes.Dir(cfg.Paths.Themes()).Names()); name != "" {
				return fail(exitUsage, fmt.Errorf("%s takes no argument, but got %q; `relaytop --theme %s` opens the dashboard "+
					"in the theme %s", cmd.CommandPath(), args[0], name, name))
			}
			return err
		},
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
