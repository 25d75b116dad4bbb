package hanse

import (
	"fmt"
	"net"
	"text/tabwriter"
	"time"
)

// banner says where everything is and what to try.
func (d *demo) banner(f facts) {
	host, port, _ := net.SplitHostPort(f.SFTP) // it comes from a listener
	fmt.Fprintf(d.out, "\nHanse is ready (%.1f s).\n\n", time.Since(d.started).Seconds())
	w := tabwriter.NewWriter(d.out, 0, 4, 3, ' ', 0)
	for _, line := range [][3]string{
		{"Shop", f.HTTP, f.Buyer.Email + "  /  " + f.Buyer.Password},
		{"Back-office", f.HTTP + "/admin", f.Admin.Email + "  /  " + f.Admin.Password},
		{"SFTP", f.SFTP, f.Partner.User + "  /  " + f.Partner.Password},
		{"API", f.API.AdminURL, f.API.ClientID + "  /  " + f.API.ClientSecret},
		{"All of it", f.file, ""},
	} {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", line[0], line[1], line[2])
	}
	_ = w.Flush()
	fmt.Fprintf(d.out, `
Try: log in to the shop and order something; its file appears in out/, SAP confirms, ships and invoices it.
     sftp -P %s -i %s %s@%s
     and put a products_….csv into in/; the back-office shows what became of it.
Stop with Ctrl-C.
`, port, f.Partner.PrivateKeyFile, f.Partner.User, host)
}
