package hanse

import "context"

func (d *demo) story(ctx context.Context, keep bool) error { return nil }
