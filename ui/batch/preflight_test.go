package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/job"
	"relaytop/state/job/input"
	"relaytop/state/meter"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
	"relaytop/ui/widget"
)

// reviews is the plan of a file of 12,480 rows.
func reviews(o job.Options) job.Plan {
	return job.Plan{Input: "reviews-2026-q1.jsonl", Out: "/home/me/reviews-2026-q1.out.jsonl",
		Errors: "/home/me/reviews-2026-q1.errors.jsonl", Kind: "prompt", Rows: 12_480, Good: 12_471, BadRows: 9,
		Bad: []job.BadRow{{N: 218, Line: 218, Reason: "not JSON"}, {N: 4077, Line: 4077, Reason: "no messages"},
			{N: 9310, Line: 9310, Reason: "not UTF-8"}},
		Models: map[string]int{"deepseek-v3.2": 12_471}, InputTokens: 3_880_000, OutputLikely: 1_476_000,
		OutputMax: 6_400_000, Min: usd(1_630_000), Likely: usd(2_250_000), Max: usd(4_320_000), Priced: true,
		Source: relay.SourceRelay, AsOf: "2026-02-01", Concurrency: max(o.Concurrency, 10), Size: 17_200_000,
		Space: job.Space{Need: 21_000_000, Free: 40_200_000_000, FreeKnown: true}}
}

// halved is reviews at a relay with batches.
func halved(o job.Options) job.Plan {
	p := reviews(o)
	p.Batch = job.BatchPrice{Min: p.Min / 2, Likely: p.Likely / 2, Max: p.Max / 2, Priced: true, Halved: true,
		Source: relay.SourceRelay}
	return p
}

// long is a plan of an input that takes a while to read.
func long(o job.Options) job.Plan {
	p := reviews(o)
	p.Rows, p.Good, p.BadRows, p.Bad = 2*longInput, 2*longInput, 0, nil
	return p
}

// hard is a plan with everything that can be wrong with a file.
func hard(o job.Options) job.Plan {
	p := reviews(o)
	p.Repeats, p.Duplicates, p.OutExists = 2, []string{"a-7", "a-9"}, true
	p.Models = map[string]int{"deepseek-v3.2": 12_000, "house-model": 471}
	p.Unused = map[string]int{"temperature": 12, "model": 3}
	p.Priced, p.Unpriced = false, []string{"house-model"}
	p.Space = job.Space{Need: 21_000_000, Free: 4_000_000, FreeKnown: true}
	return p
}

// measured is a snapshot of a session that has answers, and limits.
func measured() *state.Snapshot {
	s := &state.Snapshot{At: start, Run: running(), Runs: 1, Spent: meter.Figures{TTFT: meter.Quantiles{N: 90,
		P50: 284 * time.Millisecond}, TPOT: meter.Quantiles{N: 90, P50: 17 * time.Millisecond}}}
	s.Limits = []relay.Allowance{{Endpoint: "holysheep", RequestsMax: 500, TokensMax: 100_000}}
	return s
}

// before is a pane of w x h cells with the pre-flight of a plan over it.
func before(t *testing.T, plan func(job.Options) job.Plan, w, h int, do func(*uitest.Driver, *dialogs, *fake)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{rows: table(), focus: 3056, plan: plan}
		env := dress(t, "dark", style.Options{})
		m := show(env, f, running(), w, h)
		m.Refresh(measured())
		root := &dialogs{pane: m, stack: overlay.NewStack(env)}
		d := uitest.Start(t, root, w, h)
		f.batches = job.BatchAPI{Provider: "holysheep"}
		if f.batches.Available = plan(job.Options{}).Batch.Priced; !f.batches.Available {
			f.batches.Reason = "GET /batches says 404"
		}
		d.Send(m.preflight(job.Options{Input: "/home/me/reviews-2026-q1.jsonl", Budget: usd(3_000_000)})())
		do(d, root, f)
	})
}

func TestThePreflightsScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 22}, {120, 34}, {160, 43}} {
		for name, plan := range map[string]func(job.Options) job.Plan{"ready": reviews, "hard": hard, "halved": halved} {
			before(t, plan, size[0], size[1], func(d *uitest.Driver, _ *dialogs, _ *fake) {
				uitest.Golden(t, fmt.Sprintf("preflight-%s-%dx%d", name, size[0], size[1]), d.View().Content)
			})
		}
	}
}

