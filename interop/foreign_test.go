package interop

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
	"go.opentelemetry.io/collector/pdata/pprofile"

	"pprof-otlp.test/interop/generate"
	"pprof-otlp.test/interop/hop"
	"pprof-otlp.test/interop/pprof"
	"pprof-otlp.test/interop/totals"
	"pprof-otlp.test/interop/translator"
)

var payloads = flag.Int("payloads", 100, "number of generated OTLP payloads")

// In how many generated payloads one goes through go tool pprof, which is started several times for each.
const printedOneIn = 10

func TestForeignFiles(t *testing.T)     { foreignTrips(t, payloadFiles(t, false)) }
func TestForeignGenerated(t *testing.T) { foreignTrips(t, generatedPayloads()) }

// payloadFiles are the OTLP files of fixtures and corpus, those of protobuf or those of JSON.
func payloadFiles(t *testing.T, isJSON bool) []input {
	t.Helper()
	var inputs []input
	for _, dir := range []string{fixtures, corpus} {
		paths, err := filepath.Glob(filepath.Join(dir, "*.otlp*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if strings.Contains(filepath.Base(path), ".json") != isJSON {
				continue
			}
			stored, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			payload, err := pprof.Decompress(stored)
			if err != nil {
				t.Fatal(err)
			}
			inputs = append(inputs, input{filepath.Base(path), payload, true})
		}
	}
	return inputs
}

func generatedPayloads() []input {
	var inputs []input
	for _, c := range generate.OTLPCases(*firstSeed, *payloads) {
		inputs = append(inputs, input{c.Name, c.Bytes, false})
	}
	return inputs
}

