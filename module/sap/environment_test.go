package sap

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/module"
)

func language(t testing.TB) *bloblang.Environment {
	t.Helper()
	env, err := newEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func eval(t testing.TB, text string, input any) (any, error) {
	t.Helper()
	exec, err := language(t).Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return exec.Query(input)
}

func TestMappingsParse(t *testing.T) {
	m := newMappings()
	files, err := mappingFiles.ReadDir("mapping")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, err := m.get(strings.TrimSuffix(f.Name(), ".blobl")); err != nil {
			t.Error(err)
		}
	}
}

// A mapping reaches nothing but its input, and makes no more of it than there is.
func TestMappingsArePure(t *testing.T) {
	for _, text := range []string{
		`root = env("HOME")`, `root = file("/etc/passwd")`, `root = hostname()`, `root = now()`, `root = timestamp_unix()`,
		`root = uuid_v4()`, `root = random_int()`, `root = count("x")`, `root = range(0, 1000000000)`, `root = meta("x")`,
		`import "/etc/passwd"`, `from "/etc/passwd"`, `root = "x".repeat(1000000000)`, `root = this.log()`, `root = this.json_schema("{}")`,
		`root = content()`, `root = error()`, `root = json()`, `root = batch_size()`, `root = ksuid()`, `root = nanoid()`, `root = bytes(1000000000)`,
	} {
		if _, err := language(t).Parse(text); err == nil {
			t.Errorf("%s is allowed", text)
		}
	}
}

func TestRecursionIsBounded(t *testing.T) {
	_, err := eval(t, "map down {\n  root = this.apply(\"down\")\n}\nroot = this.apply(\"down\")", map[string]any{"a": "b"})
	if err == nil {
		t.Error("a map may call itself without end")
	}
}