func TestNothingStartsWithoutThePreflight(t *testing.T) {
	before(t, reviews, 120, 34, func(d *uitest.Driver, _ *dialogs, f *fake) {
		d.Expect("before it starts", "nothing sent yet", "12,480 in 17.2 MB", "12,471 will run on deepseek-v3.2, no id twice",
			"9 bad rows are skipped and listed in the errors file", "line 218 not JSON", "$1.63", "~$2.25", "$4.32", "$3.00",
			"your token limit sets the pace", "reviews-2026-q1.errors.jsonl", "40.2 GB")
		<-time.After(time.Minute)
		d.Idle()
		if len(f.opts) > 0 {
			t.Fatalf("started by itself: %+v", f.opts)
		}
		d.Press("enter")
		if len(f.opts) != 1 || f.opts[0].Input != "/home/me/reviews-2026-q1.jsonl" || f.opts[0].Budget != usd(3_000_000) {
			t.Errorf("started with %+v", f.opts)
		}
		d.Refuse("before it starts")
	})
	before(t, reviews, 120, 34, func(d *uitest.Driver, _ *dialogs, f *fake) {
		d.Press("esc")
		d.Refuse("before it starts")
		if len(f.opts) > 0 {
			t.Errorf("esc started %+v", f.opts)
		}
	})
}

// TestTheWayIsChosenBeforeItStarts: a provider's batch is offered where there is one, at its own price.
func TestTheWayIsChosenBeforeItStarts(t *testing.T) {
	before(t, halved, 120, 34, func(d *uitest.Driver, _ *dialogs, f *fake) {
		d.Expect("now, through the pool", "~$2.25", "batch at holysheep", "~$1.13", "within 24 h", "about half price")
		d.Press("space")
		d.Expect("$0.81", "~$1.13", "$2.16", "prices: half of the list, an estimate", "the provider sets the pace")
		d.Refuse("your token limit")
		d.Press("$", "ctrl+u")
		d.Type("2")
		d.Press("enter", "enter")
		d.Expect("a provider's batch can't be stopped by the budget")
		d.Press("space", "space", "$", "ctrl+u")
		d.Type("2.20")
		d.Press("enter", "enter")
		if len(f.opts) != 1 || f.opts[0].Carrier != job.ByProvider {
			t.Errorf("started with %+v", f.opts)
		}
	})
	before(t, reviews, 120, 34, func(d *uitest.Driver, _ *dialogs, f *fake) {
		d.Expect("provider batch", "not available: GET /batches says 404")
		d.Press("space")
		d.Expect("a provider batch is not available")
		d.Press("enter")
		if len(f.opts) != 1 || f.opts[0].Carrier == job.ByProvider {
			t.Errorf("started with %+v", f.opts)
		}
	})
}

// TestALongInputIsReadOnWhileItsPreflightIsShown: enter does not wait for the end of the file.
func TestALongInputIsReadOnWhileItsPreflightIsShown(t *testing.T) {
	before(t, long, 120, 34, func(d *uitest.Driver, _ *dialogs, f *fake) {
		d.Expect("40,000 in 17.2 MB")
		if got := strings.Count(strings.Join(f.calls, ","), "plan"); got != 2 {
			t.Errorf("the input is read %d times, want 2: for a while, and to its end", got)
		}
	})
	p := &preflight{env: dress(t, "dark", style.Options{})}
	p.input = planned{to: p, plan: long(job.Options{})}
	p.input.plan.More, p.input.plan.Rows = true, longInput
	if body := ansi.Strip(p.View(120, 34).Body); !strings.Contains(body, "at least 20,000 rows so far") ||
		!strings.Contains(body, "of the rows so far ~$2.25") || p.blocked() != "" {
		t.Errorf("blocked by %q:\n%s", p.blocked(), body)
	}
}

