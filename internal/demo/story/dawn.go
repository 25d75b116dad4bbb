package story

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
)

// dawn: what SAP dropped in the morning has come in, whole.
func (s *Story) dawn(ctx context.Context) {
	if !s.step("API: the middleware gets an access token", func() error {
		return s.admin.login(ctx, s.place.TokenURL, s.place.ClientID, s.place.ClientSecret)
	}) {
		return
	}
	for _, f := range s.morning {
		s.step("SAP's morning file "+kindOf(f.Name)+" is imported, no row failed", func() error { return s.imported(ctx, f.Name) })
	}
	s.step("API: 77 products, 91 customers, every value of a sample of them", func() error { return s.records(ctx) })
	s.step("API: warehouse stock of the contract product is SAP's, to the piece", func() error { return s.stock(ctx, s.plot.ContractIDoc.Product, decimal.Zero) })
}

func kindOf(name string) string {
	if i := strings.Index(name, "_20"); i > 0 {
		return name[:i]
	}
	return name
}

func (s *Story) imported(ctx context.Context, name string) error {
	x, err := s.admin.one(ctx, "/exchanges?filter[name]="+url.QueryEscape(name)+"&filter[direction]=in")
	if err != nil {
		return err
	}
	read, err := decimal.NewFromString(x.text("read"))
	if err != nil || !read.IsPositive() {
		return fmt.Errorf("read is %q, expected rows", x.text("read"))
	}
	return all(equal("status", x.text("status"), "done"), equal("failed", x.text("failed"), "0"))
}

func (s *Story) count(ctx context.Context, typeName string, want int) error {
	var doc struct {
		Meta struct {
			Page struct {
				Total int `json:"total"`
			} `json:"page"`
		} `json:"meta"`
	}
	if err := s.admin.do(ctx, "GET", "/"+typeName+"?page[size]=1&page[total]=true", nil, &doc); err != nil {
		return err
	}
	if doc.Meta.Page.Total != want {
		return fmt.Errorf("there are %d %s, expected %d", doc.Meta.Page.Total, typeName, want)
	}
	return nil
}

