package generate

import (
	"fmt"
	"math/rand/v2"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/protobuf/proto"
)

// OTLPCases makes count payloads of programs that have nothing to do with pprof, one for each seed from first on: several
// resources and scopes, samples with timestamps, links, attributes of all kinds. In each fifth, called `extreme`, numbers
// reach the limits of 64 bits.
func OTLPCases(first, count int) []Case {
	var cases []Case
	for seed := first; seed < first+count; seed++ {
		w := &otlpWriter{
			r: &random{rand.New(rand.NewPCG(uint64(seed), 1))}, extreme: seed%5 == 4,
			dictionary: &otlp.ProfilesDictionary{
				MappingTable: []*otlp.Mapping{{}}, LocationTable: []*otlp.Location{{}}, FunctionTable: []*otlp.Function{{}},
				LinkTable: []*otlp.Link{{}}, StringTable: []string{""}, AttributeTable: []*otlp.KeyValueAndUnit{{}},
				StackTable: []*otlp.Stack{{}},
			},
			strings: map[string]int32{"": 0},
		}
		name := "otlp"
		if w.extreme {
			name = "extreme"
		}
		cases = append(cases, Case{fmt.Sprintf("%s-%04d", name, seed), w.payload()})
	}
	return cases
}

// otlpWriter writes one payload.
type otlpWriter struct {
	r          *random
	extreme    bool
	dictionary *otlp.ProfilesDictionary
	strings    map[string]int32
}

func (w *otlpWriter) payload() []byte {
	r := w.r
	for range r.upTo(3) {
		w.mapping()
	}
	for i := range 1 + r.upTo(12) {
		w.function(i)
	}
	for range 1 + r.upTo(20) {
		w.location()
	}
	for range 1 + r.upTo(20) {
		w.stack()
	}
	for range r.upTo(4) {
		w.link()
	}
	for range 3 + r.upTo(20) {
		w.attribute()
	}
	data := &otlp.ProfilesData{Dictionary: w.dictionary}
	for i := range pick(r, 1, 1, 2, 3) {
		data.ResourceProfiles = append(data.ResourceProfiles, w.resource(i))
	}
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(data)
	if err != nil {
		panic(err)
	}
	return b
}

func (w *otlpWriter) text(s string) int32 {
	index, known := w.strings[s]
	if !known {
		index = int32(len(w.dictionary.StringTable))
		w.strings[s] = index
		w.dictionary.StringTable = append(w.dictionary.StringTable, s)
	}
	return index
}

// value is a measured value. Reports print floats, so only extreme payloads have values that these do not hold.
func (w *otlpWriter) value() int64 {
	if w.extreme {
		return w.r.value()
	}
	return pick(w.r, 0, 1, w.r.Int64N(100), w.r.Int64N(1e6), w.r.Int64N(1e6), -w.r.Int64N(50))
}

func (w *otlpWriter) mapping() {
	start := uint64(0x400000 + 0x10000*len(w.dictionary.MappingTable))
	w.dictionary.MappingTable = append(w.dictionary.MappingTable, &otlp.Mapping{
		MemoryStart: start, MemoryLimit: start + 0x10000, FilenameStrindex: w.text(pick(w.r, "", "/bin/shop", "libc.so.6")),
	})
}

func (w *otlpWriter) function(i int) {
	f := &otlp.Function{
		// Some names twice, in other files, and some functions without one.
		NameStrindex:     w.text(pick(w.r, fmt.Sprintf("run%d", i/2), fmt.Sprintf("λ%d", i), "std::vector<int>::push_back", "")),
		FilenameStrindex: w.text(pick(w.r, "", "app.py", fmt.Sprintf("f%d.go", i))),
		StartLine:        w.r.Int64N(100),
	}
	w.dictionary.FunctionTable = append(w.dictionary.FunctionTable, f)
}

// index is a place in a table of so many entries behind entry 0.
func (w *otlpWriter) index(length int) int32 { return int32(1 + w.r.IntN(length-1)) }

func (w *otlpWriter) location() {
	r := w.r
	l := &otlp.Location{Address: pick(r, 0, r.address())}
	if length := len(w.dictionary.MappingTable); length > 1 && !r.oneIn(4) {
		l.MappingIndex = w.index(length)
	}
	for range pick(r, 0, 1, 1, 1, 2, 3) {
		line := &otlp.Line{Line: r.Int64N(500), Column: pick(r, 0, r.Int64N(80))}
		if !r.oneIn(15) {
			line.FunctionIndex = w.index(len(w.dictionary.FunctionTable))
		}
		l.Lines = append(l.Lines, line)
	}
	if r.oneIn(3) {
		l.AttributeIndices = []int32{w.add("profile.frame.type", stringValue(pick(r, "native", "kernel", "cpython")), "")}
	}
	w.dictionary.LocationTable = append(w.dictionary.LocationTable, l)
}

