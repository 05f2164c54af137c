package fnssim

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// auth trades a master token for a temporary one.
func (s *Sim) auth(in request) reply {
	s.counts.Auths++
	if f, found := s.injected("timeout", "unmarshal", "ip", "internal"); found {
		return s.refuse(f)
	}
	ask := in.body.Child(syncNS, "GetMessageRequest").Child(syncNS, "Message").Child(authNS, "AuthRequest")
	if ask == nil {
		return s.refuse(unmarshalling("unexpected element in AuthRequest"))
	}
	master := ask.Child(authNS, "AuthAppInfo").Child(authNS, "MasterToken").Text()
	i := slices.IndexFunc(s.apps, func(a *appState) bool { return a.MasterToken == master })
	if i < 0 {
		return ok(authResponse(node(authNS, "Fault", leaf(authNS, "Message", "Доступ к сервису для переданного мастер-токена запрещен"))))
	}
	if !s.apps[i].allows(in) {
		return s.refuse(named["ip"])
	}
	t := s.issue(s.apps[i])
	expires := t.expiresAt.Add(time.Duration(s.switches.ClockSkew)).In(moscow).Format("2006-01-02T15:04:05.000-07:00")
	return ok(authResponse(node(authNS, "Result", leaf(authNS, "Token", t.value), leaf(authNS, "ExpireTime", expires))))
}

func authResponse(kid elem) elem {
	return node(syncNS, "GetMessageResponse", node(syncNS, "Message", node(authNS, "AuthResponse", kid)))
}

// issue returns the application's token while it has long to live, or a new one.
func (s *Sim) issue(a *appState) *issued {
	for _, t := range s.tokens {
		if t.app == a && t.expiresAt.Sub(s.now()) > tokenReissue {
			return t
		}
	}
	t := &issued{
		value:     fmt.Sprintf("%016x%016x", s.rng.Uint64(), s.rng.Uint64()),
		app:       a,
		expiresAt: s.now().Add(tokenLife).Truncate(time.Millisecond),
	}
	s.tokens[t.value] = t
	return t
}

// allows holds a caller against the application's list of addresses.
func (a *appState) allows(in request) bool {
	host, _, err := net.SplitHostPort(in.http.RemoteAddr)
	return len(a.IPs) == 0 || err == nil && slices.Contains(a.IPs, host)
}

// injected returns the first of the named faults that is switched on and falls
// due now.
func (s *Sim) injected(names ...string) (fault, bool) {
	for _, name := range names {
		if s.roll(s.switches.Fault[name]) {
			return named[name], true
		}
	}
	return fault{}, false
}

// refuse counts a fault.
func (s *Sim) refuse(f fault) reply {
	s.counts.Faults++
	switch {
	case f.detail == "RateLimitingFault":
		s.counts.RateFaults++
	case f.detail == "AuthenticationFault":
		s.counts.TokenFaults++
	case strings.HasPrefix(f.text, "Превышен"):
		s.counts.QuotaFaults++
	}
	return refuse(f)
}

func unmarshalling(what string) fault {
	return fault{text: "Unmarshalling Error: " + what, client: true}
}