func (s *Story) records(ctx context.Context) error {
	if err := all(s.count(ctx, "products", len(s.company.Products)), s.count(ctx, "customers", len(s.company.Customers))); err != nil {
		return err
	}
	for i := 0; i < len(s.company.Products); i += 7 {
		if err := s.product(ctx, &s.company.Products[i]); err != nil {
			return err
		}
	}
	for i := 0; i < len(s.company.Customers); i += 13 {
		k := &s.company.Customers[i]
		o, err := s.admin.get(ctx, "/customers/key:"+k.Number)
		if err != nil {
			return err
		}
		if err := all(equal("name of customer "+k.Number, o.text("name"), k.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Story) product(ctx context.Context, p *sample.Product) error {
	o, err := s.admin.get(ctx, "/products/key:"+url.PathEscape(p.SKU))
	if err != nil {
		return err
	}
	name, _ := o.Attributes["name"].(map[string]any)
	status := "enabled"
	if p.Discontinued {
		status = "disabled"
	}
	what := "product " + p.SKU + ": "
	return all(equal(what+"name", fmt.Sprint(name["en"]), p.Name), equal(what+"German name", fmt.Sprint(name["de"]), p.NameDE),
		equal(what+"status", o.text("status"), status), equal(what+"gtin", o.text("gtin"), p.GTIN), same(what+"weight", o.text("weight"), p.Weight))
}

// stock compares what lies in the warehouses with what SAP said, reserved with what is expected.
func (s *Story) stock(ctx context.Context, p sample.Product, reserved decimal.Decimal) error {
	levels, err := s.admin.list(ctx, "/inventoryLevels?filter[product.sku]="+url.QueryEscape(p.SKU))
	if err != nil {
		return err
	}
	onHand, held := decimal.Zero, decimal.Zero
	for _, l := range levels {
		n, err := decimal.NewFromString(l.text("onHand"))
		if err != nil {
			return fmt.Errorf("onHand of %s is %q", p.SKU, l.text("onHand"))
		}
		r, err := decimal.NewFromString(l.text("reserved"))
		if err != nil {
			return fmt.Errorf("reserved of %s is %q", p.SKU, l.text("reserved"))
		}
		onHand, held = onHand.Add(n), held.Add(r)
	}
	want := decimal.Zero
	for _, h := range p.OnHand {
		want = want.Add(h.Quantity)
	}
	if !onHand.Equal(want) || !held.Equal(reserved) {
		return fmt.Errorf("%s of %s on hand and %s reserved, expected %s and %s", onHand, p.SKU, held, want, reserved)
	}
	return nil
}

const strangersFile = `sku;name;name_de;category;unit;price;currency;stock
STORY-1;Hex bolt M8x40;Sechskantschraube M8x40;Fasteners/Bolts;PCE;12,50;EUR;40
STORY-2;Threaded rod;Gewindestange;Fasteners/Rods;MTR;9,99;EUR;7,5
STORY-3;;Ohne Namen;Fasteners/Rods;MTR;1,00;EUR;1
`

// stranger: a file that nobody prepared for, semicolons, decimal commas and one bad row, then the same again.
func (s *Story) stranger(ctx context.Context) {
	name := "products_" + time.Now().UTC().Format("20060102T150405Z") + "_story.csv"
	if !s.step("SFTP: a stranger's CSV (semicolons, decimal commas, one bad row)", func() error { return s.files.put(name, []byte(strangersFile)) }) {
		return
	}
	s.step("… is taken: 3 rows read, 2 created, 1 failed for its missing name", func() error { return s.strangerTaken(ctx, name) })
	s.step("… its product, price and stock are exact", func() error { return s.strangerValues(ctx) })
	s.step("… its result file says what became of each row", func() error { return s.strangerResult(ctx, name) })
	again := strings.Replace(name, "_story", "_again", 1)
	s.step("SFTP: the same bytes under another name change nothing", func() error {
		if err := s.files.put(again, []byte(strangersFile)); err != nil {
			return err
		}
		return eventually(ctx, 15*time.Second, func() error {
			x, err := s.admin.one(ctx, "/exchanges?filter[name]="+url.QueryEscape(again))
			if err != nil {
				return err
			}
			return all(equal("status", x.text("status"), "partlyDone"), equal("read", x.text("read"), "0"))
		})
	})
}

func (s *Story) strangerTaken(ctx context.Context, name string) error {
	return eventually(ctx, 15*time.Second, func() error {
		x, err := s.admin.one(ctx, "/exchanges?filter[name]="+url.QueryEscape(name))
		if err != nil {
			return err
		}
		if err := all(equal("status", x.text("status"), "partlyDone"), equal("read", x.text("read"), "3"), equal("created", x.text("created"), "2"),
			equal("failed", x.text("failed"), "1")); err != nil {
			return err
		}
		e, err := s.admin.one(ctx, "/exchangeErrors?filter[severity]=error&filter[exchange]="+x.ID)
		if err != nil {
			return err
		}
		return all(equal("line", e.text("line"), "4"), equal("key", e.text("key"), "STORY-3"), equal("code", e.text("code"), "required"))
	})
}

func (s *Story) strangerValues(ctx context.Context) error {
	p, err := s.admin.get(ctx, "/products/key:STORY-2?include=category,unit")
	if err != nil {
		return err
	}
	price, err := s.admin.one(ctx, "/prices?filter[product.sku]=STORY-2")
	if err != nil {
		return err
	}
	level, err := s.admin.one(ctx, "/inventoryLevels?filter[product.sku]=STORY-2")
	if err != nil {
		return err
	}
	category, err := s.admin.get(ctx, "/products/key:STORY-2/category")
	if err != nil {
		return err
	}
	unit, err := s.admin.get(ctx, "/products/"+p.ID+"/unit")
	if err != nil {
		return err
	}
	return all(same("price", price.text("amount"), decimal.RequireFromString("9.99")), equal("currency", price.text("currency"), "EUR"),
		same("onHand", level.text("onHand"), decimal.RequireFromString("7.5")), equal("category", category.text("code"), "Fasteners/Rods"),
		equal("unit", unit.text("code"), "MTR"))
}

func (s *Story) strangerResult(ctx context.Context, name string) error {
	return eventually(ctx, 5*time.Second, func() error {
		b, err := s.files.read("result/" + name + ".result.csv")
		if err != nil {
			return err
		}
		lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n")), "\n")
		if len(lines) != 4 {
			return fmt.Errorf("the result file has %d lines, expected 4", len(lines))
		}
		return all(equal("header", lines[0], "line,resource,key,outcome,reason"), startsWith(lines[1], "2,products,STORY-1,created,"),
			startsWith(lines[3], "4,products,STORY-3,failed,"))
	})
}

func startsWith(got, want string) error {
	if !strings.HasPrefix(got, want) {
		return fmt.Errorf("%q does not start with %q", got, want)
	}
	return nil
}
