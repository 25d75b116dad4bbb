package sap

import (
	"strconv"
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
)

// registerTime adds what SAP's dates, times and numbers of items need:
//
//	sap_time(time, zone)  of a date yyyymmdd the moment, with a time hhmmss ("" is midnight), in a time zone: RFC 3339 in UTC;
//	                      null where the date is none
//	days_later(n)         of a date yyyymmdd the one n days later; "" where it is none
//	position()            "000010" as the number 10; null where the text is no number above 0
func registerTime(env *bloblang.Environment) error {
	spec := bloblang.NewPluginSpec().Param(bloblang.NewStringParam("time")).Param(bloblang.NewStringParam("zone"))
	if err := env.RegisterMethodV2("sap_time", spec, moment); err != nil {
		return err
	}
	spec = bloblang.NewPluginSpec().Param(bloblang.NewAnyParam("days"))
	if err := env.RegisterMethodV2("days_later", spec, daysLater); err != nil {
		return err
	}
	return method(env, "position", func(v any) (any, error) {
		s, _ := v.(string)
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
		if err != nil || n <= 0 {
			return nil, nil
		}
		return n, nil
	})
}

func moment(args *bloblang.ParsedParams) (bloblang.Method, error) {
	clock, err := args.GetString("time")
	if err != nil {
		return nil, err
	}
	name, err := args.GetString("zone")
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	if len(clock) != len("150405") {
		clock = "000000"
	}
	return func(v any) (any, error) {
		s, _ := v.(string)
		t, err := time.ParseInLocation("20060102150405", strings.TrimSpace(s)+clock, zone)
		if err != nil {
			return nil, nil //nolint:nilerr // no date is no fault of the mapping
		}
		return t.UTC().Format(time.RFC3339), nil
	}, nil
}

func daysLater(args *bloblang.ParsedParams) (bloblang.Method, error) {
	given, err := args.Get("days")
	if err != nil {
		return nil, err
	}
	days, err := number(given)
	if err != nil {
		return nil, err
	}
	return func(v any) (any, error) {
		s, _ := v.(string)
		t, err := time.Parse("20060102", strings.TrimSpace(s))
		if err != nil {
			return "", nil //nolint:nilerr // as above
		}
		return t.AddDate(0, 0, int(min(max(days.IntPart(), 0), 36_500))).Format("20060102"), nil
	}, nil
}
