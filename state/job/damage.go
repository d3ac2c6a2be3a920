package job

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// ErrDamaged means that a run's folder no longer says what was paid for.
var ErrDamaged = errors.New("the run is damaged")

// DamagedError says what is damaged in a run's folder. It is an ErrDamaged.
type DamagedError struct{ ID, What string }

func (e *DamagedError) Error() string {
	return fmt.Sprintf("run %s is damaged: %s. Rows that were answered may be sent and paid for again: if you accept "+
		"that, resume it with --resume %s --forget", e.ID, e.What, e.ID)
}

func (e *DamagedError) Unwrap() error { return ErrDamaged }

// stored is a run as its folder has it.
type stored struct {
	dir    string
	man    *manifest // if it is damaged, what is known all the same
	saved  *Header   // the copy of the header; nil if there is none
	damage string    // why a resume could pay again for what is paid; "" if it can't
}

// readStored reads a run's folder. A folder that is not of a run is an ErrNoRun.
func readStored(dir string) (*stored, error) {
	s := &stored{dir: dir, saved: readSaved(dir)}
	m, err := readManifest(dir)
	switch {
	case err == nil:
		s.man, s.damage = m, s.journalDamage()
		return s, nil
	case errors.Is(err, ErrNoRun) && !s.paid():
		return nil, err
	case errors.Is(err, ErrNoRun):
		s.damage = "its manifest is gone"
	default:
		s.damage = err.Error()
	}
	s.man = s.manifestLeft()
	return s, nil
}

// paid reports whether a folder without a manifest has answers.
func (s *stored) paid() bool {
	info, err := os.Lstat(filepath.Join(s.dir, journalName))
	return err == nil && info.Size() > 0 || s.saved != nil && s.saved.Journal > 0
}

// journalDamage says what the journal lacks of what the header counted. A run that was started has a journal: it is
// created before the manifest is.
func (s *stored) journalDamage() string {
	info, err := os.Lstat(filepath.Join(s.dir, journalName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "its journal is gone"
	case err != nil:
		return "its journal can't be read: " + disk.Cause(err).Error()
	case s.saved != nil && info.Size() < s.saved.Journal:
		return fmt.Sprintf("its journal has %d bytes and had %d", info.Size(), s.saved.Journal)
	case s.saved != nil && info.Size() == 0 && s.saved.recorded() > 0: // headers of earlier versions have no size
		return "its journal is empty"
	}
	return ""
}

// manifestLeft is what is known of a run without its manifest.
func (s *stored) manifestLeft() *manifest {
	m := &manifest{ID: filepath.Base(s.dir)}
	if h := s.saved; h != nil {
		m.Created, m.Out, m.Errors, m.Rows = h.Started, h.Out, h.Errors, h.Rows
		m.Input.Name, m.Options = h.Input, Options{Model: h.Model, Concurrency: h.Concurrency, Out: h.Out}
	} else if info, err := os.Stat(s.dir); err == nil {
		m.Created = info.ModTime()
	}
	return m
}

// remake makes a manifest in place of a damaged one, from the options of a resume that forgets. The options of the
// start are lost, so the input is named again, unless a copy is in the folder.
func (s *stored) remake(b *Book, o Options) (*manifest, error) {
	m := s.man
	switch _, err := os.Lstat(filepath.Join(s.dir, spoolName)); {
	case err == nil:
		o.Input, m.Input.Spooled = "-", true
	case o.Input == "" && !o.Sample:
		return nil, input.Unusable("run %s: its manifest is damaged, which named the file: name it again, with the model "+
			"and the template if it had them", m.ID)
	}
	spooled := m.Input.Spooled
	if o.Out == "" {
		o.Out = m.Out
	}
	if o.Out == "" {
		o.Out = defaultOut(o, s.dir)
	}
	if o.Model == "" {
		o.Model = m.Options.Model
	}
	if err := b.cfg.complete(&o); err != nil {
		return nil, err
	}
	m.Version, m.Input = b.cfg.Version, inputOf(o)
	m.Input.Spooled = spooled
	m.Out, m.Errors, m.Options = o.Out, errorsName(o.Out), o
	return m, nil
}

// recorded is the number of rows whose answer is in the journal.
func (h *Header) recorded() int { return h.OK + h.Failed + h.Incomplete }

// lost is the number of rows that were sent before and of which the journal has no trace, as far as the header knew:
// at most that many are paid for again. now is the header after the replay.
func (s *stored) lost(now *Header, unrecorded int) int {
	if s.saved == nil {
		return 0
	}
	n := s.saved.recorded()
	if s.damage != "" {
		n = min(n+s.saved.InFlight+s.saved.PaidTwice, s.saved.Rows)
	}
	return max(n-now.recorded()-unrecorded, 0)
}

// lost is the number of rows whose records were lost before the run was opened. h and rows are those after the replay.
func (f *folder) lost(h *Header, rows *rows) int {
	if f.before == nil || f.before.damage == "" && h.Damaged == 0 {
		return 0
	}
	unrecorded := 0
	for i := range rows.ix.len {
		if row := rows.ix.at(i); row.outcome == Pending && row.flags&flagTwice != 0 {
			unrecorded++
		}
	}
	return f.before.lost(h, unrecorded+rows.lost)
}

// sumMark is the field of a manifest with the CRC-32C of the rest of the file.
var sumMark = regexp.MustCompile(`"sum": "([0-9a-f]{8})"`)

const noSum = `"sum": "00000000"`

// seal puts the checksum of a manifest into it.
func seal(raw []byte) []byte {
	sum := fmt.Appendf(nil, `"sum": "%08x"`, castagnoli(raw))
	return bytes.Replace(raw, []byte(noSum), sum, 1)
}

// intact reports whether a manifest is as it was sealed. Those of earlier versions have no checksum.
func intact(raw []byte) bool {
	at := sumMark.FindSubmatchIndex(raw)
	if at == nil {
		return true
	}
	zeroed := bytes.Join([][]byte{raw[:at[0]], []byte(noSum), raw[at[1]:]}, nil)
	return string(raw[at[2]:at[3]]) == fmt.Sprintf("%08x", castagnoli(zeroed))
}

// DamageNote says, for people, that records of the journal can't be read, and what becomes of their rows. "": none is
// damaged.
func (h *Header) DamageNote() string {
	if h.Damaged == 0 {
		return ""
	}
	one, over := h.Damaged == 1, h.State == Finished
	rows := "their rows are"
	switch {
	case one && over:
		rows = "its row was"
	case one:
		rows = "its row is"
	case over:
		rows = "their rows were"
	}
	return fmt.Sprintf("%s of the journal can't be read: %s sent again", relay.Counted(h.Damaged, "record"), rows)
}
