package conformance

import (
	"fmt"
	"slices"

	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	"google.golang.org/protobuf/proto"
)

// tables checks the entries of the dictionary and notes what they refer to.
func (c *check) tables() {
	d := c.dictionary
	zeroEntry(c, "mapping_table", d.MappingTable)
	zeroEntry(c, "location_table", d.LocationTable)
	zeroEntry(c, "function_table", d.FunctionTable)
	zeroEntry(c, "link_table", d.LinkTable)
	zeroEntry(c, "attribute_table", withoutEmptyValue(d.AttributeTable))
	zeroEntry(c, "stack_table", d.StackTable)
	if len(d.StringTable) == 0 || d.StringTable[0] != "" {
		c.find(ZeroEntry, "string_table", "does not start with the empty string")
	}

	r := c.references
	for i, m := range d.MappingTable {
		path := fmt.Sprintf("mapping_table[%d]", i)
		c.refer(r.text, path+".filename_strindex", m.GetFilenameStrindex())
		c.attributes(path, m.GetAttributeIndices())
		start, limit := m.GetMemoryStart(), m.GetMemoryLimit()
		if start >= limit && (start != 0 || limit != 0) {
			c.find(MappingRange, path, "%#x-%#x", start, limit)
		}
	}
	for i, l := range d.LocationTable {
		path := fmt.Sprintf("location_table[%d]", i)
		c.refer(r.mapping, path+".mapping_index", l.GetMappingIndex())
		c.attributes(path, l.GetAttributeIndices())
		for j, line := range l.GetLines() {
			path := fmt.Sprintf("%s.lines[%d]", path, j)
			c.refer(r.function, path+".function_index", line.GetFunctionIndex())
			c.notNegative(path+".line", line.GetLine())
			c.notNegative(path+".column", line.GetColumn())
		}
	}
	for i, f := range d.FunctionTable {
		path := fmt.Sprintf("function_table[%d]", i)
		c.refer(r.text, path+".name_strindex", f.GetNameStrindex())
		c.refer(r.text, path+".system_name_strindex", f.GetSystemNameStrindex())
		c.refer(r.text, path+".filename_strindex", f.GetFilenameStrindex())
		c.notNegative(path+".start_line", f.GetStartLine())
	}
	for i, l := range d.LinkTable[min(1, len(d.LinkTable)):] {
		path := fmt.Sprintf("link_table[%d]", i+1)
		c.idLength(path+".trace_id", l.GetTraceId(), 16)
		c.idLength(path+".span_id", l.GetSpanId(), 8)
	}
	for i, a := range d.AttributeTable {
		path := fmt.Sprintf("attribute_table[%d]", i)
		c.refer(r.text, path+".key_strindex", a.GetKeyStrindex())
		c.refer(r.text, path+".unit_strindex", a.GetUnitStrindex())
		c.value(path+".value", a.GetValue())
	}
	for i, s := range d.StackTable {
		for j, index := range s.GetLocationIndices() {
			c.refer(r.location, fmt.Sprintf("stack_table[%d].location_indices[%d]", i, j), index)
		}
	}
}

func zeroEntry[M proto.Message](c *check, name string, table []M) {
	if len(table) == 0 || proto.Size(table[0]) != 0 {
		c.find(ZeroEntry, name, "does not start with the zero value")
	}
}

// withoutEmptyValue is the table's first attribute, in which a value without content is none.
func withoutEmptyValue(table []*otlp.KeyValueAndUnit) []*otlp.KeyValueAndUnit {
	if len(table) == 0 || table[0].GetValue().GetValue() != nil || proto.Size(table[0].GetValue()) != 0 {
		return table
	}
	return []*otlp.KeyValueAndUnit{{KeyStrindex: table[0].GetKeyStrindex(), UnitStrindex: table[0].GetUnitStrindex()}}
}

func (c *check) notNegative(path string, n int64) {
	if n < 0 {
		c.find(Negative, path, "%d", n)
	}
}

// duplicates finds entries that mean the same as an earlier one. An entry means what it says and what the entries
// mean that it refers to, so each table is compared by the first entry of each meaning of the tables it refers to.
func (c *check) duplicates() {
	d := c.dictionary
	texts := meanings(c, "string_table", d.StringTable, func(s string) string { return s })
	same := func(first []int32) func(int32) int32 {
		return func(index int32) int32 {
			if index >= 0 && int(index) < len(first) {
				return first[index]
			}
			return index
		}
	}
	text := same(texts)
	attribute := same(meanings(c, "attribute_table", d.AttributeTable, func(a *otlp.KeyValueAndUnit) string {
		return fmt.Sprint(text(a.GetKeyStrindex()), text(a.GetUnitStrindex()), c.meaning(a.GetValue()))
	}))
	set := func(indices []int32) []int32 {
		var r []int32
		for _, index := range indices {
			r = append(r, attribute(index))
		}
		slices.Sort(r)
		return r
	}
	mapping := same(meanings(c, "mapping_table", d.MappingTable, func(m *otlp.Mapping) string {
		return fmt.Sprint(m.GetMemoryStart(), m.GetMemoryLimit(), m.GetFileOffset(), text(m.GetFilenameStrindex()), set(m.GetAttributeIndices()))
	}))
	function := same(meanings(c, "function_table", d.FunctionTable, func(f *otlp.Function) string {
		return fmt.Sprint(text(f.GetNameStrindex()), text(f.GetSystemNameStrindex()), text(f.GetFilenameStrindex()), f.GetStartLine())
	}))
	location := same(meanings(c, "location_table", d.LocationTable, func(l *otlp.Location) string {
		var lines []int64
		for _, line := range l.GetLines() {
			lines = append(lines, int64(function(line.GetFunctionIndex())), line.GetLine(), line.GetColumn())
		}
		return fmt.Sprint(mapping(l.GetMappingIndex()), l.GetAddress(), lines, set(l.GetAttributeIndices()))
	}))
	meanings(c, "stack_table", d.StackTable, func(s *otlp.Stack) string {
		var frames []int32
		for _, index := range s.GetLocationIndices() {
			frames = append(frames, location(index))
		}
		return fmt.Sprint(frames)
	})
	meanings(c, "link_table", d.LinkTable, func(l *otlp.Link) string {
		return fmt.Sprintf("%x %x", trimZero(l.GetTraceId()), trimZero(l.GetSpanId()))
	})
}

// meanings finds duplicates and returns for each entry the index of the first one that means the same.
func meanings[E any](c *check, name string, table []E, meaning func(E) string) []int32 {
	first := make([]int32, len(table))
	known := make(map[string]int32, len(table))
	for i, entry := range table {
		text := meaning(entry)
		index, twice := known[text]
		if twice {
			c.find(Duplicate, fmt.Sprintf("%s[%d]", name, i), "means the same as [%d]", index)
		} else {
			index = int32(i)
			known[text] = index
		}
		first[i] = index
	}
	return first
}

// trimZero makes an id of zeros the same as none: both mean that there is no link.
func trimZero(id []byte) []byte {
	for _, b := range id {
		if b != 0 {
			return id
		}
	}
	return nil
}
