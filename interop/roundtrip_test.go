// Package interop runs the real peers over what the library makes: google/pprof, the Collector's pdata and the
// generated proto package. The library itself is what ../dist/index.js exports.
package interop

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"pprof-otlp.test/interop/hop"
	"pprof-otlp.test/interop/pprof"
	"pprof-otlp.test/interop/semantic"
	"pprof-otlp.test/interop/translator"
)

var library = sync.OnceValues(func() (*translator.Translator, error) {
	if _, err := os.Stat("../dist/index.js"); err != nil {
		return nil, errors.New("../dist/index.js is not built: npm run build")
	}
	return translator.Start("translator.mjs")
})

func TestMain(m *testing.M) {
	status := m.Run()
	if t, err := library(); err == nil {
		if err := t.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
	}
	os.Exit(status)
}

func TestFixtures(t *testing.T)  { roundTrips(t, files(t, fixtures)) }
func TestCorpus(t *testing.T)    { roundTrips(t, files(t, corpus)) }
func TestGenerated(t *testing.T) { roundTrips(t, generatedInputs()) }

func roundTrips(t *testing.T, inputs []input) {
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	embedded := 0
	for _, in := range inputs {
		t.Run(in.name, func(t *testing.T) {
			source, err := pprof.Read(in.bytes)
			if err != nil {
				t.Fatal(err)
			}
			trip := &trip{lib: lib, input: in, source: source}
			if !t.Run("forward", trip.forward) {
				return
			}
			if trip.embedded {
				embedded++
			}
			t.Run("conformance", trip.conformance)
			t.Run("meaning", trip.meaning)
			t.Run("return", trip.back)
			t.Run("protobuf hop", trip.protobufHop)
			t.Run("json hop", trip.jsonHop)
			t.Run("merge", trip.merge)
			t.Run("shuffled dictionary", trip.shuffled)
			t.Run("journey", trip.journey)
			t.Run("filtered", trip.filtered)
			t.Run("resource", trip.resource)
			t.Run("semantic fidelity", trip.semantic)
		})
	}
	t.Logf("%d of %d carried embedded", embedded, len(inputs))
}

// trip is one pprof on its way to OTLP and back.
type trip struct {
	lib      *translator.Translator
	input    input
	source   *pprof.Profile
	payload  []byte
	warnings []string
	embedded bool
}

