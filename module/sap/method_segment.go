package sap

import (
	"fmt"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
)

// noData is what SAP writes into a field that a reduced message does not carry.
const noData = "/"

// registerSegment adds what asks a segment for its fields:
//
//	text(name)    the field's text without blanks around it; "" if it is absent, empty or "/"
//	sent(fields)  what the segment says of fields, by the names that the argument gives them ({"phone": "TELF1"}): the text,
//	              or null where the field is empty. A field that is "/" is left out; one that is absent is left out too,
//	              unless the segment replaces (MSGFN 005, 009, 018): then absent is empty.
func registerSegment(env *bloblang.Environment) error {
	spec := bloblang.NewPluginSpec().Param(bloblang.NewStringParam("name"))
	err := env.RegisterMethodV2("text", spec, func(args *bloblang.ParsedParams) (bloblang.Method, error) {
		name, err := args.GetString("name")
		if err != nil {
			return nil, err
		}
		return func(v any) (any, error) {
			segment, _ := v.(map[string]any)
			return textOf(segment, name), nil
		}, nil
	})
	if err != nil {
		return err
	}
	spec = bloblang.NewPluginSpec().Param(bloblang.NewAnyParam("fields"))
	return env.RegisterMethodV2("sent", spec, func(args *bloblang.ParsedParams) (bloblang.Method, error) {
		given, err := args.Get("fields")
		if err != nil {
			return nil, err
		}
		fields, ok := given.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("sent needs an object of field names, not %T", given)
		}
		return func(v any) (any, error) { return sent(v, fields) }, nil
	})
}

func textOf(segment map[string]any, name string) string {
	text, _ := segment[name].(string)
	if text = strings.TrimSpace(text); text == noData {
		return ""
	}
	return text
}

func sent(v any, fields map[string]any) (any, error) {
	segment, ok := v.(map[string]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("a segment is needed, not %T", v)
	}
	found, whole := make(map[string]any, len(fields)), replaces(segment)
	for ours, theirs := range fields {
		name, _ := theirs.(string)
		text, given := segment[name].(string)
		switch text = strings.TrimSpace(text); {
		case text == noData || !given && !whole:
		case text == "":
			found[ours] = nil
		default:
			found[ours] = text
		}
	}
	return found, nil
}
