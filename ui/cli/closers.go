package cli

import (
	"context"
	"errors"
)

// Closers shut down what was started, in reverse order.
type Closers []func(context.Context) error

// Add appends a function that runs before those added earlier.
func (c *Closers) Add(end func(context.Context) error) { *c = append(*c, end) }

// Close runs all of them and joins their errors.
func (c *Closers) Close(ctx context.Context) (err error) {
	for i := len(*c) - 1; i >= 0; i-- {
		err = errors.Join(err, (*c)[i](ctx))
	}
	return err
}
