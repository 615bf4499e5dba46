package interop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pprof-otlp.test/interop/conformance"
	"pprof-otlp.test/interop/pprof"
	"pprof-otlp.test/interop/semantic"
)

const vectorsFolder = "../vectors"

type vector struct {
	Name, Direction, Level, Input, Expected, Back, Usual string
	Untidy                                               bool
	Compare, RefusedBy                                   []string
}

// TestVectors judges the expectations of ../vectors by code that shares nothing with their generator: google/pprof reads
// the pprofs, pdata the JSON, and what each pprof and its OTLP say is compared.
func TestVectors(t *testing.T) {
	var manifest struct{ Vectors []vector }
	if err := json.Unmarshal(vectorFile(t, "manifest.json"), &manifest); err != nil {
		t.Fatal(err)
	}
	for _, v := range manifest.Vectors {
		t.Run(v.Direction+"/"+v.Name, func(t *testing.T) {
			for _, name := range []string{v.Input, v.Expected, v.Back} {
				if isPprof(name) {
					v.googleReads(t, name)
				}
			}
			for _, name := range []string{v.Input, v.Expected, v.Usual} {
				if strings.HasSuffix(name, ".otlp.json") && !unusualJSON(v) {
					protobufOf(t, vectorFile(t, name))
				}
			}
			if v.Direction == "pprof-to-otlp" {
				v.agrees(t)
			}
		})
	}
}

// unusualJSON is what pdata need not read: it refuses unknown fields here, a byte order mark and names in snake case.
func unusualJSON(v vector) bool {
	return strings.HasPrefix(v.Name, "json-")
}

func (v vector) googleReads(t *testing.T, name string) {
	err := googleRead(vectorFile(t, name))
	refused := slices.Contains(v.RefusedBy, "google/pprof") && name == v.Input
	if refused && err == nil {
		t.Errorf("google/pprof reads %s, and the manifest says that it refuses it", name)
	} else if !refused && err != nil {
		t.Errorf("google/pprof: %s: %v", name, err)
	}
}

// agrees checks that the expected OTLP says what the pprof says, and keeps the rules of profiles.proto.
func (v vector) agrees(t *testing.T) {
	raw, err := pprof.Decompress(vectorFile(t, v.Input))
	if err != nil {
		t.Fatal(err)
	}
	source, err := pprof.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	payload := protobufOf(t, vectorFile(t, v.Expected))
	for _, difference := range semantic.Translated(source, payload, semantic.Semantic) {
		t.Errorf("%v", difference)
	}
	for _, finding := range conformance.Check(payload) {
		if !v.about(finding.Rule) {
			t.Errorf("%v", finding)
		}
	}
}

// about tells whether a vector is about what a rule forbids, or pdata, which writes scope attributes by index, broke it.
func (v vector) about(rule conformance.Rule) bool {
	switch rule {
	case conformance.OrphanButStrindex:
		return true
	case conformance.Orphan:
		return v.Untidy
	case conformance.Negative:
		return v.Name == "location-line-negative"
	case conformance.MappingRange:
		return v.Name == "mapping-start-behind-limit"
	}
	return false
}

func vectorFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(vectorsFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}
