package interop

import (
	"bytes"
	"testing"

	"github.com/google/pprof/profile"
)

// googleReads checks that google/pprof reads a pprof when it reads the original.
func (trip *trip) googleReads(t *testing.T, pprof []byte) {
	t.Helper()
	if googleRead(trip.input.bytes) != nil {
		return
	}
	if err := googleRead(pprof); err != nil {
		t.Errorf("google/pprof: %v", err)
	}
}

func googleRead(pprof []byte) error {
	p, err := profile.ParseData(pprof)
	if err != nil {
		return err
	}
	return p.CheckValid()
}

// otherPprof is what payloads are merged with. It shares strings, functions and mappings with generated profiles, and has a few of its own.
func otherPprof() []byte {
	mapping := &profile.Mapping{ID: 1, Start: 0x400000, Limit: 0x410000, File: "/bin/shop"}
	functions := []*profile.Function{{ID: 1, Name: "main.f0", Filename: "main.go"}, {ID: 2, Name: "other"}}
	locations := []*profile.Location{
		{ID: 1, Mapping: mapping, Address: 0x400001, Line: []profile.Line{{Function: functions[0], Line: 3}}},
		{ID: 2, Line: []profile.Line{{Function: functions[1]}}},
	}
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "type0", Unit: "count"}, {Type: "other", Unit: "bytes"}},
		Mapping:    []*profile.Mapping{mapping}, Function: functions, Location: locations,
		Sample: []*profile.Sample{
			{Location: locations, Value: []int64{1, 2}, Label: map[string][]string{"thread": {"main"}}},
			{Location: locations[1:], Value: []int64{3, 0}, NumLabel: map[string][]int64{"bytes": {9}}},
		},
	}
	var b bytes.Buffer
	if err := p.WriteUncompressed(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}
