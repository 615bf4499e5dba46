// Package conformance judges OTLP Profiles payloads by the rules of profiles.proto, over the generated proto package.
// It finds at least what OpenTelemetry's profcheck finds with its duplicate, orphan and sample shape checks.
package conformance

import (
	"fmt"
	"strings"

	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	"google.golang.org/protobuf/proto"
)

// Rule names what a payload breaks.
type Rule string

const (
	// Decode: the bytes are no ProfilesData.
	Decode Rule = "decode"
	// UTF8: a string is not UTF-8.
	UTF8 Rule = "utf8"
	// Empty: resource_profiles, scope_profiles or profiles has no entry.
	Empty Rule = "empty"
	// ZeroEntry: a table of the dictionary does not start with the zero value.
	ZeroEntry Rule = "zero-entry"
	// Range: an index leads nowhere.
	Range Rule = "index-range"
	// Duplicate: two entries of a table mean the same.
	Duplicate Rule = "duplicate"
	// Orphan: nothing refers to an entry.
	Orphan Rule = "orphan"
	// OrphanButStrindex: only resource, scope or attribute values refer to a string, by *_strindex; profcheck does not
	// count these.
	OrphanButStrindex Rule = "orphan-but-strindex"
	// Keys: a key twice in a set of attributes, or a key both by itself and by index.
	Keys Rule = "attribute-keys"
	// SampleShape: values and timestamps do not fit each other, or other samples of the profile.
	SampleShape Rule = "sample-shape"
	// Timestamp: outside the time of the profile.
	Timestamp Rule = "timestamp"
	// IDLength: a trace, span or profile id of another length than it has.
	IDLength Rule = "id-length"
	// Negative: a line or column below zero.
	Negative Rule = "negative"
	// MappingRange: a mapping's start is not below its limit.
	MappingRange Rule = "mapping-range"
	// OriginalPayload: one of original_payload and original_payload_format without the other.
	OriginalPayload Rule = "original-payload"
)

// Finding is one break of one rule.
type Finding struct {
	Rule    Rule
	Path    string
	Message string
}

func (f Finding) String() string { return fmt.Sprintf("%s: %s: %s", f.Rule, f.Path, f.Message) }

// Check judges an encoded ProfilesData.
func Check(payload []byte) []Finding {
	var data otlp.ProfilesData
	if err := proto.Unmarshal(payload, &data); err != nil {
		rule := Decode
		if strings.Contains(err.Error(), "UTF-8") {
			rule = UTF8
		}
		return []Finding{{rule, "payload", err.Error()}}
	}
	return CheckData(&data)
}

// CheckData judges a decoded ProfilesData.
func CheckData(data *otlp.ProfilesData) []Finding {
	dictionary := data.Dictionary
	if dictionary == nil {
		dictionary = &otlp.ProfilesDictionary{}
	}
	c := &check{dictionary: dictionary, references: newReferences(dictionary)}
	c.resources(data.ResourceProfiles)
	c.tables()
	c.duplicates()
	c.orphans()
	return c.findings
}

type check struct {
	dictionary *otlp.ProfilesDictionary
	references references
	findings   []Finding
}

func (c *check) find(rule Rule, path, format string, args ...any) {
	c.findings = append(c.findings, Finding{rule, path, fmt.Sprintf(format, args...)})
}
