// Package semantic judges whether a translation kept what a pprof means. It knows the formats and the mapping that
// the design documents, and nothing of the code that does the mapping.
package semantic

import (
	"fmt"
	"slices"
	"sort"

	"pprof-otlp.test/interop/pprof"
)

// Difference is one thing that two profiles do not agree on.
type Difference struct {
	// Kind is what differs, in pprof's words; Shape where OTLP is not what the mapping makes of any pprof.
	Kind string
	// Path is where, such as `sample[3].label`.
	Path      string
	Want, Got string
}

// Shape is the kind of a payload that breaks the mapping itself.
const Shape = "shape"

func (d Difference) String() string {
	return fmt.Sprintf("%s: %s: want %s, got %s", d.Kind, d.Path, d.Want, d.Got)
}

// Compare lists where got does not mean what want means.
//
// Free are ids, the order and duplicates of tables, unreferenced locations, functions and strings, the order among
// labels of different keys, and the wire layout. Mappings count in their order, a repeated one once.
func Compare(want, got *pprof.Profile) []Difference {
	c := comparison{want: newTexts(), got: newTexts()}
	c.list("sample_type", want.SampleTypes, got.SampleTypes)
	c.value("default_sample_type", want.DefaultSampleType, got.DefaultSampleType)
	c.value("drop_frames", want.DropFrames, got.DropFrames)
	c.value("keep_frames", want.KeepFrames, got.KeepFrames)
	c.value("time_nanos", want.TimeNanos, got.TimeNanos)
	c.value("duration_nanos", want.DurationNanos, got.DurationNanos)
	c.value("period_type", want.PeriodType, got.PeriodType)
	c.value("period", want.Period, got.Period)
	c.list("comment", want.Comments, got.Comments)
	c.value("doc_url", want.DocURL, got.DocURL)
	c.list("mapping", mappingTexts(want.Mappings), mappingTexts(got.Mappings))
	if len(want.Samples) != len(got.Samples) {
		c.differ("sample", "sample", len(want.Samples), len(got.Samples))
		return c.differences
	}
	for i := range want.Samples {
		c.sample(fmt.Sprintf("sample[%d]", i), &want.Samples[i], &got.Samples[i])
	}
	return c.differences
}

type comparison struct {
	differences []Difference
	want, got   *texts
}

func (c *comparison) differ(kind, path string, want, got any) {
	c.differences = append(c.differences, Difference{kind, path, quote(want), quote(got)})
}

func (c *comparison) value(kind string, want, got any) {
	if want != got {
		c.differ(kind, kind, want, got)
	}
}

func (c *comparison) list(kind string, want, got any) {
	if fmt.Sprintf("%q", want) != fmt.Sprintf("%q", got) {
		c.differ(kind, kind, want, got)
	}
}

func (c *comparison) sample(path string, want, got *pprof.Sample) {
	if !slices.Equal(want.Values, got.Values) {
		c.differ("value", path+".value", want.Values, got.Values)
	}
	if len(want.Stack) != len(got.Stack) {
		c.differ("stack", path+".location_id", fmt.Sprintf("%d frames", len(want.Stack)), fmt.Sprintf("%d frames", len(got.Stack)))
	} else {
		for i := range want.Stack {
			if w, g := c.want.of(want.Stack[i]), c.got.of(got.Stack[i]); w != g {
				c.differ("stack", fmt.Sprintf("%s.location_id[%d]", path, i), w, g)
				break
			}
		}
	}
	if slices.Equal(want.Labels, got.Labels) {
		return
	}
	wantLabels, gotLabels := byKey(want.Labels), byKey(got.Labels)
	for _, key := range keys(wantLabels, gotLabels) {
		if !slices.Equal(wantLabels[key], gotLabels[key]) {
			c.differ("label", fmt.Sprintf("%s.label[%q]", path, key), wantLabels[key], gotLabels[key])
		}
	}
}

func byKey(labels []pprof.Label) map[string][]pprof.Label {
	r := map[string][]pprof.Label{}
	for _, l := range labels {
		r[l.Key] = append(r[l.Key], l)
	}
	return r
}

// keys are the keys of both maps, in order.
func keys(a, b map[string][]pprof.Label) []string {
	var r []string
	for key := range a {
		r = append(r, key)
	}
	for key := range b {
		if _, both := a[key]; !both {
			r = append(r, key)
		}
	}
	sort.Strings(r)
	return r
}

// mappingTexts are the mappings in order, each once.
func mappingTexts(mappings []*pprof.Mapping) []string {
	seen := map[string]bool{}
	var r []string
	for _, m := range mappings {
		if text := m.String(); !seen[text] {
			seen[text] = true
			r = append(r, text)
		}
	}
	return r
}

// texts keeps the text of each location: samples share locations.
type texts struct{ known map[*pprof.Location]string }

func newTexts() *texts { return &texts{map[*pprof.Location]string{}} }

func (t *texts) of(l *pprof.Location) string {
	text, ok := t.known[l]
	if !ok {
		text = l.String()
		t.known[l] = text
	}
	return text
}

func quote(v any) string {
	switch v := v.(type) {
	case fmt.Stringer:
		return v.String()
	case string:
		return fmt.Sprintf("%q", v)
	case []string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}
