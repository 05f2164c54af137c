package fnssim

import "promobot/fns"

// Invented shows the ticket that a simulator makes up for a code.
func Invented(o Options, q fns.QR) fns.Ticket { return New(o).invent(q) }
