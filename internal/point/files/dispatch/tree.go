package dispatch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// tree reads a record with what is related to it as nested objects, as module.Outgoing asks for.
func (s *Service) tree(ctx context.Context, p *intake.Partner, t *resource.Type, id string, include []string) (map[string]any, error) {
	codes, err := s.codes(ctx, p)
	if err != nil {
		return nil, err
	}
	var root map[string]any
	q := &record.Query{Type: t, Target: resource.Ref{ID: id}, Include: include}
	_, err = s.Store.Read(ctx, s.DB, p.Caller(""), q, func(a *record.Answer, row *record.Row) (err error) {
		root, err = nest(a, row, codes)
		return err
	})
	if err != nil {
		return nil, err
	}
	if root == nil {
		return nil, fmt.Errorf("there is no record %s among %s any more", id, t.Name)
	}
	return root, nil
}

// codes are the partner's own codes of units, which he gets back.
func (s *Service) codes(ctx context.Context, p *intake.Partner) (codes *catalog.Codes, err error) {
	err = pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, p.Caller("")); err != nil {
			return err
		}
		codes, err = catalog.LoadCodes(ctx, tx, p.Organization, p.Code)
		return err
	})
	return codes, err
}

// nest hangs the included records below the ones they belong to.
func nest(a *record.Answer, row *record.Row, codes *catalog.Codes) (map[string]any, error) {
	root, err := object(string(row.ID), row.Attributes)
	if err != nil {
		return nil, err
	}
	byPath := map[string]map[string]map[string]any{"": {string(row.ID): root}}
	for k, p := range a.Paths {
		byPath[p.Name] = map[string]map[string]any{}
		for _, parent := range byPath[p.Parent] {
			if p.Relation.ToMany {
				parent[p.Relation.Name] = []any{}
			} else {
				parent[p.Relation.Name] = nil
			}
		}
		for _, rec := range row.Includes[k] {
			child := byPath[p.Name][rec.ID]
			if child == nil {
				if child, err = object(rec.ID, []byte(rec.Attributes)); err != nil {
					return nil, err
				}
				if code, ok := child["code"].(string); ok && p.Target.Name == "units" {
					child["partnerCode"] = codes.Back(code)
				}
				byPath[p.Name][rec.ID] = child
			}
			parent := byPath[p.Parent][rec.Parent]
			if parent == nil {
				continue
			}
			if p.Relation.ToMany {
				parent[p.Relation.Name] = append(parent[p.Relation.Name].([]any), child)
			} else {
				parent[p.Relation.Name] = child
			}
		}
	}
	return root, nil
}

func object(id string, attributes []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(attributes))
	d.UseNumber()
	o := map[string]any{}
	if err := d.Decode(&o); err != nil {
		return nil, fmt.Errorf("reading record %s: %w", id, err)
	}
	o["id"] = id
	return o, nil
}
