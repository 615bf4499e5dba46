package generate

import (
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// pprofWriter writes one pprof field by field.
type pprofWriter struct {
	r       *random
	layout  *layout
	strings []string
	known   map[string]uint64
	// tidy profiles have no oddities in their content, only in their layout.
	tidy bool
	// doubled interns a string again now and then.
	doubled bool

	types                         int
	mappings, functions, location []uint64
	sections                      map[protowire.Number][][]byte
}

// wire makes a pprof straight on the wire.
func wire(r *random) []byte {
	w := &pprofWriter{
		r: r, layout: newLayout(r), strings: []string{""}, known: map[string]uint64{"": 0},
		tidy: r.oneIn(3), doubled: r.oneIn(6), sections: map[protowire.Number][][]byte{},
	}
	if !w.tidy && r.oneIn(3) {
		w.shuffledStrings()
	}
	w.sampleTypes()
	w.mappings = w.table(3, r.upTo(5), w.mapping)
	w.functions = w.table(5, 1+r.upTo(20), w.function)
	w.location = w.table(4, 1+r.upTo(40), w.locationEntry)
	if w.types > 0 {
		samples := r.upTo(40)
		if r.oneIn(40) {
			samples = 500
		}
		for range samples {
			w.sample()
		}
	}
	facts := w.facts()
	if !w.tidy && r.oneIn(4) {
		w.text("unused")
	}
	for _, s := range w.strings {
		m := w.layout.message("String")
		m.record(6, []byte(s))
		w.sections[6] = append(w.sections[6], m.fields[0].encoded)
	}
	return w.topLevel(facts)
}

// shuffledStrings starts the string table with strings in no order, some of them never used.
func (w *pprofWriter) shuffledStrings() {
	pool := slices.Concat(names, texts, []string{"never used", "neither"})
	for _, i := range w.r.Perm(len(pool)) {
		if _, known := w.known[pool[i]]; !known {
			w.known[pool[i]] = uint64(len(w.strings))
			w.strings = append(w.strings, pool[i])
		}
	}
}

var (
	names = []string{"main.run", "main.λ", "runtime.goexit", "a", "", "b", "c", "d"}
	// texts are strings that decoders stumble on: bad bytes, a surrogate, U+FFFD itself, NULs.
	texts = []string{
		"value", "", "x", "Ünï", "\xff", "a\xc3", "\xed\xa0\x80", "\uFFFD", "a\x00b", "\x00\x00", "{\"json\":1}", "line\nbreak",
	}
)

func (w *pprofWriter) text(s string) uint64 {
	index, known := w.known[s]
	if known && !(w.doubled && w.r.oneIn(8)) {
		return index
	}
	index = uint64(len(w.strings))
	w.known[s] = index
	w.strings = append(w.strings, s)
	return index
}

// name is a function's or file's name, odd in profiles that are not tidy.
func (w *pprofWriter) name() string {
	if !w.tidy && w.r.oneIn(10) {
		return pick(w.r, texts...)
	}
	return pick(w.r, names...) + strconv.Itoa(w.r.IntN(5))
}

func (w *pprofWriter) record(number protowire.Number, m *message) {
	top := w.layout.message("Top")
	top.record(number, m.encode())
	w.sections[number] = append(w.sections[number], top.fields[0].encoded)
}

func (w *pprofWriter) sampleTypes() {
	w.types = 1 + w.r.upTo(4)
	if !w.tidy && w.r.oneIn(20) {
		w.types = 0
	}
	for i := range w.types {
		m := w.layout.message("ValueType")
		name := "type" + strconv.Itoa(i)
		if !w.tidy && w.r.oneIn(10) {
			name = pick(w.r, "type0", "\xffodd", "λ")
		}
		m.scalar(1, w.text(name))
		m.scalar(2, w.text(pick(w.r, "count", "bytes", "nanoseconds")))
		w.record(1, m)
	}
}

// table writes count entries and returns their ids: 1..n, or anything else that is unique.
func (w *pprofWriter) table(number protowire.Number, count int, entry func() *message) []uint64 {
	ids := make([]uint64, count)
	style := pick(w.r, "sequence", "sequence", "offset", "descending", "random", "huge")
	for i := range ids {
		switch {
		case w.tidy || style == "sequence":
			ids[i] = uint64(i + 1)
		case style == "offset":
			ids[i] = uint64(i + 100)
		case style == "descending":
			ids[i] = uint64(count - i)
		case style == "random":
			ids[i] = uint64(i*1000 + w.r.IntN(999) + 1)
		default:
			ids[i] = 1<<64 - 1 - uint64(i*3)
		}
	}
	if number == 5 && count > 0 && !w.tidy && w.r.oneIn(10) {
		// .NET's profiles have such a function.
		ids[w.r.IntN(count)] = 0
	}
	for _, id := range ids {
		m := entry()
		if id != 0 || w.layout.zeros == always {
			m.add(1, protowire.VarintType, m.varint(id))
		}
		w.record(number, m)
	}
	return ids
}

func (w *pprofWriter) mapping() *message {
	m := w.layout.message("Mapping")
	if !w.tidy && w.r.oneIn(12) {
		return m
	}
	start := uint64(0x400000 + 0x1000*w.r.IntN(4))
	limit := start + 0x1000
	if !w.tidy {
		start, limit = pick(w.r, start, start, start, limit, 0), pick(w.r, limit, limit, limit, 0, 1<<64-1)
	}
	m.scalar(2, start)
	m.scalar(3, limit)
	m.scalar(4, pick(w.r, 0, uint64(0x1000)))
	m.scalar(5, w.text(pick(w.r, "", "/bin/shop", "[vdso]", "/lib/\u00e9.so")))
	m.scalar(6, w.text(pick(w.r, buildIDs...)))
	for number := range protowire.Number(4) {
		m.flag(7+number, w.r.oneIn(2))
	}
	return m
}

func (w *pprofWriter) function() *message {
	m := w.layout.message("Function")
	m.scalar(2, w.text(w.name()))
	m.scalar(3, w.text(w.name()))
	m.scalar(4, w.text(pick(w.r, "main.go", "", "lib.go")))
	m.scalar(5, uint64(w.line()))
	return m
}

func (w *pprofWriter) line() int64 {
	if !w.tidy && w.r.oneIn(30) {
		return pick(w.r, int64(-1), -1<<63, 1<<63-1, 1<<32)
	}
	return pick(w.r, 0, w.r.Int64N(10), w.r.Int64N(1000))
}

func (w *pprofWriter) locationEntry() *message {
	m := w.layout.message("Location")
	if !w.tidy && w.r.oneIn(20) {
		return m
	}
	var mapping uint64
	if len(w.mappings) > 0 && !w.r.oneIn(4) {
		mapping = pick(w.r, w.mappings...)
	}
	if !w.tidy && w.r.oneIn(40) {
		mapping = 77777
	}
	m.scalar(2, mapping)
	m.scalar(3, pick(w.r, w.r.address(), 0x400001, 0x400002))
	for range pick(w.r, 0, 1, 1, 1, 2, w.r.upTo(6)) {
		line := w.layout.message("Line")
		line.scalar(1, pick(w.r, w.functions...))
		line.scalar(2, uint64(w.line()))
		line.scalar(3, uint64(pick(w.r, 0, 0, w.line())))
		m.record(4, line.encode())
	}
	m.flag(5, w.r.oneIn(10))
	return m
}

func (w *pprofWriter) sample() {
	m := w.layout.message("Sample")
	var stack []uint64
	used := w.location[:1+w.r.IntN(len(w.location))]
	for range pick(w.r, 0, 1, 3, w.r.upTo(30)) {
		stack = append(stack, pick(w.r, used...))
	}
	m.list(1, stack)
	var values []uint64
	for range w.types {
		values = append(values, uint64(w.r.value()))
	}
	m.list(2, values)
	for _, label := range w.labels() {
		m.record(3, label.encode())
	}
	w.record(2, m)
	if w.r.oneIn(15) {
		w.sections[2] = append(w.sections[2], w.sections[2][len(w.sections[2])-1])
	}
}

// facts are the fields of a profile that stand alone.
func (w *pprofWriter) facts() *message {
	r := w.r
	m := w.layout.message("Facts")
	m.scalar(7, w.text(pick(r, "", "", "runtime\\..*")))
	m.scalar(8, w.text(pick(r, "", "", "main\\..*")))
	time, duration, period := r.Int64N(1<<61), r.Int64N(1e11), r.Int64N(1e9)
	if !w.tidy {
		time, duration, period = pick(r, 0, time, -1, -1<<63), pick(r, 0, duration, -5), pick(r, 0, period, -period)
	}
	m.scalar(9, uint64(time))
	m.scalar(10, uint64(duration))
	if r.oneIn(2) {
		periodType := w.layout.message("ValueType")
		periodType.scalar(1, w.text(pick(r, "cpu", "space", "")))
		periodType.scalar(2, w.text(pick(r, "nanoseconds", "")))
		m.record(11, periodType.encode())
	}
	m.scalar(12, uint64(period))
	var comments []uint64
	for range r.upTo(4) {
		comments = append(comments, w.text(pick(r, "comment", "another", "", "λ")))
	}
	m.list(13, comments)
	kind := "type" + strconv.Itoa(r.IntN(4))
	m.scalar(14, w.text(pick(r, "", "", kind, kind, "no such type")))
	m.scalar(15, w.text(pick(r, "", "", "https://pprof.example.test/")))
	if m.unknown > 0 {
		m.unknownField()
	}
	return m
}

// topLevel puts the fields of the profile into an order.
func (w *pprofWriter) topLevel(facts *message) []byte {
	for _, f := range facts.fields {
		w.sections[f.number] = append(w.sections[f.number], f.encoded)
	}
	var numbers []protowire.Number
	for number := range w.sections {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	switch w.r.IntN(8) {
	case 0:
		slices.Reverse(numbers)
	case 1:
		w.r.Shuffle(len(numbers), func(i, j int) { numbers[i], numbers[j] = numbers[j], numbers[i] })
	case 2:
		return w.interleaved(numbers)
	}
	var b []byte
	for _, number := range numbers {
		b = append(b, slices.Concat(w.sections[number]...)...)
	}
	return b
}

// interleaved writes runs of one field after runs of another.
func (w *pprofWriter) interleaved(numbers []protowire.Number) []byte {
	var b []byte
	for len(numbers) > 0 {
		i := w.r.IntN(len(numbers))
		number := numbers[i]
		run := min(len(w.sections[number]), 1+w.r.upTo(10))
		b = append(b, slices.Concat(w.sections[number][:run]...)...)
		w.sections[number] = w.sections[number][run:]
		if len(w.sections[number]) == 0 {
			numbers = slices.Delete(numbers, i, i+1)
		}
	}
	return b
}