func (w *otlpWriter) stack() {
	s := &otlp.Stack{}
	for range 1 + w.r.upTo(12) {
		s.LocationIndices = append(s.LocationIndices, w.index(len(w.dictionary.LocationTable)))
	}
	w.dictionary.StackTable = append(w.dictionary.StackTable, s)
}

func (w *otlpWriter) link() {
	l := &otlp.Link{TraceId: make([]byte, 16), SpanId: make([]byte, 8)}
	for i := range l.TraceId {
		l.TraceId[i] = byte(1 + w.r.IntN(255))
	}
	for i := range l.SpanId {
		l.SpanId[i] = byte(1 + w.r.IntN(255))
	}
	w.dictionary.LinkTable = append(w.dictionary.LinkTable, l)
}

// add adds an entry to the attribute table.
func (w *otlpWriter) add(key string, value *common.AnyValue, unit string) int32 {
	entry := &otlp.KeyValueAndUnit{KeyStrindex: w.text(key), Value: value, UnitStrindex: w.text(unit)}
	w.dictionary.AttributeTable = append(w.dictionary.AttributeTable, entry)
	return int32(len(w.dictionary.AttributeTable) - 1)
}

func (w *otlpWriter) attribute() {
	r := w.r
	switch r.IntN(8) {
	case 0:
		w.add("thread.name", stringValue(pick(r, "main", "worker-ü", "GC Thread#0", "")), "")
	case 1:
		w.add("thread.id", intValue(r.Int64N(5)), "")
	case 2:
		w.add("allocation", intValue(r.Int64N(5000)), pick(r, "bytes", "By", ""))
	case 3:
		w.add("tags", arrayValue(stringValue("a"), stringValue("b"), stringValue("a")), "")
	case 4:
		w.add("sizes", arrayValue(intValue(1), intValue(r.Int64N(9))), pick(r, "", "bytes"))
	case 5:
		w.add("service.name", stringValue("of the sample"), "")
	case 6:
		// A reference to a string, where the key is one of the link's.
		reference := &common.AnyValue{Value: &common.AnyValue_StringValueStrindex{StringValueStrindex: w.text("0af7")}}
		w.add(pick(r, "trace_id", "span_id"), reference, "")
	case 7:
		w.add("any."+pick(r, "a", "b"), w.anyValue(2), pick(r, "", "ms"))
	}
}

// anyValue is a value that pprof has no kind of label for.
func (w *otlpWriter) anyValue(depth int) *common.AnyValue {
	r := w.r
	switch r.IntN(3 + min(depth, 1)*2) {
	case 0:
		return &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: r.oneIn(2)}}
	case 1:
		return &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: pick(r, 0, 1.5, -1e300)}}
	case 2:
		return &common.AnyValue{Value: &common.AnyValue_BytesValue{BytesValue: []byte{0, 0xff, byte(r.IntN(256))}}}
	case 3:
		return arrayValue(w.anyValue(depth-1), stringValue("mixed"), intValue(1))
	}
	values := []*common.KeyValue{{Key: "inner", Value: w.anyValue(depth - 1)}, {Key: "n", Value: intValue(w.value())}}
	return &common.AnyValue{Value: &common.AnyValue_KvlistValue{KvlistValue: &common.KeyValueList{Values: values}}}
}

func stringValue(s string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: s}}
}

func intValue(i int64) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: i}}
}

func arrayValue(items ...*common.AnyValue) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: &common.ArrayValue{Values: items}}}
}

func (w *otlpWriter) resource(i int) *otlp.ResourceProfiles {
	r := w.r
	attributes := []*common.KeyValue{{Key: "service.name", Value: stringValue(fmt.Sprintf("shop%d", i))}}
	if r.oneIn(2) {
		// As pdata writes: by reference.
		reference := &common.AnyValue_StringValueStrindex{StringValueStrindex: w.text("host-a")}
		attributes = append(attributes, &common.KeyValue{KeyStrindex: w.text("host.name"), Value: &common.AnyValue{Value: reference}})
	}
	if r.oneIn(2) {
		attributes = append(attributes, &common.KeyValue{Key: "process.pid", Value: intValue(2202)})
	}
	if r.oneIn(3) {
		attributes = append(attributes, &common.KeyValue{Key: "process.args", Value: arrayValue(stringValue("-v"), stringValue("x"))})
	}
	entry := &otlp.ResourceProfiles{
		Resource:  &resource.Resource{Attributes: attributes, DroppedAttributesCount: pick(r, uint32(0), 2)},
		SchemaUrl: pick(r, "", "https://opentelemetry.io/schemas/1.39.0"),
	}
	for range pick(r, 1, 1, 2) {
		entry.ScopeProfiles = append(entry.ScopeProfiles, w.scope())
	}
	return entry
}

