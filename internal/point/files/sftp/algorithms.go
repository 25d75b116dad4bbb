package sftp

import (
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// serverVersion is what the server calls itself (RFC 4253 section 4.2); no release, which only helps an attacker.
const serverVersion = "SSH-2.0-Hanse"

// transport names the algorithms on offer. No SHA-1, no CBC, no group of 1,024 bits. Strict key exchange (the answer to
// CVE-2023-48795) is always on in the library. AES-GCM stands first because it is the fastest here. The curves of NIST
// are for clients without ed25519 and curve25519 (JSch up to 0.1.55, which much Java middleware holds); strict does
// without them.
func transport(strict bool) ssh.Config {
	exchanges := []string{
		ssh.KeyExchangeMLKEM768X25519,
		ssh.KeyExchangeCurve25519,
		ssh.KeyExchangeECDHP256,
		ssh.KeyExchangeECDHP384,
		ssh.KeyExchangeECDHP521,
		ssh.KeyExchangeDH16SHA512,
	}
	if strict {
		exchanges = slices.DeleteFunc(exchanges, nist)
	}
	return ssh.Config{
		KeyExchanges: exchanges,
		Ciphers: []string{
			ssh.CipherAES128GCM,
			ssh.CipherAES256GCM,
			ssh.CipherChaCha20Poly1305,
			ssh.CipherAES128CTR,
			ssh.CipherAES192CTR,
			ssh.CipherAES256CTR,
		},
		MACs: []string{
			ssh.HMACSHA256ETM,
			ssh.HMACSHA512ETM,
			ssh.HMACSHA256,
			ssh.HMACSHA512,
		},
	}
}

// nist reports whether an algorithm is named after one of NIST's curves.
func nist(algorithm string) bool { return strings.Contains(algorithm, "nistp") }

// loginKeys names the signatures accepted from a partner's key: RSA only with SHA-2 (RFC 8332).
func loginKeys() []string {
	return []string{
		ssh.KeyAlgoED25519,
		ssh.KeyAlgoSKED25519,
		ssh.KeyAlgoECDSA256,
		ssh.KeyAlgoECDSA384,
		ssh.KeyAlgoECDSA521,
		ssh.KeyAlgoSKECDSA256,
		ssh.KeyAlgoRSASHA256,
		ssh.KeyAlgoRSASHA512,
	}
}

// usable refuses certificates, which no partner has, and RSA keys below 2,048 bits.
func usable(key ssh.PublicKey) error {
	if _, ok := key.(*ssh.Certificate); ok {
		return fmt.Errorf("certificate: %w", ErrLogin)
	}
	if rsaBits(key) < 2048 {
		return fmt.Errorf("RSA key below 2048 bits: %w", ErrLogin)
	}
	return nil
}

// rsaBits is the length of an RSA key; other keys have no bad lengths and count as long enough.
func rsaBits(key ssh.PublicKey) int {
	holder, ok := key.(ssh.CryptoPublicKey)
	if !ok {
		return 1 << 16
	}
	if public, ok := holder.CryptoPublicKey().(*rsa.PublicKey); ok {
		return public.N.BitLen()
	}
	return 1 << 16
}
