package semantic

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"

	"pprof-otlp.test/interop/pprof"
)

// links checks that a sample with the labels trace_id and span_id has that link, and that any link is one that labels
// of its sample name in hexadecimal or decimal.
func (r *reading) links(profile *otlp.Profile, samples []pprof.Sample) {
	for i, s := range profile.Samples {
		path := fmt.Sprintf("samples[%d].link_index", i)
		link := at(r, path, r.dictionary.GetLinkTable(), s.LinkIndex)
		got := "none"
		if s.LinkIndex != 0 {
			got = fmt.Sprintf("%x/%x", link.GetTraceId(), link.GetSpanId())
		}
		labels := samples[i].Labels
		trace, span := only(labels, "trace_id"), only(labels, "span_id")
		if want := trace + "/" + span; isID(trace, 32) && isID(span, 16) && got != strings.ToLower(want) {
			r.shape(path, want, got)
			continue
		}
		if s.LinkIndex != 0 && !(named(labels, link.GetTraceId()) && named(labels, link.GetSpanId())) {
			r.shape(path, "ids that labels name", got)
		}
	}
}

// only is the text of the one label of that key.
func only(labels []pprof.Label, key string) string {
	text, count := "", 0
	for _, l := range labels {
		if l.Key == key {
			text = l.Str
			count++
		}
	}
	if count != 1 {
		return ""
	}
	return text
}

// isID tells whether text is a valid id of so many hexadecimal digits, not all zero.
func isID(text string, digits int) bool {
	_, err := hex.DecodeString(text)
	return err == nil && len(text) == digits && strings.Trim(text, "0") != ""
}

func named(labels []pprof.Label, id []byte) bool {
	digits := fmt.Sprintf("%x", id)
	decimal := new(big.Int).SetBytes(id).String()
	for _, l := range labels {
		if strings.EqualFold(l.Str, digits) || l.Str == decimal || l.Str == "" && fmt.Sprint(uint64(l.Num)) == decimal {
			return true
		}
	}
	return false
}
