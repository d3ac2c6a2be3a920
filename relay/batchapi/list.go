package batchapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"relaytop/relay"
	"relaytop/relay/openai"
)

// pageSize is how many batches a page of the list has, and mostPages how many pages are read of it.
const (
	pageSize  = 100
	mostPages = 200
)

// List calls each for the endpoint's batches, the newest first, until it returns false or the list ends.
func (c *Client) List(ctx context.Context, each func(relay.Batch) bool) error {
	after, seen := "", map[string]bool{}
	for range mostPages {
		q := url.Values{"limit": {strconv.Itoa(pageSize)}}
		if after != "" {
			q.Set("after", after)
		}
		raw, err := c.object(ctx, openai.Ask{Method: http.MethodGet, Path: "/batches", Query: q})
		if err != nil {
			return err
		}
		p, err := readPage(raw)
		if err != nil {
			return c.protocol("no list of batches", raw, err)
		}
		fresh := false
		for _, b := range p.batches {
			if seen[b.ID] {
				continue // a server that takes no notice of `after` sends the same page again
			}
			seen[b.ID], fresh, after = true, true, b.ID
			if !each(b) {
				return nil
			}
		}
		if !fresh || !p.more {
			return nil
		}
	}
	return nil
}

// page is a page of the list.
type page struct {
	batches []relay.Batch
	more    bool
}

// readPage reads a page: an object with data, or the bare list.
func readPage(raw []byte) (page, error) {
	var list []fields
	if json.Unmarshal(raw, &list) == nil {
		return page{batches: batchesOf(list)}, nil
	}
	var f fields
	if err := json.Unmarshal(raw, &f); err != nil {
		return page{}, err
	}
	for _, key := range []string{"data", "batches", "jobs"} {
		if len(f[key]) == 0 {
			continue
		}
		if err := json.Unmarshal(f[key], &list); err != nil {
			return page{}, err
		}
		break
	}
	p := page{batches: batchesOf(list)}
	if raw := f["has_more"]; len(raw) > 0 {
		_ = json.Unmarshal(raw, &p.more) // anything but a boolean means that there is no more
	}
	return p, nil
}

func batchesOf(list []fields) []relay.Batch {
	var out []relay.Batch
	for _, f := range list {
		if f.text("id") != "" {
			out = append(out, f.batch())
		}
	}
	return out
}
