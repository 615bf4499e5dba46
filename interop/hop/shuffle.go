package hop

import (
	"math/rand/v2"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	"google.golang.org/protobuf/proto"
)

// Shuffle does to a dictionary all that profiles.proto lets a processor do without a visible effect: each table in
// another order, with entries twice, with entries that nothing refers to, and sets of attributes in another order.
func Shuffle(payload []byte, seed uint64) ([]byte, error) {
	var data otlp.ProfilesData
	if err := proto.Unmarshal(payload, &data); err != nil {
		return nil, err
	}
	s := shuffle{rand.New(rand.NewPCG(seed, 0))}
	d := data.Dictionary
	var text, attribute, mapping, function, location, stack, link moved
	d.StringTable, text = table(s, d.StringTable, "never used")
	d.AttributeTable, attribute = table(s, d.AttributeTable, &otlp.KeyValueAndUnit{
		Value: &common.AnyValue{Value: &common.AnyValue_BoolValue{}},
	})
	d.MappingTable, mapping = table(s, d.MappingTable, &otlp.Mapping{FileOffset: 12345})
	d.FunctionTable, function = table(s, d.FunctionTable, &otlp.Function{StartLine: 12345})
	d.LocationTable, location = table(s, d.LocationTable, &otlp.Location{Address: 12345})
	d.StackTable, stack = table(s, d.StackTable, &otlp.Stack{LocationIndices: []int32{0, 0, 0}})
	d.LinkTable, link = table(s, d.LinkTable, &otlp.Link{TraceId: []byte("0123456789abcdef"), SpanId: []byte("01234567")})

	for i, a := range d.AttributeTable {
		d.AttributeTable[i] = proto.Clone(a).(*otlp.KeyValueAndUnit)
		s.refer(text, &d.AttributeTable[i].KeyStrindex, &d.AttributeTable[i].UnitStrindex)
		s.value(text, d.AttributeTable[i].Value)
	}
	for i, m := range d.MappingTable {
		d.MappingTable[i] = proto.Clone(m).(*otlp.Mapping)
		s.refer(text, &d.MappingTable[i].FilenameStrindex)
		s.set(attribute, d.MappingTable[i].AttributeIndices)
	}
	for i, f := range d.FunctionTable {
		f = proto.Clone(f).(*otlp.Function)
		d.FunctionTable[i] = f
		s.refer(text, &f.NameStrindex, &f.SystemNameStrindex, &f.FilenameStrindex)
	}
	for i, l := range d.LocationTable {
		l = proto.Clone(l).(*otlp.Location)
		d.LocationTable[i] = l
		s.refer(mapping, &l.MappingIndex)
		s.set(attribute, l.AttributeIndices)
		for _, line := range l.Lines {
			s.refer(function, &line.FunctionIndex)
		}
	}
	for i, st := range d.StackTable {
		st = proto.Clone(st).(*otlp.Stack)
		d.StackTable[i] = st
		for j := range st.LocationIndices {
			s.refer(location, &st.LocationIndices[j])
		}
	}
	for _, resource := range data.ResourceProfiles {
		s.keyValues(text, resource.GetResource().GetAttributes())
		for _, scope := range resource.ScopeProfiles {
			s.keyValues(text, scope.GetScope().GetAttributes())
			for _, p := range scope.Profiles {
				s.set(attribute, p.AttributeIndices)
				for _, t := range []*otlp.ValueType{p.SampleType, p.PeriodType} {
					if t != nil {
						s.refer(text, &t.TypeStrindex, &t.UnitStrindex)
					}
				}
				for _, sample := range p.Samples {
					s.refer(stack, &sample.StackIndex)
					s.refer(link, &sample.LinkIndex)
					s.set(attribute, sample.AttributeIndices)
				}
			}
		}
	}
	return proto.Marshal(&data)
}

type shuffle struct{ *rand.Rand }

// moved has for each old index the new ones.
type moved [][]int32

// table puts a table into another order, some entries twice, and one that nothing refers to. Entry 0 stays.
func table[E any](s shuffle, old []E, orphan E) ([]E, moved) {
	from := make([]int, 0, len(old)+1)
	for i := 1; i < len(old); i++ {
		from = append(from, i)
		if s.IntN(5) == 0 {
			from = append(from, i)
		}
	}
	from = append(from, -1)
	s.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
	entries := []E{old[0]}
	to := make(moved, len(old))
	to[0] = []int32{0}
	for _, index := range from {
		if index < 0 {
			entries = append(entries, orphan)
			continue
		}
		to[index] = append(to[index], int32(len(entries)))
		entries = append(entries, old[index])
	}
	return entries, to
}

func (s shuffle) refer(to moved, indices ...*int32) {
	for _, index := range indices {
		*index = to[*index][s.IntN(len(to[*index]))]
	}
}

func (s shuffle) set(to moved, indices []int32) {
	for i := range indices {
		s.refer(to, &indices[i])
	}
	s.Shuffle(len(indices), func(i, j int) { indices[i], indices[j] = indices[j], indices[i] })
}

func (s shuffle) keyValues(text moved, attributes []*common.KeyValue) {
	for _, kv := range attributes {
		s.refer(text, &kv.KeyStrindex)
		s.value(text, kv.Value)
	}
}

func (s shuffle) value(text moved, value *common.AnyValue) {
	switch v := value.GetValue().(type) {
	case *common.AnyValue_StringValueStrindex:
		s.refer(text, &v.StringValueStrindex)
	case *common.AnyValue_ArrayValue:
		for _, element := range v.ArrayValue.Values {
			s.value(text, element)
		}
	case *common.AnyValue_KvlistValue:
		s.keyValues(text, v.KvlistValue.Values)
	}
}
