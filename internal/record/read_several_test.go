package record_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// skus collects the SKUs of products, in order.
func skus(into *[]string) func(*record.Answer, *record.Row) error {
	return func(_ *record.Answer, row *record.Row) error {
		var p struct{ SKU string }
		err := json.Unmarshal(row.Attributes, &p)
		*into = append(*into, p.SKU)
		return err
	}
}

func products(t *testing.T, h *commercetest.House, q record.Query) []string {
	t.Helper()
	found := []string{}
	q.Type, _ = h.Schema.Type("products")
	if _, err := h.Store.Read(context.Background(), h.Pool, h.Caller, &q, skus(&found)); err != nil {
		t.Fatal(err)
	}
	return found
}

// tree has a branch two deep, one beside it, and a circle that somebody made.
func tree(t *testing.T) *commercetest.House {
	h := commercetest.New(t)
	category := func(code, parent string) string {
		columns := map[string]any{"code": code, "name": map[string]string{"en": code}}
		if parent != "" {
			columns["parent_id"] = h.ID("category", "code", parent)
		}
		return h.Insert("category", columns)
	}
	for _, c := range [][2]string{{"food", ""}, {"drinks", "food"}, {"tea", "drinks"}, {"tools", ""}, {"round", ""}, {"about", "round"}} {
		h.Insert("product", map[string]any{"sku": "in-" + c[0], "name": map[string]string{"en": "Thing of " + c[0]}, "category_id": category(c[0], c[1])})
	}
	h.Exec("UPDATE category SET parent_id = $2 WHERE id = $1", h.ID("category", "code", "round"), h.ID("category", "code", "about"))
	return h
}

func TestFilterBelow(t *testing.T) {
	h := tree(t)
	for ref, want := range map[string]string{
		"key:food": "in-drinks in-food in-tea", "key:drinks": "in-drinks in-tea", "key:tea": "in-tea", "key:tools": "in-tools",
		"key:round": "in-about in-round", "key:none": "", h.ID("category", "code", "drinks"): "in-drinks in-tea",
	} {
		got := products(t, h, record.Query{Sort: []record.Sort{{Path: "sku"}},
			Filters: []record.Filter{{Path: "category", Operator: resource.Below, Values: []string{ref}}}})
		if strings.Join(got, " ") != want {
			t.Errorf("below %s are %q, want %q", ref, got, want)
		}
	}
	q := &record.Query{Filters: []record.Filter{{Path: "unit", Operator: resource.Below, Values: []string{"key:C62"}}}}
	q.Type, _ = h.Schema.Type("products")
	var refused *record.QueryError
	if _, err := h.Store.Read(context.Background(), h.Pool, h.Caller, q, skus(new([]string))); !errors.As(err, &refused) || refused.Code != "unknown_operator" {
		t.Errorf("units form no tree, but below is taken: %v", err)
	}
}

func TestSearchTakesBeginningsAndRanks(t *testing.T) {
	h := commercetest.New(t)
	for sku, text := range map[string][2]string{"R-9": {"Threaded rod", "for anchors"}, "R-10": {"Rod", "a rod of rods, threaded"}, "N-1": {"Nut", "goes on a threaded rod"}} {
		h.Insert("product", map[string]any{"sku": sku, "name": map[string]string{"en": text[0]}, "description": map[string]string{"en": text[1]}})
	}
	for search, want := range map[string]string{
		"thr ro": "N-1 R-10 R-9", "threaded -nut": "R-10 R-9", `"threaded rod"`: "N-1 R-9", "nut or anchors": "N-1 R-9",
		"r-10": "R-10", "R-9": "R-9", "zzz": "", "'": "", `\ & | ! :* (`: "", "-": "",
	} {
		got := products(t, h, record.Query{Search: search, Sort: []record.Sort{{Path: "sku"}}})
		if strings.Join(got, " ") != want {
			t.Errorf("%q finds %q, want %q", search, got, want)
		}
	}
	if got := products(t, h, record.Query{Search: "nut", Size: 1, Number: 1}); cmp.Diff([]string{"N-1"}, got) != "" {
		t.Errorf("the best match for nut is %q", got)
	}
	if got := products(t, h, record.Query{Search: "rod"}); got[len(got)-1] != "N-1" {
		t.Errorf("a word in the description goes before one in the name: %q", got)
	}
}

// trips counts round trips and their statements.
type trips struct {
	record.Batcher
	statements []int
}

func (c *trips) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	c.statements = append(c.statements, b.Len())
	return c.Batcher.SendBatch(ctx, b)
}

func TestReadAllIsOneRoundTrip(t *testing.T) {
	h := tree(t)
	typ, _ := h.Schema.Type("products")
	var all, one []string
	first := &record.Reading{Query: &record.Query{Type: typ, Size: 2, Number: 1, Total: true, Sort: []record.Sort{{Path: "sku"}}}, Each: skus(&all)}
	second := &record.Reading{Query: &record.Query{Type: typ, Target: resource.ByKey("in-tools")}, Each: skus(&one)}
	count := &trips{Batcher: h.Pool}
	if err := h.Store.ReadAll(context.Background(), count, h.Caller, first, second); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1 + 2 + 1}, count.statements); diff != "" { // context, count and list, record
		t.Error(diff)
	}
	if strings.Join(all, " ") != "in-about in-drinks" || first.Answer.Total != 6 || !first.Answer.More || strings.Join(one, " ") != "in-tools" {
		t.Errorf("%q of %d, more %t; %q", all, first.Answer.Total, first.Answer.More, one)
	}
	err := pgx.BeginFunc(context.Background(), h.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(context.Background(), tx, h.Caller); err != nil {
			return err
		}
		return h.Store.ReadAll(context.Background(), tx, h.Caller, second)
	})
	if err != nil || len(one) != 2 {
		t.Errorf("within a transaction: %q, %v", one, err)
	}
	broken := &record.Reading{Query: &record.Query{Type: typ, Sort: []record.Sort{{Path: "nothing"}}}, Each: skus(new([]string))}
	if err := h.Store.ReadAll(context.Background(), h.Pool, h.Caller, second, broken); err == nil {
		t.Error("a query that the definitions do not allow is answered")
	}
}
