package backoffice

import "github.com/hanse-commerce/hanse/internal/web/page"

var (
	homeView        = page.Declare[Home]("home")
	loginView       = page.Declare[Login]("login")
	exchangesView   = page.Declare[ExchangeList]("exchanges")
	exchangeView    = page.Declare[Exchange]("exchange")
	gridView        = page.Declare[Grid]("grid")
	recordView      = page.Declare[Record]("record")
	formView        = page.Declare[Edit]("form")
	actionView      = page.Declare[Action]("action")
	channelsView    = page.Declare[ChannelList]("channels")
	channelView     = page.Declare[Channel]("channel")
	channelFormView = page.Declare[ChannelEdit]("channel_form")
	traceView       = page.Declare[Trace]("trace")
	troubleView     = page.Declare[Trouble]("trouble")
)

var declared = []page.Declared{homeView, loginView, exchangesView, exchangeView, gridView, recordView, formView, actionView, traceView, channelsView, channelView, channelFormView, troubleView}
