package totals

import "github.com/google/pprof/profile"

// OfPprof reads a pprof with google/pprof, which also has to find it valid.
func OfPprof(pprof []byte) (*Totals, error) {
	p, err := profile.ParseData(pprof)
	if err != nil {
		return nil, err
	}
	if err := p.CheckValid(); err != nil {
		return nil, err
	}
	t := newTotals()
	t.Fewest, t.Most = len(p.Sample), len(p.Sample)
	for _, vt := range p.SampleType {
		t.of(Type{vt.Type, vt.Unit})
	}
	for _, sample := range p.Sample {
		labels, keys := labelsOfSample(sample)
		stack := stackOfSample(sample)
		for i, vt := range p.SampleType {
			t.of(Type{vt.Type, vt.Unit}).add(sample.Value[i], stack, labels, keys)
		}
	}
	return t, nil
}

func labelsOfSample(sample *profile.Sample) ([]Label, map[string]bool) {
	var labels []Label
	keys := map[string]bool{}
	for key, texts := range sample.Label {
		keys[key] = true
		for _, text := range texts {
			labels = append(labels, Label{Key: key, Text: text})
		}
	}
	for key, numbers := range sample.NumLabel {
		keys[key] = true
		units := sample.NumUnit[key]
		for i, number := range numbers {
			label := Label{Key: key, Number: number}
			if i < len(units) {
				label.Unit = units[i]
			}
			labels = append(labels, label)
		}
	}
	return labels, keys
}

func stackOfSample(sample *profile.Sample) stack {
	var names stack
	for _, location := range sample.Location {
		if len(location.Line) == 0 {
			names = append(names, "")
		}
		for _, line := range location.Line {
			names = append(names, line.Function.Name)
		}
	}
	return names
}
