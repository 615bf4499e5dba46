package pprof

import (
	"regexp"
	"strings"
)

// Representable is what OTLP's fields and conventions can say of a pprof:
//   - names are UTF-8, so bytes that are not stand as U+FFFD (label values stay exact: they may be bytes);
//   - times are not negative;
//   - a mapping without content is no mapping.
func (p *Profile) Representable() *Profile {
	r := *p
	r.DefaultSampleType = utf8Text(p.DefaultSampleType)
	r.DropFrames = utf8Text(p.DropFrames)
	r.KeepFrames = utf8Text(p.KeepFrames)
	r.DocURL = utf8Text(p.DocURL)
	r.PeriodType = p.PeriodType.representable()
	r.TimeNanos = max(p.TimeNanos, 0)
	r.DurationNanos = max(p.DurationNanos, 0)
	r.Comments = nil
	for _, comment := range p.Comments {
		r.Comments = append(r.Comments, utf8Text(comment))
	}
	r.SampleTypes = nil
	for _, t := range p.SampleTypes {
		r.SampleTypes = append(r.SampleTypes, t.representable())
	}

	mappings := map[*Mapping]*Mapping{nil: nil}
	r.Mappings = nil
	for _, m := range p.Mappings {
		mappings[m] = m.representable()
		if mappings[m] != nil {
			r.Mappings = append(r.Mappings, mappings[m])
		}
	}
	locations := map[*Location]*Location{}
	location := func(l *Location) *Location {
		if locations[l] == nil {
			locations[l] = &Location{l.Address, l.Folded, mappings[l.Mapping], representableLines(l.Lines)}
		}
		return locations[l]
	}
	r.Samples = make([]Sample, len(p.Samples))
	for i, s := range p.Samples {
		sample := Sample{Values: s.Values}
		for _, l := range s.Stack {
			sample.Stack = append(sample.Stack, location(l))
		}
		for _, l := range s.Labels {
			sample.Labels = append(sample.Labels, Label{utf8Text(l.Key), l.Str, l.Num, utf8Text(l.Unit)})
		}
		r.Samples[i] = sample
	}
	return &r
}

func (t ValueType) representable() ValueType { return ValueType{utf8Text(t.Type), utf8Text(t.Unit)} }

func (m *Mapping) representable() *Mapping {
	if m == nil || *m == (Mapping{}) {
		return nil
	}
	r := *m
	r.File = utf8Text(m.File)
	r.BuildID = utf8Text(m.BuildID)
	return &r
}

func representableLines(lines []Line) []Line {
	var r []Line
	for _, line := range lines {
		f := line.Function
		if f != nil {
			f = &Function{utf8Text(f.Name), utf8Text(f.SystemName), utf8Text(f.Filename), f.StartLine}
		}
		r = append(r, Line{f, line.Line, line.Column})
	}
	return r
}

var replacements = regexp.MustCompile("\uFFFD+")

// utf8Text replaces what is not UTF-8. Decoders disagree on how many U+FFFD a run of bad bytes makes, so a run is one.
func utf8Text(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.Contains(s, "\uFFFD\uFFFD") {
		return s
	}
	return replacements.ReplaceAllString(s, "\uFFFD")
}
