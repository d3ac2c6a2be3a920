package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// configCommand is `relaytop config`.
func configCommand(con *console, conf *loader) *cobra.Command {
	var asJSON bool
	show := &cobra.Command{
		Use: "show", Short: "print every setting and its source; keys are masked", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := conf.load()
			if err != nil {
				return err
			}
			list := cfg.Show()
			if asJSON {
				return fail(exitFailed, con.writeJSON(struct {
					Settings any `json:"settings"`
				}{list}))
			}
			t := newTable(column{kind: whole}, column{}, column{})
			for _, s := range list {
				t.row(s.Name, s.Value, s.Source.String())
			}
			return fail(exitFailed, t.print(con.stdout()))
		},
	}
	show.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	path := &cobra.Command{
		Use: "path", Short: "print the paths of configuration, data, cache and log", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := conf.load()
			if err != nil {
				return err
			}
			p := cfg.Paths
			_, err = fmt.Fprintf(con.Stdout, "config  %s\ndata    %s\ncache   %s\nlog     %s\n", p.ConfigFile, p.Data, p.Cache,
				p.Log())
			return fail(exitFailed, err)
		},
	}
	cmd := &cobra.Command{Use: "config", Short: "show the configuration and its paths", Args: noArgs,
		RunE: show.RunE}
	cmd.AddCommand(show, path)
	return cmd
}
