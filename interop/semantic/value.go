package semantic

import (
	"regexp"
	"strings"
	"unicode/utf8"

	common "go.opentelemetry.io/proto/otlp/common/v1"

	"pprof-otlp.test/interop/pprof"
)

// anyString reads a string, by itself or by reference, or bytes that are none.
func (r *reading) anyString(v *common.AnyValue) (string, bool) {
	switch v := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return v.StringValue, true
	case *common.AnyValue_StringValueStrindex:
		return r.text("string_value_strindex", v.StringValueStrindex), true
	case *common.AnyValue_BytesValue:
		// What is UTF-8 has to be a string.
		return string(v.BytesValue), !utf8.Valid(v.BytesValue)
	}
	return "", false
}

// labelsOf reads the labels of one key that an attribute of a sample stands for: one value, or an array when the key
// is repeated.
func (r *reading) labelsOf(path string, index int32) []pprof.Label {
	labels, known := r.labels[index]
	if known {
		return labels
	}
	a := at(r, path+".attribute_indices", r.attributes, index)
	if array := a.value.GetArrayValue(); array != nil {
		if len(array.Values) < 2 {
			r.shape(path, "an array of a repeated key only", a)
		}
		for _, v := range array.Values {
			labels = append(labels, r.label(path, a, v))
		}
	} else {
		labels = []pprof.Label{r.label(path, a, a.value)}
	}
	if a.unit != "" && !usesUnit(labels, a.unit) {
		r.shape(path, "a unit with numbers only", a)
	}
	r.labels[index] = labels
	return labels
}

// label reads one value: a string, a number of the attribute's unit, or a list of the fields that the label has.
func (r *reading) label(path string, a attribute, v *common.AnyValue) pprof.Label {
	label := pprof.Label{Key: a.key}
	if text, ok := r.anyString(v); ok {
		label.Str = text
		return label
	}
	switch v := v.GetValue().(type) {
	case *common.AnyValue_IntValue:
		label.Num = v.IntValue
		label.Unit = a.unit
	case *common.AnyValue_KvlistValue:
		for _, field := range v.KvlistValue.Values {
			key := field.Key
			if field.KeyStrindex != 0 {
				key = r.text(path, field.KeyStrindex)
			}
			number, isNumber := field.Value.GetValue().(*common.AnyValue_IntValue)
			text, isText := r.anyString(field.Value)
			switch {
			case key == "str" && isText:
				label.Str = text
			case key == "num" && isNumber:
				label.Num = number.IntValue
			case key == "num_unit" && isText:
				label.Unit = text
			default:
				r.shape(path, "str, num or num_unit", a)
			}
		}
	default:
		r.shape(path, "a string, a number, bytes that are not UTF-8, or a list of a label's fields", a)
	}
	return label
}

func usesUnit(labels []pprof.Label, unit string) bool {
	for _, l := range labels {
		if l.Unit == unit {
			return true
		}
	}
	return false
}

var hexadecimal = regexp.MustCompile(`^[0-9a-fA-F]+$`)

// buildIDKey is the convention for a build id by its shape: GNU's is hexadecimal, Go's has slashes. Others are free.
func buildIDKey(id string) string {
	switch {
	case len(id)%2 == 0 && hexadecimal.MatchString(id):
		return buildIDGNU
	case strings.Count(id, "/") == 3:
		return buildIDGo
	}
	return ""
}
