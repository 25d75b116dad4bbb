package fault_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/hanse-commerce/hanse/test/program"
)

// TestStopFinishesWhatIsUnderWay interrupts a node while a request waits for the database: it is answered whole, nothing
// new is taken.
func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	c := found(t)
	n := c.serve(t)
	erp := program.Admin(t, c.Facts, "http://"+n.http)
	b := c.block(t, "BEFORE INSERT ON customer_group", "")
	asked := make(chan program.Answer, 1)
	go func() {
		a, _ := erp.Do(context.Background(), http.MethodPost, program.AdminAPI+"/customerGroups", program.Data("customerGroups", map[string]any{"code": "LATE", "name": "Late"}, nil))
		asked <- a
	}()
	b.reached(t)
	n.Interrupt()
	program.Eventually(t, func() error {
		if program.Listens("http://" + n.http) {
			return errors.New("the node still listens")
		}
		return nil
	})
	select {
	case a := <-asked:
		t.Fatalf("the request was not waited for: %s", a)
	case <-n.Ended():
		t.Fatal("the node did not wait for the request")
	default:
	}
	b.open(t)
	if a := <-asked; a.Status != http.StatusCreated {
		t.Errorf("the request under way is answered by %s", a)
	}
	if code := n.Wait(t); code != 0 {
		t.Errorf("the node ends with code %d\n%s", code, n.Stderr.String())
	}
	counted(t, c, 1, "groups", "SELECT count(*) FROM customer_group WHERE code = 'LATE'")
}

// TestAnswerLostBehindTheCommit: the node dies when the order is committed and its answer on the way. The buyer asks again
// with his key at another node and gets that order.
func TestAnswerLostBehindTheCommit(t *testing.T) {
	t.Parallel()
	c := found(t)
	first, second := c.serve(t), c.serve(t)
	who := program.Buyer(t, c.Buyer.Email, c.Buyer.Password, "http://"+first.http)
	checkout := who.Prepare(t, skuInStock(t, c), "3")
	lost := who.Must(t, http.MethodPost, program.Placing(checkout), nil, "Idempotency-Key", "click") // which the buyer never sees
	first.Kill(t)
	again := who.At(t, "http://"+second.http)
	a := again.Must(t, http.MethodPost, program.Placing(checkout), nil, "Idempotency-Key", "click")
	if a.ID() != lost.ID() || a.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("another order comes back: %s, at first %s", a, lost)
	}
	other := again.Prepare(t, skuInStock(t, c), "1")
	a = again.Expect(t, http.StatusUnprocessableEntity, http.MethodPost, program.Placing(other), nil, "Idempotency-Key", "click")
	if a.Code() == "" {
		t.Errorf("a key that was used for another order is answered by %s", a)
	}
	c.placedOnce(t, checkout, lost.ID(), 3)
}
