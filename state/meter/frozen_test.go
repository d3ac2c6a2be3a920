package meter

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"relaytop/relay"
)

// traffic answers or fails requests of more series than are kept apart.
type traffic struct {
	*clock
	rand *rand.Rand
	now  time.Duration
}

func newTraffic(seed uint64) *traffic {
	return &traffic{clock: newClock(), rand: rand.New(rand.NewPCG(seed, 1))}
}

// round moves on by up to most and applies the events of some requests.
func (c *traffic) round(most time.Duration) {
	c.now += time.Duration(c.rand.Int64N(int64(most)))
	for range 1 + c.rand.IntN(20) {
		model := c.rand.IntN(10)
		if c.rand.IntN(3) == 0 {
			model = c.rand.IntN(2 * maxSeries)
		}
		k := Key{fmt.Sprint("model ", model), fmt.Sprint("relay ", c.rand.IntN(3)), relay.LaneChat}
		e2e := time.Duration(10+c.rand.IntN(9000)) * ms
		r := c.answered(c.now-e2e, e2e/time.Duration(2+c.rand.IntN(9)), e2e, int64(1+c.rand.IntN(500)))
		switch c.rand.IntN(10) {
		case 0:
			c.sent(c.now, k, failed(relay.ClassTimeout), relay.ClassRateLimit, relay.ClassTimeout)
		case 1:
			c.send(c.now) // goes on
		default:
			c.sent(c.now, k, r, "")
		}
	}
}

// fresh is the view of a reader that has derived nothing before.
func fresh(f Frozen, w Window) View {
	alone := *f.frozen
	alone.reader = new(reader)
	f.frozen = &alone
	return f.View(w, 60)
}

// same fails the test if two views differ, naming the fields that do.
func same(t *testing.T, got, want View) {
	t.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		if a, b := g.Field(i).Interface(), w.Field(i).Interface(); !reflect.DeepEqual(a, b) {
			t.Errorf("%s is\n%.900s\nwant\n%.900s", g.Type().Field(i).Name, fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b))
		}
	}
	t.FailNow()
}

// TestRolledSumsAreFreshOnes: what is added to and taken from sums as windows roll comes to what a fresh computation
// does, also after a gap, with series that make way, and of a moment that is older than the last one read.
func TestRolledSumsAreFreshOnes(t *testing.T) {
	c := newTraffic(13)
	var before Frozen
	for i := range 200 {
		most := 2 * time.Second
		if i%50 == 49 {
			most = 5 * time.Minute
		}
		c.round(most)
		f := c.m.Freeze(c.at(c.now))
		w := Window(i % 4)
		same(t, f.View(w, 60), fresh(f, w))
		if i%7 == 6 {
			same(t, before.View(w, 60), fresh(before, w))
		}
		if i%20 == 0 {
			before = f
		}
	}
}

// TestFrozenStaysAsItWas: events that come later change nothing in it, however many goroutines read it meanwhile.
func TestFrozenStaysAsItWas(t *testing.T) {
	c := newTraffic(14)
	for range 100 {
		c.round(2 * time.Second)
	}
	f := c.m.Freeze(c.at(c.now))
	var want [Run + 1]View
	for w := range want {
		want[w] = fresh(f, Window(w))
	}
	var readers sync.WaitGroup
	for w := range want {
		readers.Go(func() {
			for range 5 {
				if got := fresh(f, Window(w)); !reflect.DeepEqual(got, want[w]) {
					t.Errorf("%v has changed", Window(w))
				}
				f.View(Window(w), 60)
			}
		})
	}
	for range 100 {
		c.round(2 * time.Second)
		c.m.Freeze(c.at(c.now))
	}
	readers.Wait()
	for w := range want {
		if got := fresh(f, Window(w)); !reflect.DeepEqual(got, want[w]) {
			t.Errorf("%v has changed in the end", Window(w))
		}
	}
}
