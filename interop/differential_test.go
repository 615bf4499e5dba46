package interop

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pprof-otlp.test/interop/translator"
)

var mutants = flag.Int("mutants", 1000, "how many mutated real profiles TestAgreesWithGoogle compares")

// largestReal keeps the run short: what is read of a larger profile is read of a smaller one, too.
const largestReal = 150_000

// difference is a case in which google/pprof and the library are meant to differ. docs/fuzzing.md has the same table.
type difference struct {
	reason string
	// What google/pprof says, and what the library says; empty for the one that accepts.
	google, ours string
}

var differences = []difference{
	{reason: "kept: an id 0, which some encoders write", google: "with reserved ID=0"},
	{reason: "kept: an id 0, which some encoders write", google: "with reserved id=0"},
	{reason: "kept: a line that names no function by id 0", google: "has a line with nil function"},
	{reason: "kept: protobuf's groups in unknown fields", google: "unknown wire type: 3"},
	{reason: "refused: field numbers that protobuf forbids", ours: "no field has this number"},
	{reason: "refused: varints of more than 64 bits", ours: "longer than 64 bits"},
	{reason: "refused: a second time_nanos, which google/pprof does not notice after one of 0", ours: "a second time_nanos"},
}

// excusedDifference is the reason of a difference that is meant to be, empty for another one.
func excusedDifference(google, ours error) string {
	says := func(err error, text string) bool {
		return (err == nil) == (text == "") && (err == nil || strings.Contains(err.Error(), text))
	}
	for _, d := range differences {
		if says(google, d.google) && says(ours, d.ours) {
			return d.reason
		}
	}
	return ""
}

// TestAgreesWithGoogle spoils real profiles. What google/pprof reads the library translates and brings back, what it
// refuses the library refuses, but for `differences`.
func TestAgreesWithGoogle(t *testing.T) {
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	originals := append(files(t, fixtures), real(t)...)
	originals = slices.DeleteFunc(originals, func(in input) bool { return len(in.bytes) > largestReal })
	r := rand.New(rand.NewPCG(11, 17))
	verdicts := map[string]int{}
	for i := range *mutants {
		original := originals[i%len(originals)]
		spoiled := spoil(r, original.bytes)
		google := googleDecode(spoiled)
		_, report, ours := lib.ToOTLP(spoiled, translator.Options{})
		if ours == nil && !report.Proven {
			t.Fatalf("%s: accepted and not proven: %q", original.name, spoiled)
		}
		switch reason := excusedDifference(google, ours); {
		case google == nil && ours == nil:
			verdicts["both accept"]++
		case google != nil && ours != nil:
			verdicts["both refuse"]++
		case reason != "":
			verdicts[reason]++
		default:
			verdicts["UNEXPLAINED"]++
			t.Errorf("%s: google/pprof says %v, the library says %v: %d bytes", original.name, google, ours, len(spoiled))
		}
	}
	t.Log(verdicts)
}

// real are the profiles of the corpus, none where it is not present.
func real(t *testing.T) []input {
	var inputs []input
	t.Run("corpus", func(t *testing.T) { inputs = files(t, corpus) })
	return inputs
}

// spoil changes one to three things: bytes, or fields with lengths that fit.
func spoil(r *rand.Rand, profile []byte) []byte {
	spoiled := bytes.Clone(profile)
	for range 1 + r.IntN(3) {
		if r.IntN(4) == 0 {
			spoiled = spoilByte(r, spoiled)
		} else {
			spoiled = spoilField(r, spoiled, 0)
		}
	}
	return spoiled
}
