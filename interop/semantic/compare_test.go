package semantic

import (
	"bytes"
	"testing"

	"github.com/google/pprof/profile"

	"pprof-otlp.test/interop/pprof"
)

// shop is a pprof that uses every field; each call makes a new one.
func shop() *pprof.Profile {
	app := &pprof.Mapping{Start: 0x1000, Limit: 0x2000, Offset: 0x10, File: "/bin/shop", BuildID: "abcd", HasFunctions: true}
	libc := &pprof.Mapping{Start: 0x3000, Limit: 0x4000, File: "/lib/libc.so"}
	buy := &pprof.Function{Name: "buy", SystemName: "_Zbuy", Filename: "shop.go", StartLine: 10}
	pay := &pprof.Function{Name: "pay", Filename: "pay.go"}
	inlined := &pprof.Location{Address: 0x1100, Mapping: app, Lines: []pprof.Line{{Function: pay, Line: 7, Column: 3}, {Function: buy, Line: 12}}}
	folded := &pprof.Location{Address: 0x1200, Mapping: app, Folded: true, Lines: []pprof.Line{{Function: buy, Line: 15}}}
	bare := &pprof.Location{Address: 0x9000}
	return &pprof.Profile{
		SampleTypes:       []pprof.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		DefaultSampleType: "samples",
		Mappings:          []*pprof.Mapping{libc, app},
		Samples: []pprof.Sample{
			{Stack: []*pprof.Location{inlined, folded, bare}, Values: []int64{1, 10}, Labels: []pprof.Label{
				{Key: "thread", Str: "main"},
				{Key: "size", Num: 5, Unit: "bytes"},
				{Key: "tag", Str: "a"},
				{Key: "tag", Str: "b"},
				{Key: "mixed", Str: "text"},
				{Key: "mixed", Num: 3, Unit: "kilobytes"},
				{Key: "raw", Str: "\xff"},
				{Key: "trace_id", Str: "0af7651916cd43dd8448eb211c80319c"},
				{Key: "span_id", Str: "b7ad6b7169203331"},
			}},
			{Stack: []*pprof.Location{folded}, Values: []int64{0, -4}},
			{Values: []int64{2, 3}, Labels: []pprof.Label{{Key: "empty"}}},
		},
		DropFrames:    "runtime",
		KeepFrames:    "main",
		TimeNanos:     1700000000000000000,
		DurationNanos: 1000,
		PeriodType:    pprof.ValueType{Type: "cpu", Unit: "nanoseconds"},
		Period:        10,
		Comments:      []string{"first", ""},
		DocURL:        "https://shop.example.test",
	}
}

func TestEqualProfilesAgree(t *testing.T) {
	for _, d := range Compare(shop(), shop()) {
		t.Error(d)
	}
}

