package totals

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"pprof-otlp.test/interop/generate"
)

// judge compares the totals of a payload and a pprof.
func judge(t *testing.T, payload, pprof []byte) []string {
	t.Helper()
	want, err := OfOTLP(payload)
	if err != nil {
		t.Fatal(err)
	}
	got, err := OfPprof(pprof)
	if err != nil {
		t.Fatal(err)
	}
	return Compare(want, got)
}

// printed compares what go tool pprof prints.
func printed(t *testing.T, payload, pprof []byte) []string {
	t.Helper()
	want, err := OfOTLP(payload)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.pb.gz")
	if err := os.WriteFile(path, pprof, 0o600); err != nil {
		t.Fatal(err)
	}
	differences, err := Tool(path, want)
	if err != nil {
		t.Fatal(err)
	}
	return differences
}

func TestRightTranslationsPass(t *testing.T) {
	for i, c := range generate.OTLPCases(0, 200) {
		pprof := write(t, translate(t, c.Bytes))
		for _, d := range judge(t, c.Bytes, pprof) {
			t.Errorf("%s: %s", c.Name, d)
		}
		if i%20 != 0 || strings.HasPrefix(c.Name, "extreme") {
			continue
		}
		for _, d := range printed(t, c.Bytes, pprof) {
			t.Errorf("%s: go tool pprof: %s", c.Name, d)
		}
	}
}

// Each doctoring does to a right translation what a wrong translator might do. It returns false where it finds nothing to
// do it to.
var doctorings = map[string]struct {
	doctor func(*profile.Profile) bool
	// find is a part of the difference that has to be reported.
	find string
	// seenByTool tells whether the reports of go tool pprof show it.
	seenByTool bool
}{
	"a value changed": {func(p *profile.Profile) bool {
		return each(p, func(s *profile.Sample) bool { s.Value[0]++; return true })
	}, "total of", true},
	"a value moved to another stack": {func(p *profile.Profile) bool {
		if len(p.Sample) < 2 {
			return false
		}
		p.Sample[0].Value[0] += 3
		p.Sample[1].Value[0] -= 3
		return name(p.Sample[0]) != name(p.Sample[1])
	}, "flat", true},
	"a value moved to another type": {func(p *profile.Profile) bool {
		return len(p.SampleType) > 1 && each(p, func(s *profile.Sample) bool {
			s.Value[0], s.Value[1] = s.Value[1], s.Value[0]
			return s.Value[0] != s.Value[1]
		})
	}, "total of", true},
	"a sample dropped": {func(p *profile.Profile) bool {
		if len(p.Sample) == 0 {
			return false
		}
		p.Sample = p.Sample[1:]
		return true
	}, "samples: want", true},
	"a sample type renamed": {func(p *profile.Profile) bool { p.SampleType[0].Type += "x"; return true }, "sample type", true},
	"a text label dropped": {func(p *profile.Profile) bool {
		return each(p, func(s *profile.Sample) bool { return s.Value[0] != 0 && drop(s.Label, "span_id") })
	}, "span_id", true},
	"a numeric label dropped": {func(p *profile.Profile) bool {
		return each(p, func(s *profile.Sample) bool {
			return s.Value[0] != 0 && s.NumLabel["allocation"] != nil && drop(s.NumLabel, "allocation")
		})
	}, "allocation", true},
	"a label of open text dropped": {func(p *profile.Profile) bool {
		return each(p, func(s *profile.Sample) bool { return s.Value[0] != 0 && drop(s.Label, "any.a") })
	}, "any.a", false},
	"a trace id in upper case": {func(p *profile.Profile) bool {
		return each(p, func(s *profile.Sample) bool {
			ids := s.Label["trace_id"]
			if s.Value[0] == 0 || len(ids) == 0 || ids[0] == strings.ToUpper(ids[0]) {
				return false
			}
			ids[0] = strings.ToUpper(ids[0])
			return true
		})
	}, "trace_id", true},
	"one of a repeated label dropped": {func(p *profile.Profile) bool {
		return each(p, func(s *profile.Sample) bool {
			if s.Value[0] == 0 || len(s.Label["tags"]) == 0 {
				return false
			}
			s.Label["tags"] = s.Label["tags"][1:]
			return true
		})
	}, "tags", true},
	"a unit dropped": {func(p *profile.Profile) bool {
		return each(p, func(s *profile.Sample) bool {
			units := s.NumUnit["allocation"]
			if s.Value[0] == 0 || len(units) == 0 || units[0] == "" {
				return false
			}
			units[0] = ""
			return true
		})
	}, "allocation", false},
	"a resource left out": {func(p *profile.Profile) bool {
		changed := false
		for _, s := range p.Sample {
			changed = changed || s.Value[0] != 0 && s.Label["service.name"] != nil
			delete(s.Label, "service.name")
		}
		return changed
	}, "service.name", true},
	"a function renamed": {func(p *profile.Profile) bool {
		return each(p, func(s *profile.Sample) bool {
			if s.Value[0] == 0 || name(s) == "" {
				return false
			}
			s.Location[0].Line[0].Function.Name += "x"
			return true
		})
	}, "flat", true},
	"a stack upside down": {func(p *profile.Profile) bool {
		return each(p, func(s *profile.Sample) bool {
			leaf := name(s)
			for i, j := 0, len(s.Location)-1; i < j; i, j = i+1, j-1 {
				s.Location[i], s.Location[j] = s.Location[j], s.Location[i]
			}
			return s.Value[0] != 0 && leaf != "" && name(s) != leaf
		})
	}, "flat", true},
}

// each doctors the first sample that there is something to doctor in.
func each(p *profile.Profile, doctor func(*profile.Sample) bool) bool {
	for _, s := range p.Sample {
		if doctor(s) {
			return true
		}
	}
	return false
}

func drop[V any](labels map[string]V, key string) bool {
	_, there := labels[key]
	delete(labels, key)
	return there
}

// name is the name of the innermost function.
func name(s *profile.Sample) string {
	if len(s.Location) == 0 || len(s.Location[0].Line) == 0 {
		return ""
	}
	return s.Location[0].Line[0].Function.Name
}

func TestDoctoredPprofsAreFound(t *testing.T) {
	cases := generate.OTLPCases(1000, 150)
	for what, d := range doctorings {
		t.Run(what, func(t *testing.T) {
			done := 0
			for _, c := range cases {
				p := translate(t, c.Bytes)
				if strings.HasPrefix(c.Name, "extreme") || !d.doctor(p) {
					continue
				}
				pprof := write(t, p)
				if found := judge(t, c.Bytes, pprof); !strings.Contains(strings.Join(found, "\n"), d.find) {
					t.Errorf("%s: found only %q", c.Name, found)
				}
				if done++; done == 1 && d.seenByTool && len(printed(t, c.Bytes, pprof)) == 0 {
					t.Errorf("%s: go tool pprof shows it, and it is not found there", c.Name)
				}
			}
			if done < 3 {
				t.Errorf("only %d payloads to do this to", done)
			}
		})
	}
}

func TestInvalidPprofIsRefused(t *testing.T) {
	p := translate(t, generate.OTLPCases(0, 1)[0].Bytes)
	p.Sample = append(p.Sample, &profile.Sample{Value: make([]int64, len(p.SampleType)+1)})
	for _, pprof := range [][]byte{write(t, p), []byte("no pprof")} {
		if _, err := OfPprof(pprof); err == nil {
			t.Errorf("%.20q passes", pprof)
		}
	}
}
