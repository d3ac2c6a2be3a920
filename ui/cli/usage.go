package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"relaytop/state/archive"
	"relaytop/state/job"
	"relaytop/ui/widget"
)

// usageCommand is `relaytop usage`.
type usageCommand struct {
	console *console
	config  *loader
}

func (c *usageCommand) command() *cobra.Command {
	var by, since string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "usage", Short: "report what was used and spent", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q := archive.Query{By: by}
			if by != "" && !slices.Contains(archive.Groupings(), by) {
				return fail(exitUsage, fmt.Errorf("--by must be one of %s, not %q", strings.Join(archive.Groupings(), ", "), by))
			}
			if since != "" {
				from, err := timeAgo("--since", since, time.Now())
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
				return fail(exitFailed, c.console.writeJSON(r))
			}
			return fail(exitFailed, printUsage(c.console.stdout(), &r, by))
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "group by "+strings.Join(archive.Groupings(), ", "))
	cmd.Flags().StringVar(&since, "since", "", "only records since an age (90m, 24h, 7d) or a date (2026-11-01)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// report reads the ledger. It needs no engine.
func (c *usageCommand) report(ctx context.Context, q archive.Query) (archive.Report, error) {
	cfg, err := c.config.load()
	if err != nil {
		return archive.Report{}, err
	}
	c.console.reportDemo(cfg)
	kept, err := c.console.openArchive(cfg)
	if err != nil {
		return archive.Report{}, fail(exitFailed, err)
	}
	defer func() { _ = kept.Close(ctx) }() // nothing was written
	c.console.reportArchive(kept)
	if err := job.Reconcile(cfg.Paths.Runs(cfg.Relay.Demo), kept); err != nil {
		return archive.Report{}, fail(exitFailed, err)
	}
	r, err := kept.Usage(q)
	return r, fail(exitFailed, err)
}

// timeAgo reads the value of a flag that is an age (90m, 24h, 7d) or a date in local time.
func timeAgo(flag, s string, now time.Time) (time.Time, error) {
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
	return time.Time{}, fmt.Errorf("%s must be an age such as 90m, 24h or 7d, or a date such as 2026-11-01, not %q",
		flag, s)
}

// printUsage prints the table of a report.
func printUsage(out *output, r *archive.Report, by string) error {
	if by == "" {
		by = "all"
	}
	t := newTable(column{title: by})
	t.turns = true
	for _, title := range []string{"requests", "failed", "err %", "tokens", "cost $", "per request $", "unknown cost",
		"saved $"} {
		t.columns = append(t.columns, column{title: title, kind: number})
	}
	for _, g := range r.Groups {
		t.row(usageCells(cmp.Or(g.Key, "-"), g.Usage)...)
	}
	t.row(usageCells("total", r.Usage)...)
	if drawn := withShares(t, out, r); drawn.fits(out) {
		t = drawn
	}
	if err := t.print(out); err != nil {
		return err
	}
	if r.Cached > 0 {
		out.sentence("", fmt.Sprintf("%d of the requests were answered from our own cache: they used no tokens and are "+
			"not part of the average", r.Cached))
	}
	if at := r.BatchesSince; !at.IsZero() {
		out.sentence("", "the rows of batches are counted by the hour: from "+at.Format("2006-01-02 15:04")+" on")
	}
	return out.err
}

// shareCells is the width of the bar of a group that has all of the cost.
const shareCells = 12

// withShares is the table with a bar for each group's share of the cost. It is t itself where nobody would look at
// bars, or there is nothing to compare.
func withShares(t *table, out *output, r *archive.Report) *table {
	if !out.terminal || len(r.Groups) < 2 || r.Cost <= 0 {
		return t
	}
	cell := "█"
	if out.ascii {
		cell = "#"
	}
	drawn := newTable(append(slices.Clone(t.columns), column{title: "share of cost", kind: whole})...)
	drawn.turns = t.turns
	for i, cells := range t.rows {
		bar := ""
		if i < len(r.Groups) {
			part := float64(max(r.Groups[i].Cost, 0)) / float64(r.Cost)
			bar = fmt.Sprintf("%3.0f %%  %s", 100*part, strings.Repeat(cell, int(part*shareCells+0.5)))
		}
		drawn.row(append(slices.Clone(cells), strings.TrimRight(bar, " "))...)
	}
	return drawn
}

func usageCells(key string, u archive.Usage) []string {
	cost, each, saved := "unknown", "unknown", "unknown"
	if u.CostKnown() {
		cost = widget.About(u.Cost.String(), u.Estimated > 0)
	}
	if avg, ok := u.Average(); ok {
		each = avg.String()
	}
	if u.SavedKnown > 0 {
		saved = u.Saved.String()
	}
	return []string{
		key,
		fmt.Sprint(u.OK + u.Failed),
		fmt.Sprint(u.Failed),
		fmt.Sprintf("%.1f", u.ErrorRate()),
		fmt.Sprint(u.Tokens),
		cost,
		each,
		fmt.Sprint(u.Unknown),
		saved,
	}
}