// TestEnterIsOfferedOnlyWhereItStarts: neither in the footer nor in the dialog.
func TestEnterIsOfferedOnlyWhereItStarts(t *testing.T) {
	p := &preflight{env: dress(t, "dark", style.Options{})}
	offered := func() bool {
		return slices.Contains(p.Hints(), widget.Hint{Key: "enter", Does: "start"}) ||
			strings.Contains(ansi.Strip(p.View(120, 34).Body), "enter start")
	}
	p.reading = true
	if offered() {
		t.Error("offered while the file is read")
	}
	p.reading, p.input = false, planned{to: p, err: input.Unusable("there is no file")}
	if offered() {
		t.Error("offered for a file that can't be used")
	}
	p.input = planned{to: p, plan: hard(job.Options{})}
	if offered() {
		t.Error("offered while an id occurs twice")
	}
	p.input = planned{to: p, plan: reviews(job.Options{})}
	if !offered() {
		t.Error("not offered for a good file")
	}
}

func TestTheDemoStartsByItselfUnlessAKeyIsPressed(t *testing.T) {
	demo := func(press string, want int) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			f := &fake{plan: reviews}
			env := dress(t, "dark", style.Options{})
			m := New(env, f)
			m.Resize(120, 34)
			m.Refresh(&state.Snapshot{At: start, Demo: true})
			root := &dialogs{pane: m, stack: overlay.NewStack(env)}
			d := uitest.Start(t, root, 120, 34)
			d.Press("s")
			d.Expect("before it starts", "the demo starts by itself in 3 s")
			if press != "" {
				d.Press(press)
			}
			for range 5 {
				<-time.After(time.Second)
				d.Idle()
			}
			if len(f.opts) != want {
				t.Errorf("after %q: %d starts", press, len(f.opts))
			}
		})
	}
	demo("", 1)
	demo("enter", 1)
	demo("+", 0)
	demo("esc", 0)
}

func TestAFileWaitsForEnterInTheDemo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{plan: reviews}
		env := dress(t, "dark", style.Options{})
		m := New(env, f)
		m.Resize(120, 34)
		m.Refresh(&state.Snapshot{At: start, Demo: true})
		d := uitest.Start(t, &dialogs{pane: m, stack: overlay.NewStack(env)}, 120, 34)
		d.Send(m.preflight(job.Options{Input: "reviews.jsonl"})())
		d.Expect("before it starts")
		d.Refuse("starts by itself")
		for range 5 {
			<-time.After(time.Second)
			d.Idle()
		}
		if len(f.opts) != 0 {
			t.Errorf("%d starts", len(f.opts))
		}
	})
}

func TestFieldsAreEditedInPlace(t *testing.T) {
	before(t, reviews, 120, 34, func(d *uitest.Driver, _ *dialogs, f *fake) {
		change := func(key, text string) {
			t.Helper()
			d.Press(key, "ctrl+u")
			d.Type(text)
			d.Press("enter")
		}
		change("m", "gpt-4.1-mini")
		change("c", "0")
		d.Expect("a number of rows, 1 or more")
		d.Press("ctrl+u")
		d.Type("25")
		d.Press("enter", "+")
		change("$", "much")
		d.Expect("an amount in USD above 0")
		d.Press("ctrl+u")
		d.Type("$5.50")
		d.Press("enter")
		d.Expect("$5.50")
		change("o", "other.jsonl")
		change("t", "Translate {{text}}")
		d.Press("b")
		d.Expect("stop the run before it starts", "9 bad rows: b skips them")
		d.Press("enter")
		if len(f.opts) > 0 {
			t.Fatal("started with bad rows")
		}
		d.Press("b", "enter")
		if len(f.opts) != 1 {
			t.Fatalf("%d starts", len(f.opts))
		}
		o := f.opts[0]
		if o.Model != "gpt-4.1-mini" || o.Concurrency != 26 || o.Budget != usd(5_500_000) || o.StopOnBad ||
			o.Out != "/home/me/other.jsonl" || o.Template != "Translate {{text}}" {
			t.Errorf("started with %+v", o)
		}
		if last := f.calls[0]; last != "plan " {
			t.Errorf("%v", f.calls)
		}
		if !strings.Contains(strings.Join(f.calls, ","), "plan gpt-4.1-mini") {
			t.Errorf("the file was not read again for the other model: %v", f.calls)
		}
	})
}

