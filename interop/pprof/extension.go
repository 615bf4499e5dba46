package pprof

import "google.golang.org/protobuf/encoding/protowire"

// extensionField of Profile keeps what OTLP says and pprof has no field for. It is the last one.
const extensionField = 535707117

// CutExtension takes the extension off. ok is false when there is none, or something behind it.
func CutExtension(b []byte) (rest []byte, ok bool) {
	for at := 0; at < len(b); {
		number, _, length := protowire.ConsumeField(b[at:])
		if length < 0 {
			return b, false
		}
		if number == extensionField {
			return b[:at], at+length == len(b)
		}
		at += length
	}
	return b, false
}
