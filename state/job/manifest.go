package job

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// The files in a run's folder.
const (
	manifestName = "manifest.json"
	journalName  = "journal.jsonl"
	lockName     = "lock"
	headerName   = "header.json" // the newest header; a copy for lists, rebuilt from the journal
	spoolName    = "input.spool"
	sampleName   = "sample.jsonl"
)

// manifest is how a run was started. It is durable before the first request.
type manifest struct {
	ID      string      `json:"id"`
	Version string      `json:"version"`
	Created time.Time   `json:"created"`
	Input   inputInfo   `json:"input"`
	Out     string      `json:"out"`
	Errors  string      `json:"errors"`
	Options Options     `json:"options"`
	Rows    int         `json:"rows"`
	Prices  []priced    `json:"prices"`
	Counted bool        `json:"counted"` // the rows are counted from the journal, and none is a record in the archive
	Inputs  []seenInput `json:"inputs"`  // every version of the input that the run has read
	Sum     string      `json:"sum"`     // CRC-32C of the file with eight zeros in its place
}

type inputInfo struct {
	Path    string     `json:"path"` // absolute, "-" for stdin, "sample" for the built-in one
	Name    string     `json:"name"`
	Size    int64      `json:"size"`
	SHA256  *string    `json:"sha256"` // nil: it was not read to its end
	Kind    input.Kind `json:"kind"`
	Spooled bool       `json:"spooled"` // a copy is in the folder: the input could be read only once
}

// priced is the price of a model when the run began, USD per million tokens, as exact decimals.
type priced struct {
	Model  string       `json:"model"`
	Input  string       `json:"input"`
	Output string       `json:"output"`
	Source relay.Source `json:"source"`
	AsOf   string       `json:"as_of,omitempty"`
}

func writeJSON(path string, v any) error {
	return disk.Files{}.Replace(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	})
}

// writeManifest makes a manifest durable.
func writeManifest(path string, m *manifest) error {
	m.Sum = "00000000"
	raw, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = disk.Files{}.Replace(path, func(w io.Writer) error {
			_, err := w.Write(append(seal(raw), '\n'))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return nil
}

func readManifest(dir string) (*manifest, error) {
	f, err := disk.Open(filepath.Join(dir, manifestName), os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s; `relaytop batch list` names them", ErrNoRun, filepath.Base(dir))
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var m manifest
	raw, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("its manifest can't be read: %w", disk.Cause(err))
	}
	if json.Unmarshal(raw, &m) != nil || m.ID == "" || m.Out == "" || !intact(bytes.TrimSuffix(raw, []byte("\n"))) {
		return nil, errors.New("its manifest is damaged")
	}
	m.ID = filepath.Base(dir) // a renamed folder renames the run
	return &m, nil
}

func (m *manifest) input(dir string) string {
	switch {
	case m.Input.Spooled:
		return filepath.Join(dir, spoolName)
	case m.Options.Sample:
		return filepath.Join(dir, sampleName)
	}
	return m.Input.Path
}
