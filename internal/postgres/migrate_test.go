package postgres_test

import (
	"context"
	"testing"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

func TestPoolIsMigrated(t *testing.T) {
	pool := postgrestest.Pool(t)
	pending, err := postgres.Pending(context.Background(), pool)
	if err != nil {
		t.Fatal(err)
	}
	if len(pending) != 0 {
		t.Errorf("pending: %v", pending)
	}
	if err := postgres.CheckRole(context.Background(), pool); err != nil {
		t.Error(err)
	}
}
