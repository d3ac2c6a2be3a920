package job

import "context"

// Hold opens a run that is on the disk, reads its input and its journal, and leaves it paused: nothing is sent. It
// returns the header as it is then, with what changed since the run was last open. An open run stays as it is.
func (b *Book) Hold(ctx context.Context, id string) (Header, error) {
	r, err := b.steerable(id)
	if err != nil {
		return Header{}, err
	}
	if r == nil {
		if err := b.resumeFolder(id, Options{Resume: id, Hold: true}); err != nil {
			return Header{}, err
		}
	} else if h := r.header(); h.State != Reading {
		return h, nil
	}
	return b.Wait(ctx, id)
}
