package widget

import "testing"

func TestBarShowsNothingOfAnEmptyPart(t *testing.T) {
	for _, st := range looks(t) {
		with := Bar(st, 10, []Part{{Share: .33, Ink: st.Done}, {Share: 0, Ink: st.Error}, {Share: .33, Ink: st.Fill[0]}},
			st.Grid)
		without := Bar(st, 10, []Part{{Share: .33, Ink: st.Done}, {Share: .33, Ink: st.Fill[0]}}, st.Grid)
		if with != without {
			t.Errorf("a part of no width is seen:\n%q\n%q", with, without)
		}
	}
}
