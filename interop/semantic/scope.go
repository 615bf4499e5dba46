package semantic

import (
	"fmt"
	"slices"
	"strings"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"

	"pprof-otlp.test/interop/pprof"
)

// scope reads the attributes of the scope; it returns for each Profile the index of its sample type.
func (r *reading) scope(p *pprof.Profile, scope *otlp.ScopeProfiles, fidelity Fidelity) []int {
	var order []int
	for _, kv := range scope.GetScope().GetAttributes() {
		key := kv.Key
		if kv.KeyStrindex != 0 {
			key = r.text("scope.attributes", kv.KeyStrindex)
		}
		a := attribute{key: key, value: kv.Value}
		switch key {
		case sampleTypeOrder:
			for _, v := range kv.Value.GetArrayValue().GetValues() {
				order = append(order, int(v.GetIntValue()))
			}
		case defaultSampleType:
			p.DefaultSampleType = r.string("scope", a)
		case residual:
			if fidelity != Exact {
				r.unexpected("scope", attribute{key: key})
			}
			if _, ok := kv.Value.GetValue().(*common.AnyValue_BytesValue); !ok {
				r.shape("scope", "bytes", a)
			}
		default:
			r.unexpected("scope", a)
		}
	}
	if order == nil && len(scope.Profiles) == 1 {
		order = []int{0}
	}
	return r.permutation(order, len(scope.Profiles))
}

func (r *reading) permutation(order []int, length int) []int {
	seen := make([]bool, length)
	valid := len(order) == length
	for _, index := range order {
		valid = valid && index >= 0 && index < length && !seen[index]
		if valid {
			seen[index] = true
		}
	}
	if valid {
		return order
	}
	r.shape("scope."+sampleTypeOrder, fmt.Sprintf("the indexes below %d, each once", length), order)
	order = nil
	for i := range length {
		order = append(order, i)
	}
	return order
}

// profiles reads the Profiles of one scope: they agree on all but sample type and values.
func (r *reading) profiles(p *pprof.Profile, profiles []*otlp.Profile, order []int, fidelity Fidelity) {
	first := profiles[0]
	r.facts(p, first)
	types := len(profiles)
	if first.SampleType.GetTypeStrindex() == 0 && first.SampleType.GetUnitStrindex() == 0 && types == 1 && len(first.Samples) == 0 {
		// A pprof without sample types has no samples, and one Profile that says the rest.
		types = 0
	}
	p.SampleTypes = make([]pprof.ValueType, types)
	for i, s := range first.Samples {
		sample := pprof.Sample{Stack: at(r, fmt.Sprintf("samples[%d]", i), r.stacks, s.StackIndex), Values: make([]int64, types)}
		for _, a := range s.AttributeIndices {
			sample.Labels = append(sample.Labels, r.labelsOf(fmt.Sprintf("samples[%d]", i), a)...)
		}
		p.Samples = append(p.Samples, sample)
	}
	for k, profile := range profiles {
		path := fmt.Sprintf("profiles[%d]", k)
		r.agree(path, first, profile, fidelity)
		if types > 0 {
			p.SampleTypes[order[k]] = r.valueType(path+".sample_type", profile.SampleType)
		}
		for i, s := range profile.Samples {
			if len(s.Values) != 1 || len(s.TimestampsUnixNano) != 0 {
				r.shape(fmt.Sprintf("%s.samples[%d]", path, i), "one value and no timestamp", s)
			} else if i < len(p.Samples) {
				p.Samples[i].Values[order[k]] = s.Values[0]
			}
		}
	}
}

// facts reads what a Profile says besides its samples.
func (r *reading) facts(p *pprof.Profile, profile *otlp.Profile) {
	p.TimeNanos = int64(profile.TimeUnixNano)
	p.DurationNanos = int64(profile.DurationNano)
	p.PeriodType = r.valueType("period_type", profile.PeriodType)
	p.Period = profile.Period
	for _, a := range r.attributesOf("profile", profile.AttributeIndices) {
		switch a.key {
		case dropFrames:
			p.DropFrames = r.string("profile", a)
		case keepFrames:
			p.KeepFrames = r.string("profile", a)
		case docURL:
			p.DocURL = r.string("profile", a)
		case comment:
			values := a.value.GetArrayValue().GetValues()
			if len(values) == 0 || a.unit != "" {
				r.shape("profile", "an array of strings", a)
			}
			for _, v := range values {
				text, ok := r.anyString(v)
				if !ok {
					r.shape("profile", "an array of strings", a)
				}
				p.Comments = append(p.Comments, text)
			}
		default:
			r.unexpected("profile", a)
		}
	}
}

func (r *reading) agree(path string, first, other *otlp.Profile, fidelity Fidelity) {
	if first.TimeUnixNano != other.TimeUnixNano || first.DurationNano != other.DurationNano || first.Period != other.Period ||
		r.valueType(path, first.PeriodType) != r.valueType(path, other.PeriodType) {
		r.shape(path, "the time, duration and period of the first Profile", "others")
	}
	if r.set(path, first.AttributeIndices) != r.set(path, other.AttributeIndices) {
		r.shape(path, r.set(path, first.AttributeIndices), r.set(path, other.AttributeIndices))
	}
	if len(other.OriginalPayload) != 0 && (fidelity != Exact || other.OriginalPayloadFormat != "pprof") {
		r.shape(path+".original_payload", "none", other.OriginalPayloadFormat)
	}
	if len(first.Samples) != len(other.Samples) {
		r.shape(path, fmt.Sprintf("%d samples", len(first.Samples)), len(other.Samples))
		return
	}
	for i, s := range other.Samples {
		f := first.Samples[i]
		// Equal entries have one index, so indexes tell.
		if s.StackIndex != f.StackIndex || s.LinkIndex != f.LinkIndex || !slices.Equal(s.AttributeIndices, f.AttributeIndices) {
			r.shape(fmt.Sprintf("%s.samples[%d]", path, i), f, s)
		}
	}
}

// set is the text of a set of attributes.
func (r *reading) set(path string, indices []int32) string {
	var texts []string
	for _, a := range r.attributesOf(path, indices) {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, ", ")
}
