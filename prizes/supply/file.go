package supply

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"
)

// ErrFile reports a file of suppliers that breaks a rule.
var ErrFile = errors.New("supply: not a file of suppliers")

// The kinds of suppliers.
const (
	KindInstant = "instant"
	KindSlow    = "slow"
)

// standardPatience is how long an order may last before its award is served
// from elsewhere.
const standardPatience = 24 * time.Hour

// Entry is a supplier as the operator describes it. Secrets stand in variables
// of the environment or in files of their own, never here.
type Entry struct {
	Name          string        `yaml:"name"` // as in a prize's sources: a–z, 0–9 and -
	Kind          string        `yaml:"kind"` // KindInstant or KindSlow
	URL           string        `yaml:"url"`
	Token         SecretPlace   `yaml:"token"`
	WebhookSecret SecretPlace   `yaml:"webhook_secret"` // of a slow one
	Patience      time.Duration `yaml:"patience"`       // how long an order may last; 0: 24 hours
	Timeout       time.Duration `yaml:"timeout"`        // of one exchange; 0: ten seconds
}

// SecretPlace names where a secret is kept.
type SecretPlace struct {
	Env  string `yaml:"env"`
	File string `yaml:"file"`
}

func (p SecretPlace) known() bool { return (p.Env == "") != (p.File == "") }

var supplierName = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// ParseFile reads the operator's file: a YAML list under "suppliers".
func ParseFile(r io.Reader) ([]Entry, error) {
	decoder := yaml.NewDecoder(r)
	decoder.KnownFields(true)
	var file struct {
		Suppliers []Entry `yaml:"suppliers"`
	}
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	seen := map[string]bool{}
	for i := range file.Suppliers {
		e := &file.Suppliers[i]
		if e.Patience == 0 {
			e.Patience = standardPatience
		}
		if problem := e.problem(); problem != "" {
			return nil, fmt.Errorf("%w: %q %s", ErrFile, e.Name, problem)
		}
		if seen[e.Name] {
			return nil, fmt.Errorf("%w: %q stands twice", ErrFile, e.Name)
		}
		seen[e.Name] = true
	}
	return file.Suppliers, nil
}

func (e Entry) problem() string {
	switch {
	case !supplierName.MatchString(e.Name):
		return "is not a name of a–z, 0–9 and -, at most 40"
	case e.Kind != KindInstant && e.Kind != KindSlow:
		return "has a kind that is neither instant nor slow"
	case !safeURL(e.URL):
		return "has a url that is not https (http is for this machine only)"
	case !e.Token.known():
		return "names no place of its token: env or file"
	case e.Kind == KindSlow && !e.WebhookSecret.known():
		return "names no place of its webhook secret: env or file"
	case e.Patience < 0 || e.Timeout < 0:
		return "has a time below zero"
	}
	return ""
}

func safeURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// Open returns the client of the supplier.
func (e Entry) Open(token string) Supplier {
	c := Config{BaseURL: e.URL, Token: token, Timeout: e.Timeout}
	if e.Kind == KindSlow {
		return NewSlow(c)
	}
	return NewInstant(c)
}
