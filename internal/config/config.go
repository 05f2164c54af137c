// Package config is the one struct of settings, read from a file and the
// environment by cmd alone.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/viper"
)

// ErrUnknownKey reports a key of the file that nothing reads; the error names
// the nearest known one.
var ErrUnknownKey = errors.New("config: unknown key")

// EnvPrefix begins every variable: database.url is PROMOBOT_DATABASE_URL.
const EnvPrefix = "PROMOBOT_"

// Secret is a setting that prints masked.
type Secret string

// String hides the secret and tells only whether there is one.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "••••••"
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal is the secret itself.
func (s Secret) Reveal() string { return string(s) }

// Address is a database's; it prints without its password.
type Address string

// String hides every password that the address may carry.
func (a Address) String() string {
	u, err := url.Parse(string(a))
	if err != nil || u.Host == "" && u.User == nil {
		scheme, _, ok := strings.Cut(string(a), "://")
		if ok {
			return scheme + "://…" // not an address that can be taken apart
		}
		return string(a)
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	options := u.Query()
	for name := range options {
		if strings.Contains(strings.ToLower(name), "password") {
			options.Del(name)
		}
	}
	u.RawQuery = options.Encode()
	return u.String()
}

// Reveal is the address itself.
func (a Address) Reveal() string { return string(a) }

// Config are all settings, with their defaults in tags.
type Config struct {
	Listen   string   `mapstructure:"listen" default:"127.0.0.1:8080"` // address of the web doors
	Database Database `mapstructure:"database"`
	Keyset   Keyset   `mapstructure:"keyset"`
	FNS      FNS      `mapstructure:"fns"`
	Telegram Telegram `mapstructure:"telegram"`
	Fraud    Fraud    `mapstructure:"fraud"`
	Scan     Scan     `mapstructure:"scan"`
	Work     Work     `mapstructure:"work"`
	Metrics  Metrics  `mapstructure:"metrics"`
	Points   Points   `mapstructure:"points"`

	Suppliers Suppliers `mapstructure:"suppliers"`
}

// Suppliers names the file that describes who delivers certificates; "": nobody
// does, the pool serves alone.
type Suppliers struct {
	File string `mapstructure:"file"`
}

// Database is where the rows are.
type Database struct {
	URL   Address       `mapstructure:"url" default:"sqlite:promobot.db"` // "sqlite:FILE" or "postgres://…"
	Lease time.Duration `mapstructure:"lease" default:"15s"`              // a replica silent for so long is dead; PostgreSQL
}

// Keyset names the keys for what is encrypted at rest.
type Keyset struct {
	File string `mapstructure:"file" default:"keyset.json"`
}

// FNS is the fiscal service.
type FNS struct {
	URL            string  `mapstructure:"url" default:"https://openapi.nalog.ru:8090"`
	MasterToken    Secret  `mapstructure:"master_token"`
	SendsPerSecond float64 `mapstructure:"sends_per_second" default:"5"`
	DailyQuota     int     `mapstructure:"daily_quota" default:"0"` // questions a Moscow day; 0 unknown: the service itself stops the day

	// A resale service, asked where the first cannot be; "" none.
	ResaleURL            string  `mapstructure:"resale_url"`
	ResaleToken          Secret  `mapstructure:"resale_token"`
	ResaleDailyQuota     int     `mapstructure:"resale_daily_quota" default:"0"`
	ResaleSendsPerSecond float64 `mapstructure:"resale_sends_per_second" default:"1"`
}

// check refuses a resale service without its contract: what it is asked without
// a token, it makes public.
func (f FNS) check() error {
	switch {
	case f.SendsPerSecond <= 0:
		return fmt.Errorf("config: fns.sends_per_second is %g, not above zero", f.SendsPerSecond)
	case f.DailyQuota < 0 || f.ResaleDailyQuota < 0:
		return errors.New("config: fns.daily_quota or fns.resale_daily_quota is below zero")
	case f.ResaleURL == "" && f.ResaleToken == "":
		return nil
	case !isBaseURL(f.ResaleURL):
		return errors.New("config: fns.resale_url is no base URL such as https://resale.example, which fns.resale_token needs")
	case !isPrivate(f.ResaleURL):
		return errors.New("config: fns.resale_url is not https (http is for this machine only): fns.resale_token travels in the body")
	case f.ResaleToken == "":
		return errors.New("config: fns.resale_url needs fns.resale_token: what is asked without it becomes public")
	case f.ResaleSendsPerSecond <= 0:
		return fmt.Errorf("config: fns.resale_sends_per_second is %g, not above zero", f.ResaleSendsPerSecond)
	}
	return nil
}

// Metrics is where a monitoring reads them; "" nowhere. They are served to
// whoever reaches the address, so it should be of this machine only.
type Metrics struct {
	Listen string `mapstructure:"listen"` // such as 127.0.0.1:9090
}

// Telegram is the bot there; without a token there is none.
type Telegram struct {
	Endpoint      string `mapstructure:"endpoint" default:"https://api.telegram.org"` // base URL without path
	Token         Secret `mapstructure:"token"`
	Mode          string `mapstructure:"mode" default:"poll"` // how updates come: "poll" or "webhook"
	WebhookSecret Secret `mapstructure:"webhook_secret"`      // 1 to 256 of A-Z a-z 0-9 _ -
	WebhookURL    string `mapstructure:"webhook_url"`         // where the service reaches /telegram/webhook
}

// Fraud are the limits of the velocity rules; 0 switches a rule off.
type Fraud struct {
	ReceiptsPerHour int `mapstructure:"receipts_per_hour" default:"5"`
	NamesPerPhone   int `mapstructure:"names_per_phone" default:"1"`
	Guesses         int `mapstructure:"guesses" default:"2"` // wrong typed receipts a day that pass without a pause

	RulesFile     string        `mapstructure:"rules_file" default:"standard"` // further rules; "standard" is the product's own file, "" none
	Relatives     bool          `mapstructure:"relatives" default:"true"`      // people of one surname may share a phone
	AppealsPerDay int           `mapstructure:"appeals_per_day" default:"3"`
	AppealWithin  time.Duration `mapstructure:"appeal_within" default:"24h"` // when an answer to an appeal is promised
}

// Scan bounds the reading of a picture.
type Scan struct {
	Budget time.Duration `mapstructure:"budget" default:"2s"`
}

// Work says how many jobs run at a time.
type Work struct {
	Parallel int `mapstructure:"parallel" default:"16"`
}

// Points says what one person may do by hand with the points of participants.
type Points struct {
	AdjustLimit int `mapstructure:"adjust_limit" default:"1000"` // beyond it another person approves
}

// setting is one leaf of Config.
type setting struct{ key, standard string }

// settings lists the leaves in their order.
func settings() []setting { return leaves("", reflect.TypeFor[Config]()) }

func leaves(prefix string, t reflect.Type) []setting {
	var list []setting
	for i := range t.NumField() {
		field := t.Field(i)
		key := prefix + field.Tag.Get("mapstructure")
		if field.Type.Kind() == reflect.Struct {
			list = append(list, leaves(key+".", field.Type)...)
			continue
		}
		list = append(list, setting{key, field.Tag.Get("default")})
	}
	return list
}

// Load reads the file, if it is there, and the environment, which wins. An
// unknown key of the file is ErrUnknownKey; unknown variables come back as
// warnings.
func Load(file string, environ []string) (c Config, warnings []string, err error) {
	v := viper.New()
	v.SetConfigFile(file)
	v.SetConfigType("yaml")
	if err := v.ReadInConfig(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c, nil, fmt.Errorf("read %s: %w", file, err)
	}
	if err := known(v.AllKeys()); err != nil {
		return c, nil, fmt.Errorf("read %s: %w", file, err)
	}
	for _, s := range settings() {
		v.SetDefault(s.key, s.standard)
		if value, ok := os.LookupEnv(variable(s.key)); ok {
			v.Set(s.key, value)
		}
	}
	if err := v.Unmarshal(&c); err != nil {
		return c, nil, fmt.Errorf("read %s: %w", file, err)
	}
	return c, strangers(environ), c.check()
}

func variable(key string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// known refuses keys that are no settings.
func known(keys []string) error {
	var errs []error
	names := make([]string, 0, 16)
	for _, s := range settings() {
		names = append(names, s.key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if !slices.Contains(names, key) {
			errs = append(errs, fmt.Errorf("%w %q, did you mean %q?", ErrUnknownKey, key, nearest(key, names)))
		}
	}
	return errors.Join(errs...)
}

// others are variables that tests and crash tests read.
var others = []string{"PROMOBOT_TEST_POSTGRES", "PROMOBOT_SHARED", "PROMOBOT_FAILPOINT", "PROMOBOT_FISCAL_RECEIPTS"}

func strangers(environ []string) []string {
	var names []string
	for _, s := range settings() {
		names = append(names, variable(s.key))
	}
	var warnings []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, EnvPrefix) && !slices.Contains(names, name) && !slices.Contains(others, name) {
			warnings = append(warnings, fmt.Sprintf("unknown variable %s, did you mean %s?", name, nearest(name, names)))
		}
	}
	return warnings
}

// check refuses values that would only fail later.
func (c Config) check() error {
	switch {
	case c.Work.Parallel < 1 || c.Work.Parallel > 1000:
		return fmt.Errorf("config: work.parallel is %d, not 1 to 1000", c.Work.Parallel)
	case c.Database.Lease < time.Second:
		return fmt.Errorf("config: database.lease is %s, less than a second", c.Database.Lease)
	case c.Scan.Budget <= 0:
		return fmt.Errorf("config: scan.budget is %s, not above zero", c.Scan.Budget)
	case c.Fraud.ReceiptsPerHour < 0 || c.Fraud.NamesPerPhone < 0 || c.Fraud.Guesses < 0:
		return errors.New("config: a limit of fraud is below zero")
	case c.Fraud.AppealsPerDay < 0 || c.Fraud.AppealWithin < 0:
		return errors.New("config: fraud.appeals_per_day or fraud.appeal_within is below zero")
	}
	return errors.Join(c.FNS.check(), c.Telegram.check())
}

var webhookSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func (t Telegram) check() error {
	switch {
	case !isBaseURL(t.Endpoint):
		return errors.New("config: telegram.endpoint is no base URL such as https://api.telegram.org")
	case strings.ContainsAny(t.Token.Reveal(), "/?#% \t\r\n"):
		return errors.New("config: telegram.token is no token of a bot")
	case t.Mode != "poll" && t.Mode != "webhook":
		return fmt.Errorf("config: telegram.mode is %q, not poll or webhook", t.Mode)
	case t.Mode == "webhook" && !webhookSecret.MatchString(t.WebhookSecret.Reveal()):
		return errors.New("config: telegram.webhook_secret is not 1 to 256 of A-Z a-z 0-9 _ -, which mode webhook needs")
	case t.Mode == "webhook" && !isURL(t.WebhookURL):
		return errors.New("config: telegram.webhook_url is no URL, which mode webhook needs")
	}
	return nil
}

func isURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// isBaseURL takes a URL without anything behind its host.
func isBaseURL(text string) bool {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	return isURL(text) && err == nil && u.Path == "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

// isPrivate takes a URL to which a secret may be sent: nobody listens on the way.
func isPrivate(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// Lines writes the settings as they are in force, secrets masked.
func (c Config) Lines() []string { return lines("", reflect.ValueOf(c)) }

func lines(prefix string, v reflect.Value) []string {
	var list []string
	for i := range v.NumField() {
		key := prefix + v.Type().Field(i).Tag.Get("mapstructure")
		if v.Field(i).Kind() == reflect.Struct {
			list = append(list, lines(key+".", v.Field(i))...)
			continue
		}
		list = append(list, fmt.Sprintf("%s: %v", key, v.Field(i).Interface()))
	}
	return list
}
