package conformance

import (
	"fmt"

	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
)

// references notes for each entry of each table whether something refers to it.
type references struct {
	mapping, location, function, link, text, attribute, stack []bool
	// strindex notes the strings that key_strindex of a KeyValue or string_value_strindex refers to.
	strindex []bool
}

func newReferences(d *otlp.ProfilesDictionary) references {
	return references{
		mapping:   make([]bool, len(d.MappingTable)),
		location:  make([]bool, len(d.LocationTable)),
		function:  make([]bool, len(d.FunctionTable)),
		link:      make([]bool, len(d.LinkTable)),
		text:      make([]bool, len(d.StringTable)),
		attribute: make([]bool, len(d.AttributeTable)),
		stack:     make([]bool, len(d.StackTable)),
		strindex:  make([]bool, len(d.StringTable)),
	}
}

// refer notes a reference and tells whether it leads to an entry.
func (c *check) refer(table []bool, path string, index int32) bool {
	if index < 0 || int(index) >= len(table) {
		c.find(Range, path, "index %d of a table of %d", index, len(table))
		return false
	}
	table[index] = true
	return true
}

// attributes checks a set of references to attribute_table: in range, keys unique.
func (c *check) attributes(path string, indices []int32) {
	seen := map[string]int{}
	for i, index := range indices {
		if !c.refer(c.references.attribute, fmt.Sprintf("%s.attribute_indices[%d]", path, i), index) {
			continue
		}
		strindex := c.dictionary.AttributeTable[index].GetKeyStrindex()
		if strindex < 0 || int(strindex) >= len(c.dictionary.StringTable) {
			continue
		}
		key := c.dictionary.StringTable[strindex]
		if first, twice := seen[key]; twice {
			c.find(Keys, path, "attribute_indices[%d] and [%d] have the key %q", first, i, key)
		}
		seen[key] = i
	}
}

// orphans finds entries that nothing refers to. An orphan that others refer to is found as soon as those are gone.
func (c *check) orphans() {
	r := c.references
	tables := []struct {
		name     string
		referred []bool
	}{
		{"mapping_table", r.mapping}, {"location_table", r.location}, {"function_table", r.function},
		{"link_table", r.link}, {"attribute_table", r.attribute}, {"stack_table", r.stack},
	}
	for _, table := range tables {
		for i, referred := range table.referred {
			if i > 0 && !referred {
				c.find(Orphan, fmt.Sprintf("%s[%d]", table.name, i), "nothing refers to it")
			}
		}
	}
	for i, referred := range r.text {
		path := fmt.Sprintf("string_table[%d]", i)
		switch {
		case i == 0 || referred:
		case r.strindex[i]:
			c.find(OrphanButStrindex, path, "only key or value references refer to %q", c.dictionary.StringTable[i])
		default:
			c.find(Orphan, path, "nothing refers to %q", c.dictionary.StringTable[i])
		}
	}
}
