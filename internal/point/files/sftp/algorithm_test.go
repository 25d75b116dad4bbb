package sftp_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
)

// offer reads the server's first packet, its list of algorithms (RFC 4253 section 7.1), from the bare connection.
func offer(t *testing.T, addr string) (version string, lists [10][]string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "SSH-2.0-test\r\n"); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	version, err = r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var head struct {
		Length  uint32
		Padding uint8
		Type    uint8
		Cookie  [16]byte
	}
	if err := binary.Read(r, binary.BigEndian, &head); err != nil || head.Type != 20 {
		t.Fatalf("packet of type %d, %v; want KEXINIT", head.Type, err)
	}
	for i := range lists {
		var length uint32
		if err := binary.Read(r, binary.BigEndian, &length); err != nil {
			t.Fatal(err)
		}
		names, err := io.ReadAll(io.LimitReader(r, int64(length)))
		if err != nil {
			t.Fatal(err)
		}
		lists[i] = strings.Split(string(names), ",")
	}
	return version, lists
}

func TestAlgorithmsOnOffer(t *testing.T) {
	p := open(t)
	version, lists := offer(t, p.addr)
	if version != "SSH-2.0-Hanse\r\n" {
		t.Errorf("version %q", version)
	}
	kex, keys, ciphers, macs := lists[0], lists[1], lists[2], lists[4]
	if !slices.Contains(kex, "kex-strict-s-v00@openssh.com") {
		t.Errorf("no strict key exchange in %v", kex)
	}
	if kex[0] != "mlkem768x25519-sha256" || keys[0] != "ssh-ed25519" || !strings.HasPrefix(ciphers[0], "aes128-gcm") {
		t.Errorf("preferred: %s, %s, %s", kex[0], keys[0], ciphers[0])
	}
	if !slices.Equal(keys, []string{"ssh-ed25519", "ecdsa-sha2-nistp256"}) {
		t.Errorf("host keys %v", keys)
	}
	for _, name := range slices.Concat(kex, keys, ciphers, macs) {
		for _, weak := range []string{"sha1", "cbc", "md5", "arcfour", "3des", "group1-", "group14", "ssh-rsa", "ssh-dss", "none"} {
			if strings.Contains(name, weak) {
				t.Errorf("%s is on offer", name)
			}
		}
	}
	for _, mac := range macs {
		if !strings.HasPrefix(mac, "hmac-sha2-") {
			t.Errorf("MAC %s is on offer", mac)
		}
	}
}

func TestOldClientsAreRefused(t *testing.T) {
	p := open(t)
	for name, old := range map[string]ssh.Config{
		"cbc":          {Ciphers: []string{ssh.InsecureCipherAES128CBC, ssh.InsecureCipherTripleDESCBC}},
		"rc4":          {Ciphers: []string{ssh.InsecureCipherRC4}},
		"sha1 mac":     {Ciphers: []string{ssh.CipherAES128CTR}, MACs: []string{ssh.HMACSHA1, ssh.InsecureHMACSHA196}},
		"sha1 group1":  {KeyExchanges: []string{ssh.InsecureKeyExchangeDH1SHA1}},
		"sha1 group14": {KeyExchanges: []string{ssh.InsecureKeyExchangeDH14SHA1}},
		"sha1 gex":     {KeyExchanges: []string{ssh.InsecureKeyExchangeDHGEXSHA1}},
	} {
		_, err := ssh.Dial("tcp", p.addr, &ssh.ClientConfig{
			Config: old, User: "acme", Auth: []ssh.AuthMethod{ssh.Password(password)}, HostKeyCallback: p.knows(t),
		})
		if err == nil || !strings.Contains(err.Error(), "no common algorithm") && !strings.Contains(err.Error(), "handshake failed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p.partners.asked != 0 {
		t.Error("a password went over a weak connection")
	}
}

func TestEachAlgorithmWorks(t *testing.T) {
	p := open(t)
	p.lay(t, "out/o", noise(100_000))
	c := newOpenSSH(t, p, true)
	for _, option := range []string{
		"Ciphers=aes128-gcm@openssh.com", "Ciphers=aes256-gcm@openssh.com", "Ciphers=chacha20-poly1305@openssh.com", "Ciphers=aes256-ctr",
		"KexAlgorithms=curve25519-sha256", "KexAlgorithms=curve25519-sha256@libssh.org", "KexAlgorithms=ecdh-sha2-nistp256",
		"KexAlgorithms=diffie-hellman-group16-sha512", "HostKeyAlgorithms=ecdsa-sha2-nistp256",
	} {
		out, err := c.run(t, "sftp", "get /out/o got\n", "-o", option, "-o", "MACs=hmac-sha2-512,hmac-sha2-256-etm@openssh.com", "-b", "-", "127.0.0.1")
		if err != nil {
			t.Errorf("%s: %v\n%s", option, err, out)
		}
	}
}

// ssh-audit, a program of its own, finds nothing weak but the curves of NIST, and nothing at all when strict.
func TestAuditorsFindNothingWeak(t *testing.T) {
	if _, err := exec.LookPath("ssh-audit"); err != nil {
		t.Skip("ssh-audit is missing")
	}
	for _, strict := range []bool{false, true} {
		p := open(t, func(c *sftp.Config) { c.Strict = strict })
		_, port, _ := net.SplitHostPort(p.addr)
		out, err := exec.CommandContext(t.Context(), "ssh-audit", "-n", "-p", port, "127.0.0.1").CombinedOutput()
		if !strings.Contains(string(out), "(kex) curve25519-sha256") {
			t.Fatalf("audit: %v\n%s", err, out)
		}
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, "[fail]") && (strict || !strings.Contains(line, "nistp")) {
				t.Errorf("strict %v: %s", strict, line)
			}
		}
	}
}
