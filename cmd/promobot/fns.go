package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"promobot/fns/providers"
	"promobot/internal/store"
	"promobot/receipts"
)

// newFNSCommand returns `promobot fns status`.
func newFNSCommand() *cobra.Command {
	status := &cobra.Command{
		Use: "status", Short: "Show how the providers of fiscal answers stand, and what waits for them", Args: cobra.NoArgs,
		Long: "Reads the configured database only: neither keyset nor network is needed.\n" +
			"1: none of the providers may be called now.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			lang, err := cmd.Flags().GetString("lang")
			if err != nil {
				return usage(err)
			}
			words, known := statusWords[lang]
			if !known {
				return usage(fmt.Errorf("--lang is %q, not ru or en", lang))
			}
			return withExisting(cmd, func(db *store.DB) error { return showStatus(cmd, db, words) })
		},
	}
	status.Flags().Bool("json", false, "print JSON")
	status.Flags().String("lang", "ru", "language of the table, `ru|en`")
	cmd := &cobra.Command{Use: "fns", Short: "The providers of fiscal answers"}
	cmd.AddCommand(status)
	return cmd
}

// fiscalStatus is what the command prints as JSON.
type fiscalStatus struct {
	Providers []providers.Board `json:"providers"`
	Backlog   backlogStatus     `json:"backlog"`
}

type backlogStatus struct {
	N             int            `json:"n"`
	InLine        int            `json:"in_line"`
	OldestSeconds int64          `json:"oldest_seconds"`
	Ages          map[string]int `json:"ages"` // by the group's bound: "1m" … "72h", "older"
}

func showStatus(cmd *cobra.Command, db *store.DB, words map[string]string) error {
	ctx := cmd.Context()
	g, now := db.Read(ctx), db.Now()
	boards, err := providers.Boards(ctx, g, now)
	if err != nil {
		return usage(err)
	}
	backlog, err := receipts.ReadBacklog(ctx, g, now)
	if err != nil {
		return usage(err)
	}
	if asJSON(cmd) {
		s := fiscalStatus{Providers: boards, Backlog: backlogStatus{N: backlog.N, InLine: backlog.InLine,
			OldestSeconds: int64(backlog.Oldest.Seconds()), Ages: map[string]int{}}}
		for _, group := range backlog.Ages {
			s.Backlog.Ages[ageName(group.UpTo)] = group.N
		}
		err = printJSON(cmd.OutOrStdout(), s)
	} else {
		err = printStatus(cmd.OutOrStdout(), words, boards, backlog)
	}
	kept := func(b providers.Board) bool { return b.Until != nil }
	if err == nil && len(boards) > 0 && !slices.ContainsFunc(boards, func(b providers.Board) bool { return !kept(b) }) {
		return errFindings
	}
	return err
}

// statusWords are the table's words.
var statusWords = map[string]map[string]string{
	"ru": {
		"head": "СЕРВИС\tСОСТОЯНИЕ\tКВОТА\tИСПОЛЬЗОВАНО\tОСТАЛОСЬ\tВЫЗОВОВ ЗА МИНУТУ\tНЕУДАЧ", "none": "ни один сервис ещё не спрашивали",
		providers.Closed: "работает", providers.HalfOpen: "пробуем", providers.Open: "отдыхает", "unknown": "не задана",
		"breaker": "много неудач", "no_quota": "квота исчерпана", "no_access": "доступ закрыт", "too_fast": "просит подождать", "until": "до", "moscow": "МСК",
		"backlog": "Чеков ждут ответа: %d, из них в очереди на вопрос: %d; самый старый ждёт %s\n", "older": "старше", "to": "до ", "nobody": "Ни один чек не ждёт ответа", "h": " ч ", "m": " мин ", "s": " с ",
	},
	"en": {
		"head": "PROVIDER\tSTATE\tQUOTA\tUSED\tLEFT\tCALLS IN A MINUTE\tFAILURES", "none": "no provider was asked yet",
		providers.Closed: "works", providers.HalfOpen: "probing", providers.Open: "rests", "unknown": "not set",
		"breaker": "most calls failed", "no_quota": "no quota left", "no_access": "access refused", "too_fast": "asks to wait", "until": "until", "moscow": "Moscow",
		"backlog": "Waiting for an answer: %d receipts, %d of them in line to be asked about; the oldest for %s\n", "older": "older", "to": "up to ", "nobody": "No receipt waits for an answer", "h": "h", "m": "m", "s": "s",
	},
}

func printStatus(out io.Writer, words map[string]string, boards []providers.Board, backlog receipts.Backlog) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(boards) == 0 {
		fmt.Fprintln(w, words["none"])
	} else {
		fmt.Fprintln(w, words["head"])
	}
	for _, b := range boards {
		quota, left := words["unknown"], "–"
		if b.Left != nil {
			quota, left = fmt.Sprint(b.Quota), fmt.Sprint(*b.Left)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%d\t%d\n", b.Provider, stateWords(words, b), quota, b.Used, left, b.Calls, b.Failures)
	}
	if backlog.N == 0 {
		fmt.Fprintln(w, words["nobody"])
		return w.Flush()
	}
	fmt.Fprintf(w, words["backlog"], backlog.N, backlog.InLine, inWords(words, backlog.Oldest.Round(time.Second).String()))
	var groups []string
	for _, group := range backlog.Ages {
		name := words["to"] + inWords(words, ageName(group.UpTo))
		if group.UpTo == 0 {
			name = words["older"]
		}
		groups = append(groups, fmt.Sprintf("%s: %d", name, group.N))
	}
	fmt.Fprintln(w, strings.Join(groups, ", "))
	return w.Flush()
}

// inWords writes the units of a span, such as 1h2m3s, in the table's language.
func inWords(words map[string]string, span string) string {
	return strings.TrimSpace(strings.NewReplacer("h", words["h"], "m", words["m"], "s", words["s"]).Replace(span))
}

// moscowTime is where a provider's day ends.
var moscowTime = time.FixedZone("MSK", 3*60*60)

func stateWords(words map[string]string, b providers.Board) string {
	if b.Until == nil {
		return words[b.Breaker]
	}
	return fmt.Sprintf("%s, %s %s %s", words[b.Why], words["until"], b.Until.In(moscowTime).Format("02.01 15:04:05"), words["moscow"])
}
