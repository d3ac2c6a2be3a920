package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/ui/widget"
)

type priceObject struct {
	Input   *string      `json:"input"`
	Output  *string      `json:"output"`
	Cached  *string      `json:"cached"`
	PerCall *string      `json:"per_call"` // USD for each request, besides the tokens
	Unit    string       `json:"unit"`
	Source  relay.Source `json:"source"`
	AsOf    *string      `json:"as_of"`
}

type modelObject struct {
	ID       string      `json:"id"`
	Endpoint string      `json:"endpoint"`
	Context  *int64      `json:"context"`
	Price    priceObject `json:"price"`
	Listed   *string     `json:"listed_at,omitempty"` // when an earlier run fetched the list
}

// modelsCommand is `relaytop models`.
type modelsCommand struct {
	console *console
	engine  *starter
}

func (c *modelsCommand) command() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "models", Short: "list models with context, price and the source of the price", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := c.engine.open(cmd.Context(), nil)
			if err != nil {
				return err
			}
			defer c.engine.close(app)
			list, err := app.Relays.Models(cmd.Context())
			if err != nil && len(list) == 0 {
				return fail(exitFailed, fmt.Errorf("ask the relay for its models: %w%s", err, adviceOf(err)))
			}
			if err != nil {
				c.console.note("relaytop: %v%s", err, oldest(list, time.Now()))
			}
			if asJSON {
				return fail(exitFailed, c.console.writeJSON(struct {
					Models []modelObject `json:"models"`
				}{modelObjects(list)}))
			}
			return fail(exitFailed, printModels(c.console.stdout(), list))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// adviceOf is what to do about an error of a relay, on a line of its own.
func adviceOf(err error) string {
	var e *relay.Error
	if !errors.As(err, &e) || e.Advice() == "" {
		return ""
	}
	return "\n" + e.Advice()
}

// oldest says how old a cached list is.
func oldest(list []relay.Offer, now time.Time) string {
	var at time.Time
	for _, o := range list {
		if !o.Listed.IsZero() && (at.IsZero() || o.Listed.Before(at)) {
			at = o.Listed
		}
	}
	if at.IsZero() {
		return ""
	}
	return "; using its list of " + widget.Ago(at, now)
}

func modelObjects(list []relay.Offer) []modelObject {
	out := make([]modelObject, 0, len(list))
	for _, m := range list {
		out = append(out, modelObject{
			ID:       m.ID,
			Endpoint: m.Endpoint,
			Context:  orNull(m.Context),
			Price: priceObject{
				Input:   amount(m.Input),
				Output:  amount(m.Output),
				Cached:  amount(m.Cached),
				PerCall: amount(m.Call),
				Unit:    "usd_per_mtok",
				Source:  sourceOr(m.Source),
				AsOf:    orNull(m.AsOf),
			},
			Listed: listedAt(m.Listed),
		})
	}
	return out
}

func listedAt(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

func amount(m *relay.Money) *string {
	if m == nil {
		return nil
	}
	s := m.String()
	return &s
}

func sourceOr(s relay.Source) relay.Source {
	if s == "" {
		return relay.SourceUnknown
	}
	return s
}

// priceCells are the price cells of a model: input, output, and what each call costs.
func priceCells(m relay.Offer) (in, out string) {
	in, out = "unknown", "unknown"
	if m.Input != nil {
		in = m.Input.String()
	}
	if m.Output != nil {
		out = m.Output.String()
	}
	switch {
	case m.Call == nil:
	case m.Input == nil && m.Output == nil:
		return callText(*m.Call), "-"
	default:
		out += " + " + callText(*m.Call)
	}
	return in, out
}

// priceText is the price of input and output per million tokens, and that of each call.
func priceText(m relay.Offer) string {
	var parts []string
	if m.Input != nil && m.Output != nil {
		parts = append(parts, m.Input.Price()+" / "+m.Output.Price())
	}
	if m.Call != nil {
		parts = append(parts, callText(*m.Call))
	}
	return strings.Join(parts, " + ")
}

// callText is the price of a call: $0.05 a call.
func callText(m relay.Money) string { return m.Price() + " a call" }

// printModels prints the table of models.
func printModels(out *output, list []relay.Offer) error {
	t := newTable(
		column{title: "MODEL"},
		column{title: "ENDPOINT"},
		column{title: "CONTEXT", kind: number},
		column{title: "IN $/M", kind: number},
		column{title: "OUT $/M", kind: number},
		column{title: "SOURCE"},
	)
	for _, m := range list {
		window := "unknown"
		if m.Context > 0 {
			window = fmt.Sprint(m.Context)
		}
		in, out := priceCells(m)
		source := string(sourceOr(m.Source))
		if m.AsOf != "" {
			source += " " + m.AsOf
		}
		t.row(m.ID, m.Endpoint, window, in, out, source)
	}
	return t.print(out)
}
