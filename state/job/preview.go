package job

import (
	"context"
	"time"
)

// previewTime is how long an input is read for its preview.
const previewTime = 200 * time.Millisecond

// Preview reads the beginning of an input for a Plan of its first rows. It sends nothing.
func (b *Book) Preview(ctx context.Context, path string) (Plan, error) {
	return b.preflight(ctx, Options{Input: path}, previewTime)
}