func TestEachChangeIsFound(t *testing.T) {
	labels := func(p *pprof.Profile) []pprof.Label { return p.Samples[0].Labels }
	leaf := func(p *pprof.Profile) *pprof.Location { return p.Samples[0].Stack[0] }
	tests := []struct {
		name, kind string
		change     func(*pprof.Profile)
	}{
		{"sample type", "sample_type", func(p *pprof.Profile) { p.SampleTypes[0].Type = "x" }},
		{"sample unit", "sample_type", func(p *pprof.Profile) { p.SampleTypes[0].Unit = "x" }},
		{"sample type order", "sample_type", func(p *pprof.Profile) {
			p.SampleTypes[0], p.SampleTypes[1] = p.SampleTypes[1], p.SampleTypes[0]
		}},
		{"default sample type", "default_sample_type", func(p *pprof.Profile) { p.DefaultSampleType = "" }},
		{"sample gone", "sample", func(p *pprof.Profile) { p.Samples = p.Samples[1:] }},
		{"value", "value", func(p *pprof.Profile) { p.Samples[1].Values[0] = 1 }},
		{"frame gone", "stack", func(p *pprof.Profile) { p.Samples[0].Stack = p.Samples[0].Stack[:2] }},
		{"frames swapped", "stack", func(p *pprof.Profile) { s := p.Samples[0].Stack; s[1], s[2] = s[2], s[1] }},
		{"address", "stack", func(p *pprof.Profile) { leaf(p).Address++ }},
		{"folded", "stack", func(p *pprof.Profile) { leaf(p).Folded = true }},
		{"mapping of a frame", "stack", func(p *pprof.Profile) { leaf(p).Mapping = p.Mappings[0] }},
		{"no mapping of a frame", "stack", func(p *pprof.Profile) { leaf(p).Mapping = nil }},
		{"lines swapped", "stack", func(p *pprof.Profile) { l := leaf(p).Lines; l[0], l[1] = l[1], l[0] }},
		{"line gone", "stack", func(p *pprof.Profile) { leaf(p).Lines = leaf(p).Lines[1:] }},
		{"line", "stack", func(p *pprof.Profile) { leaf(p).Lines[0].Line++ }},
		{"column", "stack", func(p *pprof.Profile) { leaf(p).Lines[0].Column = 0 }},
		{"function gone", "stack", func(p *pprof.Profile) { leaf(p).Lines[0].Function = nil }},
		{"function name", "stack", func(p *pprof.Profile) { leaf(p).Lines[0].Function.Name = "x" }},
		{"function system name", "stack", func(p *pprof.Profile) { leaf(p).Lines[0].Function.SystemName = "x" }},
		{"function filename", "stack", func(p *pprof.Profile) { leaf(p).Lines[0].Function.Filename = "x" }},
		{"function start line", "stack", func(p *pprof.Profile) { leaf(p).Lines[0].Function.StartLine = 1 }},
		{"label gone", "label", func(p *pprof.Profile) { p.Samples[0].Labels = labels(p)[1:] }},
		{"label without value gone", "label", func(p *pprof.Profile) { p.Samples[2].Labels = nil }},
		{"label added", "label", func(p *pprof.Profile) { p.Samples[1].Labels = []pprof.Label{{Key: "new"}} }},
		{"label key", "label", func(p *pprof.Profile) { labels(p)[0].Key = "x" }},
		{"label text", "label", func(p *pprof.Profile) { labels(p)[0].Str = "x" }},
		{"label number", "label", func(p *pprof.Profile) { labels(p)[1].Num = 6 }},
		{"label unit", "label", func(p *pprof.Profile) { labels(p)[1].Unit = "" }},
		{"label bytes", "label", func(p *pprof.Profile) { labels(p)[6].Str = "\uFFFD" }},
		{"number as text", "label", func(p *pprof.Profile) { labels(p)[1] = pprof.Label{Key: "size", Str: "5"} }},
		{"order within a key", "label", func(p *pprof.Profile) { l := labels(p); l[2], l[3] = l[3], l[2] }},
		{"repeated label once", "label", func(p *pprof.Profile) { p.Samples[0].Labels = append(labels(p)[:3:3], labels(p)[4:]...) }},
		{"mapping gone", "mapping", func(p *pprof.Profile) { p.Mappings = p.Mappings[1:] }},
		{"mappings swapped", "mapping", func(p *pprof.Profile) { m := p.Mappings; m[0], m[1] = m[1], m[0] }},
		{"mapping start", "mapping", func(p *pprof.Profile) { p.Mappings[0].Start++ }},
		{"mapping limit", "mapping", func(p *pprof.Profile) { p.Mappings[0].Limit++ }},
		{"mapping offset", "mapping", func(p *pprof.Profile) { p.Mappings[0].Offset++ }},
		{"mapping file", "mapping", func(p *pprof.Profile) { p.Mappings[0].File = "" }},
		{"mapping build id", "mapping", func(p *pprof.Profile) { p.Mappings[0].BuildID = "x" }},
		{"mapping has_functions", "mapping", func(p *pprof.Profile) { p.Mappings[0].HasFunctions = true }},
		{"mapping has_filenames", "mapping", func(p *pprof.Profile) { p.Mappings[0].HasFilenames = true }},
		{"mapping has_line_numbers", "mapping", func(p *pprof.Profile) { p.Mappings[0].HasLineNumbers = true }},
		{"mapping has_inline_frames", "mapping", func(p *pprof.Profile) { p.Mappings[0].HasInlineFrames = true }},
		{"drop frames", "drop_frames", func(p *pprof.Profile) { p.DropFrames = "" }},
		{"keep frames", "keep_frames", func(p *pprof.Profile) { p.KeepFrames = "" }},
		{"time", "time_nanos", func(p *pprof.Profile) { p.TimeNanos++ }},
		{"duration", "duration_nanos", func(p *pprof.Profile) { p.DurationNanos++ }},
		{"period type", "period_type", func(p *pprof.Profile) { p.PeriodType.Type = "" }},
		{"period unit", "period_type", func(p *pprof.Profile) { p.PeriodType.Unit = "" }},
		{"period", "period", func(p *pprof.Profile) { p.Period++ }},
		{"comment gone", "comment", func(p *pprof.Profile) { p.Comments = p.Comments[:1] }},
		{"comments swapped", "comment", func(p *pprof.Profile) { p.Comments = []string{"", "first"} }},
		{"doc URL", "doc_url", func(p *pprof.Profile) { p.DocURL = "" }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed := shop()
			test.change(changed)
			differences := Compare(shop(), changed)
			if len(differences) == 0 {
				t.Fatal("nothing found")
			}
			for _, d := range differences {
				if d.Kind != test.kind {
					t.Errorf("found more than %s: %s", test.kind, d)
				}
			}
		})
	}
}

