package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/config"
	"relaytop/ui/text"
)

// doctorCommand is `relaytop doctor`: it checks everything that an answer depends on. The exit code is 1 if a check
// failed.
type doctorCommand struct {
	console *console
	config  *loader
	relays  func(context.Context, *config.Config, relay.Spending) ([]relay.Check, error) // checks each relay
}

func (c *doctorCommand) command() *cobra.Command {
	var asJSON, yes bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "check what this relay can do", Args: noArgs,
		Long: `
			Checks the configuration, the connection to the relay, the key, models, streaming, usage, prices, the Batch
			API, the terminal and the data folder, and says what to do about what is missing.

			One small request to each relay costs money. It is sent only after you say yes.

			Exit status:
			  0  no check failed
			  1  a check failed
			  2  wrong use or configuration; nothing was sent
			  4  the day's budget is spent`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.config.load()
			if err != nil {
				return err
			}
			if err := cfg.ResolveKeys(cmd.Context()); err != nil {
				return fail(exitUsage, err)
			}
			book := &ledger{cfg: cfg, demo: cfg.Relay.Demo, report: func(line string) { c.console.note("%s", line) }}
			pay := relay.Spending{Guard: book.guard, Ask: c.console.asker(cmd.Context(), yes), Sink: book.take}
			found, err := c.relays(cmd.Context(), cfg, pay)
			book.close()
			if err != nil {
				return fail(exitUsage, err)
			}
			checks := append(append(configured(cfg), found...), screenCheck(c.console.Stdout), book.folder(), othersCheck(cfg))
			if err := printChecks(c.console, checks, asJSON); err != nil {
				return fail(exitFailed, err)
			}
			switch {
			case cmd.Context().Err() != nil:
				return fail(exitCancelled, errors.New("stopped"))
			case errors.Is(book.no, relay.ErrBudget):
				return fail(exitBudget, book.no)
			}
			return failure(checks)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "send the paid request without asking")
	return cmd
}

// failure is an exit without a message if a check failed: its line was printed.
func failure(checks []relay.Check) error {
	for _, k := range checks {
		if k.OK != nil && !*k.OK {
			return &exit{code: exitFailed}
		}
	}
	return nil
}

// configured reports which files were read, what is set, and where each relay's URL and key come from.
func configured(cfg *config.Config) []relay.Check {
	shown := map[string]config.Setting{}
	for _, s := range cfg.Show() {
		shown[s.Name] = s
	}
	checks := []relay.Check{relay.Passed("config", inForce(cfg, shown))}
	if cfg.Relay.Demo {
		why := "no relay is configured: the built-in simulated relay answers"
		if cfg.Relay.Configured {
			why = "--demo: the built-in simulated relay answers"
		}
		demo := relay.Passed("config", why)
		demo.Fix = "run `relaytop init`, or set HOLYSHEEP_API_KEY or OPENAI_API_KEY"
		return append(checks, demo)
	}
	for _, e := range cfg.Relay.Endpoints {
		at := shown["endpoints."+e.Name+".base_url"]
		key := "no key"
		if k := shown["endpoints."+e.Name+".api_key"]; k.Value != "" {
			key = "key " + k.Value + " (" + k.Source.String() + ")"
		}
		where := fmt.Sprintf("%s: %s (%s), %s; %s", e.Name, at.Value, at.Source, key, limits(e))
		checks = append(checks, relay.Passed("config", where))
	}
	return checks
}

// inForce is what applies to all relays.
func inForce(cfg *config.Config, shown map[string]config.Setting) string {
	read := "read: no config file (none at " + cfg.Paths.ConfigFile + ")"
	if slices.Contains(cfg.Read, cfg.Paths.ConfigFile) {
		read = "read: " + cfg.Paths.ConfigFile
	}
	others := slices.DeleteFunc(slices.Clone(cfg.Read), func(path string) bool { return path == cfg.Paths.ConfigFile })
	if len(others) > 0 {
		read += ", " + strings.Join(others, ", ")
	} else {
		read += ", no .env"
	}
	fallback := "none"
	if len(cfg.Fallback) > 0 {
		fallback = strings.Join(cfg.Fallback, ", ")
	}
	return fmt.Sprintf("%s; model %s (%s), fallback %s, %d at once, timeout %s", read, cfg.DefaultModel,
		shown["default_model"].Source, fallback, cfg.MaxConcurrent, shortDuration(cfg.RequestTimeout))
}

