package interop

import (
	"slices"
	"strings"
	"testing"

	"pprof-otlp.test/interop/conformance"
	"pprof-otlp.test/interop/pprof"
	"pprof-otlp.test/interop/semantic"
)

func (trip *trip) conformance(t *testing.T) {
	trip.conforms(t, trip.payload, semantic.Exact)
	warned := map[conformance.Rule]bool{}
	for _, f := range conformance.Check(trip.payload) {
		if warned[f.Rule] {
			continue
		}
		warned[f.Rule] = true
		if !slices.ContainsFunc(trip.warnings, func(w string) bool { return warns(w, f.Rule) }) {
			t.Errorf("no warning of %s; there is %q", f, trip.warnings)
		}
	}
}

// warns tells whether a warning speaks of what a rule forbids.
func warns(warning string, rule conformance.Rule) bool {
	if rule == conformance.Negative {
		return strings.Contains(warning, "line") || strings.Contains(warning, "column")
	}
	return strings.Contains(warning, "mapping") && strings.Contains(warning, "limit")
}

// conforms allows only what the pprof itself says against OTLP's rules, and in semantic fidelity the mappings that
// nothing refers to.
func (trip *trip) conforms(t *testing.T, payload []byte, fidelity semantic.Fidelity) {
	negative, emptyRange := forbidden(trip.source)
	for _, f := range conformance.Check(payload) {
		switch {
		case f.Rule == conformance.Negative && negative:
		case f.Rule == conformance.MappingRange && emptyRange:
		case f.Rule == conformance.Orphan && fidelity == semantic.Semantic && strings.HasPrefix(f.Path, "mapping_table"):
		default:
			t.Error(f)
		}
	}
}

// forbidden tells whether a pprof has what OTLP's rules forbid: negative lines and columns, a mapping whose start is not
// below its limit.
func forbidden(p *pprof.Profile) (negative, emptyRange bool) {
	for _, m := range p.Mappings {
		emptyRange = emptyRange || m.Start >= m.Limit
	}
	for _, s := range p.Samples {
		for _, l := range s.Stack {
			for _, line := range l.Lines {
				negative = negative || line.Line < 0 || line.Column < 0 || line.Function != nil && line.Function.StartLine < 0
			}
		}
	}
	return negative, emptyRange
}
