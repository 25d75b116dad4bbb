package watch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/internal/point/files/filestest"
)

const (
	soon  = 200 * time.Millisecond
	never = time.Hour
)

// exchanges lists the exchanges in the order of their arrival: name, status, counts, where the file lies, and whether it
// is a duplicate.
func exchanges(h *filestest.House) (all []string) {
	h.T.Helper()
	h.Scan(&all, `SELECT coalesce(array_agg(format('%s %s %s/%s/%s/%s/%s %s%s', e.name, e.status, e.read, e.created, e.updated, e.unchanged, e.failed,
		coalesce(e.path, '-'), CASE WHEN e.duplicate_of_id IS NOT NULL THEN ' as ' || (SELECT d.name FROM exchange d WHERE d.id = e.duplicate_of_id) ELSE '' END)
		ORDER BY e.id), '{}') FROM exchange e`)
	return all
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func products(sku string) string { return "sku,name\n" + sku + ",Rod\n" }

func TestOpenSSHDelivers(t *testing.T) {
	h := filestest.New(t)
	w := h.Watcher("a", never)
	p := h.Open(w)
	h.Watch(w)
	for _, sku := range []string{"1", "2", "3", "4", "5", "6"} {
		p.File("p"+sku, products(sku))
	}
	p.File("empty", "")
	// Names of all kinds of senders; a marker of its own; a plain name, which nothing calls complete.
	p.SFTP("put p1 in/products_1.csv.tmp", "rename in/products_1.csv.tmp in/products_1.csv",
		"put p2 in/products_2.csv.filepart", "rename in/products_2.csv.filepart in/products_2.csv",
		"put p3 in/.products_3.csv", "rename in/.products_3.csv in/products_3.csv",
		"put p4 in/products_4.csv", "put empty in/products_4.csv.done",
		"mkdir in/sub", "put p5 in/sub/products_5.part", "rename in/sub/products_5.part in/sub/products_5.csv",
		"put p6 in/products_6.csv", "put p1 in/products_7.csv.tmp",
		"-put p6 in/../../products_8.csv", "-put p6 ../products_9.csv", "-put p6 archive/products_10.csv", "-put p6 /etc/products_11.csv")
	filestest.Await(t, "five files", func() bool { return len(h.Files("archive")) == 5 })
	want(t, h.Files("."), "archive/products_1.csv", "archive/products_2.csv", "archive/products_3.csv", "archive/products_4.csv", "archive/products_5.csv",
		"in/products_6.csv", "in/products_7.csv.tmp", "result/products_1.csv.result.csv", "result/products_2.csv.result.csv",
		"result/products_3.csv.result.csv", "result/products_4.csv.result.csv", "result/products_5.csv.result.csv")
	if got, want := h.Text("result/products_5.csv.result.csv"), "line,resource,key,outcome,reason\r\n2,products,5,created,\r\n"; got != want {
		t.Errorf("%q", got)
	}
	p.SFTP("rm result/products_1.csv.result.csv", "rename result/products_2.csv.result.csv archive/seen.csv", "get archive/products_1.csv back", "-rm archive/products_1.csv")
	if got, err := os.ReadFile(p.File("back2", "")); err != nil || len(got) != 0 {
		t.Error(err)
	}
	if !slices.Contains(h.Files("archive"), "archive/products_1.csv") {
		t.Error("a partner deleted a file of the archive")
	}
}

func TestUnchangedFilesAreTakenInOrder(t *testing.T) {
	h := filestest.New(t)
	w := h.Watcher("a", soon)
	p := h.Open(w)
	p.File("prices", "sku,amount\n1,5\n")
	p.File("stock", "sku,on_hand\n1,5\n")
	p.File("products", "sku,name,category\n1,Rod,A\n")
	p.File("categories", "code,name\nA,Alpha\n")
	p.File("customers", "number,name\n1,Acme\n")
	p.File("late", "sku,amount\n1,7\n")
	p.File("junk", "what is this")
	h.Watch(w)
	p.SFTP("put junk in/aaa.bin", "put prices in/prices.csv", "put late in/prices_20261124T070000Z.csv", "put stock in/inventory.csv",
		"put products in/products.csv", "put customers in/customers.csv", "put categories in/categories.csv",
		"put products in/products_20261123T070000Z_0000000012345678.csv")
	h.AwaitEmpty()
	want(t, exchanges(h), "categories.csv done 1/1/0/0/0 archive/categories.csv", "customers.csv done 1/1/0/0/0 archive/customers.csv",
		"products.csv done 1/1/0/0/0 archive/products.csv", "prices.csv done 1/1/0/0/0 archive/prices.csv", "inventory.csv done 1/1/0/0/0 archive/inventory.csv",
		"aaa.bin refused 0/0/0/0/0 error/aaa.bin",
		"products_20261123T070000Z_0000000012345678.csv done 0/0/0/0/0 archive/products_20261123T070000Z_0000000012345678.csv as products.csv",
		"prices_20261124T070000Z.csv done 1/0/1/0/0 archive/prices_20261124T070000Z.csv")
}

func TestCutOffUploadIsNotTakenAndResumes(t *testing.T) {
	h := filestest.New(t)
	w := h.Watcher("a", soon)
	p := h.Open(w)
	whole := "sku,name\n1,Rod\n" + strings.Repeat("2,Bolt\n", 10)
	h.Lay("in/products_1.csv", whole[:20])
	if err := os.Chmod(h.Disk("in/products_1.csv"), 0o640|os.ModeSticky); err != nil { // as the server marks what was cut off
		t.Fatal(err)
	}
	h.Watch(w)
	p.File("other", products("9"))
	p.SFTP("put other in/products_2.csv.tmp", "rename in/products_2.csv.tmp in/products_2.csv")
	filestest.Await(t, "the other file", func() bool { return len(h.Files("archive")) == 1 })
	if got := exchanges(h); len(got) != 1 || !slices.Contains(h.Files("in"), "in/products_1.csv") {
		t.Errorf("a file that was cut off was taken: %v", got)
	}
	p.File("products_1.csv", whole)
	p.SFTP("reput products_1.csv in/products_1.csv")
	h.AwaitEmpty()
	want(t, exchanges(h)[1:], "products_1.csv partlyDone 11/2/0/0/9 archive/products_1.csv")
}

func TestDuplicates(t *testing.T) {
	h := filestest.New(t)
	w := h.Watcher("a", soon)
	h.Watch(w)
	drop := func(name, content string) {
		h.Lay("in/"+name, content)
		h.AwaitEmpty()
	}
	good, bad, refused := products("1"), "sku,name\n1,\n", "no,key\n1,2\n"
	drop("products_1.csv", good)
	drop("products_1.csv", good)           // same bytes, same name
	drop("other.bin", good)                // same bytes under any name
	drop("products_1.csv", products("2"))  // same name, new bytes
	drop("products_2.csv", bad)            //
	drop("products_3.csv", bad)            // partly done, as the first
	drop("products_4.csv", refused)        //
	drop("products_5.csv", refused)        // goes where the first went
	drop("nothing.txt", "")                // zero bytes
	drop("products_6.csv", "")             //
	drop("sub/products_7.csv", "\ufeff")   // nothing but a mark
	drop("products_8.csv", "sku,name\r\n") // nothing but a header
	drop("products_9.csv", "\n\n  \n")     // nothing but blank lines
	all := exchanges(h)
	for i, line := range all {
		all[i] = stampless(line)
	}
	want(t, all, "products_1.csv done 1/1/0/0/0 archive/products_1.csv",
		"products_1.csv done 0/0/0/0/0 archive/products_1.csv.STAMP as products_1.csv",
		"other.bin done 0/0/0/0/0 archive/other.bin as products_1.csv",
		"products_1.csv done 1/1/0/0/0 archive/products_1.csv.STAMP",
		"products_2.csv partlyDone 1/0/0/0/1 archive/products_2.csv",
		"products_3.csv partlyDone 0/0/0/0/0 archive/products_3.csv as products_2.csv",
		"products_4.csv refused 0/0/0/0/0 error/products_4.csv",
		"products_5.csv refused 0/0/0/0/0 error/products_5.csv as products_4.csv",
		"nothing.txt done 0/0/0/0/0 archive/nothing.txt",
		"products_6.csv done 0/0/0/0/0 archive/products_6.csv as nothing.txt",
		"products_7.csv done 0/0/0/0/0 archive/products_7.csv",
		"products_8.csv done 0/0/0/0/0 archive/products_8.csv",
		"products_9.csv done 0/0/0/0/0 archive/products_9.csv")
	if got := h.Text("result/products_5.csv.result.csv"); !strings.Contains(got, "no column") {
		t.Errorf("the result of a refused duplicate: %q", got)
	}
	if got := h.Text("result/products_3.csv.result.csv"); got != "line,resource,key,outcome,reason\r\n" {
		t.Errorf("the result of a duplicate: %q", got)
	}
	// After the window it is processed.
	h.Exec("UPDATE content_seen SET seen_at = seen_at - interval '13 hours'")
	drop("products_10.csv", good)
	want(t, exchanges(h)[len(all):], "products_10.csv done 1/0/0/1/0 archive/products_10.csv")
}

// stampless hides the time that was appended to a name.
func stampless(line string) string {
	fields := strings.Fields(line)
	for i, f := range fields {
		if at := strings.Index(f, ".csv.20"); at > 0 {
			fields[i] = f[:at+5] + "STAMP"
		}
	}
	return strings.Join(fields, " ")
}

// Whatever a partner puts, the files behind it are taken and nothing is lost.
func TestBadInputNeverStopsTheWatcher(t *testing.T) {
	h := filestest.New(t)
	w := h.Watcher("a", soon)
	h.Watch(w)
	huge := strings.Repeat("x", 10<<20)
	cases := []struct{ name, content, end, code string }{
		{"malformed.xml", "<MATMAS05><IDOC>", "refused", "unknown_kind"},
		{"notxml.xml", "MATMAS05", "refused", "unknown_kind"},
		{"dtd.xml", `<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>`, "refused", "xml_dtd"},
		{"entities.xml", `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>`, "refused", "xml_dtd"},
		{"deep.xml", strings.Repeat("<a>", 10000), "refused", "unknown_kind"},
		{"unknown.xml", "<Order/>", "refused", "unknown_kind"},
		{"products_nokey.csv", "name,price\nRod,1\n", "refused", "key_missing"},
		{"prices_nosku.csv", "amount\n1\n", "refused", "key_missing"},
		{"prices_unknown.csv", "sku,amount\nNOPE,1\n", "partlyDone", "not_found"},
		{"prices_negative.csv", "sku,amount\nNOPE,-1\n", "partlyDone", "invalid_value"},
		{"products_empty.csv", "", "done", ""},
		{"products_huge.csv", "sku,name\n1," + huge + "\n2,Bolt\n", "partlyDone", "field_too_large"},
		{"products_hugequoted.csv", "sku,name\n1,\"" + huge + "\"\n3,Bolt\n", "partlyDone", "field_too_large"},
		{"products_twice.csv", "sku,name,sku\n1,Rod,2\n", "refused", "header_twice"},
		{"products_again.csv", "sku,name\n4,Rod\nsku,name\n5,Nut\n", "partlyDone", "row_is_header"},
		{"products_cut.csv", "sku,name\n1,\"Rod\n2,Bolt\n", "refused", "file_cut_off"},
		{"products_nul.csv", "sku,name\n1,R\x00od\n", "refused", "encoding_unknown"},
		{"products_noencoding.csv", "sku,name\n1,\x81\x8d\xff\n", "refused", "encoding_unknown"},
		{"products_ragged.csv", "sku,name\n6\n7,Pin,extra\n8,Pin\n", "partlyDone", "row_ragged"},
		{"products_binary.csv", string([]byte{0x50, 0x4b, 3, 4, 0, 0, 0xff}), "refused", "encoding_unknown"},
		{"a..%2F..%2Fproducts.csv", products("dots"), "refused", "unknown_kind"},
		{"products_\u202egnp.csv", products("bidi"), "done", ""},
		{"products_" + strings.Repeat("l", 191), products("long"), "done", ""},
	}
	for _, c := range cases {
		h.Lay("in/"+c.name, c.content)
	}
	h.Lay("in/products_zz.csv", products("last"))
	h.AwaitEmpty()
	for _, c := range cases {
		var status, code, reason, hash string
		var errors []string
		if h.Count("SELECT count(*) FROM exchange WHERE name = $1", c.name) != 1 {
			t.Errorf("%.40s has no exchange", c.name)
			continue
		}
		h.Scan(&status, "SELECT status FROM exchange WHERE name = $1", c.name)
		h.Scan(&code, "SELECT coalesce(reason_code, '') FROM exchange WHERE name = $1", c.name)
		h.Scan(&reason, "SELECT coalesce(reason, '') FROM exchange WHERE name = $1", c.name)
		h.Scan(&errors, "SELECT coalesce(array_agg(code), '{}') FROM exchange_error x JOIN exchange e ON e.id = x.exchange_id WHERE e.name = $1 AND severity = 'error'", c.name)
		if status != c.end || c.end == "refused" && (code != c.code || len(reason) < 20) || c.end == "partlyDone" && !slices.Contains(errors, c.code) {
			t.Errorf("%.40s is %s with %s %q %v, want %s with %s", c.name, status, code, reason, errors, c.end, c.code)
		}
		dir := map[bool]string{true: "error/", false: "archive/"}[c.end == "refused"]
		if h.Text(dir+c.name) != c.content {
			t.Errorf("%.40s does not lie in %s as it was sent", c.name, dir)
		}
		h.Scan(&hash, "SELECT content_hash FROM exchange WHERE name = $1", c.name)
		if info, err := h.Blobs.Stat(context.Background(), hash); err != nil || info.Size != int64(len(c.content)) {
			t.Errorf("the content of %.40s is not kept: %v", c.name, err)
		}
	}
	var skus []string
	h.Scan(&skus, "SELECT array_agg(sku ORDER BY sku) FROM product")
	want(t, skus, "2", "3", "4", "5", "8", "bidi", "last", "long")
}

// Files on disk that no partner could have put there, and others that cannot be read, hold up nobody.
func TestUnreadableFilesHoldUpNobody(t *testing.T) {
	h := filestest.New(t)
	h.Lay("in/products_a\\b.csv", products("1"))
	h.Lay("in/products_a\nb.csv", products("2"))
	if err := os.Symlink("/etc/passwd", h.Disk("in/products_link.csv")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(h.Disk("in/products_dir.csv"), 0o750); err != nil {
		t.Fatal(err)
	}
	h.Watch(h.Watcher("a", soon))
	h.Lay("in/products_z.csv", products("3"))
	filestest.Await(t, "the good file", func() bool { return h.Text("archive/products_z.csv") != "" })
	if _, err := os.Lstat(h.Disk("in/products_link.csv")); err != nil {
		t.Error(err)
	}
	want(t, exchanges(h), "products_z.csv done 1/1/0/0/0 archive/products_z.csv")
}

// A sender who begins to write a file anew while it is being processed loses neither version.
func TestFileWrittenAnewWhileItIsProcessed(t *testing.T) {
	h := filestest.New(t)
	release := h.HoldRuns()
	h.Watch(h.Watcher("a", soon))
	h.Lay("in/products_1.csv", products("1"))
	filestest.Await(t, "the run to begin", func() bool { return h.Count("SELECT count(*) FROM run") == 1 })
	h.Lay("in/products_1.csv", products("2")+"3,Bolt\n")
	release()
	h.AwaitEmpty()
	all := exchanges(h)
	for i := range all {
		all[i] = stampless(all[i])
	}
	want(t, all, "products_1.csv done 1/1/0/0/0 archive/products_1.csv", "products_1.csv done 2/2/0/0/0 archive/products_1.csv.STAMP")
	if got := h.Text("archive/products_1.csv"); got != products("1") {
		t.Errorf("the archive has %q", got)
	}
}

func TestTwoNodesTakeEachFileOnce(t *testing.T) {
	h := filestest.New(t)
	stops := []func(){h.Watch(h.Watcher("a", soon)), h.Watch(h.Watcher("b", soon))}
	const files = 40
	for n := range files {
		if n == files/2 {
			stops[0]() // whoever of the two works, the other goes on
		}
		h.Lay(fmt.Sprintf("in/products_%03d.csv", n), products(fmt.Sprint(n)))
	}
	h.AwaitEmpty()
	if n := h.Count("SELECT count(*) FROM exchange WHERE status = 'done' AND read = 1 AND created = 1"); n != files {
		t.Errorf("%d exchanges of %d files:\n%s", n, files, strings.Join(exchanges(h), "\n"))
	}
	if n := h.Count("SELECT count(*) FROM product WHERE revision = 1"); n != files {
		t.Errorf("%d products", n)
	}
	if got := len(h.Files("archive")); got != files {
		t.Errorf("%d files in archive/", got)
	}
	results, err := filepath.Glob(h.Disk("result/*.result.csv"))
	if err != nil || len(results) != files {
		t.Errorf("%d results, %v", len(results), err)
	}
}
