package backoffice

import (
	"io/fs"
	"net/url"
	"os"
	"testing"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
)

// TestStories shows every page: records from a real database, the rest prepared; usual, empty, wrong, long and in German.
// Run it with -stories DIR to look at the pages.
func TestStories(t *testing.T) {
	h := newHouse(t)
	product, order := h.stock()
	guest, empty, broken := newOffice(t, prepared{guest: true}, h.Records), newOffice(t, prepared{empty: true}, h.Records), newOffice(t, prepared{broken: true}, h.Records)
	wrong := url.Values{"sku": {"NW-AA"}, "name.en": {""}, "kind": {"simple"}, "status": {"enabled"}, "gtin": {"123"}, "weight": {"heavy"}, "category": {"nowhere"}}
	stories := []pagetest.Story{
		{Name: "office-login", Handler: guest, Path: "/admin/login"},
		{Name: "office-login-wrong", Handler: guest, Path: "/admin/login", Form: url.Values{"email": {"a@b.example"}, "password": {"x"}}, Status: 422},
		{Name: "office-home", Handler: h, Path: "/admin/"},
		{Name: "office-home-dark", Handler: h, Path: "/admin/", Theme: "dark", Language: "de"},
		{Name: "office-home-empty", Handler: empty, Path: "/admin/"},
		{Name: "office-exchanges", Handler: h, Path: "/admin/exchanges"},
		{Name: "office-exchanges-de", Handler: h, Path: "/admin/exchanges?status=done&direction=out&partner=SAP&page=2", Language: "de"},
		{Name: "office-exchanges-empty", Handler: empty, Path: "/admin/exchanges"},
		{Name: "office-exchanges-none", Handler: empty, Path: "/admin/exchanges?q=x"},
		{Name: "office-run", Handler: h, Path: "/admin/exchanges/e1"},
		{Name: "office-errors", Handler: h, Path: "/admin/exchanges/e2"},
		{Name: "office-errors-de", Handler: h, Path: "/admin/exchanges/e2?class=value", Language: "de", Theme: "dark"},
		{Name: "office-refused", Handler: h, Path: "/admin/exchanges/e3"},
		{Name: "office-out", Handler: h, Path: "/admin/exchanges/e4"},
		{Name: "office-waiting", Handler: h, Path: "/admin/exchanges/e5"},
		{Name: "office-products", Handler: h, Path: "/admin/records/products"},
		{Name: "office-products-de", Handler: h, Path: "/admin/records/products?sort=-sku&page=2", Language: "de"},
		{Name: "office-products-filter", Handler: h, Path: "/admin/records/products?filter=sku:starts_with:NW-A&is.status=enabled&columns=sku&columns=name&columns=category&columns=weight&columns=updatedAt&columns=attributes"},
		{Name: "office-products-none", Handler: h, Path: "/admin/records/products?q=zzz"},
		{Name: "office-products-refused", Handler: h, Path: "/admin/records/products?filter=weight:gt:3", Status: 422},
		{Name: "office-orders", Handler: h, Path: "/admin/records/orders", Theme: "dark"},
		{Name: "office-units", Handler: h, Path: "/admin/records/units", Language: "de"},
		{Name: "office-partners-empty", Handler: h, Path: "/admin/records/partners"},
		{Name: "office-product", Handler: h, Path: product},
		{Name: "office-product-de", Handler: h, Path: product, Language: "de", Theme: "dark"},
		{Name: "office-order", Handler: h, Path: order},
		{Name: "office-order-trace", Handler: h, Path: order + "/trace"},
		{Name: "office-order-trace-de", Handler: h, Path: order + "/trace", Language: "de", Theme: "dark"},
		{Name: "office-channels", Handler: h, Path: "/admin/channels"},
		{Name: "office-channels-de", Handler: h, Path: "/admin/channels", Language: "de", Theme: "dark"},
		{Name: "office-channels-empty", Handler: empty, Path: "/admin/channels"},
		{Name: "office-channel", Handler: h, Path: "/admin/channels/c1"},
		{Name: "office-channel-paused", Handler: empty, Path: "/admin/channels/c2", Language: "de"},
		{Name: "office-channel-new", Handler: h, Path: "/admin/channels/new?kind=stripe"},
		{Name: "office-channel-edit", Handler: h, Path: "/admin/channels/c1/edit", Language: "de", Theme: "dark"},
		{Name: "office-channel-wrong", Handler: h, Path: "/admin/channels/c1", Form: url.Values{"code": {"stripe"}, "setting.secretKey": {"sk_test"}}, Status: 422},
		{Name: "office-channel-none", Handler: h, Path: "/admin/channels/new?kind=nothing", Status: 404},
		{Name: "office-customer-action", Handler: h, Path: "/admin/records/customers/key:0000001000/actions/block"},
		{Name: "office-product-edit", Handler: h, Path: product + "/edit"},
		{Name: "office-product-new", Handler: h, Path: "/admin/records/products/new", Language: "de"},
		{Name: "office-product-wrong", Handler: h, Path: product, Form: wrong, Status: 422},
		{Name: "office-order-edit", Handler: h, Path: order + "/edit", Theme: "dark"},
		{Name: "office-missing", Handler: h, Path: "/admin/records/nothing", Status: 404},
		{Name: "office-broken", Handler: broken, Path: "/admin/", Status: 500},
	}
	for _, s := range stories {
		t.Run(s.Name, s.Run)
	}
	t.Run("layout", func(t *testing.T) { pagetest.Layout(t, stories) })
}

// TestEveryResource derives grid and form of each resource from its definition and reads them from the database.
func TestEveryResource(t *testing.T) {
	h := newHouse(t)
	for _, typ := range h.Schema.Types() {
		if !typ.Admin.Read || typ.Name == "exchanges" {
			continue
		}
		t.Run(typ.Name, pagetest.Story{Name: "office-all-" + typ.Name, Handler: h, Path: "/admin/records/" + typ.Name}.Run)
		if typ.Admin.Create {
			t.Run(typ.Name+"_new", pagetest.Story{Name: "office-all-" + typ.Name + "-new", Handler: h, Path: "/admin/records/" + typ.Name + "/new", Language: "de"}.Run)
		}
	}
}

func TestTexts(t *testing.T) {
	templates := []fs.FS{os.DirFS("templates"), os.DirFS("../page/templates")}
	pagetest.Texts(t, pagetest.Surface{Texts: os.DirFS("locale"), Templates: templates, Code: os.DirFS("."), Shared: page.Texts(),
		Computed: []string{"operator", "actor", "form", "channels.secret"}})
	pagetest.Texts(t, pagetest.Surface{Texts: os.DirFS("locale/definition"), Code: os.DirFS("templates"),
		Computed: []string{"area", "type", "one", "field", "value", "command"}})
}
