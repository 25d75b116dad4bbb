package jsonapi_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
)

// listed is the product list of a buyer: 24 of a category with his prices, tiers and stock.
const listed = "products?filter[category]=00000001-0000-7000-8000-000000000007&sort=sku&page[size]=24"

// BenchmarkProductList asks for a page of products as a buyer, on eight connections at once and with the pool of a server of
// this size. "raw" sends the same statements by pgx and drops the rows: what it takes less is what Hanse adds to the
// database, the driver and, for "http", Go's HTTP server and the client.
func BenchmarkProductList(b *testing.B) {
	h := commercetest.New(b)
	h.Fill(commercetest.Volume{Products: 20_000, Customers: 50, Orders: 10})
	h.Exec("UPDATE product SET status = 'enabled'")
	pool := serverPool(b, h.Pool)
	buyer := h.As(commercetest.NthBuyer(1))
	handler := &jsonapi.Handler{Side: access.Storefront, Base: storefrontBase, Store: h.Store, Database: pool, Log: slog.New(slog.DiscardHandler),
		Authenticate: func(*http.Request) (access.Caller, error) { return buyer, nil }}
	q, err := jsonapi.Query(h.Schema, listed)
	if err != nil {
		b.Fatal(err)
	}
	path := storefrontBase + "/" + listed
	b.Run("raw", func(b *testing.B) {
		statements, err := h.Store.Statements(q, buyer)
		if err != nil {
			b.Fatal(err)
		}
		measure(b, func() error { return sendRaw(pool, buyer, statements[0].SQL, statements[0].Parameters) })
	})
	b.Run("read", func(b *testing.B) {
		measure(b, func() error {
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
			if rec.Code != http.StatusOK {
				b.Fatal(rec.Body)
			}
			return nil
		})
	})
	b.Run("http", func(b *testing.B) {
		server := httptest.NewServer(handler)
		defer server.Close()
		u, _ := url.Parse(server.URL + path)
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
		measure(b, func() error {
			res, err := client.Do(&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}})
			if err != nil {
				return err
			}
			defer func() { _ = res.Body.Close() }()
			_, err = io.Copy(io.Discard, res.Body)
			return err
		})
	})
}

// serverPool is a pool as a server has it: two connections a core.
func serverPool(b *testing.B, pool *pgxpool.Pool) *pgxpool.Pool {
	config := pool.Config()
	config.MaxConns = int32(2 * runtime.GOMAXPROCS(0)) // #nosec G115 -- a small number
	small, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(small.Close)
	return small
}

func sendRaw(pool *pgxpool.Pool, caller access.Caller, sql string, parameters []any) error {
	batch := &pgx.Batch{}
	access.Queue(batch, caller)
	batch.Queue(sql, parameters...)
	results := pool.SendBatch(context.Background(), batch)
	defer func() { _ = results.Close() }()
	if _, err := results.Exec(); err != nil {
		return err
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	for rows.Next() {
		_ = rows.RawValues()
	}
	return rows.Err()
}

// measure runs f on eight goroutines at once and reports how long half of the calls and 95 % of them took at most.
func measure(b *testing.B, f func() error) {
	const clients = 8
	for range clients * 16 { // statements are prepared and planned on each connection first
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	times := make([][]time.Duration, clients)
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for c := range clients {
		n := (b.N + clients - 1 - c) / clients
		wg.Go(func() {
			for range n {
				start := time.Now()
				if err := f(); err != nil {
					b.Error(err)
					return
				}
				times[c] = append(times[c], time.Since(start))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Sorted(slices.Values(slices.Concat(times...)))
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}
