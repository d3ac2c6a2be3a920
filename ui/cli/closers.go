package cli

import (
	"context"
	"errors"
)

// Closers end what was started, the last first.
type Closers []func(context.Context) error

// Add puts one more behind the others.
func (c *Closers) Add(end func(context.Context) error) { *c = append(*c, end) }

// Close calls all of them, whatever one says.
func (c *Closers) Close(ctx context.Context) (err error) {
	for i := len(*c) - 1; i >= 0; i-- {
		err = errors.Join(err, (*c)[i](ctx))
	}
	return err
}