func (trip *trip) forward(t *testing.T) {
	payload, report, err := trip.lib.ToOTLP(trip.input.bytes, translator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	trip.payload = payload
	trip.warnings = report.Warnings
	trip.embedded = report.Carried == "embedded"
	if !report.Proven {
		t.Error("not proven")
	}
	if trip.input.real && report.Carried != "structured" {
		t.Errorf("carried %s; the residual of real files is structured", report.Carried)
	}
	if report.Samples != len(trip.source.Samples) || len(report.SampleTypes) != len(trip.source.SampleTypes) ||
		report.InputBytes != len(trip.input.bytes) || report.OutputBytes != len(payload) {
		t.Errorf("the report does not fit: %+v", report)
	}
}

func (trip *trip) meaning(t *testing.T) {
	report(t, semantic.Translated(trip.source, trip.payload, semantic.Exact))
}

func (trip *trip) back(t *testing.T) {
	trip.returnsFrom(t, trip.payload, 1)
}

func (trip *trip) protobufHop(t *testing.T) {
	payload, err := hop.Protobuf(trip.payload)
	if err != nil {
		t.Fatal(err)
	}
	trip.returnsFrom(t, payload, 1)
}

func (trip *trip) jsonHop(t *testing.T) {
	payload, _, err := hop.JSON(trip.payload)
	if err != nil {
		t.Fatal(err)
	}
	trip.returnsFrom(t, payload, 1)
}

// merge puts the payload behind one that carries a residual of its own, and one that carries none behind the payload.
func (trip *trip) merge(t *testing.T) {
	lib := trip.lib
	exact, _, err := lib.ToOTLP(otherPprof(), translator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	merged, err := hop.Merge(trip.payload, exact)
	if err != nil {
		t.Fatal(err)
	}
	pprofs := trip.returnsFrom(t, merged, 2)
	if !slices.ContainsFunc(pprofs, func(p []byte) bool { return bytes.Equal(p, otherPprof()) }) {
		t.Error("the pprof that it was merged with does not come back exactly")
	}

	meaning, _, err := lib.ToOTLP(otherPprof(), translator.Options{Fidelity: "semantic"})
	if err != nil {
		t.Fatal(err)
	}
	merged, err = hop.Merge(meaning, trip.payload)
	if err != nil {
		t.Fatal(err)
	}
	trip.returnsFrom(t, merged, 2)
}

// journey does it all to two payloads of the same pprof.
func (trip *trip) journey(t *testing.T) {
	payload, err := hop.Merge(trip.payload, trip.payload)
	if err != nil {
		t.Fatal(err)
	}
	if payload, err = hop.Shuffle(payload, 2); err != nil {
		t.Fatal(err)
	}
	if payload, _, err = hop.JSON(payload); err != nil {
		t.Fatal(err)
	}
	for i, got := range trip.returnsFrom(t, payload, 2) {
		if !bytes.Equal(got, trip.input.bytes) {
			t.Errorf("pprof %d of two equal ones does not come back exactly", i)
		}
	}
}

func (trip *trip) shuffled(t *testing.T) {
	payload, err := hop.Shuffle(trip.payload, 1)
	if err != nil {
		t.Fatal(err)
	}
	trip.returnsFrom(t, payload, 1)
}

// filtered takes a sample away, so that the original cannot come back: the rest has to, and the report has to say so.
func (trip *trip) filtered(t *testing.T) {
	if len(trip.source.Samples) == 0 {
		return
	}
	payload, err := hop.Filter(trip.payload)
	if err != nil {
		t.Fatal(err)
	}
	pprofs, reports, err := trip.lib.ToPprof(payload, translator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(pprofs) != 1 || reports[0].ExactReturn || !strings.Contains(strings.Join(reports[0].Warnings, "\n"), "modified in transit") {
		t.Errorf("the report does not say that the payload was modified: %+v", reports)
	}
	back, err := pprof.Read(pprofs[0])
	if err != nil {
		t.Fatal(err)
	}
	want := trip.source.Representable()
	want.Samples = want.Samples[1:]
	differences := semantic.Compare(want, back.Representable())
	// Which mappings are left depends on the sample that is gone.
	differences = slices.DeleteFunc(differences, func(d semantic.Difference) bool { return d.Kind == "mapping" })
	report(t, differences)
	trip.googleReads(t, pprofs[0])
}

// resource gives the payload resource attributes. They come home behind the pprof, whose bytes stay as they were, and go
// out again with it.
func (trip *trip) resource(t *testing.T) {
	options := translator.Options{Resource: map[string]string{"service.name": "shop", "host.name": "a"}}
	payload, _, err := trip.lib.ToOTLP(trip.input.bytes, options)
	if err != nil {
		t.Fatal(err)
	}
	hasResource := func(payload []byte) {
		t.Helper()
		for key, value := range options.Resource {
			if got := semantic.Resource(payload)[key]; got != value {
				t.Errorf("%s is %q", key, got)
			}
		}
	}
	hasResource(payload)
	trip.conforms(t, payload, semantic.Exact)
	pprofs, reports, err := trip.lib.ToPprof(payload, translator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(pprofs) != 1 || !reports[0].ExactReturn {
		t.Fatalf("%d pprofs come back, exact return: %t", len(pprofs), reports[0].ExactReturn)
	}
	trip.googleReads(t, pprofs[0])
	base, extended := pprof.CutExtension(pprofs[0])
	if !extended {
		t.Error("there is no extension, or something behind it")
	}
	if !bytes.Equal(base, trip.input.bytes) {
		t.Errorf("differs from byte %d on, %d bytes of %d", firstDifference(base, trip.input.bytes), len(base), len(trip.input.bytes))
	}
	again, _, err := trip.lib.ToOTLP(pprofs[0], translator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hasResource(again)
	if !bytes.Equal(again, payload) {
		t.Errorf("OTLP differs from byte %d on, %d bytes of %d", firstDifference(again, payload), len(again), len(payload))
	}
}

// returnsFrom checks that one of the pprofs that come back is the original, byte for byte. It returns all of them.
func (trip *trip) returnsFrom(t *testing.T, payload []byte, count int) [][]byte {
	t.Helper()
	pprofs, reports, err := trip.lib.ToPprof(payload, translator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(pprofs) != count {
		t.Errorf("%d pprofs come back, want %d", len(pprofs), count)
	}
	for i, got := range pprofs {
		if bytes.Equal(got, trip.input.bytes) {
			if !reports[i].ExactReturn {
				t.Error("the bytes are those of the original, the report says they are not")
			}
			trip.googleReads(t, got)
			return pprofs
		}
	}
	for i, got := range pprofs {
		t.Errorf("pprof %d differs from byte %d on, %d bytes of %d; exact return: %t, warnings: %q",
			i, firstDifference(got, trip.input.bytes), len(got), len(trip.input.bytes), reports[i].ExactReturn, reports[i].Warnings)
		back, err := pprof.Read(got)
		if err != nil {
			t.Errorf("and it cannot be read: %v", err)
		} else if count == 1 {
			report(t, semantic.Compare(trip.source.Representable(), back.Representable()))
		}
	}
	return pprofs
}

// semantic goes there and back without the residual: ids and layout may change, the meaning may not.
func (trip *trip) semantic(t *testing.T) {
	options := translator.Options{Fidelity: "semantic"}
	payload, _, err := trip.lib.ToOTLP(trip.input.bytes, options)
	if err != nil {
		t.Fatal(err)
	}
	trip.conforms(t, payload, semantic.Semantic)
	report(t, semantic.Translated(trip.source, payload, semantic.Semantic))
	pprofs, _, err := trip.lib.ToPprof(payload, options)
	if err != nil {
		t.Fatal(err)
	}
	if len(pprofs) != 1 {
		t.Fatalf("%d pprofs come back", len(pprofs))
	}
	back, err := pprof.Read(pprofs[0])
	if err != nil {
		t.Fatal(err)
	}
	report(t, semantic.Compare(trip.source.Representable(), back.Representable()))
	trip.googleReads(t, pprofs[0])
}

// report reports some of the differences.
func report(t *testing.T, differences []semantic.Difference) {
	t.Helper()
	for i, d := range differences {
		if i == 5 {
			t.Errorf("and %d more", len(differences)-i)
			return
		}
		t.Error(d)
	}
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