func TestWhatStandsInTheWayIsAcceptedOneByOne(t *testing.T) {
	before(t, hard, 120, 34, func(d *uitest.Driver, _ *dialogs, f *fake) {
		d.Expect("2 rows with an id that an earlier row has, the first is a-7", "temperature is in 12 rows and is not sent",
			"no price is known for house-model", "an earlier run wrote it")
		for _, step := range []struct{ says, key string }{{"ids occur twice", "a"}, {"is there: g goes on", "w"},
			{"without a price", "u"}} {
			d.Press("enter")
			d.Expect(step.says)
			if d.Press(step.key); step.key == "w" {
				d.Expect("Overwrite the output reviews-2026-q1.out.jsonl?")
				d.Press("y")
			}
		}
		if len(f.opts) > 0 {
			t.Fatalf("started with %+v", f.opts)
		}
		d.Press("enter")
		if len(f.opts) != 1 || !f.opts[0].Force || !f.opts[0].AllowDuplicate || !f.opts[0].BudgetUnknown {
			t.Errorf("started with %+v", f.opts)
		}
	})
	before(t, hard, 120, 34, func(d *uitest.Driver, _ *dialogs, f *fake) {
		d.Press("g")
		if len(f.opts) != 1 || f.opts[0].Resume != "last" || f.opts[0].Force {
			t.Errorf("started with %+v", f.opts)
		}
	})
}

func TestAnUnusableFileSaysSoInThePreflight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{fail: input.Unusable("there is no file /a.csv: check the name and the folder")}
		env := dress(t, "dark", style.Options{})
		root := &dialogs{pane: show(env, f, job.Header{}, 100, 30), stack: overlay.NewStack(env)}
		d := uitest.Start(t, root, 100, 30)
		d.Send(root.pane.preflight(job.Options{Input: "/a.csv"})())
		d.Expect("There is no file /a.csv: check the name and the folder.")
		d.Press("enter")
		if len(f.opts) > 0 {
			t.Errorf("started with %+v", f.opts)
		}
	})
}

func TestThePreflightFitsEverywhere(t *testing.T) {
	for _, plan := range []func(job.Options) job.Plan{reviews, hard} {
		p := &preflight{env: dress(t, "dark", style.Options{}), seen: seen{demo: true}}
		p.input = planned{to: p, plan: plan(job.Options{})}
		for w := 40; w <= 240; w += 20 {
			for h := 13; h <= 60; h += 5 {
				box := p.View(w, h)
				if box.W > w || box.H > h {
					t.Errorf("%dx%d on a screen of %dx%d", box.W, box.H, w, h)
				}
				for _, l := range strings.Split(box.Body, "\n") {
					if got := ansi.StringWidth(l); got != box.W-4 {
						t.Fatalf("at %dx%d a line is %d wide: %q", w, h, got, ansi.Strip(l))
					}
				}
				if h >= 18 && !strings.Contains(ansi.Strip(box.Body), "output") {
					t.Errorf("at %dx%d the keys are cut off:\n%s", w, h, ansi.Strip(box.Body))
				}
			}
		}
	}
}

func TestThePickerShowsRecentFilesAndIdsAndPrompts(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "tickets.jsonl")
	for _, name := range []string{path, filepath.Join(dir, "tickets.out.jsonl"), filepath.Join(dir, "elsewhere.jsonl")} {
		if err := os.WriteFile(name, []byte(`{"prompt":"hello"}`+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(t.TempDir(), "tickets.jsonl")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	h := over(running())
	h.Input, h.Path, h.Out = "tickets.jsonl", path, filepath.Join(dir, "elsewhere.jsonl")
	linked := h
	linked.Path = link
	f := &fake{rows: all(), runs: []job.Header{h, h, linked}}
	synctest.Test(t, func(t *testing.T) {
		env := dress(t, "dark", style.Options{})
		root := &dialogs{pane: show(env, f, h, 120, 34), stack: overlay.NewStack(env)}
		d := uitest.Start(t, root, 120, 34)
		d.Press("o")
		d.Expect("tickets.jsonl", "T-1    Reply to the customer", "row-2  can't be sent: not JSON")
		d.Refuse(`{"prompt"`)
		if n := strings.Count(d.Screen(), " tickets.jsonl "); n != 1 {
			t.Errorf("a recent file is listed %d times:\n%s", n, d.Screen())
		}
		d.Refuse("tickets.out.jsonl", "elsewhere.jsonl")
		d.Press("alt+.")
		d.Expect("tickets.out.jsonl", "elsewhere.jsonl")
	})
}
