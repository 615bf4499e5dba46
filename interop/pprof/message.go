package pprof

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// message holds the fields of one protobuf message by number: scalars as the last one written, the rest in order.
// A field whose wire type does not fit its schema is no field of ours and is passed over, as protobuf says.
type message struct {
	number map[protowire.Number]uint64
	list   map[protowire.Number][]uint64
	bytes  map[protowire.Number][][]byte
}

// schema tells what a message's fields hold.
type schema map[protowire.Number]kind

type kind int

const (
	scalar kind = iota + 1
	numbers
	records
)

func parse(b []byte, fields schema) (message, error) {
	var m message
	for len(b) > 0 {
		number, wire, n := protowire.ConsumeTag(b)
		if n < 0 {
			return m, protowire.ParseError(n)
		}
		b = b[n:]
		size := protowire.ConsumeFieldValue(number, wire, b)
		if size < 0 {
			return m, fmt.Errorf("field %d: %w", number, protowire.ParseError(size))
		}
		value := b[:size]
		b = b[size:]
		switch kind := fields[number]; {
		case wire == protowire.VarintType && kind != 0 && kind != records:
			v, _ := protowire.ConsumeVarint(value)
			if kind == scalar {
				set(&m.number, number, v)
			} else {
				set(&m.list, number, append(m.list[number], v))
			}
		case wire == protowire.BytesType && kind == records:
			record, _ := protowire.ConsumeBytes(value)
			set(&m.bytes, number, append(m.bytes[number], record))
		case wire == protowire.BytesType && kind == numbers:
			run, _ := protowire.ConsumeBytes(value)
			for len(run) > 0 {
				v, n := protowire.ConsumeVarint(run)
				if n < 0 {
					return m, fmt.Errorf("field %d: %w", number, protowire.ParseError(n))
				}
				set(&m.list, number, append(m.list[number], v))
				run = run[n:]
			}
		}
	}
	return m, nil
}

// set makes the map when the first value comes: most messages have scalars only.
func set[V any](m *map[protowire.Number]V, number protowire.Number, value V) {
	if *m == nil {
		*m = map[protowire.Number]V{}
	}
	(*m)[number] = value
}
