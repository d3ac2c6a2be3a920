package pool

import (
	"slices"

	"relaytop/relay"
)

// lane is one queue: requests due for a retry go before those that were never sent.
type lane struct {
	again  fifo
	fresh  turns
	paused bool
}

func (l *lane) pop() *task {
	if l.paused {
		return nil
	}
	if t := l.again.pop(); t != nil {
		return t
	}
	return l.fresh.pop()
}

func (l *lane) len() int { return l.again.live + l.fresh.len() }

// drop removes a task; pop skips its place.
func (l *lane) drop(t *task) {
	if t.control.again {
		l.again.live--
	} else {
		l.fresh.of(t.req.Group).live--
	}
}

// turns serves its groups in turn, one task each, so that a large batch does not hold up a small one. Only groups
// with tasks are in it.
type turns struct {
	groups []*group
	next   int // whose turn it is
}

// group is the queue of the tasks of one Request.Group.
type group struct {
	name string
	fifo
}

func (u *turns) push(t *task) { u.of(t.req.Group).push(t) }

// of returns the queue of a group. A new one is served after those that wait already.
func (u *turns) of(name string) *group {
	for _, g := range u.groups {
		if g.name == name {
			return g
		}
	}
	g := &group{name: name}
	u.groups = slices.Insert(u.groups, u.next, g)
	if len(u.groups) > 1 {
		u.next++
	}
	return g
}

func (u *turns) pop() *task {
	for len(u.groups) > 0 {
		u.next %= len(u.groups)
		g := u.groups[u.next]
		t := g.pop()
		if g.live > 0 {
			u.next++
		} else {
			u.groups = slices.Delete(u.groups, u.next, u.next+1)
		}
		if t != nil {
			return t
		}
	}
	return nil
}

func (u *turns) len() (n int) {
	for _, g := range u.groups {
		n += g.live
	}
	return n
}

// fifo grows without bound and gives back the memory in front of it once that is more than half.
type fifo struct {
	tasks []*task
	head  int
	live  int // tasks in it that were not dropped
}

func (f *fifo) push(t *task) {
	f.tasks = append(f.tasks, t)
	f.live++
}

func (f *fifo) pop() *task {
	for f.head < len(f.tasks) {
		t := f.tasks[f.head]
		f.tasks[f.head] = nil
		f.head++
		if f.head*2 > len(f.tasks) && f.head > 64 || f.head == len(f.tasks) {
			n := copy(f.tasks, f.tasks[f.head:])
			clear(f.tasks[n:])
			f.tasks, f.head = f.tasks[:n], 0
		}
		if t.control.phase == queued {
			f.live--
			return t
		}
	}
	return nil
}

// Stats are the pool's current figures.
type Stats struct {
	Workers int // wanted
	Running int // requests that have a worker
	Waiting int // requests that wait for a retry, without a worker
	Queued  [relay.NumLanes]int
	Paused  [relay.NumLanes]bool
}

// Stats returns the current figures.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Stats{Workers: p.target, Running: p.running, Waiting: p.parked}
	for i := range p.lanes {
		s.Queued[i], s.Paused[i] = p.lanes[i].len(), p.lanes[i].paused
	}
	return s
}

// Allowances returns the limits of every endpoint, and whether it is used at all; empty without a limiter.
func (p *Pool) Allowances() []relay.Allowance {
	if p.opt.Limit == nil {
		return nil
	}
	all := p.opt.Limit.Allowances()
	for _, s := range p.opt.Route.States() {
		for i := range all {
			if all[i].Endpoint != s.Endpoint {
				continue
			}
			if all[i].Cool = s.Cool; s.Out != nil {
				all[i].Out = s.Out.Class
			}
		}
	}
	return all
}
