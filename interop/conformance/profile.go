package conformance

import (
	"fmt"

	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
)

func (c *check) resources(resources []*otlp.ResourceProfiles) {
	if len(resources) == 0 {
		c.find(Empty, "resource_profiles", "has no entry")
	}
	for i, resource := range resources {
		path := fmt.Sprintf("resource_profiles[%d]", i)
		c.keyValues(path+".resource", resource.GetResource().GetAttributes())
		if len(resource.GetScopeProfiles()) == 0 {
			c.find(Empty, path+".scope_profiles", "has no entry")
		}
		for j, scope := range resource.GetScopeProfiles() {
			path := fmt.Sprintf("%s.scope_profiles[%d]", path, j)
			c.keyValues(path+".scope", scope.GetScope().GetAttributes())
			if len(scope.GetProfiles()) == 0 {
				c.find(Empty, path+".profiles", "has no entry")
			}
			for k, profile := range scope.GetProfiles() {
				c.profile(fmt.Sprintf("%s.profiles[%d]", path, k), profile)
			}
		}
	}
}

func (c *check) profile(path string, profile *otlp.Profile) {
	c.valueType(path+".sample_type", profile.GetSampleType())
	c.valueType(path+".period_type", profile.GetPeriodType())
	c.attributes(path, profile.GetAttributeIndices())
	c.idLength(path+".profile_id", profile.GetProfileId(), 0, 16)
	if (profile.GetOriginalPayloadFormat() == "") != (len(profile.GetOriginalPayload()) == 0) {
		c.find(OriginalPayload, path, "format %q with %d bytes", profile.GetOriginalPayloadFormat(), len(profile.GetOriginalPayload()))
	}
	common := shapeless
	for i, sample := range profile.GetSamples() {
		path := fmt.Sprintf("%s.samples[%d]", path, i)
		c.refer(c.references.stack, path+".stack_index", sample.GetStackIndex())
		c.refer(c.references.link, path+".link_index", sample.GetLinkIndex())
		c.attributes(path, sample.GetAttributeIndices())
		start := profile.GetTimeUnixNano()
		end := start + profile.GetDurationNano()
		for _, t := range sample.GetTimestampsUnixNano() {
			if t < start || t >= end {
				c.find(Timestamp, path, "%d is not in [%d, %d)", t, start, end)
			}
		}
		shape := c.shape(path, sample)
		if common == shapeless {
			common = shape
		} else if shape != common {
			c.find(SampleShape, path, "has %s, samples before it have %s", shape, common)
		}
	}
}

// shape is which of values and timestamps a sample has.
type shape string

const (
	shapeless      shape = "neither values nor timestamps"
	valueOnly      shape = "a value"
	timestampsOnly shape = "timestamps"
	both           shape = "values and timestamps"
)

func (c *check) shape(path string, sample *otlp.Sample) shape {
	values, timestamps := len(sample.GetValues()), len(sample.GetTimestampsUnixNano())
	switch {
	case values > 0 && timestamps > 0:
		if values != timestamps {
			c.find(SampleShape, path, "%d values for %d timestamps", values, timestamps)
		}
		return both
	case values > 0:
		if values > 1 {
			c.find(SampleShape, path, "%d values without timestamps", values)
		}
		return valueOnly
	case timestamps > 0:
		return timestampsOnly
	}
	c.find(SampleShape, path, "%s", shapeless)
	return shapeless
}

func (c *check) valueType(path string, t *otlp.ValueType) {
	c.refer(c.references.text, path+".type_strindex", t.GetTypeStrindex())
	c.refer(c.references.text, path+".unit_strindex", t.GetUnitStrindex())
}

func (c *check) idLength(path string, id []byte, allowed ...int) {
	for _, length := range allowed {
		if len(id) == length {
			return
		}
	}
	c.find(IDLength, path, "%d bytes", len(id))
}
