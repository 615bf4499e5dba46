// Package totals judges the pprof that was made from an OTLP payload of any producer by what both sum up to, as a
// reader of `go tool pprof` would see it. It reads each side on its own and knows the documented mapping, nothing of
// the code that does it.
package totals

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Totals is what a profile sums up to.
type Totals struct {
	// Fewest and Most are bounds of the number of samples: profiles of which only some agree may be put together or not.
	Fewest, Most int
	Types        map[Type]*Sums
	// AnyText are keys with values that become text of a form that nobody fixed; of their labels only Keys counts.
	AnyText map[string]bool
	// Unknown are keys with values of which nobody says whether they become labels: empty ones.
	Unknown map[string]bool
}

// Type is a sample type. Columns of one type and unit are one.
type Type struct{ Type, Unit string }

// Sums are the sums of one sample type. They wrap around like int64.
type Sums struct {
	Total int64
	// NonZero counts values; zero is also what a sample has for the types that it is not of.
	NonZero int
	Labels  map[Label]int64
	// Keys has the samples that carry at least one label of the key.
	Keys map[string]int64
	// Flat goes to the innermost function of a stack, Cumulative to each function in it. "" is code without a name.
	Flat, Cumulative map[string]int64
}

// Label is a string or a number with a unit, as google/pprof sees it: one without either is not there.
type Label struct {
	Key, Text string
	Number    int64
	Unit      string
}

func (l Label) String() string {
	if l.Text != "" {
		return fmt.Sprintf("%q: %q", l.Key, l.Text)
	}
	return fmt.Sprintf("%q: %d %q", l.Key, l.Number, l.Unit)
}

func (l Label) visible() bool { return l.Text != "" || l.Number != 0 || l.Unit != "" }

// stack has the names of the functions of each frame, leaf first.
type stack []string

func newTotals() *Totals {
	return &Totals{Types: map[Type]*Sums{}, AnyText: map[string]bool{}, Unknown: map[string]bool{}}
}

func (t *Totals) of(s Type) *Sums {
	sums := t.Types[s]
	if sums == nil {
		sums = &Sums{Labels: map[Label]int64{}, Keys: map[string]int64{}, Flat: map[string]int64{}, Cumulative: map[string]int64{}}
		t.Types[s] = sums
	}
	return sums
}

func (s *Sums) add(value int64, stack stack, labels []Label, keys map[string]bool) {
	s.Total += value
	if value != 0 {
		s.NonZero++
	}
	for _, l := range labels {
		s.Labels[l] += value
	}
	for key := range keys {
		s.Keys[key] += value
	}
	seen := map[string]bool{}
	for i, name := range stack {
		if i == 0 {
			s.Flat[name] += value
		}
		if !seen[name] {
			seen[name] = true
			s.Cumulative[name] += value
		}
	}
}

// Compare lists where the totals of a pprof are not those of the payload.
func Compare(payload, pprof *Totals) []string {
	var differences []string
	differ := func(format string, args ...any) { differences = append(differences, fmt.Sprintf(format, args...)) }
	if pprof.Most < payload.Fewest || pprof.Most > payload.Most {
		differ("samples: want %d to %d, got %d", payload.Fewest, payload.Most, pprof.Most)
	}
	for _, t := range sortedKeys(payload.Types, pprof.Types, func(a, b Type) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Unit, b.Unit))
	}) {
		want, got := payload.Types[t], pprof.Types[t]
		if want == nil || got == nil {
			differ("sample type %q: in the payload %t, in the pprof %t", t, want != nil, got != nil)
			continue
		}
		if want.Total != got.Total {
			differ("total of %q: want %d, got %d", t, want.Total, got.Total)
		}
		if want.NonZero != got.NonZero {
			differ("values of %q that are not zero: want %d, got %d", t, want.NonZero, got.NonZero)
		}
		compareSums(differ, fmt.Sprintf("label of %q", t), payload.fixed(want.Labels), payload.fixed(got.Labels))
		compareSums(differ, fmt.Sprintf("samples of %q with the label", t), payload.known(want.Keys), payload.known(got.Keys))
		compareSums(differ, fmt.Sprintf("flat %q of", t), want.Flat, got.Flat)
		compareSums(differ, fmt.Sprintf("cumulative %q of", t), want.Cumulative, got.Cumulative)
	}
	return differences
}

// compareSums takes a sum that is not there for zero.
func compareSums[K comparable](differ func(string, ...any), what string, want, got map[K]int64) {
	for _, key := range sortedKeys(want, got, func(a, b K) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) }) {
		if want[key] != got[key] {
			differ("%s %s: want %d, got %d", what, quote(key), want[key], got[key])
		}
	}
}

func quote(key any) string {
	if name, ok := key.(string); ok {
		return fmt.Sprintf("%q", name)
	}
	return fmt.Sprint(key)
}

// fixed leaves out labels whose text is open.
func (t *Totals) fixed(labels map[Label]int64) map[Label]int64 {
	labels = maps.Clone(labels)
	maps.DeleteFunc(labels, func(l Label, _ int64) bool { return t.AnyText[l.Key] || t.Unknown[l.Key] })
	return labels
}

// known leaves out keys of which it is open whether they become labels.
func (t *Totals) known(keys map[string]int64) map[string]int64 {
	keys = maps.Clone(keys)
	maps.DeleteFunc(keys, func(key string, _ int64) bool { return t.Unknown[key] })
	return keys
}

func sortedKeys[K comparable, V any](a, b map[K]V, compare func(a, b K) int) []K {
	all := slices.Collect(maps.Keys(a))
	for key := range b {
		if _, both := a[key]; !both {
			all = append(all, key)
		}
	}
	slices.SortFunc(all, compare)
	return all
}
