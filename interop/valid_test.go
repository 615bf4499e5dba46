package interop

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"pprof-otlp.test/interop/generate"
	"pprof-otlp.test/interop/translator"
)

// refusing are the rules of `check` that stand for what google/pprof refuses, in its decoder or in CheckValid.
var refusing = []string{
	"pprof/concatenated", "pprof/string-zero-entry", "pprof/string-index", "pprof/id-zero", "pprof/id-twice",
	"pprof/location-missing", "pprof/function-missing", "pprof/value-count",
}

// TestAgreesWithCheckValid spoils generated profiles and compares the verdicts. The known differences are in `excused`.
func TestAgreesWithCheckValid(t *testing.T) {
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 5))
	verdicts := map[string]int{}
	for _, c := range generate.Cases(2000, 1000) {
		for range 5 {
			spoiled := bytes.Clone(c.Bytes)
			for range 1 + r.IntN(2) {
				at := r.IntN(len(spoiled))
				// Small numbers are ids and indexes more often than they are broken wire.
				spoiled[at] = byte(r.IntN(1 << (1 + r.IntN(8))))
			}
			google := googleDecode(spoiled)
			ours, findings := refuses(t, lib, spoiled)
			switch reason := excused(google, ours, findings); {
			case (google != nil) == (ours != nil):
				verdicts["agreed, refused "+map[bool]string{true: "yes", false: "no"}[google != nil]]++
			case reason != "":
				verdicts[reason]++
			default:
				t.Fatalf("%s: google/pprof says %v, check says %v: %q", c.Name, google, ours, spoiled)
			}
		}
	}
	t.Log(verdicts)
}

// googleDecode does not fall back to the formats of old, as Parse does.
func googleDecode(pprof []byte) error {
	p, err := profile.ParseUncompressed(pprof)
	if err != nil {
		return err
	}
	return p.CheckValid()
}

// refuses is what `check` has against a profile that a reader would have, too.
func refuses(t *testing.T, lib *translator.Translator, pprof []byte) (error, []translator.Finding) {
	findings, err := lib.Check(pprof, "pprof")
	if err != nil {
		var refusal *translator.Error
		if !errors.As(err, &refusal) || refusal.Code != "bad-input" && refusal.Code != "limit" {
			t.Fatal(err)
		}
		return err, nil
	}
	findings = slices.DeleteFunc(findings, func(f translator.Finding) bool { return !slices.Contains(refusing, f.Rule) })
	if len(findings) > 0 {
		return errors.New(findings[0].Rule + " " + findings[0].Places[0].Path), findings
	}
	return nil, nil
}

// excused names a difference that is meant to be, empty for another one.
func excused(google, ours error, findings []translator.Finding) string {
	only := func(rule, path string) bool {
		return len(findings) > 0 && !slices.ContainsFunc(findings, func(f translator.Finding) bool {
			return f.Rule != rule || slices.ContainsFunc(f.Places, func(p translator.Place) bool {
				return !strings.HasSuffix(p.Path, path)
			})
		})
	}
	switch {
	case google != nil && strings.HasPrefix(google.Error(), "unknown wire type: 3"):
		return "protobuf's groups, which google/pprof does not know"
	case ours != nil && strings.Contains(ours.Error(), "no field has this number"):
		return "field number 0 and above 2^29, which protobuf forbids and google/pprof skips"
	case ours != nil && strings.Contains(ours.Error(), "longer than 64 bits"):
		return "varints of more than 64 bits, which google/pprof cuts off"
	case only("pprof/string-index", ".num_unit"):
		return "the unit of a text, which google/pprof does not look at"
	case only("pprof/concatenated", "time_nanos"):
		return "time_nanos after a time_nanos of 0, which google/pprof does not notice"
	}
	return ""
}
