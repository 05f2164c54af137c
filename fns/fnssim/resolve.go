package fnssim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"promobot/fns"
)

// resolve decides the result of a request.
func (s *Sim) resolve(q query) (code int, t *fns.Ticket) {
	if q.malformed {
		return s.code(400, 452), nil
	}
	switch found, known := s.find(q.QR); {
	case s.forged[q.Key]:
		return s.code(406, 454), nil
	case !known && s.sign(q.QR) != q.FP:
		return s.code(406, 454), nil
	case !known:
		return s.code(404, 404), nil
	case fns.Agree(q.QR, found) != nil:
		return s.code(406, 454), nil
	case q.check:
		return 200, nil
	case s.late(q.Key):
		return s.code(404, 455), nil
	case s.left(found):
		return s.code(404, 404), nil
	default:
		return 200, &found
	}
}

// code chooses between the official code and that of newer deployments.
func (s *Sim) code(official, extended int) int {
	if s.switches.ExtendedCodes {
		return extended
	}
	return official
}

// find looks a document up, or invents it.
func (s *Sim) find(q fns.QR) (fns.Ticket, bool) {
	if t, found := s.documents[q.Key]; found || !s.switches.Invent {
		return t, found
	}
	return s.invent(q), true
}

// late reports whether a document has not arrived yet. Its way begins when it
// is first asked for, so that purchases of any date can be late.
func (s *Sim) late(k fns.Key) bool {
	if _, asked := s.askedAt[k]; !asked {
		s.askedAt[k] = s.now()
	}
	return s.now().Sub(s.askedAt[k]) < time.Duration(s.switches.LateArrival)
}

// left reports whether a document is too old for the store.
func (s *Sim) left(t fns.Ticket) bool {
	depth := time.Duration(s.switches.StoreDepth)
	return depth > 0 && s.now().Sub(t.At) > depth
}

// sign is the fiscal sign that the simulator's tills would print.
func (s *Sim) sign(q fns.QR) int64 {
	key := binary.BigEndian.AppendUint64([]byte("fnssim fiscal sign "), s.options.Seed)
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s|%d|%d|%d|%s", q.FN, q.FD, int(q.Operation), int64(q.Total), q.At.Format("200601021504"))
	return max(1, int64(binary.BigEndian.Uint32(mac.Sum(nil))))
}
