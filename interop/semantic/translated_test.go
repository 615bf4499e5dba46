package semantic

import (
	"encoding/hex"
	"slices"
	"testing"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	"google.golang.org/protobuf/proto"

	"pprof-otlp.test/interop/conformance"
	"pprof-otlp.test/interop/pprof"
)

func str(s string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: s}}
}

func num(n int64) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: n}}
}

func raw(b string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_BytesValue{BytesValue: []byte(b)}}
}

func yes() *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: true}}
}

func array(values ...*common.AnyValue) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: &common.ArrayValue{Values: values}}}
}

func fields(pairs ...*common.KeyValue) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_KvlistValue{KvlistValue: &common.KeyValueList{Values: pairs}}}
}

func id(digits string) []byte {
	b, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	return b
}

// translatedShop is what the mapping makes of shop, by hand.
func translatedShop(fidelity Fidelity) *otlp.ProfilesData {
	d := &otlp.ProfilesDictionary{StringTable: []string{""}}
	text := func(s string) int32 {
		if i := slices.Index(d.StringTable, s); i >= 0 {
			return int32(i)
		}
		d.StringTable = append(d.StringTable, s)
		return int32(len(d.StringTable) - 1)
	}
	attribute := func(key string, value *common.AnyValue, unit string) int32 {
		d.AttributeTable = append(d.AttributeTable, &otlp.KeyValueAndUnit{KeyStrindex: text(key), Value: value, UnitStrindex: text(unit)})
		return int32(len(d.AttributeTable) - 1)
	}
	d.AttributeTable = append(d.AttributeTable, &otlp.KeyValueAndUnit{})
	profileAttributes := []int32{
		attribute(comment, array(str("first"), str("")), ""),
		attribute(dropFrames, str("runtime"), ""),
		attribute(keepFrames, str("main"), ""),
		attribute(docURL, str("https://shop.example.test"), ""),
	}
	labels := []int32{
		attribute("thread", str("main"), ""),
		attribute("size", num(5), "bytes"),
		attribute("tag", array(str("a"), str("b")), ""),
		attribute("mixed", array(str("text"), fields(&common.KeyValue{Key: "num", Value: num(3)}, &common.KeyValue{Key: "num_unit", Value: str("kilobytes")})), ""),
		attribute("raw", raw("\xff"), ""),
		attribute("trace_id", str("0af7651916cd43dd8448eb211c80319c"), ""),
		attribute("span_id", str("b7ad6b7169203331"), ""),
	}
	empty := attribute("empty", str(""), "")
	app := &otlp.Mapping{MemoryStart: 0x1000, MemoryLimit: 0x2000, FileOffset: 0x10, FilenameStrindex: text("/bin/shop"), AttributeIndices: []int32{
		attribute(buildIDGNU, str("abcd"), ""), attribute(hasFunctions, yes(), ""),
	}}
	d.MappingTable = []*otlp.Mapping{{}, app}
	appIndex := int32(1)
	scope := []*common.KeyValue{
		{Key: sampleTypeOrder, Value: array(num(0), num(1))},
		{Key: defaultSampleType, Value: str("samples")},
	}
	if fidelity == Semantic {
		libc := &otlp.Mapping{MemoryStart: 0x3000, MemoryLimit: 0x4000, FilenameStrindex: text("/lib/libc.so")}
		d.MappingTable = []*otlp.Mapping{{}, libc, app}
		appIndex = 2
	} else {
		scope = append(scope, &common.KeyValue{Key: residual, Value: raw("\x01\x02")})
	}
	d.FunctionTable = []*otlp.Function{
		{},
		{NameStrindex: text("pay"), FilenameStrindex: text("pay.go")},
		{NameStrindex: text("buy"), SystemNameStrindex: text("_Zbuy"), FilenameStrindex: text("shop.go"), StartLine: 10},
	}
	d.LocationTable = []*otlp.Location{
		{},
		{MappingIndex: appIndex, Address: 0x1100, Lines: []*otlp.Line{{FunctionIndex: 1, Line: 7, Column: 3}, {FunctionIndex: 2, Line: 12}}},
		{MappingIndex: appIndex, Address: 0x1200, Lines: []*otlp.Line{{FunctionIndex: 2, Line: 15}}, AttributeIndices: []int32{attribute(isFolded, yes(), "")}},
		{Address: 0x9000},
	}
	d.StackTable = []*otlp.Stack{{}, {LocationIndices: []int32{1, 2, 3}}, {LocationIndices: []int32{2}}}
	d.LinkTable = []*otlp.Link{{}, {TraceId: id("0af7651916cd43dd8448eb211c80319c"), SpanId: id("b7ad6b7169203331")}}
	profile := func(name, unit string, values ...int64) *otlp.Profile {
		return &otlp.Profile{
			SampleType: &otlp.ValueType{TypeStrindex: text(name), UnitStrindex: text(unit)},
			Samples: []*otlp.Sample{
				{StackIndex: 1, AttributeIndices: labels, LinkIndex: 1, Values: values[0:1]},
				{StackIndex: 2, Values: values[1:2]},
				{AttributeIndices: []int32{empty}, Values: values[2:3]},
			},
			TimeUnixNano: 1700000000000000000, DurationNano: 1000,
			PeriodType: &otlp.ValueType{TypeStrindex: text("cpu"), UnitStrindex: text("nanoseconds")}, Period: 10,
			AttributeIndices: profileAttributes,
		}
	}
	return &otlp.ProfilesData{
		ResourceProfiles: []*otlp.ResourceProfiles{{ScopeProfiles: []*otlp.ScopeProfiles{{
			Scope:    &common.InstrumentationScope{Attributes: scope},
			Profiles: []*otlp.Profile{profile("samples", "count", 1, 0, 2), profile("cpu", "nanoseconds", 10, -4, 3)},
		}}}},
		Dictionary: d,
	}
}