// What the meaning does not depend on, changed in google/pprof's model and written again.
func TestFreeChangesAreFree(t *testing.T) {
	model := func() *profile.Profile {
		f := []*profile.Function{{ID: 1, Name: "buy"}, {ID: 2, Name: "pay"}}
		m := []*profile.Mapping{{ID: 1, Start: 1, Limit: 2, File: "a"}, {ID: 2, Start: 3, Limit: 4, File: "b"}}
		l := []*profile.Location{
			{ID: 1, Mapping: m[1], Address: 3, Line: []profile.Line{{Function: f[1]}, {Function: f[0]}}},
			{ID: 2, Address: 9},
		}
		return &profile.Profile{
			SampleType: []*profile.ValueType{{Type: "cpu"}}, Function: f, Mapping: m, Location: l,
			Sample: []*profile.Sample{{Location: l, Value: []int64{1}, Label: map[string][]string{"a": {"x"}, "b": {"y"}}}},
		}
	}
	tests := []struct {
		name   string
		change func(*profile.Profile)
	}{
		{"ids", func(p *profile.Profile) { p.Location[0].ID, p.Function[0].ID, p.Mapping[0].ID = 70, 71, 72 }},
		{"location order", func(p *profile.Profile) { p.Location = []*profile.Location{p.Location[1], p.Location[0]} }},
		{"function order", func(p *profile.Profile) { p.Function[0], p.Function[1] = p.Function[1], p.Function[0] }},
		{"unreferenced location", func(p *profile.Profile) { p.Location = append(p.Location, &profile.Location{ID: 3}) }},
		{"unreferenced function", func(p *profile.Profile) { p.Function = append(p.Function, &profile.Function{ID: 3}) }},
		{"location twice", func(p *profile.Profile) {
			copied := *p.Location[0]
			copied.ID = 3
			p.Location = append(p.Location, &copied)
			p.Sample[0].Location = []*profile.Location{&copied, p.Location[1]}
		}},
		{"mapping twice", func(p *profile.Profile) {
			copied := *p.Mapping[0]
			copied.ID = 3
			p.Mapping = append(p.Mapping, &copied)
		}},
	}
	read := func(p *profile.Profile) *pprof.Profile {
		var b bytes.Buffer
		if err := p.WriteUncompressed(&b); err != nil {
			t.Fatal(err)
		}
		r, err := pprof.Read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed := model()
			test.change(changed)
			for _, d := range Compare(read(model()), read(changed)) {
				t.Error(d)
			}
		})
	}
	t.Run("label order among keys", func(t *testing.T) {
		changed := shop()
		l := changed.Samples[0].Labels
		l[0], l[1] = l[1], l[0]
		for _, d := range Compare(shop(), changed) {
			t.Error(d)
		}
	})
}
