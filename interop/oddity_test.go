package interop

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"pprof-otlp.test/interop/generate"
	"pprof-otlp.test/interop/translator"
)

// What a pprof may hold and nobody says what it means: the library may refuse it as bad input, or has to return it
// exactly. Each starts with string_table "", "k"; sample_type {type: 1}.
var oddities = []struct{ name, bytes string }{
	{"line without a function", "\x22\x06\x08\x01\x22\x02\x10\x05\x12\x04\x08\x01\x10\x01"},
	{"location with id 0", "\x22\x02\x18\x05\x12\x04\x08\x00\x10\x01"},
	{"mapping with id 0 and a location of mapping 0", "\x1a\x02\x10\x01\x22\x04\x08\x01\x10\x00\x12\x04\x08\x01\x10\x01"},
	{"label of text and number", "\x12\x0a\x10\x01\x1a\x06\x08\x01\x10\x01\x18\x05"},
	{"unknown group", "\xa3\x06\x08\x01\xa4\x06"},
	{"unknown group in a sample", "\x12\x06\x10\x01\xa3\x06\xa4\x06"},
	{"unknown field number of five bytes", "\xf8\xff\xff\xff\x0f\x01"},
	{"known field as another wire type", "\x4d\x01\x00\x00\x00"},
	{"period twice", "\x60\x05\x60\x06"},
	{"period_type in two pieces", "\x5a\x02\x08\x01\x5a\x02\x10\x01"},
	{"duration twice in one record", "\x50\x05\x50\x05"},
	{"location_id both packed and not", "\x22\x02\x08\x01\x12\x07\x08\x01\x0a\x01\x01\x10\x01"},
	{"address twice", "\x22\x06\x08\x01\x18\x05\x18\x06\x12\x04\x08\x01\x10\x01"},
	{"id twice in one record", "\x22\x04\x08\x07\x08\x01\x12\x04\x08\x01\x10\x01"},
	{"varint of ten bytes with spare bits", "\x60\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"},
	{"varint of eleven bytes", "\x60\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"},
	{"bool of 2", "\x22\x04\x08\x01\x28\x02\x12\x04\x08\x01\x10\x01"},
	{"empty packed comment", "\x6a\x00"},
	{"comment both packed and not", "\x68\x01\x6a\x02\x01\x00"},
	{"strings after all else", "\x60\x05\x32\x01z"},
	{"unknown field with zero bytes", "\x82\x08\x00"},
	{"tag of two bytes for a small field", "\xe0\x00\x05"},
}

func TestOddity(t *testing.T) {
	for _, oddity := range oddities {
		t.Run(oddity.name, func(t *testing.T) {
			refusedOrExact(t, []byte("\x32\x00\x32\x01k\x0a\x02\x08\x01"+oddity.bytes))
		})
	}
}

// TestSpoiled flips bytes of generated profiles.
func TestSpoiled(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range generate.Cases(1000, 150) {
		for range 3 {
			spoiled := bytes.Clone(c.Bytes)
			for range 1 + r.IntN(3) {
				spoiled[r.IntN(len(spoiled))] = byte(r.IntN(256))
			}
			refusedOrExact(t, spoiled)
			if t.Failed() {
				t.Fatalf("%s, spoiled: %q", c.Name, spoiled)
			}
		}
	}
}

func refusedOrExact(t *testing.T, source []byte) {
	t.Helper()
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	payload, _, err := lib.ToOTLP(source, translator.Options{})
	if err != nil {
		var refusal *translator.Error
		if !errors.As(err, &refusal) || refusal.Code != "bad-input" && refusal.Code != "limit" {
			t.Error(err)
		}
		return
	}
	pprofs, reports, err := lib.ToPprof(payload, translator.Options{})
	if err != nil {
		t.Error(err)
	} else if len(pprofs) != 1 || !bytes.Equal(pprofs[0], source) {
		t.Errorf("accepted, but %d pprofs come back and not exactly: %q", len(pprofs), reports[0].Warnings)
	}
}
