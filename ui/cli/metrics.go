package cli

import (
	"github.com/spf13/cobra"

	"relaytop/ui/scrape"
)

// metricsCommand is `relaytop metrics`.
func metricsCommand(con *console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "metrics",
		Short: "what other programs need to read the figures",
		Long: `
			The dashboard, batch and bench serve their figures to Prometheus with --metrics-listen ADDRESS, or the
			setting metrics_listen.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "grafana",
		Short:   "print a dashboard for Grafana, as JSON to import",
		Example: "relaytop metrics grafana > relaytop.json",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := con.Stdout.Write(scrape.Grafana)
			return err
		},
	})
	return cmd
}
