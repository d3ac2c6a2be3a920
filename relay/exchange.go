package relay

import "time"

// Field is one header field.
type Field struct{ Name, Value string }

// Exchange is a flat record of what one attempt sent and received. Secrets are replaced by Mask. It must not be
// changed.
type Exchange struct {
	ID       ID
	Attempt  int
	Endpoint string
	Model    string
	At       time.Time // when it was sent
	Method   string
	URL      string // without user info; Mask stands for a query
	KeyEnv   string // the environment variable that holds the key of the Authorization header; "": not known

	Sent     []Field // sorted by name
	Body     []byte  // its head
	BodySize int64   // of all of it
	BodyCut  bool

	Status     int // 0: no response came
	Received   []Field
	Answer     []byte // its head, unpacked
	AnswerSize int64  // of what came
	AnswerCut  bool
}

// Mask replaces a secret.
const Mask = "••••"

// Size returns roughly how many bytes of memory it holds.
func (x *Exchange) Size() int {
	n := 512 + cap(x.Body) + cap(x.Answer) + len(x.URL)
	for _, list := range [][]Field{x.Sent, x.Received} {
		for _, f := range list {
			n += 32 + len(f.Name) + len(f.Value)
		}
	}
	return n
}
