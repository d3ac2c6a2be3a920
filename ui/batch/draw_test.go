package batch

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/state"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

func TestNothingIsDrawnTwice(t *testing.T) {
	f := &fake{rows: all(), focus: 5000}
	m := show(dress(t, "dark", style.Options{}), f, over(running()), 156, 41)
	m.View()
	snap := &state.Snapshot{At: start.Add(time.Hour), Run: over(running()), Runs: 1}
	m.Refresh(snap)
	if allocs := testing.AllocsPerRun(20, func() { m.Refresh(snap); _ = m.View() }); allocs > 0 || f.reads != 1 {
		t.Errorf("a run that is over costs %v allocations and was read %d times", allocs, f.reads)
	}
	live := running()
	m.Refresh(&state.Snapshot{At: start, Run: live})
	m.View()
	reads := f.reads
	m.Refresh(&state.Snapshot{At: start.Add(rereadEvery / 2), Run: live})
	if m.View(); f.reads != reads {
		t.Error("drawn although nothing but half a rereadEvery went by")
	}
	m.Refresh(&state.Snapshot{At: start.Add(rereadEvery), Run: live})
	if m.View(); f.reads != reads+1 {
		t.Error("elapsed times do not advance")
	}
}

func TestViewAsksNothingAndChangesNothing(t *testing.T) {
	for _, size := range sizes {
		for _, name := range scenes {
			for _, key := range []string{"", "f", "G", "pgdown"} {
				m := scene(t, name, style.Options{}, "dark", size[0], size[1])
				if key != "" {
					m.Update(uitest.Key(key))
				}
				m.book.(*fake).view = t
				before := *m
				first := m.View()
				again := *m
				again.drawn = drawn{}
				if m.View() != first || again.View() != first {
					t.Errorf("%s at %v, key %q: drawn again it differs", name, size, key)
				}
				m.drawn, before.drawn = drawn{}, drawn{}
				m.actions, before.actions = nil, nil
				if !reflect.DeepEqual(m, &before) {
					t.Errorf("%s at %v, key %q: drawing changed the pane:\n%+v\n%+v", name, size, key, m.list, before.list)
				}
			}
		}
	}
}

// A click finds its row by the number of lines above the table, which is known before they are drawn.
func TestAClickFindsTheTable(t *testing.T) {
	head := func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "row  ") }
	for _, name := range scenes {
		m := scene(t, name, style.Options{}, "dark", 80, 20)
		for w := 40; w <= 220; w += 20 {
			for h := 12; h <= 60; h += 3 {
				m.Resize(w, h)
				m.load()
				lines := strings.Split(ansi.Strip(m.View()), "\n")
				if at := slices.IndexFunc(lines, head); m.list.top != at+1 {
					t.Errorf("%s at %dx%d: the rows begin in line %d, not %d", name, w, h, at+1, m.list.top)
				}
			}
		}
	}
}
