// Package hop sends payloads through the Collector's own data model, as a Collector does between its receiver and
// its exporter.
package hop

import "go.opentelemetry.io/collector/pdata/pprofile"

// Protobuf decodes and encodes a payload.
func Protobuf(payload []byte) ([]byte, error) {
	profiles, err := unmarshal(payload)
	if err != nil {
		return nil, err
	}
	return marshal(profiles)
}

// JSON sends a payload through OTLP/JSON and back; it returns the JSON too.
func JSON(payload []byte) (protobuf, json []byte, err error) {
	profiles, err := unmarshal(payload)
	if err != nil {
		return nil, nil, err
	}
	json, err = (&pprofile.JSONMarshaler{}).MarshalProfiles(profiles)
	if err != nil {
		return nil, nil, err
	}
	again, err := (&pprofile.JSONUnmarshaler{DisallowUnknownFields: true}).UnmarshalProfiles(json)
	if err != nil {
		return nil, nil, err
	}
	protobuf, err = marshal(again)
	return protobuf, json, err
}

// Merge appends one payload to another, as the batch processor does: one dictionary for both.
func Merge(payload, into []byte) ([]byte, error) {
	source, err := unmarshal(payload)
	if err != nil {
		return nil, err
	}
	target, err := unmarshal(into)
	if err != nil {
		return nil, err
	}
	if err := source.MergeTo(target); err != nil {
		return nil, err
	}
	return marshal(target)
}

func unmarshal(payload []byte) (pprofile.Profiles, error) {
	return (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles(payload)
}

func marshal(profiles pprofile.Profiles) ([]byte, error) {
	return (&pprofile.ProtoMarshaler{}).MarshalProfiles(profiles)
}
