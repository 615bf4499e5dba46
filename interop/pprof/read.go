package pprof

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// The messages of profile.proto.
var (
	profileSchema = schema{
		1: records, 2: records, 3: records, 4: records, 5: records, 6: records, 7: scalar, 8: scalar, 9: scalar,
		10: scalar, 11: records, 12: scalar, 13: numbers, 14: scalar, 15: scalar,
	}
	valueTypeSchema = schema{1: scalar, 2: scalar}
	sampleSchema    = schema{1: numbers, 2: numbers, 3: records}
	labelSchema     = schema{1: scalar, 2: scalar, 3: scalar, 4: scalar}
	mappingSchema   = schema{
		1: scalar, 2: scalar, 3: scalar, 4: scalar, 5: scalar, 6: scalar, 7: scalar, 8: scalar, 9: scalar, 10: scalar,
	}
	locationSchema = schema{1: scalar, 2: scalar, 3: scalar, 4: records, 5: scalar}
	lineSchema     = schema{1: scalar, 2: scalar, 3: scalar}
	functionSchema = schema{1: scalar, 2: scalar, 3: scalar, 4: scalar, 5: scalar}
)

// Read reads an uncompressed pprof. It refuses references that lead nowhere, except to a mapping: a location whose
// mapping is not there has none.
func Read(b []byte) (*Profile, error) {
	top, err := parse(b, profileSchema)
	if err != nil {
		return nil, err
	}
	r := reader{strings: top.bytes[6]}
	p := &Profile{
		DefaultSampleType: r.text(top.number[14]),
		DropFrames:        r.text(top.number[7]),
		KeepFrames:        r.text(top.number[8]),
		TimeNanos:         int64(top.number[9]),
		DurationNanos:     int64(top.number[10]),
		// A message written in pieces is the pieces put together.
		PeriodType: r.valueType(slices.Concat(top.bytes[11]...)),
		Period:     int64(top.number[12]),
		DocURL:     r.text(top.number[15]),
	}
	for _, index := range top.list[13] {
		p.Comments = append(p.Comments, r.text(index))
	}
	for _, record := range top.bytes[1] {
		p.SampleTypes = append(p.SampleTypes, r.valueType(record))
	}
	mappings := table(&r, "mapping", top.bytes[3], mappingSchema, func(m message) *Mapping {
		mapping := &Mapping{
			Start: m.number[2], Limit: m.number[3], Offset: m.number[4],
			File: r.text(m.number[5]), BuildID: r.text(m.number[6]),
			HasFunctions: m.number[7] != 0, HasFilenames: m.number[8] != 0,
			HasLineNumbers: m.number[9] != 0, HasInlineFrames: m.number[10] != 0,
		}
		p.Mappings = append(p.Mappings, mapping)
		return mapping
	})
	functions := table(&r, "function", top.bytes[5], functionSchema, func(m message) *Function {
		return &Function{r.text(m.number[2]), r.text(m.number[3]), r.text(m.number[4]), int64(m.number[5])}
	})
	locations := table(&r, "location", top.bytes[4], locationSchema, func(m message) *Location {
		location := &Location{Address: m.number[3], Folded: m.number[5] != 0}
		if id := m.number[2]; id != 0 {
			location.Mapping = mappings[id]
		}
		for _, record := range m.bytes[4] {
			line := r.parse(record, lineSchema)
			id := line.number[1]
			function := functions[id]
			if function == nil && id != 0 {
				r.fail("no function has id %d", id)
			}
			location.Lines = append(location.Lines, Line{function, int64(line.number[2]), int64(line.number[3])})
		}
		return location
	})
	for i, record := range top.bytes[2] {
		m := r.parse(record, sampleSchema)
		sample := Sample{}
		for _, id := range m.list[1] {
			location := locations[id]
			if location == nil {
				r.fail("sample[%d]: no location has id %d", i, id)
			}
			sample.Stack = append(sample.Stack, location)
		}
		for _, value := range m.list[2] {
			sample.Values = append(sample.Values, int64(value))
		}
		if len(sample.Values) != len(p.SampleTypes) {
			r.fail("sample[%d] has %d values for %d sample types", i, len(sample.Values), len(p.SampleTypes))
		}
		for _, record := range m.bytes[3] {
			label := r.parse(record, labelSchema).number
			sample.Labels = append(sample.Labels, Label{r.text(label[1]), r.text(label[2]), int64(label[3]), r.text(label[4])})
		}
		p.Samples = append(p.Samples, sample)
	}
	return p, r.err
}

// reader keeps the string table and the first thing that was wrong.
type reader struct {
	strings [][]byte
	err     error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *reader) parse(b []byte, fields schema) message {
	m, err := parse(b, fields)
	if err != nil {
		r.fail("%w", err)
	}
	return m
}

func (r *reader) text(index uint64) string {
	if index >= uint64(len(r.strings)) {
		r.fail("no string has index %d", index)
		return ""
	}
	return string(r.strings[index])
}

func (r *reader) valueType(b []byte) ValueType {
	m := r.parse(b, valueTypeSchema)
	if len(b) == 0 {
		return ValueType{}
	}
	return ValueType{r.text(m.number[1]), r.text(m.number[2])}
}

// table reads the entries of one table by their ids.
func table[T any](r *reader, name string, raw [][]byte, fields schema, entry func(message) *T) map[uint64]*T {
	entries := make(map[uint64]*T, len(raw))
	for _, record := range raw {
		m := r.parse(record, fields)
		id := m.number[protowire.Number(1)]
		if entries[id] != nil {
			r.fail("two of table %s have id %d", name, id)
		}
		entries[id] = entry(m)
	}
	return entries
}
