package semantic

import (
	"fmt"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"

	"pprof-otlp.test/interop/pprof"
)

// Attribute keys of the semantic conventions that say what pprof says.
const (
	hasFunctions      = "pprof.mapping.has_functions"
	hasFilenames      = "pprof.mapping.has_filenames"
	hasLineNumbers    = "pprof.mapping.has_line_numbers"
	hasInlineFrames   = "pprof.mapping.has_inline_frames"
	isFolded          = "pprof.location.is_folded"
	comment           = "pprof.profile.comment"
	dropFrames        = "pprof.profile.drop_frames"
	keepFrames        = "pprof.profile.keep_frames"
	docURL            = "pprof.profile.doc_url"
	sampleTypeOrder   = "pprof.scope.sample_type_order"
	defaultSampleType = "pprof.scope.default_sample_type"
	buildIDGNU        = "process.executable.build_id.gnu"
	buildIDGo         = "process.executable.build_id.go"
	residual          = "pprof_otlp.residual"
)

// attribute is an entry of the attribute table with its strings looked up.
type attribute struct {
	key, unit string
	value     *common.AnyValue
}

func (a attribute) String() string { return fmt.Sprintf("%q: %v %q", a.key, a.value, a.unit) }

// reading turns one scope of a payload into the pprof that it stands for.
type reading struct {
	dictionary  *otlp.ProfilesDictionary
	differences []Difference

	attributes []attribute
	labels     map[int32][]pprof.Label
	mappings   []*pprof.Mapping
	functions  []*pprof.Function
	locations  []*pprof.Location
	stacks     [][]*pprof.Location
}

// read reads the scope that a pprof became: one OTLP Profile for each sample type.
func read(dictionary *otlp.ProfilesDictionary, scope *otlp.ScopeProfiles, fidelity Fidelity) (*pprof.Profile, []Difference) {
	r := &reading{dictionary: dictionary, labels: map[int32][]pprof.Label{}}
	r.tables()
	p := &pprof.Profile{Mappings: r.mappings[min(1, len(r.mappings)):]}
	order := r.scope(p, scope, fidelity)
	if len(scope.Profiles) == 0 {
		r.shape("profiles", "at least one", "none")
		return p, r.differences
	}
	r.profiles(p, scope.Profiles, order, fidelity)
	r.links(scope.Profiles[0], p.Samples)
	return p, r.differences
}

func (r *reading) shape(path string, want, got any) {
	r.differences = append(r.differences, Difference{Shape, path, quote(want), quote(got)})
}

func at[T any](r *reading, path string, table []T, index int32) T {
	if index < 0 || int(index) >= len(table) {
		r.shape(path, fmt.Sprintf("an index below %d", len(table)), index)
		var none T
		return none
	}
	return table[index]
}

func (r *reading) text(path string, index int32) string {
	return at(r, path, r.dictionary.GetStringTable(), index)
}

func (r *reading) valueType(path string, t *otlp.ValueType) pprof.ValueType {
	return pprof.ValueType{Type: r.text(path+".type", t.GetTypeStrindex()), Unit: r.text(path+".unit", t.GetUnitStrindex())}
}

// tables looks up every entry of the dictionary.
func (r *reading) tables() {
	d := r.dictionary
	for i, a := range d.GetAttributeTable() {
		path := fmt.Sprintf("attribute_table[%d]", i)
		r.attributes = append(r.attributes, attribute{r.text(path, a.KeyStrindex), r.text(path, a.UnitStrindex), a.Value})
	}
	for i, m := range d.GetMappingTable() {
		r.mappings = append(r.mappings, r.mapping(fmt.Sprintf("mapping_table[%d]", i), m))
	}
	if len(r.mappings) > 0 {
		r.mappings[0] = nil
	}
	for i, f := range d.GetFunctionTable() {
		path := fmt.Sprintf("function_table[%d]", i)
		r.functions = append(r.functions, &pprof.Function{
			Name: r.text(path, f.NameStrindex), SystemName: r.text(path, f.SystemNameStrindex),
			Filename: r.text(path, f.FilenameStrindex), StartLine: f.StartLine,
		})
	}
	for i, l := range d.GetLocationTable() {
		r.locations = append(r.locations, r.location(fmt.Sprintf("location_table[%d]", i), l))
	}
	for i, s := range d.GetStackTable() {
		var stack []*pprof.Location
		for _, index := range s.LocationIndices {
			if l := at(r, fmt.Sprintf("stack_table[%d]", i), r.locations, index); l != nil {
				stack = append(stack, l)
			}
		}
		r.stacks = append(r.stacks, stack)
	}
}

func (r *reading) location(path string, l *otlp.Location) *pprof.Location {
	location := &pprof.Location{Address: l.Address, Mapping: at(r, path, r.mappings, l.MappingIndex)}
	for _, line := range l.Lines {
		location.Lines = append(location.Lines, pprof.Line{
			Function: at(r, path+".lines", r.functions, line.FunctionIndex), Line: line.Line, Column: line.Column,
		})
	}
	for _, a := range r.attributesOf(path, l.AttributeIndices) {
		if a.key != isFolded || !r.flag(path, a) {
			r.unexpected(path, a)
		}
		location.Folded = true
	}
	return location
}

func (r *reading) mapping(path string, m *otlp.Mapping) *pprof.Mapping {
	mapping := &pprof.Mapping{
		Start: m.MemoryStart, Limit: m.MemoryLimit, Offset: m.FileOffset, File: r.text(path, m.FilenameStrindex),
	}
	for _, a := range r.attributesOf(path, m.AttributeIndices) {
		switch a.key {
		case hasFunctions:
			mapping.HasFunctions = r.flag(path, a)
		case hasFilenames:
			mapping.HasFilenames = r.flag(path, a)
		case hasLineNumbers:
			mapping.HasLineNumbers = r.flag(path, a)
		case hasInlineFrames:
			mapping.HasInlineFrames = r.flag(path, a)
		case buildIDGNU, buildIDGo:
			if mapping.BuildID != "" {
				r.shape(path, "one build id", a)
			}
			mapping.BuildID = r.string(path, a)
			if want := buildIDKey(mapping.BuildID); want != "" && want != a.key {
				r.shape(path, want, a)
			}
		default:
			r.unexpected(path, a)
		}
	}
	return mapping
}

// attributesOf looks up a set of attributes. Keys are unique in it.
func (r *reading) attributesOf(path string, indices []int32) []attribute {
	var set []attribute
	seen := map[string]bool{}
	for _, index := range indices {
		a := at(r, path+".attribute_indices", r.attributes, index)
		if seen[a.key] {
			r.shape(path, "unique attribute keys", a.key)
		}
		seen[a.key] = true
		set = append(set, a)
	}
	return set
}

func (r *reading) unexpected(path string, a attribute) { r.shape(path, "no such attribute", a) }

// flag reads an attribute that is there only when it is true.
func (r *reading) flag(path string, a attribute) bool {
	if !a.value.GetBoolValue() || a.unit != "" {
		r.shape(path, "true", a)
		return false
	}
	return true
}

// string reads a text that is there only when it is not empty.
func (r *reading) string(path string, a attribute) string {
	text, ok := r.anyString(a.value)
	if !ok || text == "" || a.unit != "" {
		r.shape(path, "a string that is not empty", a)
	}
	return text
}
