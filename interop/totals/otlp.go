package totals

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	"google.golang.org/protobuf/proto"
)

// Labels that stand for a link.
const (
	traceID = "trace_id"
	spanID  = "span_id"
)

// OfOTLP sums up a payload as the pprof made from it has to: all resources and scopes in one.
func OfOTLP(payload []byte) (*Totals, error) {
	data := &otlp.ProfilesData{}
	if err := proto.Unmarshal(payload, data); err != nil {
		return nil, err
	}
	r := &reader{Totals: newTotals(), dictionary: data.GetDictionary()}
	if r.dictionary == nil {
		r.dictionary = &otlp.ProfilesDictionary{}
	}
	scopes := 0
	for _, resource := range data.ResourceProfiles {
		for _, scope := range resource.ScopeProfiles {
			if len(scope.Profiles) > 0 {
				scopes++
			}
		}
	}
	for _, resource := range data.ResourceProfiles {
		var shared []attribute
		if scopes > 1 {
			for _, kv := range resource.GetResource().GetAttributes() {
				shared = append(shared, attribute{r.keyOf(kv), kv.Value, ""})
			}
		}
		for _, scope := range resource.ScopeProfiles {
			r.scope(scope.Profiles, shared)
		}
	}
	return r.Totals, nil
}

type reader struct {
	*Totals
	dictionary *otlp.ProfilesDictionary
}

type attribute struct {
	key   string
	value *common.AnyValue
	unit  string
}

// scope adds the profiles of one scope. Shared are the attributes of the resource, where samples have to show them.
func (r *reader) scope(profiles []*otlp.Profile, shared []attribute) {
	// Profiles whose samples agree one for one, by what they agree on.
	agreeing := map[string][]*otlp.Profile{}
	for _, p := range profiles {
		identity := r.identity(p)
		agreeing[identity] = append(agreeing[identity], p)
		sums := r.of(r.typeOf(p.SampleType))
		for _, sample := range p.Samples {
			labels, keys := r.labels(sample, shared)
			sums.add(valueOf(sample), r.stack(sample), labels, keys)
		}
	}
	for _, group := range agreeing {
		count := len(group[0].Samples)
		r.Fewest += count
		if len(agreeing) == 1 && r.distinctTypes(group) {
			r.Most += count
		} else {
			r.Most += count * len(group)
		}
	}
}

func (r *reader) distinctTypes(profiles []*otlp.Profile) bool {
	types := map[Type]bool{}
	for _, p := range profiles {
		types[r.typeOf(p.SampleType)] = true
	}
	return len(types) == len(profiles)
}

