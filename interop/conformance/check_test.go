package conformance

import (
	"testing"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/protobuf/proto"
)

func text(s string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: s}}
}

func textAt(index int32) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValueStrindex{StringValueStrindex: index}}
}

func list(values ...*common.AnyValue) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: &common.ArrayValue{Values: values}}}
}

func keyed(pairs ...*common.KeyValue) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_KvlistValue{KvlistValue: &common.KeyValueList{Values: pairs}}}
}

func bytesOf(length int) []byte {
	b := make([]byte, length)
	for i := range b {
		b[i] = byte(i + 1)
	}
	return b
}

// valid has each message once and nothing wrong; the tests spoil one thing of it.
func valid() *otlp.ProfilesData {
	return &otlp.ProfilesData{
		ResourceProfiles: []*otlp.ResourceProfiles{{
			Resource: &resource.Resource{Attributes: []*common.KeyValue{
				{Key: "service.name", Value: text("shop")},
				{Key: "host.name", Value: text("a")},
			}},
			ScopeProfiles: []*otlp.ScopeProfiles{{
				Scope: &common.InstrumentationScope{Attributes: []*common.KeyValue{
					{Key: "n", Value: text("1")},
					{Key: "list", Value: keyed(&common.KeyValue{Key: "a", Value: text("x")}, &common.KeyValue{Key: "b", Value: text("x")})},
				}},
				Profiles: []*otlp.Profile{{
					SampleType: &otlp.ValueType{TypeStrindex: 1, UnitStrindex: 2},
					PeriodType: &otlp.ValueType{TypeStrindex: 1, UnitStrindex: 2},
					Samples: []*otlp.Sample{
						{StackIndex: 1, AttributeIndices: []int32{1, 2}, LinkIndex: 1, Values: []int64{1, 2}, TimestampsUnixNano: []uint64{100, 149}},
						{StackIndex: 2, AttributeIndices: []int32{2}, Values: []int64{7}, TimestampsUnixNano: []uint64{120}},
					},
					TimeUnixNano:     100,
					DurationNano:     50,
					ProfileId:        bytesOf(16),
					AttributeIndices: []int32{3},
				}},
			}},
		}},
		Dictionary: &otlp.ProfilesDictionary{
			StringTable: []string{"", "cpu", "nanoseconds", "main", "main.go", "thread", "size", "bytes", "app", "comment", "build"},
			AttributeTable: []*otlp.KeyValueAndUnit{
				{},
				{KeyStrindex: 5, Value: text("worker")},
				{KeyStrindex: 6, Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: 5}}, UnitStrindex: 7},
				{KeyStrindex: 9, Value: list(text("hello"), text("hello"))},
				{KeyStrindex: 10, Value: text("abc")},
			},
			MappingTable:  []*otlp.Mapping{{}, {MemoryStart: 1, MemoryLimit: 9, FilenameStrindex: 8, AttributeIndices: []int32{4}}},
			FunctionTable: []*otlp.Function{{}, {NameStrindex: 3, FilenameStrindex: 4, StartLine: 3}},
			LocationTable: []*otlp.Location{
				{},
				{MappingIndex: 1, Address: 4, Lines: []*otlp.Line{{FunctionIndex: 1, Line: 5, Column: 6}}},
				{Address: 8, AttributeIndices: []int32{1}},
			},
			StackTable: []*otlp.Stack{{}, {LocationIndices: []int32{1, 2, 1}}, {LocationIndices: []int32{2}}},
			LinkTable:  []*otlp.Link{{}, {TraceId: bytesOf(16), SpanId: bytesOf(8)}},
		},
	}
}

func TestValidPayloadPasses(t *testing.T) {
	payload, err := proto.Marshal(valid())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Check(payload) {
		t.Error(f)
	}
}

