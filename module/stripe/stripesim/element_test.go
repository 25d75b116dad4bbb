package stripesim_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// shopPage is a shop's page that speaks to the script as one speaks to Stripe.js.
const shopPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pay</title>
<script src="%[1]s/dahlia/stripe.js"></script><script src="/pay.js" defer></script></head>
<body><form><div id="element"></div><button type="submit">Pay</button><output id="said"></output></form></body></html>`

const shopScript = `
const stripe = Stripe("pk_test_simulator", { locale: "en" });
const elements = stripe.elements({ mode: "payment", amount: 12345, currency: "eur", captureMethod: "manual", paymentMethodTypes: ["card"] });
const payment = elements.create("payment", { layout: "tabs" });
const said = document.getElementById("said");
payment.on("ready", () => { said.textContent = "ready"; });
payment.mount("#element");
document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  said.textContent = "";
  const checked = await elements.submit();
  if (checked.error) { said.textContent = "error: " + checked.error.message; return; }
  const made = await stripe.createConfirmationToken({ elements, params: { return_url: location.origin + "/back" } });
  said.textContent = made.error ? "error: " + made.error.message : made.confirmationToken.id;
});`

// TestElementInABrowser types a card into the frame, on a page with a strict policy.
func TestElementInABrowser(t *testing.T) {
	c, server := open(t, stripesim.Config{})
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src 'self' %[1]s; frame-src %[1]s; connect-src %[1]s; form-action 'self' %[1]s", server.URL))
		switch r.URL.Path {
		case "/pay.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte(shopScript))
		case "/":
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, shopPage, server.URL)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	defer shop.Close()
	b := pagetest.NewBrowser(t)
	const said = `document.getElementById("said").textContent`
	b.Do(t, chromedp.Navigate(shop.URL), pagetest.Until(said+` === "ready"`), chromedp.Click(chromedp.CSS("button")), pagetest.Until(said+` !== ""`))
	if got := pagetest.Ask[string](t, b, said); !strings.Contains(got, "error: ") || !strings.Contains(got, "Card number") {
		t.Errorf("an empty card gave %q", got)
	}
	frames, err := chromedp.Run(b.Context, chromedp.Nodes(chromedp.CSS("iframe")))
	if err != nil || len(frames) != 1 {
		t.Fatalf("%d frames, %v", len(frames), err)
	}
	in := chromedp.FromNode(frames[0])
	for name, value := range map[string]string{"#number": "4242 4242 4242 4242", "#month": "12", "#year": "2040", "#cvc": "123"} {
		b.Do(t, chromedp.SendKeys(chromedp.CSS(name), value, in))
	}
	b.Do(t, chromedp.Click(chromedp.CSS("button")), pagetest.Until(said+`.startsWith("ctoken_") || `+said+`.startsWith("error")`))
	id := pagetest.Ask[string](t, b, said)
	token, err := c.V1ConfirmationTokens.Retrieve(t.Context(), id, nil)
	if err != nil || token.PaymentMethodPreview.Card.Last4 != "4242" || token.ReturnURL != shop.URL+"/back" {
		t.Errorf("%q: %+v, %v", id, token, err)
	}
	fitting := manual("", 12345)
	fitting.PaymentMethod, fitting.ConfirmationToken = nil, &id
	wrong := *fitting
	wrong.CaptureMethod, wrong.PaymentMethodOptions = stripe.String("automatic"), nil
	_, err = c.V1PaymentIntents.Create(t.Context(), &wrong)
	refused(t, err, http.StatusBadRequest, "")
	if i, err := c.V1PaymentIntents.Create(t.Context(), fitting); err != nil || i.AmountCapturable != 12345 {
		t.Errorf("what the element was made for: %+v, %v", i, err)
	}
	if all := b.Complaints(); len(all) > 0 {
		t.Errorf("the browser complains: %v", all)
	}
	if text := pagetest.Ask[string](t, b, `document.documentElement.outerHTML`); strings.Contains(text, "4242") {
		t.Error("the shop's page has the card's number")
	}
}
