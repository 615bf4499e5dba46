// Package pprof reads a pprof the way the comparison needs it: every label, every mapping and every byte of every
// string is kept, ids and table order are gone, and the samples lead to the entries themselves.
//
// It stands on the protobuf wire alone, because google/pprof's own reader drops labels whose value is empty.
package pprof

import (
	"fmt"
	"strings"
)

// Profile is what a pprof means.
type Profile struct {
	SampleTypes       []ValueType
	DefaultSampleType string
	Samples           []Sample
	Mappings          []*Mapping
	DropFrames        string
	KeepFrames        string
	TimeNanos         int64
	DurationNanos     int64
	PeriodType        ValueType
	Period            int64
	Comments          []string
	DocURL            string
}

// ValueType is a type and its unit.
type ValueType struct{ Type, Unit string }

// Sample is a stack, leaf first, with one value for each sample type.
type Sample struct {
	Stack  []*Location
	Values []int64
	Labels []Label
}

// Label is a string or a number with a unit. One with neither is both the empty string and the number 0.
type Label struct {
	Key, Str string
	Num      int64
	Unit     string
}

// Location is a frame of a stack with the lines inlined into it.
type Location struct {
	Address uint64
	Folded  bool
	Mapping *Mapping
	Lines   []Line
}

// Line is a place in a function. A nil function means the same as an empty one.
type Line struct {
	Function     *Function
	Line, Column int64
}

// Function is a function with the file it is in.
type Function struct {
	Name, SystemName, Filename string
	StartLine                  int64
}

// Mapping is a binary mapped into memory.
type Mapping struct {
	Start, Limit, Offset uint64
	File, BuildID        string
	HasFunctions         bool
	HasFilenames         bool
	HasLineNumbers       bool
	HasInlineFrames      bool
}

// The texts below are identities: two entries with the same text mean the same.

func (t ValueType) String() string { return fmt.Sprintf("%q/%q", t.Type, t.Unit) }

func (l Label) String() string {
	if l.Num == 0 && l.Unit == "" {
		return fmt.Sprintf("%q", l.Str)
	}
	number := fmt.Sprintf("%d %q", l.Num, l.Unit)
	if l.Str == "" {
		return number
	}
	return fmt.Sprintf("%q and %s", l.Str, number)
}

func (m *Mapping) String() string {
	if m == nil {
		return "none"
	}
	var has []string
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"functions", m.HasFunctions},
		{"filenames", m.HasFilenames},
		{"line_numbers", m.HasLineNumbers},
		{"inline_frames", m.HasInlineFrames},
	} {
		if flag.set {
			has = append(has, flag.name)
		}
	}
	return fmt.Sprintf("%q build %q %#x-%#x+%#x %v", m.File, m.BuildID, m.Start, m.Limit, m.Offset, has)
}

func (f *Function) String() string {
	if f == nil {
		f = &Function{}
	}
	return fmt.Sprintf("%q (%q) in %q:%d", f.Name, f.SystemName, f.Filename, f.StartLine)
}

func (l *Location) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%#x", l.Address)
	if l.Folded {
		b.WriteString(" folded")
	}
	fmt.Fprintf(&b, " mapping %s", l.Mapping)
	for _, line := range l.Lines {
		fmt.Fprintf(&b, " | %s at %d:%d", line.Function, line.Line, line.Column)
	}
	return b.String()
}