func TestNumbersOfSAP(t *testing.T) {
	for in, want := range map[string]string{"  12.50 ": "12.50", "12.50-": "-12.50", "12.50 -": "-12.50", "-3": "-3", "abc": "abc", "1e9": "1e9", "": "", "-": "-",
		"1,5": "1,5", "0007": "0007"} {
		if got, err := eval(t, `root = this.dec_norm()`, in); got != want || err != nil {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
	}
	for text, want := range map[string]string{
		`root = "0.1".dec_add("0.2")`: "0.3", `root = "5.00-".dec_sub("1")`: "-6", `root = "1".dec_div("3", 6)`: "0.333333",
		`root = "2.5".dec_round(0)`: "3", `root = "2".dec_fixed(3)`: "2.000", `root = "12345678901234567890.1".dec_mul("10")`: "123456789012345678901",
		`root = "1".dec_cmp("1.000")`: "0", `root = "1".dec_div("0", 2).catch("no")`: "no", `root = "1e9".dec_add("1").catch("no")`: "no",
		`root = "x".dec_add("1").catch("no")`: "no", `root = 7.dec_mul("2")`: "14",
	} {
		if got, err := eval(t, text, nil); fmt.Sprint(got) != want || err != nil {
			t.Errorf("%s: %v %v, want %s", text, got, err, want)
		}
	}
}

func TestDecimalsAreExact(t *testing.T) {
	exec, err := language(t).Parse(`root = [this.a.dec_add(this.b), this.a.dec_sub(this.b), this.a.dec_mul(this.b)]`)
	if err != nil {
		t.Fatal(err)
	}
	number := rapid.Custom(func(t *rapid.T) string {
		return decimal.New(rapid.Int64().Draw(t, "digits"), rapid.Int32Range(-9, 3).Draw(t, "exponent")).String()
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		x, y := decimal.RequireFromString(a), decimal.RequireFromString(b)
		got, err := exec.Query(map[string]any{"a": a, "b": b})
		want := fmt.Sprint([]any{x.Add(y).String(), x.Sub(y).String(), x.Mul(y).String()})
		if err != nil || fmt.Sprint(got) != want {
			t.Fatalf("%v %v, want %v", got, err, want)
		}
	})
}

func TestTexts(t *testing.T) {
	for text, want := range map[string]string{
		`root = "20261124".sap_date()`: "2026-11-24", `root = "99991231".sap_date()`: "<nil>", `root = "00000000".sap_date()`: "<nil>",
		`root = "20261301".sap_date()`: "20261301", `root = "Grüße".cut(3)`: "Grü", `root = 10.zeros(6)`: "000010",
		`root = "one two three".wrap(7)`: "[one two three]", `root = "abcdefghij".wrap(4)`: "[abcd efgh ij]", `root = "a\nb".wrap(5)`: "[a b]",
		`root = "2026-11-23T23:30:00Z".local_day("Europe/Berlin")`: "20261124", `root = "4006381333931".is_gtin()`: "true",
		`root = "4006381333932".is_gtin()`: "false", `root = "12345678901234567".is_gtin()`: "false",
		`root = "20260701".sap_time("064549", "Europe/Berlin")`: "2026-07-01T04:45:49Z", `root = "20261124".sap_time("", "UTC")`: "2026-11-24T00:00:00Z",
		`root = "00000000".sap_time("", "UTC")`: "<nil>", `root = "20261124".days_later("30")`: "20261224", `root = "".days_later("30")`: "",
		`root = "000010".position()`: "10", `root = "000000".position()`: "<nil>", `root = "A1".position()`: "<nil>", `root = "".position()`: "<nil>",
		`root = [{"k": 10, "q": "1.5"}, {"k": 20, "q": "1"}, {"k": 10, "q": "2", "x": 1}].dec_sum_by("k", "q")`: "[map[k:10 q:3.5] map[k:20 q:1]]",
		`root = {"A": " x "}.text("A")`: "x", `root = {"A": "/"}.text("A")`: "", `root = {}.text("A")`: "",
		`root = {"MSGFN": "005", "A": "", "B": "/", "C": " 1 "}.sent({"a": "A", "b": "B", "c": "C", "d": "D"})`: "map[a:<nil> c:1 d:<nil>]",
		`root = {"MSGFN": "004", "A": "", "B": "/", "C": " 1 "}.sent({"a": "A", "b": "B", "c": "C", "d": "D"})`: "map[a:<nil> c:1]",
		`root = {"A": ""}.sent({"a": "A", "d": "D"})`:                                                           "map[a:<nil>]",
	} {
		if got, err := eval(t, text, map[string]any{}); fmt.Sprint(got) != want || err != nil {
			t.Errorf("%s: %v %v, want %s", text, got, err, want)
		}
	}
}

// wrap loses nothing but blanks, and no line is longer than allowed.
func TestWrapKeepsWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, n := rapid.StringMatching(`[a-zäß \n]{0,200}`).Draw(t, "text"), rapid.IntRange(1, 80).Draw(t, "n")
		joined := ""
		for _, line := range wrap(text, n) {
			if len([]rune(line.(string))) > n {
				t.Fatalf("%q is longer than %d", line, n)
			}
			joined += line.(string)
		}
		strip := strings.NewReplacer(" ", "", "\n", "")
		if strip.Replace(joined) != strip.Replace(text) {
			t.Fatalf("%q became %q", text, joined)
		}
	})
}

func TestMistypedMappingIsAnError(t *testing.T) {
	for name, value := range map[string]any{
		"unknown key":   map[string]any{"recrods": []any{}},
		"no array":      map[string]any{"records": map[string]any{}},
		"no text":       map[string]any{"key": int64(1)},
		"reference":     map[string]any{"records": []any{map[string]any{"resource": "x", "references": map[string]any{"a": map[string]any{}}}}},
		"notice":        map[string]any{"notices": []any{"wrong"}},
		"warning":       map[string]any{"notices": []any{map[string]any{"warning": "yes"}}},
		"command":       map[string]any{"commands": []any{map[string]any{"on": "orders", "targets": []any{"1"}}}},
		"input":         map[string]any{"commands": []any{map[string]any{"on": "orders", "input": "x"}}},
		"owned":         map[string]any{"records": []any{map[string]any{"owned": map[string]any{"units": "x"}}}},
		"external ids":  map[string]any{"records": []any{map[string]any{"external_ids": []any{int64(1)}}}},
		"unknown field": map[string]any{"records": []any{map[string]any{"resorce": "x"}}},
	} {
		if err := output(value.(map[string]any)).into(&module.Document{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
