package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"relaytop/themes"
)

func (c *command) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(c.Stdout, "relaytop", c.Version)
			return fail(exitFailed, err)
		},
	}
}

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

func (c *command) config() *cobra.Command {
	var asJSON bool
	show := &cobra.Command{
		Use: "show", Short: "every setting with where its value comes from; keys masked", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			list := cfg.Show()
			if asJSON {
				return fail(exitFailed, c.writeJSON(struct {
					Settings any `json:"settings"`
				}{list}))
			}
			t := newTable(column{kind: whole}, column{}, column{})
			for _, s := range list {
				t.row(s.Name, s.Value, s.Source)
			}
			return fail(exitFailed, t.print(c.stdout()))
		},
	}
	show.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	path := &cobra.Command{
		Use: "path", Short: "where configuration, data, cache and log stand", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			p := cfg.Paths
			_, err = fmt.Fprintf(c.Stdout, "config  %s\ndata    %s\ncache   %s\nlog     %s\n", p.ConfigFile, p.Data, p.Cache, p.Log())
			return fail(exitFailed, err)
		},
	}
	cmd := &cobra.Command{Use: "config", Short: "show the configuration and where it stands", Args: noArgs, RunE: show.RunE}
	cmd.AddCommand(show, path)
	return cmd
}

// completion makes cobra's own command refuse what it does not know: by itself it prints its help and ends well.
func completion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fail(exitUsage, fmt.Errorf("no completion for %q: bash, zsh, fish or powershell", args[0]))
			}
			return cmd.Help()
		}
		for _, shell := range cmd.Commands() {
			shell.Args = noArgs
		}
	}
}
