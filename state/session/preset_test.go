package session

import (
	"encoding/json"
	"testing"

	"relaytop/relay"
)

func TestAPresetIsWhatAChatSends(t *testing.T) {
	s := NewChats(nil)
	c := s.New("m", relay.DefaultParams(), noon)
	brief := Preset{Name: "brief", System: "Be brief.", Params: relay.Params{"temperature": json.RawMessage("0")}}
	s.Use(c, brief)
	turn := say(t, s, c, "hi")
	if m := turn.Request.Messages; len(m) != 2 || m[0].Text != "Be brief." ||
		string(turn.Request.Params["temperature"]) != "0" || turn.Request.Model != "m" {
		t.Errorf("it sends %+v", turn.Request)
	}
	h := c.Header()
	if h.Preset != "brief" || !brief.Same(&h) || c.Record().Preset != "brief" {
		t.Errorf("it does not remember: %+v", h)
	}
	s.Set(c, func(r *Record) { r.Params = r.Params.With("seed", 1) })
	if h = c.Header(); brief.Same(&h) || string(brief.Params["seed"]) != "" {
		t.Error("a change is not seen, or changed the preset")
	}
	s.Use(c, Preset{Name: "plain", Model: "other", Params: relay.DefaultParams()})
	if h = c.Header(); h.System != "" || h.Model != "other" || h.Preset != "plain" {
		t.Errorf("another one leaves %+v", h)
	}
}
