package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"promobot/internal/bench/peer"
	"promobot/qr"
	"promobot/qr/corpus"
)

// scanMeasure is what all decoders made of all pictures.
type scanMeasure struct {
	*benchScan
	pictures []corpus.Picture
	sheet    string // the file that other decoders read
	columns  []scanColumn
	progress *progress
	starved  int // searches that were cut short by other work of the machine
}

// scanColumn is one decoder's outcomes, in the order of the pictures.
type scanColumn struct {
	name     string
	outcomes []corpus.Outcome
}

// ours is the name of the product's column, the first.
const ours = "promobot"

// read lets every decoder read every picture. Decoders take turns on each, so
// that what else the machine does falls on all of them.
func (m *scanMeasure) read(ctx context.Context) error {
	m.columns = []scanColumn{{name: ours}}
	for _, r := range m.readers {
		m.columns = append(m.columns, scanColumn{name: r.Name()})
	}
	m.progress = newProgress(m.err, "bench scan", len(m.pictures))
	defer m.progress.clear()
	for _, p := range m.pictures {
		if err := m.picture(ctx, p); err != nil {
			return err
		}
		m.progress.step()
	}
	if m.starved > 0 {
		m.say("the machine was busy: %d searches of %s had less time than their budget, so its rates are too low", m.starved, ours)
	}
	return nil
}

func (m *scanMeasure) picture(ctx context.Context, p corpus.Picture) error {
	content, err := readPicture(p.File)
	if err != nil {
		return fmt.Errorf("bench scan: %w", err)
	}
	sought := soughtOn(p)
	var codes []qr.Code
	began := time.Now()
	cpu, err := busyFor(func() (err error) {
		codes, err = m.scan(ctx, content, sought)
		return err
	})
	m.watch(time.Since(began), cpu)
	if err != nil && ctx.Err() == nil {
		m.say("%s: %v", p.File, err)
	}
	outcome := p.Judge(codes, cpu, isReceipt)
	for _, text := range outcome.Wrong {
		m.say("%s: not on the label: %.80q", p.File, text)
	}
	m.columns[0].outcomes = append(m.columns[0].outcomes, outcome)
	return m.others(ctx, p, content, sought)
}

// watch notices a search that the budget ended and that had less than three
// quarters of a processor: the budget is time by the clock, and on a machine
// that works for others less is done in it.
func (m *scanMeasure) watch(took, cpu time.Duration) {
	if took >= m.budget && cpu < took*3/4 {
		m.starved++
	}
}

// soughtOn is what there is to look for: receipts by their grammar, and every
// code where several are labelled.
func soughtOn(p corpus.Picture) peer.Sheet {
	if p.Fiscal {
		return peer.Sheet{Accept: isReceipt}
	}
	return peer.Sheet{All: len(p.Texts) > 1}
}

func (m *scanMeasure) scan(ctx context.Context, content []byte, sought peer.Sheet) ([]qr.Code, error) {
	scanner := qr.Scanner{Accept: sought.Accept, Budget: m.budget}
	look := scanner.Scan
	if sought.All {
		look = scanner.ScanAll
	}
	result, err := look(ctx, content)
	return result.Codes, err
}

// others read the upright picture, and the time that it takes to decode counts
// for each of them. One that breaks down leaves the table.
func (m *scanMeasure) others(ctx context.Context, p corpus.Picture, content []byte, sheet peer.Sheet) error {
	decoding, err := busyFor(func() (err error) {
		sheet.Gray, err = qr.Upright(ctx, content)
		return err
	})
	sheet.File = m.sheet
	if err == nil {
		err = peer.WritePGM(sheet.File, sheet.Gray)
	}
	unreadable := err != nil
	for i := 0; i < len(m.readers) && ctx.Err() == nil; i++ {
		var codes []qr.Code
		var cpu time.Duration
		if !unreadable {
			codes, cpu, err = readBy(ctx, m.readers[i], sheet)
		}
		if err != nil && !unreadable && ctx.Err() == nil {
			m.say("leaves: %v", err)
			m.readers, m.columns = slices.Delete(m.readers, i, i+1), slices.Delete(m.columns, i+1, i+2)
			i--
			continue
		}
		column := &m.columns[i+1]
		column.outcomes = append(column.outcomes, p.Judge(codes, decoding+cpu, isReceipt))
	}
	return ctx.Err()
}

func readBy(ctx context.Context, r benchReader, sheet peer.Sheet) (codes []qr.Code, cpu time.Duration, err error) {
	var outside time.Duration
	inside, err := busyFor(func() (err error) {
		codes, outside, err = r.Read(ctx, sheet)
		return err
	})
	return codes, inside + outside, err
}

// busyFor is the processor time of the process while it does something. What
// others left behind is swept up before, not by whoever comes next.
func busyFor(do func() error) (time.Duration, error) {
	runtime.GC()
	before := processTime()
	err := do()
	return processTime() - before, err
}

func (m *scanMeasure) say(format string, args ...any) {
	m.progress.clear()
	fmt.Fprintf(m.err, "bench scan: "+format+"\n", args...)
}
