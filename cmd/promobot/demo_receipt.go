package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"promobot/bot"
	"promobot/qr"
	"promobot/receipts"
)

// How files are answered.
const (
	filesAtOnce  = 16                    // that wait for the fiscal service
	lookEvery    = 10 * time.Millisecond // at the verdict of a receipt
	downPatience = 45 * time.Second      // with a fiscal service that is said to be down
	patience     = 3 * time.Minute       // with a bot or a fiscal service that says nothing
	demoChannel  = "demo"                // of the participant who sends the files
)

// errUnanswered reports a file that got no verdict.
var errUnanswered = errors.New("no verdict")

// answerFiles sends each file through the talk as one participant and prints
// its verdict, in the order of the files.
func (a *app) answerFiles(ctx context.Context, out io.Writer, args []string, asText bool) error {
	files, err := receiptFiles(args, asText)
	if err != nil {
		return usage(err)
	}
	if err := a.worker.Start(context.WithoutCancel(ctx)); err != nil {
		return usage(err)
	}
	sender, err := a.newSender(ctx)
	if err == nil {
		err = sender.sendAll(ctx, out, files, asText)
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return errors.Join(err, a.worker.Stop(stopping))
}

// receiptFiles opens folders; a text is its own name.
func receiptFiles(args []string, asText bool) (files []string, err error) {
	if asText {
		return args, nil
	}
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil || !info.IsDir() {
			files = append(files, arg)
			continue
		}
		inside, err := picturesIn(arg)
		if err != nil {
			return nil, err
		}
		for _, name := range inside {
			files = append(files, strings.TrimSuffix(arg, "/")+"/"+name)
		}
	}
	return files, nil
}

// sender is the participant who sends the files.
type sender struct {
	app           *app
	address       string
	participantID int64
}

// newSender registers through the talk itself, so that nothing is faked between
// the two ends.
func (a *app) newSender(ctx context.Context) (*sender, error) {
	s := &sender{app: a, address: "files-" + strconv.FormatInt(time.Now().UnixNano(), 36)}
	steps := []bot.Update{{Text: "/start"}, {Button: "consent:data"}, {Button: "news:no"}, {Text: "+7 999 000-00-01"}, {Text: "Демо"}}
	for i, u := range steps {
		u.EventID = "step-" + strconv.Itoa(i)
		if _, err := s.send(ctx, u); err != nil {
			return nil, fmt.Errorf("register the demo's participant: %w", err)
		}
	}
	address, known, err := a.people.Find(ctx, a.db.Read(ctx), demoChannel, s.address)
	if err == nil && !known {
		err = errUnanswered
	}
	if err != nil {
		return nil, fmt.Errorf("find the demo's participant: %w", err)
	}
	s.participantID = address.ParticipantID
	return s, nil
}

// send hands an update to the talk, waits until it is handled, and returns its
// id.
func (s *sender) send(ctx context.Context, u bot.Update) (int64, error) {
	u.Channel, u.Address, u.Language = demoChannel, s.address, "ru"
	if err := s.app.bot.Accept(ctx, u); err != nil {
		return 0, err
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(lookEvery) {
		id, done, err := s.app.bot.Handled(ctx, u.Channel, u.Address, u.EventID)
		if err != nil || done {
			return id, err
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
	return 0, errUnanswered
}

// sendAll sends the files one after another, each as soon as the code of the
// one before is read, so that of two photos of one receipt the first is the
// one that counts. Verdicts are waited for a few at a time and printed in the
// files' order.
func (s *sender) sendAll(ctx context.Context, out io.Writer, files []string, asText bool) error {
	lines, places := make([]chan answered, len(files)), make(chan struct{}, filesAtOnce)
	for i := range files {
		lines[i] = make(chan answered, 1)
	}
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() {
		for i, file := range files {
			places <- struct{}{}
			began := time.Now()
			source, err := s.submit(ctx, i, file, asText)
			work.Go(func() {
				lines[i] <- s.answer(ctx, file, source, began, err)
				<-places
			})
		}
	})
	failed := false
	for _, line := range lines {
		a := <-line
		if ctx.Err() != nil {
			return exitError{exitFindings, ctx.Err()} // what is not printed was not answered
		}
		failed = failed || a.unanswered
		if err := printJSON(out, a); err != nil {
			return err
		}
	}
	if failed {
		return errFindings
	}
	return nil
}

// submit sends one file and waits until its code is read; it returns the source
// of the receipt.
func (s *sender) submit(ctx context.Context, n int, file string, asText bool) (source string, err error) {
	u := bot.Update{EventID: "file-" + strconv.Itoa(n), Text: file}
	if !asText {
		u.Text = ""
		if u.Picture, err = readPicture(file); err != nil {
			return "", err
		}
	}
	id, err := s.send(ctx, u)
	if err != nil {
		return "", err
	}
	source = "update:" + strconv.FormatInt(id, 10)
	_, err = s.until(ctx, source, func(r receipts.Receipt) bool { return r.Status != receipts.Submitted })
	return source, err
}

// errEmpty reports a file without content; the talk would take it for no photo.
var errEmpty = errors.New("the file is empty")

// readPicture reads no more of a file than the guard lets through.
func readPicture(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", file)
	case info.Size() == 0:
		return nil, errEmpty
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, qr.MaxBytes+1))
}

// answer waits for the verdict of one file; without one the verdict is empty
// and the reason says why.
func (s *sender) answer(ctx context.Context, file, source string, began time.Time, err error) answered {
	var r receipts.Receipt
	if err == nil {
		r, err = s.until(ctx, source, func(r receipts.Receipt) bool {
			down := r.Reason == receipts.ReasonUnavailable && time.Since(began) > downPatience
			return r.Status.Final() || r.Status == receipts.Review || r.Status == receipts.Waiting || down
		})
	}
	ended := time.Now()
	a := answered{File: file}
	if err == nil {
		a, err = s.line(ctx, file, r)
	}
	if err != nil {
		s.app.log.Error("file", "name", file, "error", err)
		return answered{File: file, Verdict: "unreadable", Reason: receipts.ReasonPicture, unanswered: true}
	}
	a.Ms = timesOf(r, began, ended)
	return a
}

// until looks at the receipt until it is as wanted, or patience is over. Where
// the talk saw no code in a text there is no receipt.
func (s *sender) until(ctx context.Context, source string, wanted func(r receipts.Receipt) bool) (receipts.Receipt, error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(lookEvery) {
		r, found, err := s.app.receipts.BySource(ctx, s.app.db.Read(ctx), source)
		switch {
		case err != nil:
			return r, err
		case !found:
			return receipts.Receipt{Status: receipts.Rejected, Reason: receipts.ReasonNotReceipt}, nil
		case wanted(r), time.Now().After(deadline):
			return r, nil
		case ctx.Err() != nil:
			return r, ctx.Err()
		}
	}
}
