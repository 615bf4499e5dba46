package generate

import "google.golang.org/protobuf/encoding/protowire"

// message is a protobuf message under construction: encoded fields, to be laid out.
type message struct {
	*layout
	name   string
	fields []field
}

type field struct {
	number  protowire.Number
	encoded []byte
}

// layout is how one writer lays messages out.
type layout struct {
	r *random
	// packed tells how few numbers a list may have and still be packed.
	packed int
	// split writes a list as several runs, now packed, now not.
	split bool
	// zeros tells how often a zero is written: never, always, or once in so many times.
	zeros int
	// order puts the fields of a message type into an order of the writer's own.
	order map[string]map[protowire.Number]int
	// shuffled gives each message an order of its own.
	shuffled bool
	// padding is the width that lengths are padded to.
	padding int
	// wideNumbers pads some numbers, which makes a longer varint of the same value.
	wideNumbers bool
	// unknown adds fields that profile.proto does not have.
	unknown int
	// emptyRuns writes an empty list as a run without numbers.
	emptyRuns bool
}

const (
	never  = -1
	always = 1
)

func newLayout(r *random) *layout {
	return &layout{
		r:           r,
		packed:      pick(r, 0, 0, 2, 3, 1000),
		split:       r.oneIn(12),
		zeros:       pick(r, never, never, never, always, 3),
		order:       pick(r, nil, map[string]map[protowire.Number]int{}),
		shuffled:    r.oneIn(12),
		padding:     pick(r, 0, 0, 0, 0, 3, 5),
		wideNumbers: r.oneIn(15),
		unknown:     pick(r, 0, 0, 0, 0, 20, 3),
		emptyRuns:   r.oneIn(10),
	}
}

func (l *layout) message(name string) *message { return &message{layout: l, name: name} }

func (m *message) add(number protowire.Number, wire protowire.Type, payload []byte) {
	m.fields = append(m.fields, field{number, append(protowire.AppendTag(nil, number, wire), payload...)})
}

func (m *message) varint(v uint64) []byte {
	b := protowire.AppendVarint(nil, v)
	if m.wideNumbers && len(b) < 9 && m.r.oneIn(10) {
		return widen(b, len(b)+1)
	}
	return b
}

// widen makes a varint longer without changing its value.
func widen(b []byte, width int) []byte {
	for len(b) < width {
		b[len(b)-1] |= 0x80
		b = append(b, 0)
	}
	return b
}

func (m *message) scalar(number protowire.Number, v uint64) {
	if v != 0 || m.zeros == always || m.zeros > 0 && m.r.oneIn(m.zeros) {
		m.add(number, protowire.VarintType, m.varint(v))
	}
}

func (m *message) flag(number protowire.Number, set bool) {
	var v uint64
	if set {
		v = 1
	}
	m.scalar(number, v)
}

func (m *message) list(number protowire.Number, values []uint64) {
	if len(values) == 0 {
		if m.emptyRuns && m.r.oneIn(2) {
			m.record(number, nil)
		}
		return
	}
	if m.split && len(values) > 1 && m.r.oneIn(3) {
		middle := 1 + m.r.IntN(len(values)-1)
		m.run(number, values[:middle], m.r.oneIn(2))
		m.run(number, values[middle:], m.r.oneIn(2))
		return
	}
	m.run(number, values, len(values) >= m.packed)
}

func (m *message) run(number protowire.Number, values []uint64, packed bool) {
	var run []byte
	for _, v := range values {
		if packed {
			run = append(run, m.varint(v)...)
		} else {
			m.add(number, protowire.VarintType, m.varint(v))
		}
	}
	if packed {
		m.record(number, run)
	}
}

func (m *message) record(number protowire.Number, b []byte) {
	length := protowire.AppendVarint(nil, uint64(len(b)))
	if m.padding > 0 {
		length = widen(length, m.padding)
	}
	m.add(number, protowire.BytesType, append(length, b...))
}

// encode lays the fields out in the writer's order. Fields of one number stay in their order.
func (m *message) encode() []byte {
	if m.unknown > 0 && m.r.oneIn(m.unknown) {
		m.unknownField()
	}
	rank := m.order[m.name]
	if m.shuffled || m.order != nil && rank == nil {
		rank = map[protowire.Number]int{}
		for i, number := range m.r.Perm(64) {
			rank[protowire.Number(i)] = number
		}
		if m.order != nil {
			m.order[m.name] = rank
		}
	}
	var b []byte
	for len(m.fields) > 0 {
		first := 0
		for i, f := range m.fields {
			if rank != nil && rank[f.number] < rank[m.fields[first].number] {
				first = i
			}
		}
		b = append(b, m.fields[first].encoded...)
		m.fields = append(m.fields[:first:first], m.fields[first+1:]...)
	}
	return b
}

func (m *message) unknownField() {
	number := pick(m.r, protowire.Number(16), 100, 2047, 2048, protowire.MaxValidNumber)
	switch m.r.IntN(4) {
	case 0:
		m.add(number, protowire.VarintType, m.varint(m.r.Uint64()))
	case 1:
		m.add(number, protowire.Fixed32Type, []byte{1, 2, 3, 4})
	case 2:
		m.add(number, protowire.Fixed64Type, []byte{1, 2, 3, 4, 5, 6, 7, 8})
	case 3:
		m.record(number, []byte("unknown"))
	}
}
