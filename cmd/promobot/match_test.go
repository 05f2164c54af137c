package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const matchGoods = "sku_id,brand,title,volume,gtin,scope\n" +
	"A1,Veselka,Йогурт Veselka,200 г,,any_flavour\n"

// runMatch runs the command as main would and returns what it wrote.
func runMatch(t *testing.T, in string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := newMatchCommand()
	cmd.SetArgs(args)
	cmd.SetIn(strings.NewReader(in))
	cmd.SetOut(&out)
	cmd.SetErr(io.Discard)
	err := cmd.Execute()
	return out.String(), err
}

func goodsFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "goods.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMatchAnswersEveryLine(t *testing.T) {
	path := goodsFile(t, matchGoods)
	long := strings.Repeat("Ы", 200_000)
	for _, tt := range []struct {
		name string
		in   string
		skus []string
	}{
		{"nothing", "", nil},
		{"one", "Йогурт ВЕСЕЛКА груша 200г\n", []string{"A1"}},
		{"no newline at the end", "Йогурт ВЕСЕЛКА 200г", []string{"A1"}},
		{"carriage returns", "Йогурт ВЕСЕЛКА 200г\r\nХлеб\r\n", []string{"A1", "-"}},
		{"empty lines", "\n\nЙогурт ВЕСЕЛКА 200г\n\n", []string{"-", "-", "A1", "-"}},
		{"longer than any buffer", long + "\nЙогурт ВЕСЕЛКА 200г\n", []string{"-", "A1"}},
		{"not UTF-8", "\xff\xfe\x00\nЙогурт ВЕСЕЛКА 200г\n", []string{"-", "A1"}},
		{"unsure", "Йогурт ВЕСЕЛКА\n", []string{"-"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := runMatch(t, tt.in, "--assortment", path)
			if err != nil {
				t.Fatal(err)
			}
			checkAnswers(t, out, strings.SplitAfter(tt.in, "\n"), tt.skus)
		})
	}
}

func checkAnswers(t *testing.T, out string, names, skus []string) {
	t.Helper()
	lines := strings.SplitAfter(out, "\n")
	if len(lines)-1 != len(skus) {
		t.Fatalf("%d lines for %d names", len(lines)-1, len(skus))
	}
	for i, sku := range skus {
		cells := strings.Split(strings.TrimSuffix(lines[i], "\n"), "\t")
		if len(cells) != 3 || cells[0] != strings.TrimRight(names[i], "\r\n") || cells[1] != sku || cells[2] == "" {
			t.Errorf("line %d: %q, want the name, %s and a reason", i+1, cells, sku)
		}
	}
}

func TestMatchSaysUnsure(t *testing.T) {
	out, err := runMatch(t, "Йогурт ВЕСЕЛКА\n", "--assortment", goodsFile(t, matchGoods))
	if err != nil || !strings.HasPrefix(out, "Йогурт ВЕСЕЛКА\t-\tunsure:") {
		t.Errorf("%q, %v", out, err)
	}
}

func TestMatchAnswersBeforeTheEnd(t *testing.T) {
	in, write := io.Pipe()
	read, out := io.Pipe()
	cmd := newMatchCommand()
	cmd.SetArgs([]string{"--assortment", goodsFile(t, matchGoods)})
	cmd.SetIn(in)
	cmd.SetOut(out)
	done := make(chan error, 1)
	go func() { done <- cmd.Execute() }()
	if _, err := io.WriteString(write, "Хлеб\n"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 256)
	n, err := read.Read(got) // hangs if the answer waits for the end of the input
	if err != nil || !strings.HasPrefix(string(got[:n]), "Хлеб\t-\t") {
		t.Errorf("%q, %v", got[:n], err)
	}
	write.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestMatchRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		says string
	}{
		{"no file named", nil, "--assortment"},
		{"no such file", []string{"--assortment", filepath.Join(t.TempDir(), "none.csv")}, "none.csv"},
		{"a folder", []string{"--assortment", t.TempDir()}, "assortment"},
		{"an empty file", []string{"--assortment", goodsFile(t, "")}, "empty"},
		{"a bad row", []string{"--assortment", goodsFile(t, matchGoods+"A2,Veselka,Йогурт,большой,,exact\n")}, "row 3"},
		{"no such aliases", []string{"--assortment", goodsFile(t, matchGoods), "--aliases", filepath.Join(t.TempDir(), "none.csv")}, "none.csv"},
		{"aliases of another brand", []string{"--assortment", goodsFile(t, matchGoods), "--aliases", goodsFile(t, "brand,alias\nKometa,КМТ\n")}, "Kometa"},
		{"a name as an argument", []string{"--assortment", goodsFile(t, matchGoods), "Хлеб"}, "Хлеб"},
		{"an unknown flag", []string{"--fuzzy"}, "fuzzy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := runMatch(t, "Хлеб\n", tt.args...)
			var refusal interface{ ExitCode() int }
			if !errors.As(err, &refusal) || refusal.ExitCode() != 2 {
				t.Fatalf("%v, want an exit with 2", err)
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%q does not say %q", err, tt.says)
			}
		})
	}
}

func TestMatchKnowsTheManagersAliases(t *testing.T) {
	goods, aliases := goodsFile(t, matchGoods), goodsFile(t, "brand,alias\nVeselka,ВСЛК\n")
	for _, tt := range []struct {
		args []string
		want string
	}{{nil, "-"}, {[]string{"--aliases", aliases}, "A1"}} {
		out, err := runMatch(t, "Йогурт ВСЛК персик 200г\n", append([]string{"--assortment", goods}, tt.args...)...)
		if cells := strings.Split(out, "\t"); err != nil || len(cells) != 3 || cells[1] != tt.want {
			t.Errorf("%v: %q, %v; want %s", tt.args, out, err, tt.want)
		}
	}
}
