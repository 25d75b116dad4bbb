package postgres

import "context"

// ArchiveOptions say where PostgreSQL's programs are fetched from.
type ArchiveOptions struct {
	// BaseURL is the root of a Maven repository that holds io.zonky.test.postgres; empty means the
	// public one.
	BaseURL string
}

// programs finds PostgreSQL's programs, of one major version if that is not 0.
func (c *Cluster) programs(ctx context.Context, major int) (Programs, error) {
	return FindPrograms(ctx, major)
}
