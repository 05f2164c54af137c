package campaigns_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"promobot/campaigns"
)

// lintFolder lints the campaign in a folder of testdata.
func lintFolder(t *testing.T, folder string) []campaigns.Problem {
	t.Helper()
	_, problems := campaigns.Lint(os.DirFS(folder), "campaign.yaml")
	return problems
}

func folders(t *testing.T, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) == 0 {
		t.Fatalf("no folder %s (%v)", pattern, err)
	}
	return list
}

// TestLintNamesWhatIsBad: every bad campaign has one defect, and nothing but
// its finding is told.
func TestLintNamesWhatIsBad(t *testing.T) {
	list := folders(t, "testdata/bad/*")
	if len(list) < 25 {
		t.Errorf("%d bad campaigns, want 25 at least", len(list))
	}
	for _, folder := range list {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, "finding"))
			if err != nil {
				t.Fatal(err)
			}
			want, problems := strings.TrimSpace(string(text)), lintFolder(t, folder)
			if len(problems) == 0 {
				t.Fatalf("nothing is found, want %s", want)
			}
			for _, p := range problems {
				if p.Rule != want || p.Field == "" || p.Text == "" || p.Next == "" {
					t.Errorf("%+v, want nothing but %s", p, want)
				}
			}
		})
	}
}

func TestLintIsSilentAboutWhatIsGood(t *testing.T) {
	for _, folder := range append(folders(t, "testdata/good/*"), "../demo/season") {
		for _, p := range lintFolder(t, folder) {
			t.Errorf("%s: %+v", folder, p)
		}
	}
}

// TestLintTellsInOneOrder: two runs of lint can be compared.
func TestLintTellsInOneOrder(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"goods.csv", "prizes.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata/good/texts", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("testdata/good/texts/campaign.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.NewReplacer("  per_product: 10\n", "  per_product: 11\n", "receipts: 60", "receipts: 4", "points: 500000", "points: 0").Replace(string(text))
	if err := os.WriteFile(filepath.Join(folder, "campaign.yaml"), []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	first := lintFolder(t, folder)
	if len(first) < 5 {
		t.Errorf("%v, want a finding for each change and each text", first)
	}
	for range 20 {
		if again := lintFolder(t, folder); !slices.Equal(again, first) {
			t.Fatalf("another order: %v", again)
		}
	}
}
