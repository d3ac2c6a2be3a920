// Package ui is the dashboard: three panes over one store. Its rules:
//
//   - A token is never a message. The store folds events; one command waits for a change and asks for a frame, at most
//     fps times a second. While nothing changes no frame is composed.
//   - View returns a cached screen unless it was marked stale.
//   - The panes' cached lines are joined by strings.Join. At 160x45 that takes 0.02 ms; lipgloss's joining, which
//     measures every line, takes 1.8 ms, and its compositor 3.6 ms. Only the rows that a dialog changes go through
//     the compositor: see package overlay.
//   - Update and View touch neither disk nor network: what may wait is a command.
package ui

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"relaytop/state"
	"relaytop/state/job"
	"relaytop/themes"
	"relaytop/ui/batch"
	"relaytop/ui/chat"
	"relaytop/ui/metrics"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/tty"
)

// Options configure the dashboard.
type Options struct {
	Theme  string // a name, or auto: by the terminal's background; "" is auto
	Themes themes.Dir
	Look   style.Options
	FPS    int // frames a second, 1 to 60; 0 is 30
	Chat   chat.Options
	Keys   map[string][]string // keys of actions by name, in place of the default ones
	Start  tea.Cmd             // run once at the start; may be nil
	// Connect tests a relay, saves it for the next start, and returns what it found in a few words. It is called by
	// commands only. Nil: relays can't be connected from the dashboard.
	Connect func(url, key string) (found string, err error)
	// RunEnded is called with each run of this process that came to rest by itself, by commands only. Its error
	// becomes a toast. It may be nil.
	RunEnded func(*job.Header) error
	Notify   Notify           // how such an end is announced; "" is off
	Frames   func(FrameStats) // called after each composed frame; may be nil
	Input    io.Reader        // nil: the terminal
	Output   io.Writer        // nil: the terminal
	Environ  []string         // nil: that of the process
	Copied   string           // file that copied text is written to if there is no clipboard; "": it is not written
}

// Frames a second. Ours are composed at defaultFPS; the renderer flushes at flushFPS, so that a key is answered
// within 17 ms.
const (
	defaultFPS = 30
	flushFPS   = 60
	slowFPS    = 15 // from here down the renderer flushes at 30 too: the connection is slow
)

// ErrGone means that the terminal was closed while the dashboard was open.
var ErrGone = errors.New("the terminal was closed")

// Run shows the dashboard until the person quits, ctx ends or the terminal is closed. The terminal is restored when
// it returns, also after a panic. The Ending is what the person chose for the active batches.
func Run(ctx context.Context, store *state.Store, o Options) (Ending, error) {
	o.Input = tty.Filter(o.Input)
	m, err := build(ctx, store, o)
	if err != nil {
		return StopRuns, err
	}
	flush := flushFPS
	if o.FPS > 0 && o.FPS <= slowFPS {
		flush = defaultFPS
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	if r, ok := o.Input.(*tty.Reader); ok {
		go func() {
			select {
			case <-r.Gone():
				end(ErrGone)
			case <-ctx.Done():
			}
		}()
	}
	opts := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(flush), tea.WithoutSignalHandler()}
	if trueColour(o.Environ) {
		opts = append(opts, tea.WithColorProfile(colorprofile.TrueColor))
	}
	opts = append(opts, tea.WithInput(o.Input))
	if o.Output != nil {
		opts = append(opts, tea.WithOutput(o.Output))
	}
	if o.Environ != nil {
		opts = append(opts, tea.WithEnvironment(o.Environ))
	}
	_, err = tea.NewProgram(m, opts...).Run()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		err = nil // a signal: the caller shuts down in order
		if errors.Is(context.Cause(ctx), ErrGone) {
			err = ErrGone
		}
	}
	// what is typed and not sent is saved however the program ended
	return m.exit.ending, errors.Join(err, m.exit.saveDraft())
}

// trueColour reports that the terminal has 24 bit colours, by COLORTERM. Otherwise the library would start a
// process to ask tmux, whose answer is about its first client only.
func trueColour(environ []string) bool {
	get := os.Getenv
	if environ != nil {
		get = uv.Environ(environ).Getenv
	}
	switch get("COLORTERM") {
	case "truecolor", "24bit":
		// GNU screen passes the variable on but has 256 colours
		screen := strings.HasPrefix(get("TERM"), "screen") && get("TMUX") == ""
		return get("TERM") != "dumb" && get("NO_COLOR") == "" && !screen
	}
	return false
}

// build makes the root with its panes.
func build(ctx context.Context, store *state.Store, o Options) (*model, error) {
	chosen, split := recall(store, o)
	o.Theme = chosen
	name := chosen
	if name == "" || name == auto {
		name = themes.Default
	}
	if o.Look.NoColor {
		name = themes.Mono
	}
	theme, err := o.Themes.Load(name)
	if err != nil {
		return nil, err
	}
	env := &pane.Env{Styles: style.New(theme, o.Look)}
	fps := o.FPS
	if fps <= 0 {
		fps = defaultFPS
	}
	talk := chat.New(env, chatStore(store), o.Chat)
	panes := [numPanes]pane.Pane{
		paneChat:    talk,
		paneBatch:   batch.New(env, store.Runs()),
		paneMetrics: metrics.New(env, store.Metrics()),
	}
	m := newModel(store, env, panes, framer{ctx: ctx, store: store, budget: time.Second / time.Duration(fps)}, o)
	if err := rebind(o.Keys, m.tables()...); err != nil {
		return nil, err
	}
	m.theme.name, m.layout.split, m.exit.saveDraft = name, split, talk.SaveDraft
	return m, nil
}

// chatStore is the groups of the store that the chat needs.
func chatStore(s *state.Store) chat.Store {
	return chat.Store{Library: s.Library(), Talk: s.Talk(), Drafts: s.Drafts(), Budget: s.Budget(),
		Comparing: s.Comparing(), Settings: s.Settings()}
}

// Keys of what is remembered for the next start.
const (
	keepSplit = "ui.split"
	keepTheme = "ui.theme"
)

// remember saves a value for the next start.
func (m *model) remember(key, value string) tea.Cmd {
	store := m.store
	return func() tea.Msg {
		if err := store.Settings().Remember(key, value); err != nil {
			return failed(err)
		}
		return nil
	}
}

// recall reads what was remembered. A theme chosen on the screen is used if the configuration names no theme.
func recall(store *state.Store, o Options) (theme string, split float64) {
	theme = o.Theme
	if kept, ok := store.Settings().Recall(keepTheme); ok && (theme == "" || theme == auto) {
		theme = kept
	}
	kept, _ := store.Settings().Recall(keepSplit)
	split, _ = strconv.ParseFloat(kept, 64) // nothing remembered: 0, the default split
	return theme, split
}
