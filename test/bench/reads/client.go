package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// client is a buyer at the storefront API.
type client struct {
	base string
	http *http.Client
}

func (c *client) get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.300s", path, response.Status, b)
	}
	return b, err
}

// check looks at one answer: 24 products, each with prices and stock.
func (c *client) check(ctx context.Context, path string, lists int) error {
	b, err := c.get(ctx, path)
	if err != nil {
		return err
	}
	var doc struct {
		Data []struct {
			Attributes struct {
				Price  map[string]string `json:"price"`
				Prices []any             `json:"prices"`
				Stock  []any             `json:"stock"`
			} `json:"attributes"`
		} `json:"data"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return err
	}
	if len(doc.Data) != 24 {
		return fmt.Errorf("the list has %d products, expected 24", len(doc.Data))
	}
	for _, p := range doc.Data {
		if p.Attributes.Price["amount"] == "" || len(p.Attributes.Prices) < 2 || len(p.Attributes.Stock) < 1 {
			return fmt.Errorf("a product lacks price, steps or stock: %v", p.Attributes)
		}
	}
	fmt.Printf("%d lists: an answer has %d bytes\n", lists, len(b))
	return nil
}

// result is one measurement through HTTP; times in milliseconds.
type result struct{ rate, p50, p95 float64 }

// load sends requests on a number of connections for a while.
func (c *client) load(ctx context.Context, path string, connections int, during time.Duration) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, during+30*time.Second)
	defer cancel()
	var mu sync.Mutex
	var all []float64
	var failed error
	var running sync.WaitGroup
	began := time.Now()
	end := began.Add(during)
	for range connections {
		running.Go(func() {
			var mine []float64
			for time.Now().Before(end) {
				start := time.Now()
				if _, err := c.get(ctx, path); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				mine = append(mine, float64(time.Since(start).Microseconds())/1000)
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
		})
	}
	running.Wait()
	if failed != nil || len(all) == 0 {
		return result{}, errors.Join(failed, errors.New("the load could not be measured"))
	}
	slices.Sort(all)
	return result{rate: float64(len(all)) / time.Since(began).Seconds(), p50: all[len(all)/2], p95: all[len(all)*95/100]}, nil
}