// The mutations are named by what profiles.proto forbids. Each breaks one rule, and only that rule is found.
var mutations = []struct {
	name   string
	rule   Rule
	mutate func(*otlp.ProfilesData, *otlp.ProfilesDictionary, *otlp.Profile)
}{
	{"no resource profiles", Empty, func(p *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		p.ResourceProfiles = append(p.ResourceProfiles, &otlp.ResourceProfiles{})
	}},
	{"no profiles", Empty, func(p *otlp.ProfilesData, _ *otlp.ProfilesDictionary, _ *otlp.Profile) {
		r := p.ResourceProfiles[0]
		r.ScopeProfiles = append(r.ScopeProfiles, &otlp.ScopeProfiles{})
	}},

	{"mapping 0 not zero", ZeroEntry, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.MappingTable[0].FileOffset = 1
	}},
	{"location 0 not zero", ZeroEntry, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LocationTable[0].Address = 1
	}},
	{"function 0 not zero", ZeroEntry, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.FunctionTable[0].StartLine = 1
	}},
	{"link 0 of zero bytes", ZeroEntry, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LinkTable[0] = &otlp.Link{TraceId: make([]byte, 16), SpanId: make([]byte, 8)}
	}},
	{"string 0 not empty", ZeroEntry, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.StringTable[0] = "x"
	}},
	{"attribute 0 with a value", ZeroEntry, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.AttributeTable[0].Value = text("")
	}},
	{"attribute 0 with a key", ZeroEntry, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.AttributeTable[0].KeyStrindex = 5
	}},
	{"stack 0 not zero", ZeroEntry, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.StackTable[0].LocationIndices = []int32{0}
	}},

	{"sample type out of range", Range, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.SampleType.TypeStrindex = 11
	}},
	{"sample unit out of range", Range, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.SampleType.UnitStrindex = -1
	}},
	{"period type out of range", Range, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.PeriodType.TypeStrindex = 11
	}},
	{"period unit out of range", Range, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.PeriodType.UnitStrindex = 11
	}},
	{"profile attribute out of range", Range, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.AttributeIndices = append(p.AttributeIndices, 5)
	}},
	{"stack out of range", Range, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.Samples = append(p.Samples, sample(3, 0, nil))
	}},
	{"stack below zero", Range, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.Samples = append(p.Samples, sample(-1, 0, nil))
	}},
	{"link out of range", Range, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.Samples = append(p.Samples, sample(0, 2, nil))
	}},
	{"sample attribute out of range", Range, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.Samples = append(p.Samples, sample(0, 0, []int32{5}))
	}},
	{"mapping filename out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.MappingTable[1].FilenameStrindex = 11
		d.FunctionTable[1].SystemNameStrindex = 8
	}},
	{"mapping attribute out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.MappingTable[1].AttributeIndices = []int32{4, 5}
	}},
	{"location mapping out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LocationTable[2].MappingIndex = 2
	}},
	{"location attribute out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LocationTable[2].AttributeIndices = []int32{1, 5}
	}},
	{"line function out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LocationTable[2].Lines = []*otlp.Line{{FunctionIndex: 2}}
	}},
	{"function name out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.FunctionTable[1].NameStrindex, d.FunctionTable[1].SystemNameStrindex = 11, 3
	}},
	{"function system name out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.FunctionTable[1].SystemNameStrindex = 11
	}},
	{"function filename out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.FunctionTable[1].FilenameStrindex, d.FunctionTable[1].SystemNameStrindex = 11, 4
	}},
	{"attribute key out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.AttributeTable[3].KeyStrindex = 11
		d.FunctionTable[1].SystemNameStrindex = 9
	}},
	{"attribute unit out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.AttributeTable[1].UnitStrindex = 11
	}},
	{"attribute value reference out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.AttributeTable[3].Value = list(text("hello"), textAt(11))
	}},
	{"resource key reference out of range", Range, func(p *otlp.ProfilesData, _ *otlp.ProfilesDictionary, _ *otlp.Profile) {
		p.ResourceProfiles[0].Resource.Attributes[0] = &common.KeyValue{KeyStrindex: 11}
	}},
	{"stack location out of range", Range, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.StackTable[1].LocationIndices = []int32{1, 3}
	}},

	{"string twice", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.StringTable = append(d.StringTable, "cpu")
		d.FunctionTable[1].SystemNameStrindex = 11
	}},
	{"empty string twice", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.StringTable = append(d.StringTable, "")
		d.FunctionTable[1].SystemNameStrindex = 11
	}},
	{"attribute twice", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, p *otlp.Profile) {
		d.AttributeTable = append(d.AttributeTable, &otlp.KeyValueAndUnit{KeyStrindex: 5, Value: text("worker")})
		p.Samples[1].AttributeIndices = []int32{2, 5}
	}},
	{"attribute twice, one by reference", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, p *otlp.Profile) {
		d.AttributeTable[1].Value = text("main")
		d.AttributeTable = append(d.AttributeTable, &otlp.KeyValueAndUnit{KeyStrindex: 5, Value: textAt(3)})
		p.Samples[1].AttributeIndices = []int32{2, 5}
	}},
	{"mapping twice", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.MappingTable = append(d.MappingTable, proto.Clone(d.MappingTable[1]).(*otlp.Mapping))
		d.LocationTable[2].MappingIndex = 2
	}},
	{"mapping twice, attributes in another order", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.MappingTable[1].AttributeIndices = []int32{4, 1}
		d.MappingTable = append(d.MappingTable, proto.Clone(d.MappingTable[1]).(*otlp.Mapping))
		d.MappingTable[2].AttributeIndices = []int32{1, 4}
		d.LocationTable[2].MappingIndex = 2
	}},
	{"mapping without content", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.MappingTable = append(d.MappingTable, &otlp.Mapping{})
		d.LocationTable[2].MappingIndex = 2
	}},
	{"function twice", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.FunctionTable = append(d.FunctionTable, proto.Clone(d.FunctionTable[1]).(*otlp.Function))
		d.LocationTable[2].Lines = []*otlp.Line{{FunctionIndex: 2}}
	}},
	{"location twice", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LocationTable = append(d.LocationTable, proto.Clone(d.LocationTable[1]).(*otlp.Location))
		d.StackTable[1].LocationIndices = []int32{1, 2, 2, 3}
	}},
	{"stack twice", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, p *otlp.Profile) {
		d.StackTable = append(d.StackTable, &otlp.Stack{LocationIndices: []int32{1, 2, 1}})
		p.Samples = append(p.Samples, sample(3, 0, nil))
	}},
	{"link twice", Duplicate, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, p *otlp.Profile) {
		d.LinkTable = append(d.LinkTable, &otlp.Link{TraceId: bytesOf(16), SpanId: bytesOf(8)})
		p.Samples[1].LinkIndex = 2
	}},

	{"string orphan", Orphan, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.StringTable = append(d.StringTable, "orphan")
	}},
	{"attribute orphan", Orphan, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.AttributeTable = append(d.AttributeTable, &otlp.KeyValueAndUnit{KeyStrindex: 5, Value: text("orphan")})
	}},
	{"mapping orphan", Orphan, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.MappingTable = append(d.MappingTable, &otlp.Mapping{MemoryLimit: 1})
	}},
	{"function orphan", Orphan, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.FunctionTable = append(d.FunctionTable, &otlp.Function{NameStrindex: 4})
	}},
	{"location orphan", Orphan, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LocationTable = append(d.LocationTable, &otlp.Location{Address: 1})
	}},
	{"stack orphan", Orphan, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.StackTable = append(d.StackTable, &otlp.Stack{LocationIndices: []int32{1}})
	}},
	{"link orphan", Orphan, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LinkTable = append(d.LinkTable, &otlp.Link{TraceId: append(bytesOf(15), 0), SpanId: bytesOf(8)})
	}},
	{"string of a resource key only", OrphanButStrindex, func(p *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.StringTable = append(d.StringTable, "host.name")
		p.ResourceProfiles[0].Resource.Attributes[1] = &common.KeyValue{KeyStrindex: 11}
	}},
	{"string of a scope value only", OrphanButStrindex, func(p *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.StringTable = append(d.StringTable, "1")
		p.ResourceProfiles[0].ScopeProfiles[0].Scope.Attributes[0].Value = textAt(11)
	}},
	{"string of an attribute value only", OrphanButStrindex, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.StringTable = append(d.StringTable, "worker")
		d.AttributeTable[1].Value = textAt(11)
	}},

	{"profile key twice", Keys, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.AttributeIndices = []int32{3, 3}
	}},
	{"sample key twice", Keys, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, p *otlp.Profile) {
		d.AttributeTable = append(d.AttributeTable, &otlp.KeyValueAndUnit{KeyStrindex: 5, Value: text("other")})
		p.Samples[0].AttributeIndices = []int32{1, 5}
	}},
	{"mapping key twice", Keys, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.MappingTable[1].AttributeIndices = []int32{4, 4}
	}},
	{"location key twice", Keys, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LocationTable[2].AttributeIndices = []int32{1, 1}
	}},
	{"resource key twice", Keys, func(p *otlp.ProfilesData, _ *otlp.ProfilesDictionary, _ *otlp.Profile) {
		p.ResourceProfiles[0].Resource.Attributes[1].Key = "service.name"
	}},
	{"scope key twice, one by reference", Keys, func(p *otlp.ProfilesData, _ *otlp.ProfilesDictionary, _ *otlp.Profile) {
		a := p.ResourceProfiles[0].ScopeProfiles[0].Scope
		a.Attributes = append(a.Attributes, &common.KeyValue{Key: "cpu"}, &common.KeyValue{KeyStrindex: 1})
	}},
	{"key in a list twice", Keys, func(p *otlp.ProfilesData, _ *otlp.ProfilesDictionary, _ *otlp.Profile) {
		p.ResourceProfiles[0].ScopeProfiles[0].Scope.Attributes[1].Value.GetKvlistValue().Values[1].Key = "a"
	}},
	{"key by itself and by reference", Keys, func(p *otlp.ProfilesData, _ *otlp.ProfilesDictionary, _ *otlp.Profile) {
		p.ResourceProfiles[0].Resource.Attributes[0].KeyStrindex = 1
	}},

	{"more values than timestamps", SampleShape, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.Samples[1].Values = []int64{1, 2}
	}},
	{"values without timestamps", SampleShape, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		for _, s := range p.Samples {
			s.TimestampsUnixNano = nil
		}
	}},
	{"neither values nor timestamps", SampleShape, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.Samples[0].Values, p.Samples[0].TimestampsUnixNano = nil, nil
	}},
	{"samples of two shapes", SampleShape, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.Samples[1].Values = nil
	}},
	{"timestamp before the profile", Timestamp, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.Samples[1].TimestampsUnixNano[0] = 99
	}},
	{"timestamp at the end of the profile", Timestamp, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.Samples[1].TimestampsUnixNano[0] = 150
	}},

	{"short trace id", IDLength, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LinkTable[1].TraceId = bytesOf(15)
	}},
	{"no span id", IDLength, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LinkTable[1].SpanId = nil
	}},
	{"short profile id", IDLength, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.ProfileId = bytesOf(8)
	}},
	{"negative line", Negative, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LocationTable[1].Lines[0].Line = -1
	}},
	{"negative column", Negative, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.LocationTable[1].Lines[0].Column = -1
	}},
	{"negative start line", Negative, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.FunctionTable[1].StartLine = -1
	}},
	{"mapping of no addresses", MappingRange, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.MappingTable[1].MemoryStart = 9
	}},
	{"mapping without limit", MappingRange, func(_ *otlp.ProfilesData, d *otlp.ProfilesDictionary, _ *otlp.Profile) {
		d.MappingTable[1].MemoryLimit = 0
	}},
	{"payload without format", OriginalPayload, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.OriginalPayload = []byte{1}
	}},
	{"format without payload", OriginalPayload, func(_ *otlp.ProfilesData, _ *otlp.ProfilesDictionary, p *otlp.Profile) {
		p.OriginalPayloadFormat = "pprof"
	}},
}

