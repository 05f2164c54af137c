package receipts

import "promobot/fns"

// QR is what the receipt's code says, as stored.
func (r Receipt) QR() fns.QR { return r.qr() }

// Ticket is the document of a verified receipt as its stored lines tell it.
func Ticket(r Receipt, lines []Line) fns.Ticket { return ticketOf(r, lines) }
