package postgres

import (
	"fmt"
	"net"
	"path/filepath"
)

// choosePort gives the wanted port, the last one if it is free, or any.
func (c *Cluster) choosePort(attempt int) (int, error) {
	if c.options.Port != 0 {
		return c.options.Port, nil
	}
	if attempt == 1 && c.secret.Port != 0 {
		if port, err := freePort(c.secret.Port); err == nil {
			return port, nil
		}
	}
	return freePort(0)
}

func freePort(port int) (int, error) {
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	address, _ := listener.Addr().(*net.TCPAddr)
	return address.Port, listener.Close()
}

func (c *Cluster) rememberPort(port int) error {
	if c.secret.Port == port {
		return nil
	}
	c.secret.Port = port
	if err := writeJSON(filepath.Join(c.dataDir, secretFile), c.secret); err != nil {
		return fmt.Errorf("remember the database's port: %w", err)
	}
	return nil
}
