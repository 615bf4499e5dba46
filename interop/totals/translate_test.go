package totals

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"github.com/google/pprof/profile"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	"google.golang.org/protobuf/proto"
)

// translation makes a pprof as the mapping says, in the plainest way: every profile's samples one by one, with 0 for the
// types that they are not of. It stands in for a translator that is right.
type translation struct {
	dictionary *otlp.ProfilesDictionary
	pprof      *profile.Profile
	column     map[string]int
}

func translate(t *testing.T, payload []byte) *profile.Profile {
	t.Helper()
	data := &otlp.ProfilesData{}
	if err := proto.Unmarshal(payload, data); err != nil {
		t.Fatal(err)
	}
	tr := &translation{data.Dictionary, &profile.Profile{}, map[string]int{}}
	tr.tables()
	scopes := 0
	for _, resource := range data.ResourceProfiles {
		scopes += len(resource.ScopeProfiles)
		for _, scope := range resource.ScopeProfiles {
			for _, p := range scope.Profiles {
				tr.sampleType(p.SampleType)
			}
		}
	}
	for _, resource := range data.ResourceProfiles {
		for _, scope := range resource.ScopeProfiles {
			tr.scope(scope, resource.GetResource().GetAttributes(), scopes > 1)
		}
	}
	return tr.pprof
}

func (tr *translation) scope(scope *otlp.ScopeProfiles, resource []*common.KeyValue, several bool) {
	rows := map[string]*profile.Sample{}
	for _, p := range scope.Profiles {
		column := tr.sampleType(p.SampleType)
		for i, s := range p.Samples {
			identity := fmt.Sprint(i, s.StackIndex, s.AttributeIndices, s.LinkIndex)
			sample := rows[identity]
			// In one scope of profiles that all agree, a sample has a value of each.
			if sample == nil || !agree(scope.Profiles) {
				sample = tr.sample(s, resource, several)
				rows[identity] = sample
				tr.pprof.Sample = append(tr.pprof.Sample, sample)
			}
			for _, v := range s.Values {
				sample.Value[column] += v
			}
			if len(s.Values) == 0 {
				sample.Value[column] = int64(len(s.TimestampsUnixNano))
			}
		}
	}
}

func agree(profiles []*otlp.Profile) bool {
	return !slices.ContainsFunc(profiles, func(p *otlp.Profile) bool {
		return !slices.EqualFunc(p.Samples, profiles[0].Samples, func(a, b *otlp.Sample) bool {
			return a.StackIndex == b.StackIndex && a.LinkIndex == b.LinkIndex && slices.Equal(a.AttributeIndices, b.AttributeIndices)
		})
	})
}

func (tr *translation) text(index int32) string { return tr.dictionary.StringTable[index] }

func (tr *translation) sampleType(of *otlp.ValueType) int {
	vt := &profile.ValueType{Type: tr.text(of.GetTypeStrindex()), Unit: tr.text(of.GetUnitStrindex())}
	key := fmt.Sprint(vt.Type, "/", vt.Unit)
	column, known := tr.column[key]
	if !known {
		column = len(tr.pprof.SampleType)
		tr.column[key] = column
		tr.pprof.SampleType = append(tr.pprof.SampleType, vt)
	}
	return column
}

func (tr *translation) tables() {
	d := tr.dictionary
	for i, f := range d.FunctionTable {
		tr.pprof.Function = append(tr.pprof.Function, &profile.Function{
			ID: uint64(i + 1), Name: tr.text(f.NameStrindex), Filename: tr.text(f.FilenameStrindex),
		})
	}
	for i, l := range d.LocationTable {
		location := &profile.Location{ID: uint64(i + 1), Address: l.Address}
		for _, line := range l.Lines {
			location.Line = append(location.Line, profile.Line{Function: tr.pprof.Function[line.FunctionIndex], Line: line.Line})
		}
		tr.pprof.Location = append(tr.pprof.Location, location)
	}
}

func (tr *translation) sample(s *otlp.Sample, resource []*common.KeyValue, several bool) *profile.Sample {
	sample := &profile.Sample{
		Value: make([]int64, len(tr.pprof.SampleType)),
		Label: map[string][]string{}, NumLabel: map[string][]int64{}, NumUnit: map[string][]string{},
	}
	for _, index := range tr.dictionary.StackTable[s.StackIndex].LocationIndices {
		sample.Location = append(sample.Location, tr.pprof.Location[index])
	}
	taken := map[string]bool{}
	for _, index := range s.AttributeIndices {
		a := tr.dictionary.AttributeTable[index]
		taken[tr.text(a.KeyStrindex)] = true
		tr.label(sample, tr.text(a.KeyStrindex), a.Value, tr.text(a.UnitStrindex))
	}
	if link := tr.dictionary.LinkTable[s.LinkIndex]; s.LinkIndex != 0 && !taken["trace_id"] && !taken["span_id"] {
		sample.Label["trace_id"] = []string{hex.EncodeToString(link.TraceId)}
		sample.Label["span_id"] = []string{hex.EncodeToString(link.SpanId)}
	}
	for _, kv := range resource {
		key := kv.Key
		if kv.KeyStrindex != 0 {
			key = tr.text(kv.KeyStrindex)
		}
		if several && !taken[key] {
			tr.label(sample, key, kv.Value, "")
		}
	}
	return sample
}

func (tr *translation) label(sample *profile.Sample, key string, value *common.AnyValue, unit string) {
	switch v := value.Value.(type) {
	case *common.AnyValue_StringValue:
		sample.Label[key] = append(sample.Label[key], v.StringValue)
	case *common.AnyValue_StringValueStrindex:
		sample.Label[key] = append(sample.Label[key], tr.text(v.StringValueStrindex))
	case *common.AnyValue_IntValue:
		sample.NumLabel[key] = append(sample.NumLabel[key], v.IntValue)
		sample.NumUnit[key] = append(sample.NumUnit[key], unit)
	case *common.AnyValue_ArrayValue:
		_, isText := v.ArrayValue.Values[0].Value.(*common.AnyValue_StringValue)
		_, isNumber := v.ArrayValue.Values[0].Value.(*common.AnyValue_IntValue)
		if !isText && !isNumber {
			sample.Label[key] = append(sample.Label[key], value.String())
			return
		}
		for _, item := range v.ArrayValue.Values {
			tr.label(sample, key, item, unit)
		}
	default:
		sample.Label[key] = append(sample.Label[key], value.String())
	}
}

func write(t *testing.T, p *profile.Profile) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
