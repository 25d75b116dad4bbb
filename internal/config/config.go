// Package config reads the settings of a server: defaults, then a YAML file, then the environment.
package config

import (
	"fmt"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// Config is the settings of one node. Each is a key of the file and, in capitals behind HANSE_, of the environment.
type Config struct {
	Data      string `koanf:"data"`       // folder of the node: private cluster, partners' homes, content, host keys
	HTTP      string `koanf:"http"`       // address to listen on
	SFTP      string `koanf:"sftp"`       // address to listen on; empty for none
	Database  string `koanf:"database"`   // URL; empty for the private cluster in the data folder
	PublicURL string `koanf:"public_url"` // as clients see the server; empty: from the request
	Log       string `koanf:"log"`        // debug, info, warn or error
	PollOnly  bool   `koanf:"poll_only"`  // no LISTEN: for PgBouncer
	// SecretKey has the keys for secrets of channels, AGE-SECRET-KEY-1…, the one to seal with first; empty for the key file
	// in the data folder. Nodes that share a database share it.
	SecretKey string `koanf:"secret_key"`
	// MetricsToken lets whoever brings it as a bearer token read /metrics; without one only this machine may.
	MetricsToken string `koanf:"metrics_token"`
}

// Default is a server on loopback with a private cluster.
func Default() Config {
	return Config{Data: "hanse-data", HTTP: "127.0.0.1:8080", SFTP: "127.0.0.1:2222", Log: "info"}
}

// Load lays the file, if a path is given, and the environment over the defaults. An unknown key of the file is an error,
// since a misspelt setting would otherwise go unnoticed.
func Load(path string) (Config, error) {
	c := Default()
	k := koanf.New(".")
	if path != "" {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			return c, fmt.Errorf("reading the settings in %s: %w", path, err)
		}
		for _, key := range k.Keys() {
			if !known[key] {
				return c, fmt.Errorf("reading the settings in %s: there is no setting %q; there are data, http, sftp, database, public_url, log, poll_only, secret_key, metrics_token", path, key)
			}
		}
	}
	provider := env.Provider("HANSE_", ".", func(s string) string { return strings.ToLower(strings.TrimPrefix(s, "HANSE_")) })
	if err := k.Load(provider, nil); err != nil {
		return c, fmt.Errorf("reading the settings in the environment: %w", err)
	}
	if err := k.Unmarshal("", &c); err != nil {
		return c, fmt.Errorf("reading the settings: %w", err)
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	return c, nil
}

var known = map[string]bool{"data": true, "http": true, "sftp": true, "database": true, "public_url": true, "log": true, "poll_only": true,
	"secret_key": true, "metrics_token": true}
