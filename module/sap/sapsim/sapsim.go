// Package sapsim plays SAP and its middleware for demos and tests: a program that knows nothing of Hanse but its SFTP server and the files there.
package sapsim

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// Config says where the SFTP server is and who SAP is. Addr, User, HostKeys and one of Password and Signer must be set;
// the other zero values take the default named.
type Config struct {
	Addr, User string
	Password   string
	Signer     ssh.Signer      // a private key; goes before the password
	HostKeys   []ssh.PublicKey // the server must have one of these

	In, Out, Archive string // folders on the server; in, out, archive

	SAP, Shop string // partner numbers of both ends: PRDCLNT100, SHOP
	Client    string // MANDT; 100
	// SalesOrganization, DistributionChannel and Division are the sales area in which orders are taken; 1000, 10, 00.
	SalesOrganization, DistributionChannel, Division string

	Routine Routine // what SAP does with orders by itself; nothing

	Interval time.Duration // between two looks at the out folder; a second
	Log      *slog.Logger  // slog.Default
	Clock    func() time.Time
}

// Simulator is SAP. It remembers what it sent and received as long as it lives. Its methods may be called from several
// goroutines; files are transferred one after another.
type Simulator struct {
	cfg     Config
	wire    wire
	sending sync.Mutex // held while answers are dropped, so that none is dropped twice

	mu            sync.Mutex
	know          knowledge
	orders        []Order
	confirmations []Confirmation
	books         []*book     // of orders that were posted
	documents     []*document // that were made about them
	tasks         []task
	cared         int           // orders that the routine has taken care of
	unsent        []File        // answers that did not get through yet
	files         int           // names of documents' files made so far
	lastSerial    int64         // of deliveries, invoices and parcels
	lastNumber    int64         // of an IDoc of SAP's own
	lastOrder     int64         // sales order
	changed       chan struct{} // closed and renewed with each order or confirmation
}

// New checks the settings; it does not connect yet.
func New(cfg Config) (*Simulator, error) {
	switch {
	case cfg.Addr == "" || cfg.User == "":
		return nil, errors.New("set up SAP simulator: address and user of the SFTP server must be set")
	case cfg.Password == "" && cfg.Signer == nil:
		return nil, errors.New("set up SAP simulator: a password or a key must be set")
	case len(cfg.HostKeys) == 0:
		return nil, errors.New("set up SAP simulator: the server's host key must be known")
	}
	for field, otherwise := range map[*string]string{
		&cfg.In: "in", &cfg.Out: "out", &cfg.Archive: "archive", &cfg.SAP: "PRDCLNT100", &cfg.Shop: "SHOP", &cfg.Client: "100",
		&cfg.SalesOrganization: "1000", &cfg.DistributionChannel: "10", &cfg.Division: "00",
	} {
		if *field == "" {
			*field = otherwise
		}
	}
	if cfg.Routine.Most <= 0 {
		cfg.Routine.Most = 100
	}
	if cfg.Interval <= 0 {
		cfg.Interval = time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	return &Simulator{cfg: cfg, wire: wire{cfg: cfg}, know: newKnowledge(), changed: make(chan struct{})}, nil
}

// Close ends the connection, if there is one.
func (s *Simulator) Close() error { return s.wire.close() }

// number is a new document number of SAP's: unique as long as it makes less than ten thousand a second. The caller holds mu.
func (s *Simulator) number() string {
	s.lastNumber = max(s.lastNumber+1, s.cfg.Clock().Unix()*10000)
	return fmt.Sprintf("%016d", s.lastNumber)
}

// serial is a new number that no other thing of SAP's has. The caller holds mu.
func (s *Simulator) serial() int64 {
	s.lastSerial = max(s.lastSerial+1, s.cfg.Clock().Unix())
	return s.lastSerial
}

// announce wakes who waits for news. The caller holds mu.
func (s *Simulator) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}