// identity is what the samples of a profile say apart from values and times.
func (r *reader) identity(p *otlp.Profile) string {
	var b strings.Builder
	for _, s := range p.Samples {
		var attributes []string
		for _, a := range r.attributes(s.AttributeIndices) {
			attributes = append(attributes, fmt.Sprintf("%q %v %q", a.key, a.value, a.unit))
		}
		slices.Sort(attributes)
		trace, span := r.link(s.LinkIndex)
		fmt.Fprintf(&b, "%q %s %s", attributes, trace, span)
		if table := r.dictionary.StackTable; int(s.StackIndex) < len(table) {
			for _, index := range table[s.StackIndex].LocationIndices {
				l := r.dictionary.LocationTable[index]
				fmt.Fprintf(&b, " %d %#x %q", l.MappingIndex, l.Address, r.names(l))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// valueOf is the sum of the values, or the number of timestamps where there are no values.
func valueOf(sample *otlp.Sample) int64 {
	if len(sample.Values) == 0 {
		return int64(len(sample.TimestampsUnixNano))
	}
	var sum int64
	for _, v := range sample.Values {
		sum += v
	}
	return sum
}

// labels are the sample's attributes, then its link, then the resource's attributes; each only for keys that those
// before do not have.
func (r *reader) labels(sample *otlp.Sample, shared []attribute) ([]Label, map[string]bool) {
	var labels []Label
	visible, taken := map[string]bool{}, map[string]bool{}
	add := func(attributes []attribute) {
		for _, a := range attributes {
			taken[a.key] = true
			switch all, form := labelsOf(a); form {
			case fixed:
				for _, l := range all {
					if l.visible() {
						visible[a.key] = true
						labels = append(labels, l)
					}
				}
			case text:
				visible[a.key] = true
				r.AnyText[a.key] = true
			case open:
				r.Unknown[a.key] = true
			}
		}
	}
	add(r.attributes(sample.AttributeIndices))
	// The ids of a link belong together: none joins one that the sample has.
	if trace, span := r.link(sample.LinkIndex); trace+span != "" && !taken[traceID] && !taken[spanID] {
		add([]attribute{{traceID, textValue(trace), ""}, {spanID, textValue(span), ""}})
	}
	var more []attribute
	for _, a := range shared {
		if !taken[a.key] {
			more = append(more, a)
		}
	}
	add(more)
	return labels, visible
}

// form is how much is said about the labels of an attribute.
type form int

const (
	// fixed: these labels.
	fixed form = iota
	// text: one or more labels with some text.
	text
	// open: labels or none.
	open
)

func labelsOf(a attribute) ([]Label, form) {
	switch v := a.value.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return []Label{{Key: a.key, Text: v.StringValue}}, fixed
	case *common.AnyValue_IntValue:
		return []Label{{Key: a.key, Number: v.IntValue, Unit: a.unit}}, fixed
	case *common.AnyValue_ArrayValue:
		return labelsOfArray(a, v.ArrayValue.GetValues())
	case *common.AnyValue_BytesValue:
		if len(v.BytesValue) == 0 {
			return nil, open
		}
	case *common.AnyValue_KvlistValue:
		if len(v.KvlistValue.GetValues()) == 0 {
			return nil, open
		}
	case nil:
		return nil, open
	}
	return nil, text
}

// labelsOfArray repeats the label for strings, and for integers; what mixes them is left open.
func labelsOfArray(a attribute, items []*common.AnyValue) ([]Label, form) {
	var labels []Label
	strings, integers := 0, 0
	for _, item := range items {
		l, _ := labelsOf(attribute{a.key, item, a.unit})
		switch item.GetValue().(type) {
		case *common.AnyValue_StringValue:
			strings++
			labels = append(labels, l...)
		case *common.AnyValue_IntValue:
			integers++
			labels = append(labels, l...)
		}
	}
	switch len(items) {
	case 0:
		return nil, open
	case strings, integers:
		return labels, fixed
	}
	return nil, text
}

func textValue(s string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: s}}
}

func (r *reader) link(index int32) (trace, span string) {
	if int(index) >= len(r.dictionary.LinkTable) {
		return "", ""
	}
	id := func(b []byte) string {
		if !slices.ContainsFunc(b, func(b byte) bool { return b != 0 }) {
			return ""
		}
		return hex.EncodeToString(b)
	}
	link := r.dictionary.LinkTable[index]
	return id(link.TraceId), id(link.SpanId)
}

func (r *reader) stack(sample *otlp.Sample) stack {
	if int(sample.StackIndex) >= len(r.dictionary.StackTable) {
		return nil
	}
	var names stack
	for _, index := range r.dictionary.StackTable[sample.StackIndex].LocationIndices {
		names = append(names, r.names(r.dictionary.LocationTable[index])...)
	}
	return names
}

func (r *reader) names(l *otlp.Location) stack {
	if len(l.Lines) == 0 {
		return stack{""}
	}
	var names stack
	for _, line := range l.Lines {
		name := ""
		if line.FunctionIndex != 0 {
			name = r.string(r.dictionary.FunctionTable[line.FunctionIndex].NameStrindex)
		}
		names = append(names, name)
	}
	return names
}

func (r *reader) string(index int32) string {
	if index == 0 {
		return ""
	}
	return r.dictionary.StringTable[index]
}

func (r *reader) typeOf(t *otlp.ValueType) Type {
	return Type{r.string(t.GetTypeStrindex()), r.string(t.GetUnitStrindex())}
}

func (r *reader) keyOf(kv *common.KeyValue) string {
	r.resolve(kv.Value)
	if kv.KeyStrindex != 0 {
		return r.string(kv.KeyStrindex)
	}
	return kv.Key
}

func (r *reader) attributes(indices []int32) []attribute {
	var set []attribute
	for _, index := range indices {
		a := r.dictionary.AttributeTable[index]
		r.resolve(a.Value)
		set = append(set, attribute{r.string(a.KeyStrindex), a.Value, r.string(a.UnitStrindex)})
	}
	return set
}

// resolve puts texts in the place of references to the string table.
func (r *reader) resolve(v *common.AnyValue) {
	if reference, ok := v.GetValue().(*common.AnyValue_StringValueStrindex); ok {
		v.Value = &common.AnyValue_StringValue{StringValue: r.string(reference.StringValueStrindex)}
	}
	for _, item := range v.GetArrayValue().GetValues() {
		r.resolve(item)
	}
}
