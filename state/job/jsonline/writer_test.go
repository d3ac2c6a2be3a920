package jsonline

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"relaytop/relay"
)

// TestAnObjectIsWrittenAsJSON: as encoding/json writes the same members.
func TestAnObjectIsWrittenAsJSON(t *testing.T) {
	type inner struct {
		Body json.RawMessage `json:"body"`
		Off  bool            `json:"off"`
	}
	v := struct {
		Text   string       `json:"text"`
		None   *int         `json:"none"`
		Whole  int64        `json:"whole"`
		Number float64      `json:"number"`
		At     time.Time    `json:"at"`
		Usage  *relay.Usage `json:"usage"`
		In     inner        `json:"in"`
		List   []int        `json:"list"`
	}{"a \"b\"\nü", nil, -7, 1.25, time.Date(2026, 3, 2, 1, 2, 3, 4, time.UTC),
		&relay.Usage{Input: 3, Doubtful: true}, inner{json.RawMessage(`{"x":[1,2]}`), false}, []int{1}}
	w := Append([]byte("before "))
	w.String("text", v.Text)
	w.Null("none")
	w.Int("whole", v.Whole)
	w.OptFloat("number", v.Number)
	w.Time("at", v.At)
	w.Usage("usage", v.Usage)
	w.Open("in")
	w.Raw("body", json.RawMessage("{\"x\":\n[1,2]}"))
	w.Bool("off", false)
	w.Close()
	w.Value("list", v.List)
	w.OptString("left", "")
	w.OptInt("out", 0)
	w.OptBool("all", false)
	got, err := w.End()
	want, _ := json.Marshal(v)
	if err != nil || string(got) != "before "+string(want) {
		t.Errorf("%v\n%s\nand not\n%s", err, got, want)
	}
}

func TestWhatJSONLacksIsAnError(t *testing.T) {
	for name, write := range map[string]func(*Writer){
		"NaN":       func(w *Writer) { w.OptFloat("n", math.NaN()) },
		"infinity":  func(w *Writer) { w.OptFloat("n", math.Inf(1)) },
		"year":      func(w *Writer) { w.Time("at", time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)) },
		"a channel": func(w *Writer) { w.Value("v", make(chan int)) },
		"half":      func(w *Writer) { w.Raw("b", json.RawMessage("{\n")) },
	} {
		w := Append(nil)
		write(&w)
		if _, err := w.End(); err == nil {
			t.Errorf("%s is written", name)
		}
	}
}