func encode(t *testing.T, data *otlp.ProfilesData) []byte {
	t.Helper()
	b, err := proto.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTranslationByHandAgrees(t *testing.T) {
	for _, fidelity := range []Fidelity{Exact, Semantic} {
		t.Run(string(fidelity), func(t *testing.T) {
			payload := encode(t, translatedShop(fidelity))
			for _, d := range Translated(shop(), payload, fidelity) {
				t.Error(d)
			}
			for _, f := range conformance.Check(payload) {
				if f.Rule != conformance.Orphan || fidelity == Exact {
					t.Error(f)
				}
			}
		})
	}
}

func TestEachChangeOfThePayloadIsFound(t *testing.T) {
	attribute := func(d *otlp.ProfilesDictionary, key string) *otlp.KeyValueAndUnit {
		for _, a := range d.AttributeTable {
			if d.StringTable[a.KeyStrindex] == key {
				return a
			}
		}
		t.Fatalf("no attribute %s", key)
		return nil
	}
	// drop makes an attribute another one, which the mapping does not know.
	drop := func(d *otlp.ProfilesDictionary, key string) {
		d.StringTable = append(d.StringTable, "other")
		attribute(d, key).KeyStrindex = int32(len(d.StringTable) - 1)
	}
	type payload struct {
		*otlp.ProfilesDictionary
		scope    *otlp.ScopeProfiles
		profiles []*otlp.Profile
	}
	tests := []struct {
		name, kind string
		change     func(payload)
	}{
		{"Profile gone", Shape, func(p payload) { p.scope.Profiles = p.profiles[:1] }},
		{"Profiles swapped", "sample_type", func(p payload) { slices.Reverse(p.profiles) }},
		{"default not first", "default_first", func(p payload) {
			slices.Reverse(p.profiles)
			slices.Reverse(p.scope.Scope.Attributes[0].Value.GetArrayValue().Values)
		}},
		{"order twice the same", Shape, func(p payload) {
			p.scope.Scope.Attributes[0].Value = array(num(0), num(0))
		}},
		{"order not there", Shape, func(p payload) { p.scope.Scope.Attributes = p.scope.Scope.Attributes[1:] }},
		{"default type gone", "default_sample_type", func(p payload) {
			p.scope.Scope.Attributes = p.scope.Scope.Attributes[:1]
		}},
		{"unknown scope attribute", Shape, func(p payload) {
			p.scope.Scope.Attributes = append(p.scope.Scope.Attributes, &common.KeyValue{Key: "other"})
		}},
		{"residual", Shape, func(p payload) {
			p.scope.Scope.Attributes = append(p.scope.Scope.Attributes, &common.KeyValue{Key: residual, Value: raw("\x01")})
		}},
		{"original payload", Shape, func(p payload) {
			p.profiles[0].OriginalPayloadFormat, p.profiles[0].OriginalPayload = "pprof", []byte{1}
		}},
		{"sample gone", Shape, func(p payload) { p.profiles[1].Samples = p.profiles[1].Samples[1:] }},
		{"sample gone from all", "sample", func(p payload) {
			for _, profile := range p.profiles {
				profile.Samples = profile.Samples[:2]
			}
		}},
		{"samples swapped in one", Shape, func(p payload) { slices.Reverse(p.profiles[1].Samples) }},
		{"value", "value", func(p payload) { p.profiles[1].Samples[0].Values = []int64{11} }},
		{"value zero left out", Shape, func(p payload) { p.profiles[0].Samples[1].Values = nil }},
		{"two values", Shape, func(p payload) { p.profiles[0].Samples[1].Values = []int64{0, 0} }},
		{"timestamp", Shape, func(p payload) { p.profiles[0].Samples[1].TimestampsUnixNano = []uint64{1700000000000000000} }},
		{"stack", "stack", func(p payload) { p.StackTable[2].LocationIndices[0] = 3 }},
		{"no stack", "stack", func(p payload) { p.StackTable[2].LocationIndices = nil }},
		{"lines swapped", "stack", func(p payload) { slices.Reverse(p.LocationTable[1].Lines) }},
		{"column gone", "stack", func(p payload) { p.LocationTable[1].Lines[0].Column = 0 }},
		{"folded gone", "stack", func(p payload) { p.LocationTable[2].AttributeIndices = nil }},
		{"not folded said", Shape, func(p payload) {
			attribute(p.ProfilesDictionary, isFolded).Value = &common.AnyValue{Value: &common.AnyValue_BoolValue{}}
		}},
		{"location with other attribute", Shape, func(p payload) { drop(p.ProfilesDictionary, isFolded) }},
		{"mapping of a location", "stack", func(p payload) { p.LocationTable[1].MappingIndex = 1 }},
		{"mapping gone", "mapping", func(p payload) { p.MappingTable[1] = &otlp.Mapping{} }},
		{"mappings swapped", "mapping", func(p payload) {
			p.MappingTable[1], p.MappingTable[2] = p.MappingTable[2], p.MappingTable[1]
			p.LocationTable[1].MappingIndex, p.LocationTable[2].MappingIndex = 1, 1
		}},
		{"build id as of Go", Shape, func(p payload) {
			attribute(p.ProfilesDictionary, buildIDGNU).KeyStrindex = int32(len(p.StringTable))
			p.ProfilesDictionary.StringTable = append(p.StringTable, buildIDGo)
		}},
		{"mapping with other attribute", Shape, func(p payload) { drop(p.ProfilesDictionary, buildIDGNU) }},
		{"function name", "stack", func(p payload) { p.FunctionTable[2].NameStrindex = 0 }},
		{"function start line", "stack", func(p payload) { p.FunctionTable[2].StartLine++ }},
		{"label gone", "label", func(p payload) {
			p.profiles[0].Samples[0].AttributeIndices = p.profiles[0].Samples[0].AttributeIndices[1:]
		}},
		{"label of one Profile gone", Shape, func(p payload) { p.profiles[1].Samples[2].AttributeIndices = nil }},
		{"label number as text", "label", func(p payload) {
			a := attribute(p.ProfilesDictionary, "size")
			a.Value, a.UnitStrindex = str("5"), 0
		}},
		{"label unit", "label", func(p payload) { attribute(p.ProfilesDictionary, "size").UnitStrindex = 0 }},
		{"unit of a text", Shape, func(p payload) {
			attribute(p.ProfilesDictionary, "thread").UnitStrindex = attribute(p.ProfilesDictionary, "size").UnitStrindex
		}},
		{"bytes that are UTF-8", Shape, func(p payload) { attribute(p.ProfilesDictionary, "thread").Value = raw("main") }},
		{"bytes as text", "label", func(p payload) { attribute(p.ProfilesDictionary, "raw").Value = str("\uFFFD") }},
		{"array of one", Shape, func(p payload) { attribute(p.ProfilesDictionary, "thread").Value = array(str("main")) }},
		{"array in another order", "label", func(p payload) { slices.Reverse(attribute(p.ProfilesDictionary, "tag").Value.GetArrayValue().Values) }},
		{"array cut", "label", func(p payload) {
			a := attribute(p.ProfilesDictionary, "mixed").Value.GetArrayValue()
			a.Values = append(a.Values[:1], str("other"))
		}},
		{"double label", Shape, func(p payload) {
			attribute(p.ProfilesDictionary, "thread").Value = &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: 1}}
		}},
		{"label without value as true", Shape, func(p payload) { attribute(p.ProfilesDictionary, "empty").Value = yes() }},
		{"link gone", Shape, func(p payload) { p.profiles[0].Samples[0].LinkIndex = 0 }},
		{"link of a sample without ids", Shape, func(p payload) { p.profiles[0].Samples[1].LinkIndex = 1 }},
		{"other link", Shape, func(p payload) { p.LinkTable[1].SpanId[0]++ }},
		{"comment gone", "comment", func(p payload) {
			a := attribute(p.ProfilesDictionary, comment).Value.GetArrayValue()
			a.Values = a.Values[:1]
		}},
		{"comment not in an array", Shape, func(p payload) { attribute(p.ProfilesDictionary, comment).Value = str("first") }},
		{"drop frames gone", Shape, func(p payload) { drop(p.ProfilesDictionary, dropFrames) }},
		{"keep frames", "keep_frames", func(p payload) { attribute(p.ProfilesDictionary, keepFrames).Value = str("x") }},
		{"doc URL empty", Shape, func(p payload) { attribute(p.ProfilesDictionary, docURL).Value = str("") }},
		{"attributes of one Profile gone", Shape, func(p payload) { p.profiles[1].AttributeIndices = nil }},
		{"time", "time_nanos", func(p payload) { p.profiles[0].TimeUnixNano++; p.profiles[1].TimeUnixNano++ }},
		{"time of one Profile", Shape, func(p payload) { p.profiles[1].TimeUnixNano++ }},
		{"duration", "duration_nanos", func(p payload) { p.profiles[0].DurationNano = 0; p.profiles[1].DurationNano = 0 }},
		{"period of one Profile", Shape, func(p payload) { p.profiles[1].Period = 0 }},
		{"period type of one Profile", Shape, func(p payload) { p.profiles[1].PeriodType = nil }},
		{"index out of range", Shape, func(p payload) { p.profiles[0].Samples[0].StackIndex = 9; p.profiles[1].Samples[0].StackIndex = 9 }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data := proto.Clone(translatedShop(Semantic)).(*otlp.ProfilesData)
			scope := data.ResourceProfiles[0].ScopeProfiles[0]
			test.change(payload{data.Dictionary, scope, scope.Profiles})
			differences := Translated(shop(), encode(t, data), Semantic)
			if !slices.ContainsFunc(differences, func(d Difference) bool { return d.Kind == test.kind }) {
				t.Fatalf("no difference of %s: %v", test.kind, differences)
			}
		})
	}
}

func TestRepresentable(t *testing.T) {
	bad := shop()
	bad.Samples[0].Stack[0].Lines[0].Function.Name = "a\xff\xfe"
	bad.Samples[0].Labels = []pprof.Label{{Key: "k\xff", Str: "\xff"}}
	bad.TimeNanos = -1
	bad.Mappings = append(bad.Mappings, &pprof.Mapping{})
	got := bad.Representable()
	if name := got.Samples[0].Stack[0].Lines[0].Function.Name; name != "a\uFFFD" {
		t.Errorf("function name %q", name)
	}
	if label := got.Samples[0].Labels[0]; label != (pprof.Label{Key: "k\uFFFD", Str: "\xff"}) {
		t.Errorf("label %v", label)
	}
	if got.TimeNanos != 0 || len(got.Mappings) != 2 {
		t.Errorf("time %d, %d mappings", got.TimeNanos, len(got.Mappings))
	}
	for _, d := range Compare(shop(), shop().Representable()) {
		t.Errorf("a profile that OTLP can say is changed: %s", d)
	}
}
