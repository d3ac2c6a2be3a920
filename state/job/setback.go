package job

import (
	"fmt"

	"relaytop/relay"
)

// setback is why no further part goes to the provider. The run pauses once the parts that have a batch are done: a
// pause before that would leave them to a resume.
type setback struct {
	reason string // of the first one; "": there is none
	more   int
}

func (s *setback) add(reason string) {
	if s.reason != "" {
		s.more++
		return
	}
	s.reason = reason
}

// says is why the run pauses.
func (s *setback) says() string {
	if s.more == 0 {
		return s.reason
	}
	return fmt.Sprintf("%s (%s ended badly, too)", s.reason, relay.Counted(s.more, "other part"))
}

// needs is what a part needs. After a setback a part without a batch is given up: its rows are pending again.
func (c *carrier) needs(p *part, cancelling bool) carrying {
	act := p.needs(cancelling)
	if c.setback.reason != "" && (p.Step == StepPlanned || p.Step == StepUploaded) {
		return carryDrop
	}
	return act
}

// afterSetback is what a carrier does once nothing is due. The run's lock is held.
func (c *carrier) afterSetback() carrying {
	switch {
	case len(c.files) > 0:
		return carryDiscard
	case c.r.rows.parts.open() > 0:
		return carryWait
	}
	c.r.halt(StopProvider, c.setback.says())
	return carryRest
}
