package module_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanse-commerce/hanse/module"
	_ "github.com/hanse-commerce/hanse/module/all"
	"github.com/hanse-commerce/hanse/resource"
)

// compiled is the JSON Schema of a module's settings, as any validator understands it.
func compiled(t *testing.T, i module.Info) *jsonschema.Schema {
	t.Helper()
	text, err := json.Marshal(module.SettingsSchema(i))
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("settings.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("settings.json")
	if err != nil {
		t.Fatalf("%s: %v\n%s", i.Name, err, text)
	}
	return schema
}

func TestSettingsOfEveryModuleHaveASchema(t *testing.T) {
	for _, m := range module.Default.All() {
		compiled(t, m.Info())
		if len(module.Abilities(m)) == 0 {
			t.Errorf("%s can do nothing", m.Info().Name)
		}
	}
}

func TestSchemaAndParserAgree(t *testing.T) {
	info := module.Info{Name: "till", Title: "Till", Settings: resource.Fields{
		resource.Text("base").Required().Doc("Address."),
		resource.Text("key").Required().WriteOnly().Doc("Key."),
		resource.Integer("floor").Default("1"),
		resource.Enum("side", "left", "right"),
		resource.Boolean("open").Default("true"),
	}}
	schema := compiled(t, info)
	for text, want := range map[string]bool{
		`{"base":"x"}`: true, `{"base":"x","floor":2,"side":"left","open":false}`: true,
		`{}`: false, `{"base":1}`: false, `{"base":"x","side":"up"}`: false, `{"base":"x","bse":"y"}`: false, `{"base":"x","open":"maybe"}`: false,
	} {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		values, _ := value.(map[string]any)
		values["key"] = "k" // a secret is laid over the settings
		_, faults := module.CheckSettings(info.Settings, values)
		delete(values, "key")
		if valid := schema.Validate(value) == nil; valid != want || (len(faults) == 0) != want {
			t.Errorf("%s: the schema says %t, the parser %v, expected %t", text, valid, faults, want)
		}
	}
}

func TestFaultOfASecretDoesNotQuoteIt(t *testing.T) {
	declared := resource.Fields{resource.Enum("key", "a", "b").WriteOnly().Doc("a or b")}
	_, faults := module.CheckSettings(declared, map[string]any{"key": "geheim", "geheimer": nil})
	if len(faults) != 2 || faults[1].Name != "key" || faults[1].Code != module.SettingInvalid || bytes.Contains([]byte(faults[1].Detail), []byte("geheim")) {
		t.Errorf("%+v", faults)
	}
}
