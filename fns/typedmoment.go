package fns

import "time"

// typedLayout is how a moment is offered for choice.
const (
	typedLayout = "02.01.2006 15:04"
	typedDay    = "02.01.2006"
)

// farAhead is how far a wall clock may be ahead of ours: it has no zone.
const farAhead = 12 * time.Hour

// ahead tells that a moment on a wall clock is yet to come wherever it hangs.
func ahead(at, now time.Time) bool { return !now.IsZero() && at.After(now.UTC().Add(farAhead)) }

// readMoment puts date and time together. A date alone is kept as the draft's
// day, a time alone is added to that day.
func (s *sorter) readMoment(d *Draft) {
	day, said, ok := s.day(*d)
	if !ok {
		return
	}
	clock, clockSaid := s.time()
	switch {
	case !clock.known:
		d.Day, d.At = day, time.Time{}
		s.slip(Slip{Field: "t", Problem: SlipNoTime, Said: day.Format(typedDay)})
		return
	case !clock.exists():
		d.Day, d.At = day, time.Time{}
		s.slip(Slip{Field: "t", Problem: SlipDate, Said: clockSaid})
		return
	}
	at := clock.on(day)
	switch {
	case at.Before(firstFiscalDay):
		s.slip(Slip{Field: "t", Problem: SlipEarly, Said: at.Format(typedLayout)})
		return
	case ahead(at, s.now):
		s.slip(Slip{Field: "t", Problem: SlipFuture, Said: at.Format(typedLayout)})
		return
	}
	d.At, d.Day = at, time.Time{}
	if said != "" {
		s.slip(Slip{Field: "t", Problem: SlipSwapped, Said: said, Choices: []string{at.Format(typedLayout)}})
	}
}

// time is the time of the day, from a date's own form or beside it.
func (s *sorter) time() (clock wallClock, said string) {
	switch {
	case s.date != nil && s.date.clock.known:
		return s.date.clock, s.date.text
	case s.clock != nil:
		return s.clock.clock, s.clock.text
	}
	return wallClock{}, ""
}

// day is the date that was typed, or the draft's to which a time was typed. It
// is exchanged with its month where only that makes sense; then exchanged is
// what was typed.
func (s *sorter) day(d Draft) (day time.Time, exchanged string, ok bool) {
	if s.date == nil {
		if s.clock == nil {
			return time.Time{}, "", false
		}
		return s.dayOf(d)
	}
	if s.date.date.year == 0 {
		s.slip(s.noYear())
		return time.Time{}, "", false
	}
	day, exists := s.date.date.onCalendar()
	other, otherExists := s.date.date.swapped().onCalendar()
	switch {
	case exists && (!ahead(day, s.now) || !otherExists || ahead(other, s.now)):
		return day, "", true
	case otherExists && !ahead(other, s.now):
		return other, s.date.text, true
	case exists:
		return day, "", true
	}
	s.slip(Slip{Field: "t", Problem: SlipDate, Said: s.date.text})
	return time.Time{}, "", false
}

// dayOf is the day that the draft knows already.
func (s *sorter) dayOf(d Draft) (day time.Time, exchanged string, ok bool) {
	switch {
	case !d.Day.IsZero():
		return d.Day, "", true
	case !d.At.IsZero():
		return d.At.Truncate(24 * time.Hour), "", true
	}
	s.slip(Slip{Field: "t", Problem: SlipDate, Said: s.clock.text})
	return time.Time{}, "", false
}

// noYear offers the last such day that is not yet to come.
func (s *sorter) noYear() Slip {
	slip := Slip{Field: "t", Problem: SlipNoYear, Said: s.date.text}
	clock, _ := s.time()
	if s.now.IsZero() || !clock.known || !clock.exists() {
		return slip
	}
	for year := s.now.Year(); year > s.now.Year()-2; year-- {
		day, exists := wallDate{year, s.date.date.month, s.date.date.day}.onCalendar()
		if at := clock.on(day); exists && !ahead(at, s.now) {
			slip.Choices = []string{at.Format(typedLayout)}
			return slip
		}
	}
	return slip
}