func (w *otlpWriter) scope() *otlp.ScopeProfiles {
	r := w.r
	types := [][2]string{{"samples", "count"}, {"cpu", "nanoseconds"}, {"alloc_space", "bytes"}, {"off_cpu", "ns"}, {"events", "1"}}
	r.Shuffle(len(types), func(i, j int) { types[i], types[j] = types[j], types[i] })
	scope := &otlp.ScopeProfiles{
		Scope: &common.InstrumentationScope{
			Name: "example.test/profiler", Version: pick(r, "", "1.0"),
			Attributes: []*common.KeyValue{{Key: "flag", Value: &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: true}}}},
		},
		SchemaUrl: pick(r, "", "https://opentelemetry.io/schemas/1.37.0"),
	}
	zipped := r.oneIn(2)
	var first []*otlp.Sample
	for i := range pick(r, 1, 2, 2, 3) {
		samples := w.samples()
		if i == 0 {
			first = samples
		} else if zipped {
			samples = w.withOtherValues(first)
		}
		scope.Profiles = append(scope.Profiles, w.profile(types[i], samples))
	}
	return scope
}

func (w *otlpWriter) profile(of [2]string, samples []*otlp.Sample) *otlp.Profile {
	r := w.r
	p := &otlp.Profile{
		SampleType: &otlp.ValueType{TypeStrindex: w.text(of[0]), UnitStrindex: w.text(of[1])}, Samples: samples,
		TimeUnixNano: 1_790_000_000_000_000_000, DurationNano: uint64(r.Int64N(1e11)), Period: pick(r, 0, r.Int64N(1e9)),
	}
	if r.oneIn(2) {
		p.PeriodType = &otlp.ValueType{TypeStrindex: w.text("cpu"), UnitStrindex: w.text("nanoseconds")}
	}
	if r.oneIn(2) {
		p.ProfileId = []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, byte(r.IntN(256))}
	}
	if r.oneIn(4) {
		p.AttributeIndices = []int32{w.add("profile.note", stringValue("kept"), "")}
	}
	if r.oneIn(8) {
		p.OriginalPayloadFormat, p.OriginalPayload = "jfr", []byte("FLR\x00")
	}
	return p
}

func (w *otlpWriter) samples() []*otlp.Sample {
	r := w.r
	shape := pick(r, "value", "value", "timestamps", "both", "values")
	var samples []*otlp.Sample
	for range r.upTo(20) {
		s := &otlp.Sample{StackIndex: int32(r.IntN(len(w.dictionary.StackTable)))}
		for range r.upTo(3) {
			w.addAttribute(s, w.index(len(w.dictionary.AttributeTable)))
		}
		if length := len(w.dictionary.LinkTable); length > 1 && r.oneIn(2) {
			s.LinkIndex = w.index(length)
		}
		for range 1 + r.upTo(3) {
			if shape != "timestamps" && (shape != "value" || len(s.Values) == 0) {
				s.Values = append(s.Values, w.value())
			}
			if shape == "timestamps" || shape == "both" {
				s.TimestampsUnixNano = append(s.TimestampsUnixNano, 1_790_000_000_000_000_000+r.Uint64N(1e9))
			}
		}
		samples = append(samples, s)
	}
	if shape == "timestamps" && len(samples) > 0 {
		// More attributes than times: OTLP 1.9 had values where attributes are now, and could mean all else.
		first := samples[0]
		first.TimestampsUnixNano = first.TimestampsUnixNano[:1]
		w.addAttribute(first, w.add("thread.name", stringValue("main"), ""))
		w.addAttribute(first, w.add("thread.id", intValue(7), ""))
	}
	return samples
}

// addAttribute adds an attribute whose key the sample does not have.
func (w *otlpWriter) addAttribute(s *otlp.Sample, index int32) {
	table := w.dictionary.AttributeTable
	for _, other := range s.AttributeIndices {
		if table[other].KeyStrindex == table[index].KeyStrindex {
			return
		}
	}
	s.AttributeIndices = append(s.AttributeIndices, index)
}

// withOtherValues are the same samples as of another sample type.
func (w *otlpWriter) withOtherValues(samples []*otlp.Sample) []*otlp.Sample {
	var twins []*otlp.Sample
	for _, s := range samples {
		twin := proto.Clone(s).(*otlp.Sample)
		for i := range twin.Values {
			twin.Values[i] = w.value()
		}
		twins = append(twins, twin)
	}
	return twins
}
