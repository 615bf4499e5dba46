// Package generate makes pprofs from seeds: half of them as google/pprof writes them, half of them straight on the
// wire with everything that protobuf and profile.proto let a writer do. The same seed makes the same bytes.
package generate

import (
	"fmt"
	"math/rand/v2"
)

// Case is one uncompressed pprof.
type Case struct {
	Name  string
	Bytes []byte
}

// Cases makes count cases, one for each seed from first on.
func Cases(first, count int) []Case {
	var cases []Case
	for seed := first; seed < first+count; seed++ {
		r := &random{rand.New(rand.NewPCG(uint64(seed), 0))}
		if seed%3 == 0 {
			cases = append(cases, Case{fmt.Sprintf("google-%04d", seed), google(r)})
		} else {
			cases = append(cases, Case{fmt.Sprintf("wire-%04d", seed), wire(r)})
		}
	}
	return cases
}

// random adds to a source of numbers the choices that profiles need.
type random struct{ *rand.Rand }

// oneIn is true once in n times.
func (r *random) oneIn(n int) bool { return r.IntN(n) == 0 }

// upTo is a small number, most often far below the limit.
func (r *random) upTo(limit int) int { return r.IntN(1 + r.IntN(limit+1)) }

func pick[T any](r *random, from ...T) T { return from[r.IntN(len(from))] }

// value is a measured value: small, zero, negative, or at the limits of 64 bits.
func (r *random) value() int64 {
	return pick(r, 0, 1, r.Int64N(100), r.Int64N(100), r.Int64(), -1, -r.Int64N(1000), 1<<53+1, -1<<63, 1<<63-1)
}

// address is an address of 64 bits.
func (r *random) address() uint64 {
	return pick(r, 0, 0x400000+r.Uint64N(0x10000), 0x400000+r.Uint64N(0x10000), 0x7fff00000000+r.Uint64N(0x10000), r.Uint64(), 1<<64-1)
}