// limits are those of one relay, per minute.
func limits(e config.Endpoint) string {
	word := func(n int, of string) string {
		if n == 0 {
			return "no limit on " + of
		}
		return fmt.Sprintf("%d %s", n, of)
	}
	return word(e.RPM, "requests") + ", " + word(e.TPM, "tokens") + " a minute"
}

func printChecks(con *console, checks []relay.Check, asJSON bool) error {
	if !asJSON {
		return checkLines(con.stdout(), checks)
	}
	return con.writeJSON(struct {
		Checks  []relay.Check `json:"checks"`
		Verdict string        `json:"verdict"`
	}{checks, summed(checks)})
}

// checkLines prints the checks for a person.
func checkLines(out *output, checks []relay.Check) error {
	t := newTable(column{kind: whole, look: markLook}, column{kind: whole}, column{})
	free := out.proseWidth()
	marks := 0
	for _, k := range checks {
		marks = max(marks, len(markOf(k)))
	}
	for _, k := range checks {
		if free > 0 {
			free = min(free, out.width-marks-len(k.Name)-2*columnGap)
		}
	}
	for _, k := range checks {
		mark := markOf(k)
		t.row(strings.Repeat(" ", marks-len(mark))+mark, k.Name, k.Detail)
		if k.Fix != "" {
			for line := range strings.SplitSeq(withLead("-> ", text.Line(k.Fix), max(free, 0)), "\n") {
				t.row("", "", line)
			}
		}
	}
	if err := t.print(out); err != nil {
		return err
	}
	out.sentence("Verdict: ", summed(checks))
	return out.err
}

// markOf is the state of a check in a word.
func markOf(k relay.Check) string {
	switch {
	case k.OK != nil && *k.OK:
		return "ok"
	case k.OK != nil:
		return "FAIL"
	case k.Without == relay.IsMissing:
		return "missing"
	case k.Without == relay.NotApplicable:
		return "n/a"
	}
	return "?"
}

// summed is the verdict on all checks: how many failed, were missing or could not be told, and which.
func summed(checks []relay.Check) string {
	named := map[string][]string{}
	count := map[string]int{}
	for _, k := range checks {
		mark := markOf(k)
		count[mark]++
		if !slices.Contains(named[mark], k.Name) {
			named[mark] = append(named[mark], k.Name)
		}
	}
	list := func(mark, word string) string {
		if count[mark] == 0 {
			return ""
		}
		return fmt.Sprintf("; %s: %s", word, strings.Join(named[mark], ", "))
	}
	var s string
	switch n := count["FAIL"]; {
	case n > 0:
		s = fmt.Sprintf("%d of %s failed: %s", n, relay.Counted(len(checks), "check"),
			strings.Join(named["FAIL"], ", "))
	case count["ok"] == len(checks):
		return fmt.Sprintf("all %d checks passed.", len(checks))
	default:
		s = fmt.Sprintf("no check failed, %d of %d passed", count["ok"], len(checks))
	}
	return s + list("missing", "missing") + list("?", "not known") + list("n/a", "not applicable") + "."
}

// markLook is the colour of a check's mark.
func markLook(mark string) lipgloss.Style {
	style := lipgloss.NewStyle()
	switch strings.TrimSpace(mark) {
	case "ok":
		return style.Foreground(lipgloss.Green)
	case "FAIL":
		return style.Foreground(lipgloss.Red)
	case "n/a":
		return style.Faint(true)
	}
	return style.Foreground(lipgloss.Yellow)
}
