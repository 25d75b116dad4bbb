package hanse

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/crypto/ssh"
)

// factsFile is written last of all, by rename, when everything answers.
const factsFile = "demo.json"

// facts are what a program outside needs to use the demo. Keys are stable; more are added as the product grows.
type facts struct {
	HTTP         string       `json:"http"`
	SFTP         string       `json:"sftp"`
	SFTPHostKeys []string     `json:"sftp_host_keys"`
	Partner      partnerFacts `json:"partner"`
	Buyer        loginFacts   `json:"buyer"`
	Admin        loginFacts   `json:"admin"`
	API          apiFacts     `json:"api"`
	DatabaseURL  string       `json:"database_url"`
	Morning      time.Time    `json:"morning"` // when SAP's first files were made; the times in their names follow from it
	// StripeAPIBase and FedExAPIBase are where the gateway and the carrier answer, which are simulators if nothing else was
	// named; the gateway's messages go to StripeWebhookURL, signed with StripeWebhookSecret.
	StripeAPIBase       string `json:"stripe_api_base"`
	StripeWebhookSecret string `json:"stripe_webhook_secret"`
	StripeWebhookURL    string `json:"stripe_webhook_url"`
	FedExAPIBase        string `json:"fedex_api_base"`

	file string // where these facts lie
}

type partnerFacts struct {
	User           string `json:"user"`
	Password       string `json:"password"`
	PrivateKeyFile string `json:"private_key_file"`
	In             string `json:"in"`   // SFTP path
	Out            string `json:"out"`  // SFTP path
	Home           string `json:"home"` // on disk
}

type loginFacts struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

type apiFacts struct {
	AdminURL      string `json:"admin_url"`
	StorefrontURL string `json:"storefront_url"`
	TokenURL      string `json:"token_url"`
	ClientID      string `json:"client_id"`
	ClientSecret  string `json:"client_secret"`
}

func (f facts) write() error {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return writePrivate(f.file, append(b, '\n'))
}

// readFacts reads the facts of the demo that runs in a data folder.
func readFacts(dir string) (f facts, err error) {
	b, err := os.ReadFile(filepath.Join(dir, factsFile)) // #nosec G304 -- in the data folder
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(b, &f)
}

// forget removes the facts of a run.
func forget(dir string) error {
	if err := os.Remove(filepath.Join(dir, factsFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing the facts of the last run: %w", err)
	}
	return nil
}

// writePrivate writes a file of mode 0600 whole or not at all.
func writePrivate(path string, content []byte) error {
	temp := path + ".tmp"
	if err := os.WriteFile(temp, content, 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

func (h *house) partnerKeyFile() string { return filepath.Join(h.cfg.Data, "demo-partner-key") }

// partnerKey makes the partner's private key if it is not there yet, and gives the fingerprint of its public half.
func (h *house) partnerKey() (fingerprint string, err error) {
	path := h.partnerKeyFile()
	if b, err := os.ReadFile(path); err == nil { // #nosec G304 -- in the data folder
		signer, err := ssh.ParsePrivateKey(b)
		if err != nil {
			return "", fmt.Errorf("reading the partner's key %s: %w", path, err)
		}
		return ssh.FingerprintSHA256(signer.PublicKey()), nil
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", err
	}
	block, err := ssh.MarshalPrivateKey(private, "partner sap of the Hanse demo")
	if err != nil {
		return "", err
	}
	if err := writePrivate(path, pem.EncodeToMemory(block)); err != nil {
		return "", err
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		return "", err
	}
	return ssh.FingerprintSHA256(key), nil
}
