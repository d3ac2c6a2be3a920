package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"relaytop/state/archive"
	"relaytop/state/config"
	"relaytop/ui/text"
)

func (c *command) usage() *cobra.Command {
	var by, since string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "usage", Short: "what was used and spent", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q := archive.Query{By: by}
			if by != "" && !slices.Contains(archive.Groupings(), by) {
				return fail(exitUsage, fmt.Errorf("--by wants one of %s, not %q", strings.Join(archive.Groupings(), ", "), by))
			}
			if since != "" {
				from, err := sinceTime(since, time.Now())
				if err != nil {
					return fail(exitUsage, err)
				}
				q.Since = from
			}
			r, err := c.report(cmd.Context(), q)
			if err != nil {
				return err
			}
			if asJSON {
				return fail(exitFailed, c.writeJSON(r))
			}
			return fail(exitFailed, c.usageTable(&r, by))
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "group by "+strings.Join(archive.Groupings(), ", "))
	cmd.Flags().StringVar(&since, "since", "", "only what is younger: 90m, 24h, 7d, or a date such as 2026-11-01")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// report reads the ledger; no engine is needed for that.
func (c *command) report(ctx context.Context, q archive.Query) (archive.Report, error) {
	cfg, err := c.load()
	if err != nil {
		return archive.Report{}, err
	}
	c.tellDemo(cfg)
	kept, err := archive.Open(cfg.Paths.DB(cfg.Relay.Demo), archive.Options{Demo: cfg.Relay.Demo})
	if err != nil {
		return archive.Report{}, fail(exitFailed, err)
	}
	defer func() { _ = kept.Close(ctx) }() // nothing was written
	c.tellArchive(kept)
	r, err := kept.Usage(q)
	return r, fail(exitFailed, err)
}

// tellDemo says that what is shown is of the simulated relay: its money must not pass for real, nor an empty ledger for one's own.
func (c *command) tellDemo(cfg *config.Config) {
	if cfg.Relay.Demo {
		c.note("DEMO: this is what is kept of the simulated relay, and no money of it is real; with a key or a URL set it is of your own")
	}
}

// sinceTime reads an age (90m, 24h, 7d) or a date in local time.
func sinceTime(s string, now time.Time) (time.Time, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 100_000 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, now.Location()); err == nil {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("--since wants an age such as 90m, 24h or 7d, or a date such as 2026-11-01, not %q", s)
}

func (c *command) usageTable(r *archive.Report, by string) error {
	out := text.NewPlain(c.Stdout, isTerminal(c.Stdout))
	tw := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	if by == "" {
		by = "all"
	}
	fmt.Fprintf(tw, "%s\trequests\tfailed\terr %%\ttokens\tcost $\tper request $\tunknown cost\tsaved $\t\n", by)
	for _, g := range r.Groups {
		usageLine(tw, text.Line(g.Key), g.Usage)
	}
	usageLine(tw, "total", r.Usage)
	if err := tw.Flush(); err != nil {
		return err
	}
	if r.Cached > 0 {
		fmt.Fprintf(out, "%d of the requests were answered by our own cache: no tokens, and no part of the average\n", r.Cached)
	}
	return out.Flush()
}

func usageLine(tw *tabwriter.Writer, key string, u archive.Usage) {
	if key == "" {
		key = "-"
	}
	cost, each, saved := "unknown", "unknown", "unknown"
	if u.Known > 0 || u.Unknown == 0 {
		cost = u.Cost.String()
		if u.Estimated > 0 {
			cost = "~" + cost
		}
	}
	if avg, ok := u.Average(); ok {
		each = avg.String()
	}
	if u.SavedKnown > 0 {
		saved = u.Saved.String()
	}
	fmt.Fprintf(tw, "%s\t%d\t%d\t%.1f\t%d\t%s\t%s\t%d\t%s\t\n", key, u.OK+u.Failed, u.Failed, u.ErrorRate(), u.Tokens, cost, each, u.Unknown, saved)
}
