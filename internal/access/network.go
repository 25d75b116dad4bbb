package access

import (
	"encoding/json"
	"fmt"
	"net/netip"
)

// Networks are where somebody may come from; none means anywhere.
type Networks []netip.Prefix

// ParseNetworks reads a JSON array of networks; a single address stands for itself.
func ParseNetworks(text []byte) (Networks, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var entries []string
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, fmt.Errorf(`an allowlist is an array of networks such as ["192.0.2.0/24"]: %w`, err)
	}
	networks := make(Networks, len(entries))
	for i, e := range entries {
		network, err := netip.ParsePrefix(e)
		if addr, addrErr := netip.ParseAddr(e); err != nil && addrErr == nil && addr.Zone() == "" {
			network, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("an allowlist has networks such as 192.0.2.0/24 or 2001:db8::/32, not %.40q", e)
		}
		networks[i] = network.Masked()
	}
	return networks, nil
}

// Allow reports whether one may come from an address. An address that is not known is allowed only where any is.
func (n Networks) Allow(from netip.Addr) bool {
	from = from.Unmap().WithZone("")
	for _, network := range n {
		if network.Contains(from) {
			return true
		}
	}
	return len(n) == 0
}

// neighbourhood is what one attacker can move within: an IPv4 address, an IPv6 /64.
func neighbourhood(from netip.Addr) netip.Addr {
	from = from.Unmap().WithZone("")
	if !from.Is6() {
		return from
	}
	network, err := from.Prefix(64)
	if err != nil {
		return from
	}
	return network.Addr()
}
