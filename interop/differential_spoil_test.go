package interop

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

func spoilByte(r *rand.Rand, b []byte) []byte {
	if len(b) == 0 {
		return b
	}
	b = bytes.Clone(b)
	at := r.IntN(len(b))
	switch r.IntN(6) {
	case 0:
		b[at] ^= 1 << r.IntN(8)
	case 1:
		// Small numbers are ids and indexes more often than they are broken wire.
		b[at] = byte(r.IntN(1 << (1 + r.IntN(8))))
	case 2:
		b = slices.Insert(b, at, byte(r.IntN(256)))
	case 3:
		b = slices.Delete(b, at, min(len(b), at+1+r.IntN(4)))
	case 4:
		b = b[:at]
	default:
		from := r.IntN(len(b))
		b = slices.Insert(b, at, bytes.Clone(b[from:min(len(b), from+1+r.IntN(40))])...)
	}
	return b
}

// record is a field on the wire; content is what stands behind the tag, of a LEN field what stands behind its length.
type record struct {
	number  protowire.Number
	wire    protowire.Type
	content []byte
}

// records cuts a message into its fields, nil for what is no message.
func records(message []byte) []record {
	var list []record
	for len(message) > 0 {
		number, wire, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil
		}
		message = message[n:]
		size := protowire.ConsumeFieldValue(number, wire, message)
		if size < 0 {
			return nil
		}
		content := message[:size]
		if wire == protowire.BytesType {
			content, _ = protowire.ConsumeBytes(content)
		}
		list = append(list, record{number, wire, content})
		message = message[size:]
	}
	return list
}

func written(list []record) []byte {
	var b []byte
	for _, one := range list {
		b = protowire.AppendTag(b, one.number, one.wire)
		if one.wire == protowire.BytesType {
			b = protowire.AppendBytes(b, one.content)
		} else {
			b = append(b, one.content...)
		}
	}
	return b
}

var numbers = []uint64{0, 1, 2, 3, 127, 128, 1 << 20, math.MaxInt32, math.MaxUint32, 1 << 53, math.MaxInt64, math.MaxUint64}

// spoilField changes one field of a message or of one within it.
func spoilField(r *rand.Rand, message []byte, depth int) []byte {
	list := records(message)
	if len(list) == 0 {
		return spoilByte(r, message)
	}
	// Each field the same chance, however often it is there.
	var kinds []protowire.Number
	for _, one := range list {
		if !slices.Contains(kinds, one.number) {
			kinds = append(kinds, one.number)
		}
	}
	kind := kinds[r.IntN(len(kinds))]
	at := r.IntN(len(list))
	for list[at].number != kind {
		at = (at + 1) % len(list)
	}
	one := &list[at]
	if one.wire == protowire.BytesType && depth < 3 && r.IntN(3) > 0 && records(one.content) != nil {
		one.content = spoilField(r, one.content, depth+1)
		return written(list)
	}
	switch r.IntN(8) {
	case 0:
		list = slices.Delete(list, at, at+1)
	case 1:
		list = slices.Insert(list, r.IntN(len(list)+1), *one)
	case 2:
		other := r.IntN(len(list))
		list[at], list[other] = list[other], list[at]
	case 3:
		one.number = protowire.Number(1 + r.IntN(17))
	default:
		switch one.wire {
		case protowire.VarintType:
			value, _ := protowire.ConsumeVarint(one.content)
			choices := []uint64{value + 1, value - 1, uint64(r.IntN(20)), numbers[r.IntN(len(numbers))]}
			one.content = protowire.AppendVarint(nil, choices[r.IntN(len(choices))])
		default:
			one.content = spoilByte(r, one.content)
		}
	}
	return written(list)
}
