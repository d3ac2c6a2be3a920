package ui

import (
	"testing"
	"time"
)

func TestFramesThatTakeLongComeLessOften(t *testing.T) {
	f := framer{budget: 33 * time.Millisecond}
	if got := f.pause(); got != f.budget {
		t.Errorf("before the first frame: %s between two, want %s", got, f.budget)
	}
	for range 50 {
		f.took(time.Millisecond)
	}
	if got := f.pause(); got != f.budget {
		t.Errorf("frames of 1 ms: %s between two, want %s", got, f.budget)
	}
	f.took(time.Second) // the first of a new size
	if got := f.pause(); got > 80*time.Millisecond {
		t.Errorf("after one slow frame: %s between two", got)
	}
	for range 50 {
		f.took(4 * time.Millisecond)
	}
	if got := f.pause(); got < 75*time.Millisecond || got > 85*time.Millisecond {
		t.Errorf("frames of 4 ms: %s between two, want 80 ms", got)
	}
	for range 50 {
		f.took(time.Second)
	}
	if got := f.pause(); got < slowestFrame*9/10 || got > slowestFrame {
		t.Errorf("frames of 1 s: %s between two, want %s", got, slowestFrame)
	}
	for range 50 {
		f.took(time.Millisecond)
	}
	if got := f.pause(); got != f.budget {
		t.Errorf("quick again: %s between two, want %s", got, f.budget)
	}
}
