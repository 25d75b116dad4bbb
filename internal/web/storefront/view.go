package storefront

import "github.com/hanse-commerce/hanse/internal/web/page"

var (
	homeView         = page.Declare[Home]("home")
	loginView        = page.Declare[Login]("login")
	listingView      = page.Declare[Listing]("listing")
	productView      = page.Declare[Product]("product")
	cartView         = page.Declare[Cart]("cart")
	checkoutView     = page.Declare[Checkout]("checkout")
	paymentView      = page.Declare[Review]("payment")
	confirmationView = page.Declare[Order]("confirmation")
	ordersView       = page.Declare[OrderList]("orders")
	orderView        = page.Declare[Order]("order")
	accountView      = page.Declare[Account]("account")
	troubleView      = page.Declare[Trouble]("trouble")
)

var declared = []page.Declared{homeView, loginView, listingView, productView, cartView, checkoutView, paymentView,
	confirmationView, ordersView, orderView, accountView, troubleView}
