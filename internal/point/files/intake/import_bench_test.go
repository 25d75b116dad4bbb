package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/filestest"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// BenchmarkImport imports products with price and stock: new, unchanged, and as a preview. test/bench/imports compares
// with psql; this one is for profiles.
//
//	go test ./internal/point/files/intake -run '^$' -bench Import -benchtime 1x -cpuprofile cpu.prof
func BenchmarkImport(b *testing.B) {
	const rows = 100_000
	var file bytes.Buffer
	if err := filestest.WriteProducts(&file, rows, false); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		h := filestest.New(b)
		for _, pass := range []string{"first", "unchanged"} {
			start, ours, theirs := b.Elapsed(), processorTime(b, os.Getpid()), serverTime(b, h)
			_, out := h.Import("products_"+pass+".csv", file.String())
			b.ReportMetric((b.Elapsed() - start).Seconds(), pass+"-s")
			b.ReportMetric((processorTime(b, os.Getpid()) - ours).Seconds(), pass+"-go-cpu-s")
			b.ReportMetric((serverTime(b, h) - theirs).Seconds(), pass+"-pg-cpu-s")
			if out.Status != exchange.Done || out.Counts.Read != rows {
				b.Fatal(filestest.Counts(out))
			}
			h.Exec("ANALYZE")
		}
		start, counts := b.Elapsed(), intake.Counts{}
		if _, err := h.Intake.Preview(context.Background(), intake.File{Partner: h.Partner, Content: filestest.Content{File: "products_1.csv", Bytes: file.Bytes()},
			Size: int64(file.Len())}, func(d *intake.Done) { counts.Add(d.Counts) }); err != nil || counts.Unchanged != rows {
			b.Fatal(counts, err)
		}
		b.ReportMetric((b.Elapsed() - start).Seconds(), "preview-s")
	}
}

// serverTime is the processor time that the test's database took, which a busy machine does not stretch.
func serverTime(b *testing.B, h *filestest.House) (sum time.Duration) {
	var pids []int
	h.Scan(&pids, "SELECT array_agg(pid) FROM pg_stat_activity WHERE datname = current_database()")
	for _, pid := range pids {
		sum += processorTime(b, pid)
	}
	return sum
}

func processorTime(b *testing.B, pid int) (sum time.Duration) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip("skipped: there is no /proc")
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	for _, ticks := range fields[11:13] { // utime, stime in hundredths of a second
		n, _ := strconv.Atoi(ticks)
		sum += time.Duration(n) * 10 * time.Millisecond
	}
	return sum
}
