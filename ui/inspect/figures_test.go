package inspect

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/ui/style"
)

func TestPriceIsComparedWithTheList(t *testing.T) {
	in := answered()
	c := &in.Result.Cost
	c.Amount, c.List = 3*relay.USD, 5*relay.USD
	r := open(t, 120, 36, in)
	r.has("list price $5.00", "saved $2.00")
	c.Amount = 9 * relay.USD
	open(t, 120, 36, in).has("list price $5.00", "more by $4.00")
	in.Live = true
	if s := ansi.Strip(open(t, 120, 36, in).screen()); strings.Contains(s, "more by") {
		t.Errorf("compared before it is settled:\n%s", s)
	}
}

func TestTheKnownPartOfAnUnknownPrice(t *testing.T) {
	in := answered()
	in.Result.Cost = relay.Cost{Source: relay.SourceUnknown, Part: relay.USD / 4}
	open(t, 120, 36, in).has("unknown", "earlier attempts, of what is known", "$0.2500")
}

// TestWhatOtherAttemptsCost: the lines of the bill are of the last attempt.
func TestWhatOtherAttemptsCost(t *testing.T) {
	in := answered()
	in.Result.Cost.Amount += relay.USD / 4
	open(t, 120, 36, in).has("what other attempts cost", "$0.2500")
}

// TestTokensOfAChunkAreThoseOfItsAttempt: another attempt had other chunks.
func TestTokensOfAChunkAreThoseOfItsAttempt(t *testing.T) {
	in := fellBack()
	in.Result.Usage.Output = 128 // in 64 chunks
	first := &in.Result.Attempts[0]
	first.Timing.Chunks, first.Usage = 10, &relay.Usage{Output: 45}
	p := page{in: &in, chosen: 0}
	if g := p.gaps(); g.each() != "4.5 tokens each" {
		t.Errorf("the first attempt: %s", g.each())
	}
	p.chosen = -1
	if g := p.gaps(); g.each() != "2.0 tokens each" {
		t.Errorf("the last attempt: %s", g.each())
	}
}

// TestAQuantileOfFewGapsIsFaint: of less than a hundred the 99th percentile is only the largest.
func TestAQuantileOfFewGapsIsFaint(t *testing.T) {
	g := gaps{sorted: steady(99, ms(50))}
	if _, sure := g.at(.99); sure {
		t.Error("99 gaps are enough")
	}
	g.sorted = steady(101, ms(50))
	if _, sure := g.at(.99); !sure {
		t.Error("101 gaps are not enough")
	}
}

// TestAWaitEndsWithItsAttempt: one that was to be longer was cut short.
func TestAWaitEndsWithItsAttempt(t *testing.T) {
	in := fellBack()
	in.Result.Attempts[0].Wait = ms(60_000)
	p := page{st: look(t, "dark", style.Options{}), in: &in, chosen: -1, now: at(6300), w: 100, h: 40}
	next := in.Result.Attempts[1].Timing.Send
	for _, s := range p.spans() {
		if s.waiting && s.to.After(next) {
			t.Errorf("%s waits until %s, the next attempt was sent at %s", s.label, s.to, next)
		}
	}
}

// TestAnAttemptThatBrokeOffStreamed: what came before it broke has its steps.
func TestAnAttemptThatBrokeOffStreamed(t *testing.T) {
	in := fellBack()
	second := &in.Result.Attempts[1]
	second.Class = relay.ClassTruncated
	second.Timing.FirstByte, second.Timing.First, second.Timing.FirstOut = at(1750), at(1800), at(1800)
	second.Timing.Last = at(1900)
	p := page{st: look(t, "dark", style.Options{}), in: &in, chosen: -1, now: at(6300), w: 100, h: 40}
	var labels []string
	for _, s := range p.steps(1) {
		labels = append(labels, s.label)
	}
	if got := strings.Join(labels, ", "); !strings.Contains(got, "first token, streaming") {
		t.Errorf("steps: %s", got)
	}
}
