package sftp

import "golang.org/x/crypto/ssh"

// serverVersion is what the server calls itself (RFC 4253 section 4.2); no release, which only helps an attacker.
const serverVersion = "SSH-2.0-Hanse"

// transport names the algorithms on offer. No SHA-1, no CBC, no group of 1,024 bits. Strict key exchange (the answer to
// CVE-2023-48795) is always on in the library. AES-GCM stands first because it is the fastest here.
func transport() ssh.Config {
	return ssh.Config{
		KeyExchanges: []string{
			ssh.KeyExchangeMLKEM768X25519,
			ssh.KeyExchangeCurve25519,
			ssh.KeyExchangeECDHP256,
			ssh.KeyExchangeECDHP384,
			ssh.KeyExchangeECDHP521,
			ssh.KeyExchangeDH16SHA512,
		},
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
