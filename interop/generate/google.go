package generate

import (
	"bytes"
	"fmt"

	"github.com/google/pprof/profile"
)

// google makes a pprof by google/pprof's model and writer.
func google(r *random) []byte {
	p := &profile.Profile{
		TimeNanos:     pick(r, 0, r.Int64()),
		DurationNanos: pick(r, 0, r.Int64N(1e11)),
		Period:        pick(r, 0, 1, r.Int64N(1e9)),
		DropFrames:    pick(r, "", "", "runtime\\..*"),
		KeepFrames:    pick(r, "", "", "main\\..*"),
		DocURL:        pick(r, "", "", "https://pprof.example.test/cpu"),
		Comments:      pick(r, nil, nil, []string{"one"}, []string{"two", "", "two"}),
	}
	if r.oneIn(2) {
		p.PeriodType = &profile.ValueType{Type: pick(r, "cpu", "space", ""), Unit: pick(r, "nanoseconds", "bytes", "")}
	}
	for i := range 1 + r.IntN(4) {
		p.SampleType = append(p.SampleType, &profile.ValueType{Type: fmt.Sprintf("type%d", i), Unit: pick(r, "count", "bytes", "")})
	}
	if r.oneIn(3) {
		p.DefaultSampleType = pick(r, p.SampleType...).Type
	}
	for i := range r.upTo(4) {
		start := uint64(0x400000 + i*0x10000)
		p.Mapping = append(p.Mapping, &profile.Mapping{
			ID: uint64(i + 1), Start: start, Limit: start + 0x10000, Offset: pick(r, 0, uint64(0x1000)),
			File: pick(r, "/bin/shop", "/lib/libc.so.6", "[vdso]", ""), BuildID: pick(r, buildIDs...),
			HasFunctions: r.oneIn(2), HasFilenames: r.oneIn(2), HasLineNumbers: r.oneIn(2), HasInlineFrames: r.oneIn(2),
		})
	}
	for i := range 1 + r.upTo(20) {
		name := fmt.Sprintf("main.f%d", i)
		p.Function = append(p.Function, &profile.Function{
			ID: uint64(i + 1), Name: name, SystemName: pick(r, name, "_Z"+name, ""), Filename: pick(r, "main.go", "", "λ.go"),
			StartLine: pick(r, 0, r.Int64N(500)),
		})
	}
	for i := range 1 + r.upTo(40) {
		l := &profile.Location{ID: uint64(i + 1), Address: r.address(), IsFolded: r.oneIn(8)}
		if len(p.Mapping) > 0 && !r.oneIn(4) {
			l.Mapping = pick(r, p.Mapping...)
		}
		for range r.upTo(4) {
			l.Line = append(l.Line, profile.Line{Function: pick(r, p.Function...), Line: r.Int64N(500), Column: pick(r, 0, r.Int64N(80))})
		}
		p.Location = append(p.Location, l)
	}
	for range r.upTo(60) {
		p.Sample = append(p.Sample, googleSample(r, p))
	}
	if r.oneIn(3) {
		p = p.Compact()
	}
	var b bytes.Buffer
	if err := p.WriteUncompressed(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func googleSample(r *random, p *profile.Profile) *profile.Sample {
	s := &profile.Sample{Label: map[string][]string{}, NumLabel: map[string][]int64{}, NumUnit: map[string][]string{}}
	for range p.SampleType {
		s.Value = append(s.Value, r.value())
	}
	for range r.upTo(30) {
		s.Location = append(s.Location, pick(r, p.Location...))
	}
	if r.oneIn(2) {
		s.Label["thread"] = []string{pick(r, "main", "worker", "worker-2")}
	}
	if r.oneIn(6) {
		s.Label["tag"] = []string{"a", "b", "a"}
	}
	if r.oneIn(3) {
		s.NumLabel["bytes"] = []int64{r.value()}
		s.NumUnit["bytes"] = []string{"bytes"}
	}
	if r.oneIn(6) {
		s.NumLabel["sizes"] = []int64{1, 0, 3}
		if r.oneIn(2) {
			s.NumUnit["sizes"] = []string{"kilobytes", "", "bytes"}
		}
	}
	if r.oneIn(6) {
		// One key with text and with numbers.
		s.Label["both"] = []string{"text"}
		s.NumLabel["both"] = []int64{r.value()}
	}
	if r.oneIn(4) {
		s.Label["trace_id"] = []string{pick(r, traceIDs...)}
		s.Label["span_id"] = []string{pick(r, spanIDs...)}
	}
	return s
}

var (
	buildIDs = []string{
		"", "", "c89b11207f6479603b0d49bf291c092c2b719293", "C89B", "not hex",
		"foh3mEXu7BLZjsN9pOwG/kATcXlYVCDEFouRMQed_/WwRFB1hPo9LBkekthSPG/x8hMC8emW2cCjXD0_1aY",
	}
	traceIDs = []string{
		"0af7651916cd43dd8448eb211c80319c", "0AF7651916CD43DD8448EB211C80319C", "00000000000000000000000000000000", "0af7", "",
	}
	spanIDs = []string{"b7ad6b7169203331", "0000000000000001", "0000000000000000", "b7ad6b71692033311", "x"}
)
