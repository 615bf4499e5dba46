package pprof

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

func TestCutExtension(t *testing.T) {
	plain := []byte{0x32, 0, 0x60, 5}
	extension := protowire.AppendBytes(protowire.AppendTag(nil, extensionField, protowire.BytesType), []byte("x"))
	for _, c := range []struct {
		name string
		in   []byte
		ok   bool
	}{
		{"none", plain, false},
		{"behind all", append(bytes.Clone(plain), extension...), true},
		{"not the last", append(append(bytes.Clone(plain), extension...), 0x60, 6), false},
		{"cut off", append(bytes.Clone(plain), extension[:len(extension)-1]...), false},
	} {
		rest, ok := CutExtension(c.in)
		if ok != c.ok {
			t.Errorf("%s: %t", c.name, ok)
		}
		if ok && !bytes.Equal(rest, plain) {
			t.Errorf("%s: %q is left", c.name, rest)
		}
	}
}
