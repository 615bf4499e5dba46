package semantic

import (
	"fmt"
	"slices"

	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	"google.golang.org/protobuf/proto"

	"pprof-otlp.test/interop/pprof"
)

// Fidelity is how much of a pprof a payload carries besides the mapping.
type Fidelity string

const (
	// Exact payloads carry the residual; mappings that nothing refers to are in it and not in the table.
	Exact Fidelity = "exact"
	// Semantic payloads carry standard fields and conventions only; the mapping table has all mappings in order.
	Semantic Fidelity = "semantic"
)

// Translated lists where an OTLP payload is not what the mapping makes of a pprof.
func Translated(source *pprof.Profile, payload []byte, fidelity Fidelity) []Difference {
	var data otlp.ProfilesData
	if err := proto.Unmarshal(payload, &data); err != nil {
		return []Difference{{Shape, "payload", "OTLP ProfilesData", err.Error()}}
	}
	if len(data.ResourceProfiles) != 1 || len(data.ResourceProfiles[0].ScopeProfiles) != 1 {
		return []Difference{{Shape, "resource_profiles", "one resource with one scope", fmt.Sprint(len(data.ResourceProfiles))}}
	}
	scope := data.ResourceProfiles[0].ScopeProfiles[0]
	got, differences := read(data.Dictionary, scope, fidelity)
	want := source.Representable()
	if fidelity == Exact {
		want.Mappings = inOrder(referenced(want))
		got.Mappings = inOrder(got.Mappings)
	}
	differences = append(differences, defaultFirst(want, scope)...)
	return append(differences, Compare(want, got.Representable())...)
}

// defaultFirst checks that the first Profile is the default sample type: the one named, else the last.
func defaultFirst(want *pprof.Profile, scope *otlp.ScopeProfiles) []Difference {
	index := slices.IndexFunc(want.SampleTypes, func(t pprof.ValueType) bool {
		return want.DefaultSampleType != "" && t.Type == want.DefaultSampleType
	})
	if index < 0 {
		index = len(want.SampleTypes) - 1
	}
	for _, kv := range scope.GetScope().GetAttributes() {
		if kv.Key != sampleTypeOrder {
			continue
		}
		if order := kv.Value.GetArrayValue().GetValues(); len(order) > 0 && int(order[0].GetIntValue()) != index && index >= 0 {
			return []Difference{{"default_first", sampleTypeOrder, fmt.Sprint(index), fmt.Sprint(order[0].GetIntValue())}}
		}
	}
	return nil
}

// referenced are the mappings that samples lead to.
func referenced(p *pprof.Profile) []*pprof.Mapping {
	seen := map[*pprof.Mapping]bool{nil: true}
	var r []*pprof.Mapping
	for _, s := range p.Samples {
		for _, l := range s.Stack {
			if !seen[l.Mapping] {
				seen[l.Mapping] = true
				r = append(r, l.Mapping)
			}
		}
	}
	return r
}

func inOrder(mappings []*pprof.Mapping) []*pprof.Mapping {
	return slices.SortedFunc(slices.Values(mappings), func(a, b *pprof.Mapping) int {
		if a.String() < b.String() {
			return -1
		}
		if a.String() > b.String() {
			return 1
		}
		return 0
	})
}

// Resource reads the attributes of the first resource that are strings.
func Resource(payload []byte) map[string]string {
	var data otlp.ProfilesData
	if err := proto.Unmarshal(payload, &data); err != nil || len(data.ResourceProfiles) == 0 {
		return nil
	}
	attributes := map[string]string{}
	for _, kv := range data.ResourceProfiles[0].GetResource().GetAttributes() {
		attributes[kv.Key] = kv.Value.GetStringValue()
	}
	return attributes
}
