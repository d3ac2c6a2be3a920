package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"relaytop/state/disk"
)

// maxSchema bounds a JSON Schema: every row carries it.
const maxSchema = 1 << 20

// readSchema reads the file of --json-schema. A resumed run has its schema in its manifest.
func (f *batchFlags) readSchema() error {
	if f.schema == "" {
		return nil
	}
	file, err := os.Open(f.schema)
	if err != nil {
		return fmt.Errorf("--json-schema %s: %w", f.schema, disk.Cause(err))
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxSchema+1))
	switch raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))); {
	case err != nil:
		return fmt.Errorf("--json-schema %s: %w", f.schema, disk.Cause(err))
	case len(raw) > maxSchema:
		return fmt.Errorf("--json-schema %s: larger than 1 MiB", f.schema)
	case len(raw) == 0:
		return fmt.Errorf("--json-schema %s: the file is empty", f.schema)
	}
	f.opts.Schema = raw
	return nil
}
