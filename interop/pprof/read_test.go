package pprof_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"pprof-otlp.test/interop/generate"
	"pprof-otlp.test/interop/pprof"
	"pprof-otlp.test/interop/semantic"
)

// The other reader at hand is google/pprof's: what it writes again must read the same here, but for the labels that
// it drops.
func TestReadAgreesWithGooglePprof(t *testing.T) {
	compared := 0
	for _, c := range generate.Cases(0, 300) {
		other, err := profile.ParseUncompressed(c.Bytes)
		if err != nil || other.CheckValid() != nil {
			continue
		}
		var rewritten bytes.Buffer
		if err := other.WriteUncompressed(&rewritten); err != nil {
			t.Fatal(err)
		}
		want, err := pprof.Read(c.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pprof.Read(rewritten.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		compared++
		for _, d := range semantic.Compare(want, got) {
			// google/pprof has no labels without a value, and groups those of one key by kind.
			if d.Kind != "label" {
				t.Errorf("%s: %s", c.Name, d)
			}
		}
	}
	if compared < 200 {
		t.Errorf("only %d profiles compared", compared)
	}
}

func TestReadKeepsWhatOthersDrop(t *testing.T) {
	// string_table "", "k", "\xff"; sample_type {}; sample { value: 0, label {key: 1}, label {key: 1, str: 2} }
	p, err := pprof.Read([]byte("\x32\x00\x32\x01k\x32\x01\xff\x0a\x00\x12\x0c\x10\x00\x1a\x02\x08\x01\x1a\x04\x08\x01\x10\x02"))
	if err != nil {
		t.Fatal(err)
	}
	labels := p.Samples[0].Labels
	if len(labels) != 2 || labels[0] != (pprof.Label{Key: "k"}) || labels[1] != (pprof.Label{Key: "k", Str: "\xff"}) {
		t.Errorf("labels: %v", labels)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, bytes, message string }{
		{"a string that is not there", "\x32\x00\x38\x01", "no string has index 1"},
		{"a location that is not there", "\x32\x00\x12\x02\x08\x05", "no location has id 5"},
		{"a function that is not there", "\x32\x00\x22\x04\x22\x02\x08\x05", "no function has id 5"},
		{"one id twice", "\x32\x00\x22\x02\x08\x05\x22\x02\x08\x05", "two of table location have id 5"},
		{"values without types", "\x32\x00\x12\x02\x10\x05", "1 values for 0 sample types"},
		{"a field cut short", "\x32\x05a", "unexpected EOF"},
		{"a record cut short", "\x32\x00\x22\x02\x08\x80", "unexpected EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := pprof.Read([]byte(test.bytes))
			if err == nil || !strings.Contains(err.Error(), test.message) {
				t.Errorf("want %q, got %v", test.message, err)
			}
		})
	}
}
