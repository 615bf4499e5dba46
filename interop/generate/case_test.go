package generate

import (
	"bytes"
	"testing"

	"github.com/google/pprof/profile"

	"pprof-otlp.test/interop/pprof"
)

func TestCasesAreReadable(t *testing.T) {
	refused := 0
	cases := Cases(0, 400)
	for _, c := range cases {
		if _, err := pprof.Read(c.Bytes); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		p, err := profile.ParseUncompressed(c.Bytes)
		if err == nil {
			err = p.CheckValid()
		}
		if err != nil {
			refused++
		}
	}
	if refused == 0 || refused > len(cases)/4 {
		t.Errorf("google/pprof refuses %d of %d cases; a few are meant to be too odd for it", refused, len(cases))
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	again := Cases(100, 50)
	for i, c := range Cases(100, 50) {
		if !bytes.Equal(c.Bytes, again[i].Bytes) {
			t.Errorf("%s differs from run to run", c.Name)
		}
	}
}
