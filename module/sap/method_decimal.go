package sap

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/shopspring/decimal"
)

// registerDecimal adds exact arithmetic. Bloblang's own numbers are float64, so decimals stay text:
//
//	dec_norm()        a number as SAP writes it, blanks around it and the sign behind it, as "-12.50"; other text as it is
//	dec_add(x) dec_sub(x) dec_mul(x)
//	dec_div(x, places) dec_round(places)   half of a unit in the last place goes up
//	dec_fixed(places) rounded, with exactly so many digits behind the point
//	dec_cmp(x)        -1, 0 or 1
//	dec_sum_by(key, field)   of an array of objects: one for each value of key, in the order of the first, with the sum of field
func registerDecimal(env *bloblang.Environment) error {
	if err := method(env, "dec_norm", func(v any) (any, error) { return normal(v), nil }); err != nil {
		return err
	}
	for name, of := range map[string]func(a, b decimal.Decimal) any{
		"dec_add": func(a, b decimal.Decimal) any { return a.Add(b).String() },
		"dec_sub": func(a, b decimal.Decimal) any { return a.Sub(b).String() },
		"dec_mul": func(a, b decimal.Decimal) any { return a.Mul(b).String() },
		"dec_cmp": func(a, b decimal.Decimal) any { return int64(a.Cmp(b)) },
	} {
		spec := bloblang.NewPluginSpec().Param(bloblang.NewAnyParam("other"))
		if err := env.RegisterMethodV2(name, spec, binary(of)); err != nil {
			return err
		}
	}
	sums := bloblang.NewPluginSpec().Param(bloblang.NewStringParam("key")).Param(bloblang.NewStringParam("field"))
	if err := env.RegisterMethodV2("dec_sum_by", sums, sumBy); err != nil {
		return err
	}
	spec := bloblang.NewPluginSpec().Param(bloblang.NewAnyParam("by")).Param(bloblang.NewInt64Param("places"))
	if err := env.RegisterMethodV2("dec_div", spec, divide); err != nil {
		return err
	}
	for name, of := range map[string]func(d decimal.Decimal, places int32) string{
		"dec_round": func(d decimal.Decimal, places int32) string { return d.Round(places).String() },
		"dec_fixed": func(d decimal.Decimal, places int32) string { return d.StringFixed(places) },
	} {
		spec := bloblang.NewPluginSpec().Param(bloblang.NewInt64Param("places"))
		if err := env.RegisterMethodV2(name, spec, rounding(of)); err != nil {
			return err
		}
	}
	return nil
}

func method(env *bloblang.Environment, name string, of bloblang.Method) error {
	return env.RegisterMethodV2(name, bloblang.NewPluginSpec(), func(*bloblang.ParsedParams) (bloblang.Method, error) { return of, nil })
}

func binary(of func(a, b decimal.Decimal) any) bloblang.MethodConstructorV2 {
	return func(args *bloblang.ParsedParams) (bloblang.Method, error) {
		other, err := args.Get("other")
		if err != nil {
			return nil, err
		}
		b, err := number(other)
		if err != nil {
			return nil, err
		}
		return func(v any) (any, error) {
			a, err := number(v)
			if err != nil {
				return nil, err
			}
			return of(a, b), nil
		}, nil
	}
}

func sumBy(args *bloblang.ParsedParams) (bloblang.Method, error) {
	key, err := args.GetString("key")
	if err != nil {
		return nil, err
	}
	field, err := args.GetString("field")
	if err != nil {
		return nil, err
	}
	return func(v any) (any, error) {
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("dec_sum_by needs an array, not %T", v)
		}
		all, at := []any{}, map[string]map[string]any{}
		for _, item := range list {
			o, _ := item.(map[string]any)
			n, err := number(o[field])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", field, err)
			}
			name := fmt.Sprint(o[key])
			sum := at[name]
			if sum == nil {
				sum = map[string]any{key: o[key], field: "0"}
				at[name], all = sum, append(all, sum)
			}
			before, _ := number(sum[field]) // written here
			sum[field] = before.Add(n).String()
		}
		return all, nil
	}, nil
}

func divide(args *bloblang.ParsedParams) (bloblang.Method, error) {
	by, err := args.Get("by")
	if err != nil {
		return nil, err
	}
	b, err := number(by)
	if err != nil {
		return nil, err
	}
	places, err := placesOf(args)
	if err != nil {
		return nil, err
	}
	return func(v any) (any, error) {
		a, err := number(v)
		if err != nil {
			return nil, err
		}
		if b.IsZero() {
			return nil, fmt.Errorf("%s cannot be divided by zero", a)
		}
		return a.DivRound(b, places).String(), nil
	}, nil
}

func rounding(of func(d decimal.Decimal, places int32) string) bloblang.MethodConstructorV2 {
	return func(args *bloblang.ParsedParams) (bloblang.Method, error) {
		places, err := placesOf(args)
		if err != nil {
			return nil, err
		}
		return func(v any) (any, error) {
			d, err := number(v)
			if err != nil {
				return nil, err
			}
			return of(d, places), nil
		}, nil
	}
}

func placesOf(args *bloblang.ParsedParams) (int32, error) {
	places, err := args.GetInt64("places")
	if err == nil && (places < 0 || places > 18) {
		err = fmt.Errorf("%d digits behind the point; 0 to 18 are possible", places)
	}
	return int32(places), err //#nosec G115 -- checked above
}

// maxDigits keeps a number from growing without end by multiplication.
const maxDigits = 80

// number reads a decimal from text or from a whole number of JSON.
func number(v any) (decimal.Decimal, error) {
	text := ""
	switch v := normal(v).(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	case int64:
		return decimal.NewFromInt(v), nil
	case float64: // a whole number of JSON on its way through Bloblang
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return decimal.NewFromInt(int64(v)), nil
		}
	}
	if !isPlain(text) {
		return decimal.Zero, fmt.Errorf("%.40q is not a number", fmt.Sprint(v))
	}
	return decimal.NewFromString(text)
}

// normal gives a number as SAP's character fields hold it in the usual form; anything else stays as it is.
func normal(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	s = strings.TrimSpace(s)
	if rest, negative := strings.CutSuffix(s, "-"); negative && isPlain(strings.TrimSpace(rest)) {
		return "-" + strings.TrimSpace(rest)
	}
	return s
}

// isPlain keeps out exponents, by which a few characters name a number of a million digits.
func isPlain(s string) bool {
	s = strings.TrimLeft(s, "-")
	digits := 0
	for i := range len(s) {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			digits++
		case s[i] != '.':
			return false
		}
	}
	return digits > 0 && len(s) <= maxDigits
}