func sample(stack, link int32, attributes []int32) *otlp.Sample {
	return &otlp.Sample{
		StackIndex: stack, LinkIndex: link, AttributeIndices: attributes, Values: []int64{1}, TimestampsUnixNano: []uint64{100},
	}
}

func TestEachDefectIsFound(t *testing.T) {
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			data := valid()
			m.mutate(data, data.Dictionary, data.ResourceProfiles[0].ScopeProfiles[0].Profiles[0])
			payload, err := proto.Marshal(data)
			if err != nil {
				t.Fatal(err)
			}
			findings := Check(payload)
			if len(findings) == 0 {
				t.Fatal("nothing found")
			}
			for _, f := range findings {
				if f.Rule != m.rule {
					t.Errorf("found more than %s: %s", m.rule, f)
				}
			}
		})
	}
}

func TestPayloadThatIsNone(t *testing.T) {
	tests := []struct {
		name    string
		payload []byte
		rule    Rule
	}{
		{"no message", []byte{0xff}, Decode},
		// dictionary { string_table: "\xff" }
		{"string not UTF-8", []byte{0x12, 0x03, 0x2a, 0x01, 0xff}, UTF8},
		{"nothing at all", nil, Empty},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			findings := Check(test.payload)
			if len(findings) == 0 || findings[0].Rule != test.rule {
				t.Errorf("want %s, got %v", test.rule, findings)
			}
		})
	}
}