// foreignTrips judges payloads of other programs on their way to pprof and back.
func foreignTrips(t *testing.T, inputs []input) {
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	for i, in := range inputs {
		t.Run(in.name, func(t *testing.T) {
			pprofs, _, err := lib.ToPprof(in.bytes, translator.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(pprofs) != 1 {
				t.Fatalf("%d pprofs; all resources and scopes go into one", len(pprofs))
			}
			trip := &foreignTrip{lib: lib, payload: in.bytes, pprof: pprofs[0]}
			t.Run("totals", trip.totals)
			if isExtreme := strings.HasPrefix(in.name, "extreme"); in.real || i%printedOneIn == 0 && !isExtreme {
				t.Run("go tool pprof", trip.printed)
			}
			t.Run("return", func(t *testing.T) { trip.returnsFrom(t, trip.pprof) })
			t.Run("timestamps", trip.timestamps)
			t.Run("split", trip.split)
			t.Run("rewritten", trip.rewritten)
		})
	}
}

// foreignTrip is one payload of another program and the pprof made from it.
type foreignTrip struct {
	lib            *translator.Translator
	payload, pprof []byte
}

func (trip *foreignTrip) returnsFrom(t *testing.T, pprof []byte) {
	t.Helper()
	back, report, err := trip.lib.ToOTLP(pprof, translator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !report.ExactReturn {
		t.Error("the report does not say that the payload is back")
	}
	if !bytes.Equal(back, trip.payload) {
		t.Errorf("differs from byte %d on, %d bytes of %d", firstDifference(back, trip.payload), len(back), len(trip.payload))
	}
	pdataReads(t, back)
}

// timestamps makes a sample of each observation, which changes nothing of what comes back.
func (trip *foreignTrip) timestamps(t *testing.T) {
	pprofs, _, err := trip.lib.ToPprof(trip.payload, translator.Options{Timestamps: "labels"})
	if err != nil {
		t.Fatal(err)
	}
	if err := googleRead(pprofs[0]); err != nil {
		t.Fatal(err)
	}
	sumsAgree(t, trip.pprof, pprofs[0])
	trip.returnsFrom(t, pprofs[0])
}

// split makes a pprof of each scope. Together they have the samples of the whole.
func (trip *foreignTrip) split(t *testing.T) {
	pprofs, reports, err := trip.lib.ToPprof(trip.payload, translator.Options{Split: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, pprof := range pprofs {
		if err := googleRead(pprof); err != nil {
			t.Errorf("pprof %d: %v", i, err)
		}
		if !reports[i].Proven {
			t.Errorf("pprof %d is not proven", i)
		}
	}
	sumsAgree(t, trip.pprof, pprofs...)
}

// rewritten sends the pprof through google/pprof, which forgets what pprof has no field for and every second sample.
// What is left is a pprof like any other.
func (trip *foreignTrip) rewritten(t *testing.T) {
	p, err := profile.ParseData(trip.pprof)
	if err != nil {
		t.Fatal(err)
	}
	var half []*profile.Sample
	for i, s := range p.Sample {
		if i%2 == 0 {
			half = append(half, s)
		}
	}
	p.Sample = half
	// Equal samples become one.
	p = p.Compact()
	var written bytes.Buffer
	if err := p.WriteUncompressed(&written); err != nil {
		t.Fatal(err)
	}
	payload, report, err := trip.lib.ToOTLP(written.Bytes(), translator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !report.Proven || report.ExactReturn || report.Samples != len(p.Sample) {
		t.Errorf("the report does not fit: %+v", report)
	}
	pprofs, _, err := trip.lib.ToPprof(payload, translator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(pprofs) != 1 || !bytes.Equal(pprofs[0], written.Bytes()) {
		t.Error("what google/pprof wrote does not come back")
	}
}

// sumsAgree checks that pprofs together have the sums of one, by sample type.
func sumsAgree(t *testing.T, whole []byte, parts ...[]byte) {
	t.Helper()
	want, got := sums(t, whole), map[string]int64{}
	for _, part := range parts {
		for name, sum := range sums(t, part) {
			got[name] += sum
		}
	}
	if !maps.Equal(want, got) {
		t.Errorf("the sums are %v, want %v", got, want)
	}
}

// sums are those of the sample types. They wrap around.
func sums(t *testing.T, pprof []byte) map[string]int64 {
	t.Helper()
	p, err := profile.ParseData(pprof)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]int64{}
	for i, sampleType := range p.SampleType {
		name := sampleType.Type + "/" + sampleType.Unit
		sums[name] += 0
		for _, s := range p.Sample {
			sums[name] += s.Value[i]
		}
	}
	return sums
}

func (trip *foreignTrip) totals(t *testing.T) {
	want, err := totals.OfOTLP(trip.payload)
	if err != nil {
		t.Fatal(err)
	}
	got, err := totals.OfPprof(trip.pprof)
	if err != nil {
		t.Fatal(err)
	}
	reportSome(t, totals.Compare(want, got))
}

func (trip *foreignTrip) printed(t *testing.T) {
	want, err := totals.OfOTLP(trip.payload)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.pb")
	if err := os.WriteFile(path, trip.pprof, 0o600); err != nil {
		t.Fatal(err)
	}
	differences, err := totals.Tool(path, want)
	if err != nil {
		t.Fatal(err)
	}
	reportSome(t, differences)
}

func reportSome(t *testing.T, differences []string) {
	t.Helper()
	for i, difference := range differences {
		if i == 5 {
			t.Fatalf("and %d more", len(differences)-i)
		}
		t.Error(difference)
	}
}

// pdataReads checks that the Collector takes a payload, as protobuf and as the JSON that it makes of it itself.
func pdataReads(t *testing.T, payload []byte) {
	t.Helper()
	if _, _, err := hop.JSON(payload); err != nil {
		t.Errorf("pdata: %v", err)
	}
}

// TestForeignJSON sends OTLP/JSON through the command line: files, and what pdata writes of generated payloads.
func TestForeignJSON(t *testing.T) {
	inputs := payloadFiles(t, true)
	for _, c := range generate.OTLPCases(*firstSeed, 10) {
		_, json, err := hop.JSON(c.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, input{c.Name + ".otlp.json", json, false})
	}
	for _, in := range inputs {
		t.Run(in.name, func(t *testing.T) {
			dir := t.TempDir()
			there, between, back := filepath.Join(dir, "x.otlp.json"), filepath.Join(dir, "x.pb.gz"), filepath.Join(dir, "y.otlp.json")
			if err := os.WriteFile(there, in.bytes, 0o600); err != nil {
				t.Fatal(err)
			}
			commandLine(t, there, "-o", between)
			commandLine(t, between, "-o", back)
			payload := protobufOf(t, in.bytes)
			made, err := os.ReadFile(between)
			if err != nil {
				t.Fatal(err)
			}
			(&foreignTrip{payload: payload, pprof: made}).totals(t)
			returned, err := os.ReadFile(back)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(protobufOf(t, returned), payload) {
				t.Error("the fields differ")
			}
		})
	}
}

func commandLine(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.Command("node", append([]string{"../bin/pprof-otlp.js"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("pprof-otlp %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// protobufOf is what pdata reads in OTLP/JSON, which may have no field that it does not know.
func protobufOf(t *testing.T, json []byte) []byte {
	t.Helper()
	profiles, err := (&pprofile.JSONUnmarshaler{DisallowUnknownFields: true}).UnmarshalProfiles(json)
	if err != nil {
		t.Fatalf("pdata: %v", err)
	}
	payload, err := (&pprofile.ProtoMarshaler{}).MarshalProfiles(profiles)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}
