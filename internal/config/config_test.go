package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "promobot.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestDefaultsWithoutAFile(t *testing.T) {
	c, _, err := Load(filepath.Join(t.TempDir(), "none.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Database.URL != "sqlite:promobot.db" || c.Fraud.ReceiptsPerHour != 5 || c.Scan.Budget != 2*time.Second || c.FNS.SendsPerSecond != 5 {
		t.Errorf("defaults %+v", c)
	}
}

func TestEnvironmentWinsOverTheFile(t *testing.T) {
	file := write(t, "database:\n  url: sqlite:file.db\nfraud:\n  receipts_per_hour: 7\n")
	t.Setenv("PROMOBOT_DATABASE_URL", "postgres://db/promo")
	t.Setenv("PROMOBOT_FNS_MASTER_TOKEN", "token")
	c, _, err := Load(file, os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	if c.Database.URL != "postgres://db/promo" || c.Fraud.ReceiptsPerHour != 7 || c.FNS.MasterToken.Reveal() != "token" {
		t.Errorf("read %+v", c)
	}
}

func TestUnknownKeyNamesTheNearest(t *testing.T) {
	for text, want := range map[string]string{
		"databse:\n  url: x\n":            `"databse.url", did you mean "database.url"?`,
		"fraud:\n  receipts_per_our: 3\n": `"fraud.receipts_per_our", did you mean "fraud.receipts_per_hour"?`,
		"lisen: x\n":                      `"lisen", did you mean "listen"?`,
	} {
		_, _, err := Load(write(t, text), nil)
		if !errors.Is(err, ErrUnknownKey) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestUnknownVariableOnlyWarns(t *testing.T) {
	_, warnings, err := Load("none.yaml", []string{"PROMOBOT_DATABASE_ULR=x", "PROMOBOT_SHARED=y", "PATH=z", "PROMOBOT_LISTEN=a"})
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "did you mean PROMOBOT_DATABASE_URL?") {
		t.Errorf("warnings %q (%v), want one that names PROMOBOT_DATABASE_URL", warnings, err)
	}
}

func TestValuesAreChecked(t *testing.T) {
	for _, text := range []string{"work:\n  parallel: 0\n", "work:\n  parallel: many\n", "scan:\n  budget: 0s\n", "database:\n  lease: 1ms\n",
		"fns:\n  sends_per_second: 0\n", "fraud:\n  names_per_phone: -1\n", "listen: [\n"} {
		if _, _, err := Load(write(t, text), nil); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestTelegramIsChecked(t *testing.T) {
	const hook = "  mode: webhook\n"
	for _, tt := range []struct {
		name, text string
		fine       bool
	}{
		{"the default said", "  mode: poll\n", true},
		{"polled", "  token: 1:abc\n", true},
		{"another server", "  endpoint: http://127.0.0.1:9001/\n", true},
		{"a path behind the server", "  endpoint: http://127.0.0.1:9001/bot\n", false},
		{"no address", "  endpoint: 127.0.0.1:9001\n", false},
		{"an unknown mode", "  mode: push\n", false},
		{"a token with a path", "  token: 1:abc/getMe\n", false},
		{"a token with a line break", "  token: \"1:abc\\n\"\n", false},
		{"webhook", hook + "  webhook_secret: s3cret_-A\n  webhook_url: https://bot.example/telegram/webhook\n", true},
		{"webhook without secret", hook + "  webhook_url: https://bot.example/telegram/webhook\n", false},
		{"webhook without URL", hook + "  webhook_secret: s3cret_-A\n", false},
		{"a secret that the service refuses", hook + "  webhook_secret: \"s3cret A\"\n  webhook_url: https://bot.example/telegram/webhook\n", false},
		{"a secret that is too long", hook + "  webhook_secret: " + strings.Repeat("a", 257) + "\n  webhook_url: https://bot.example/telegram/webhook\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _, err := Load(write(t, "telegram:\n"+tt.text), nil)
			if (err == nil) != tt.fine {
				t.Errorf("%v, want it fine: %v", err, tt.fine)
			}
			if text := fmt.Sprint(c.Lines(), err); strings.Contains(text, "1:abc") || strings.Contains(text, "s3cret") {
				t.Errorf("a secret is printed: %s", text)
			}
		})
	}
}

func TestTelegramVariables(t *testing.T) {
	for name, value := range map[string]string{"ENDPOINT": "http://127.0.0.1:9001", "TOKEN": "1:abc", "MODE": "webhook",
		"WEBHOOK_SECRET": "s3cret", "WEBHOOK_URL": "http://127.0.0.1:8080/telegram/webhook"} {
		t.Setenv("PROMOBOT_TELEGRAM_"+name, value)
	}
	c, _, err := Load("none.yaml", nil)
	want := Telegram{"http://127.0.0.1:9001", "1:abc", "webhook", "s3cret", "http://127.0.0.1:8080/telegram/webhook"}
	if err != nil || c.Telegram != want {
		t.Errorf("%+v (%v), want the five variables", c.Telegram, err)
	}
}

func TestAddressPrintsWithoutItsPassword(t *testing.T) {
	for address, want := range map[Address]string{
		"postgres://bot:PASS@db:5432/promo":             "postgres://bot@db:5432/promo",
		"postgres://db/promo?user=a&password=PASS":      "postgres://db/promo?user=a",
		"postgres://bot:PASS@db/promo?sslpassword=PASS": "postgres://bot@db/promo",
		"postgres://bot:PA%SS@db/promo":                 "postgres://…",
		"postgres://db/promo":                           "postgres://db/promo",
		"sqlite:promobot.db":                            "sqlite:promobot.db",
		"sqlite:/var/lib/promobot/promobot.db":          "sqlite:/var/lib/promobot/promobot.db",
	} {
		if got := fmt.Sprint(address); got != want {
			t.Errorf("%q prints as %q, want %q", string(address), got, want)
		}
	}
	c := Config{Database: Database{URL: "postgres://bot:PASS@db/promo"}}
	if text := strings.Join(c.Lines(), "\n"); strings.Contains(text, "PASS") {
		t.Errorf("the password is printed: %s", text)
	}
}

func TestSecretPrintsMasked(t *testing.T) {
	c := Config{FNS: FNS{MasterToken: "SECRET-TOKEN"}}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	printed := fmt.Sprintf("%v %+v %#v %s %s %s", c, c, c, c.FNS.MasterToken, text, strings.Join(c.Lines(), "\n"))
	if strings.Contains(printed, "SECRET") {
		t.Errorf("the secret is printed: %s", printed)
	}
}

func TestResaleServiceNeedsItsContract(t *testing.T) {
	for text, want := range map[string]string{
		"fns:\n  resale_url: https://resale.example\n":                                                    "needs fns.resale_token",
		"fns:\n  resale_token: t\n":                                                                       "fns.resale_url is no base URL",
		"fns:\n  resale_url: https://resale.example/api\n  resale_token: t\n":                             "fns.resale_url is no base URL",
		"fns:\n  resale_url: https://resale.example\n  resale_token: t\n  resale_sends_per_second: 0\n":   "fns.resale_sends_per_second",
		"fns:\n  resale_url: http://resale.example\n  resale_token: t\n":                                  "not https",
		"fns:\n  resale_url: http://127.0.0.1:9002\n  resale_token: t\n":                                  "",
		"fns:\n  daily_quota: -1\n":                                                                       "fns.daily_quota",
		"fns:\n  sends_per_second: 0\n":                                                                   "fns.sends_per_second",
		"fns:\n  resale_url: https://resale.example\n  resale_token: secret-token\n  daily_quota: 1000\n": "",
	} {
		c, _, err := Load(write(t, text), nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if strings.Contains(strings.Join(c.Lines(), "\n"), "secret-token") {
			t.Error("the token is printed")
		}
	}
}
