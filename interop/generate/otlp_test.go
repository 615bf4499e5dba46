package generate

import (
	"bytes"
	"testing"

	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	"google.golang.org/protobuf/proto"

	"pprof-otlp.test/interop/hop"
)

func TestOTLPCasesAreReadable(t *testing.T) {
	has := map[string]int{}
	count := func(what string, found bool) {
		if found {
			has[what]++
		} else {
			has[what] += 0
		}
	}
	for _, c := range OTLPCases(0, 200) {
		if _, _, err := hop.JSON(c.Bytes); err != nil {
			t.Errorf("%s: pdata: %v", c.Name, err)
		}
		data := &otlp.ProfilesData{}
		if err := proto.Unmarshal(c.Bytes, data); err != nil {
			t.Fatal(err)
		}
		count("several resources", len(data.ResourceProfiles) > 1)
		for _, resource := range data.ResourceProfiles {
			count("several scopes", len(resource.ScopeProfiles) > 1)
			for _, scope := range resource.ScopeProfiles {
				count("several profiles", len(scope.Profiles) > 1)
				for _, p := range scope.Profiles {
					for _, s := range p.Samples {
						count("timestamps only", len(s.Values) == 0 && len(s.TimestampsUnixNano) > 0)
						count("values with timestamps", len(s.Values) > 0 && len(s.TimestampsUnixNano) > 0)
						count("several values", len(s.Values) > 1 && len(s.TimestampsUnixNano) == 0)
						count("a link", s.LinkIndex != 0)
						count("attributes", len(s.AttributeIndices) > 1)
						count("no stack", s.StackIndex == 0)
					}
				}
			}
		}
	}
	for what, times := range has {
		if times < 10 {
			t.Errorf("%s: %d times", what, times)
		}
	}
}

func TestSameSeedSameOTLP(t *testing.T) {
	again := OTLPCases(100, 50)
	for i, c := range OTLPCases(100, 50) {
		if !bytes.Equal(c.Bytes, again[i].Bytes) {
			t.Errorf("%s differs from run to run", c.Name)
		}
	}
}
