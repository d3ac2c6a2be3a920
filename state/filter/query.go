package filter

import (
	"time"

	"relaytop/relay"
)

// A Query asks for a page of the requests that ended, newest first.
type Query struct {
	Filter
	From, To time.Time // when they ended, To excluded; zero leaves none out
	After    Place     // where the page before ended; zero for the first page
	Limit    int       // of the page
}

// Place is a place in the list of the requests. Requests that end later don't move it.
type Place struct{ At, Seq int64 }

// A Page is some of the requests that were found.
type Page struct {
	Results []*relay.Result // without texts, headers and bodies
	Next    Place           // zero: there are no older ones
}
