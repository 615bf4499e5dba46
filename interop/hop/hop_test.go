package hop

import (
	"bytes"
	"testing"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/protobuf/proto"

	"pprof-otlp.test/interop/conformance"
)

func payload(t *testing.T, function string) []byte {
	t.Helper()
	b, err := proto.Marshal(&otlp.ProfilesData{
		ResourceProfiles: []*otlp.ResourceProfiles{{
			Resource: &resource.Resource{Attributes: []*common.KeyValue{
				{Key: "service.name", Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: "shop"}}},
			}},
			ScopeProfiles: []*otlp.ScopeProfiles{{Profiles: []*otlp.Profile{{
				SampleType: &otlp.ValueType{TypeStrindex: 1},
				Samples:    []*otlp.Sample{{StackIndex: 1, Values: []int64{5}}},
			}}}},
		}},
		Dictionary: &otlp.ProfilesDictionary{
			StringTable:    []string{"", "cpu", function},
			FunctionTable:  []*otlp.Function{{}, {NameStrindex: 2}},
			LocationTable:  []*otlp.Location{{}, {Lines: []*otlp.Line{{FunctionIndex: 1}}}},
			StackTable:     []*otlp.Stack{{}, {LocationIndices: []int32{1}}},
			MappingTable:   []*otlp.Mapping{{}},
			LinkTable:      []*otlp.Link{{}},
			AttributeTable: []*otlp.KeyValueAndUnit{{}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// conforms judges what pdata wrote: it puts the strings of resources into the string table.
func conforms(t *testing.T, b []byte) *otlp.ProfilesData {
	t.Helper()
	for _, f := range conformance.Check(b) {
		if f.Rule != conformance.OrphanButStrindex {
			t.Error(f)
		}
	}
	var data otlp.ProfilesData
	if err := proto.Unmarshal(b, &data); err != nil {
		t.Fatal(err)
	}
	return &data
}

// A hop is a test only if it rewrites the payload.
func TestHopsEncodeAnew(t *testing.T) {
	source := payload(t, "main.run")
	byProtobuf, err := Protobuf(source)
	if err != nil {
		t.Fatal(err)
	}
	byJSON, json, err := JSON(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{byProtobuf, byJSON} {
		if bytes.Equal(b, source) {
			t.Error("the hop left the bytes as they were")
		}
		if kv := conforms(t, b).ResourceProfiles[0].Resource.Attributes[0]; kv.KeyStrindex == 0 {
			t.Errorf("the resource's key is no reference: %v", kv)
		}
	}
	if !bytes.HasPrefix(json, []byte("{")) {
		t.Errorf("no JSON: %.20q", json)
	}
}

func TestMergeMakesOneDictionary(t *testing.T) {
	merged, err := Merge(payload(t, "main.run"), payload(t, "main.stop"))
	if err != nil {
		t.Fatal(err)
	}
	data := conforms(t, merged)
	if len(data.ResourceProfiles) != 2 || len(data.Dictionary.FunctionTable) != 3 {
		t.Errorf("%d resources, %d functions", len(data.ResourceProfiles), len(data.Dictionary.FunctionTable))
	}
}

func TestShuffleKeepsTheMeaning(t *testing.T) {
	// pdata makes references of resource attributes, which have to be moved too.
	source, err := Protobuf(payload(t, "main.run"))
	if err != nil {
		t.Fatal(err)
	}
	shuffled, err := Shuffle(source, 1)
	if err != nil {
		t.Fatal(err)
	}
	var data otlp.ProfilesData
	if err := proto.Unmarshal(shuffled, &data); err != nil {
		t.Fatal(err)
	}
	d := data.Dictionary
	profile := data.ResourceProfiles[0].ScopeProfiles[0].Profiles[0]
	stack := d.StackTable[profile.Samples[0].StackIndex]
	function := d.FunctionTable[d.LocationTable[stack.LocationIndices[0]].Lines[0].FunctionIndex]
	if name := d.StringTable[function.NameStrindex]; name != "main.run" {
		t.Errorf("the frame is %q", name)
	}
	service := data.ResourceProfiles[0].Resource.Attributes[0]
	if key, value := d.StringTable[service.KeyStrindex], d.StringTable[service.Value.GetStringValueStrindex()]; key != "service.name" || value != "shop" {
		t.Errorf("the resource has %q=%q", key, value)
	}
	rules := map[conformance.Rule]bool{}
	for seed := range uint64(20) {
		shuffled, _ := Shuffle(source, seed)
		for _, f := range conformance.Check(shuffled) {
			rules[f.Rule] = true
		}
	}
	delete(rules, conformance.OrphanButStrindex)
	if len(rules) != 2 || !rules[conformance.Orphan] || !rules[conformance.Duplicate] {
		t.Errorf("want orphans and duplicates, got %v", rules)
	}
}
