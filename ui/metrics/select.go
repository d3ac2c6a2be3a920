package metrics

// target is what is selected: a row of a table by its key, or a chart, whose key is "".
type target struct {
	on   bool
	part part
	key  string
}

func (t target) is(of part, key string) bool { return t.on && t.part == of && t.key == key }
