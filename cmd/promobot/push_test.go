package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promobot/internal/store/storetest"
)

func TestPushCommands(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		p := program{t, append(os.Environ(), "PROMOBOT_DATABASE_URL="+url, "PROMOBOT_KEYSET_FILE="+filepath.Join(t.TempDir(), "keys.json"))}
		for _, step := range []struct {
			args string
			code int
			want string
		}{
			{"push list", 0, "PUSH  PLANNED  STATUS  MESSAGES  WAITING  SENT  SHOWN  DROPPED  DEAD  TEXT\n"},
			{"push send --ru Приз! --en Prize! --dry-run", 0, "would go to 0 people\n"},
			{"push list --json", 0, ""},
			{"push send --ru Приз!", 2, "both languages"},
			{"push send --ru Приз! --en Prize! now", 2, "unknown command"},
			{"push send --ru Приз! --en Prize!", 0, "push 1 is planned for 0 people\n"},
			{"push send --ru Приз! --en Prize! --json", 0, `{"channels":{},"id":2,"people":0,"planned":true}` + "\n"},
			{"push list", 0, "planning  0         0        0     0      0        0     Приз!\n"},
			{"push list --json", 0, `"text_ru":"Приз!","text_en":"Prize!","status":"planning","messages":0,`},
			{"push pause", 0, "pause: lane push of telegram\n"},
			{"push pause --lane news --json", 0, `{"channel":"telegram","done":"pause","lane":"news"}` + "\n"},
			{"push pause --lane loud", 2, "a lane is"},
			{"push status", 0, "telegram  push  0        0        0     0           0        0     0        -       20"},
			{"push status --json", 0, `"paused":[{"channel":"telegram","lane":"news","at":`},
			{"push resume", 0, "resume: lane push of telegram\n"},
			{"push resume --lane news", 0, "resume: lane news of telegram\n"},
			{"push status --json", 0, `"paused":[]`},
			{"push", 2, "name one of list, pause, resume, send, status"},
		} {
			if out := p.run(step.code, strings.Fields(step.args)...); !strings.Contains(out, step.want) || step.want == "" && out != "" {
				t.Errorf("%s: %q, want %q", step.args, out, step.want)
			}
		}
	})
}
