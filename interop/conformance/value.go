package conformance

import (
	"fmt"
	"math"
	"slices"
	"strings"

	common "go.opentelemetry.io/proto/otlp/common/v1"
)

// keyValues checks attributes that stand where they belong, as those of a resource.
func (c *check) keyValues(path string, attributes []*common.KeyValue) {
	seen := map[string]bool{}
	for i, kv := range attributes {
		path := fmt.Sprintf("%s.attributes[%d]", path, i)
		if kv.GetKeyStrindex() != 0 && kv.GetKey() != "" {
			c.find(Keys, path, "has the key %q and key_strindex %d", kv.GetKey(), kv.GetKeyStrindex())
		}
		if kv.GetKeyStrindex() != 0 {
			c.refer(c.references.strindex, path+".key_strindex", kv.GetKeyStrindex())
		}
		key := c.key(kv)
		if seen[key] {
			c.find(Keys, path, "the key %q is there before", key)
		}
		seen[key] = true
		c.value(path+".value", kv.GetValue())
	}
}

func (c *check) key(kv *common.KeyValue) string {
	if index := kv.GetKeyStrindex(); index > 0 && int(index) < len(c.dictionary.StringTable) {
		return c.dictionary.StringTable[index]
	}
	return kv.GetKey()
}

func (c *check) value(path string, value *common.AnyValue) {
	switch v := value.GetValue().(type) {
	case *common.AnyValue_StringValueStrindex:
		c.refer(c.references.strindex, path+".string_value_strindex", v.StringValueStrindex)
	case *common.AnyValue_ArrayValue:
		for i, element := range v.ArrayValue.GetValues() {
			c.value(fmt.Sprintf("%s.array_value[%d]", path, i), element)
		}
	case *common.AnyValue_KvlistValue:
		c.keyValues(path, v.KvlistValue.GetValues())
	}
}

// meaning is the same for values that mean the same: a string is one whether by itself or by reference, and the order
// of a list of keys is free.
func (c *check) meaning(value *common.AnyValue) string {
	switch v := value.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return fmt.Sprintf("string %q", v.StringValue)
	case *common.AnyValue_StringValueStrindex:
		if index := v.StringValueStrindex; index >= 0 && int(index) < len(c.dictionary.StringTable) {
			return fmt.Sprintf("string %q", c.dictionary.StringTable[index])
		}
		return fmt.Sprintf("no string %d", v.StringValueStrindex)
	case *common.AnyValue_BoolValue:
		return fmt.Sprintf("bool %t", v.BoolValue)
	case *common.AnyValue_IntValue:
		return fmt.Sprintf("int %d", v.IntValue)
	case *common.AnyValue_DoubleValue:
		return fmt.Sprintf("double %x", math.Float64bits(v.DoubleValue))
	case *common.AnyValue_BytesValue:
		return fmt.Sprintf("bytes %x", v.BytesValue)
	case *common.AnyValue_ArrayValue:
		var elements []string
		for _, element := range v.ArrayValue.GetValues() {
			elements = append(elements, c.meaning(element))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	case *common.AnyValue_KvlistValue:
		var pairs []string
		for _, kv := range v.KvlistValue.GetValues() {
			pairs = append(pairs, fmt.Sprintf("%q: %s", c.key(kv), c.meaning(kv.GetValue())))
		}
		slices.Sort(pairs)
		return "{" + strings.Join(pairs, ", ") + "}"
	}
	return "nothing"
}
