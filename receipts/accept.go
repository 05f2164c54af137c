package receipts

import (
	"context"

	"promobot/campaigns"
	"promobot/internal/failpoint"
	"promobot/internal/store"
	"promobot/rewards"
)

// accept grants the reward and tells the participant what for.
func (s *Service) accept(ctx context.Context, tx *store.Tx, r Receipt, version campaigns.Version, source string, reward campaigns.Reward) error {
	from, now := r.Status, tx.Now()
	granted, err := s.desk.Grant(ctx, tx, version, r.ParticipantID, source, reward)
	if err != nil {
		return err
	}
	r.bring(granted.Parts)
	r.Status, r.Reason, r.DecidedAt = Accepted, "", &now
	r.Facts = acceptedFacts(r, version, reward, granted)
	if err := s.countBeside(ctx, tx, &r); err != nil {
		return err
	}
	if err := moveLast(ctx, tx, from, r); err != nil {
		return err
	}
	happened := map[string]any{"points": r.Points, "first": granted.First, "parts": r.Parts}
	if until, waits := r.Facts["until"]; waits {
		happened["until"] = until
	}
	if err := s.record(ctx, tx, r, EventAccepted, happened); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, r, NoticeAccepted); err != nil {
		return err
	}
	_, err = s.desk.Automatic(ctx, tx, version, r.ParticipantID, r.told())
	failpoint.Pass(failpoint.Settling)
	return err
}

// acceptedFacts are what the notice of an accepted receipt tells.
func acceptedFacts(r Receipt, version campaigns.Version, reward campaigns.Reward, granted rewards.Granted) map[string]any {
	facts := map[string]any{"lines": linesTold(reward), "unsure": unsure(reward), "lines_points": r.Parts[campaigns.PartLines],
		"first": granted.First, "points": r.Points, "balance": granted.Balance.Available}
	if granted.Repaid > 0 {
		facts["repaid"] = granted.Repaid
	}
	if granted.Until.After(*r.DecidedAt) {
		facts["until"] = granted.Until
	}
	if extra := version.Called(r.Parts); len(extra) > 0 {
		facts["extra"] = extraTold(extra)
	}
	if reward.Cut != nil {
		facts["cut"], facts["cut_rule"] = reward.Cut.Points, reward.Cut.Rule
	}
	return facts
}

// countBeside lets the other campaigns that count each receipt give theirs, and
// adds it to what is told.
func (s *Service) countBeside(ctx context.Context, tx *store.Tx, r *Receipt) error {
	beside, err := s.beside(ctx, tx, *r)
	if err != nil || len(beside) == 0 {
		return err
	}
	balance, err := s.desk.Balance(ctx, tx.DB, r.ParticipantID)
	if err != nil {
		return err
	}
	all := r.Points
	for _, other := range beside {
		all += other.Points
	}
	r.Facts["beside"], r.Facts["points"], r.Facts["balance"] = beside, all, balance.Available
	return nil
}

type toldExtra struct {
	Title   string         `json:"title"`
	TitleEN string         `json:"title_en"`
	Points  rewards.Points `json:"points"`
}

func extraTold(list []campaigns.Extra) (told []toldExtra) {
	for _, e := range list {
		told = append(told, toldExtra{e.Title, e.TitleEN, e.Points})
	}
	return told
}

type toldLine struct {
	Title  string         `json:"title"`
	Units  int64          `json:"units"`
	Points rewards.Points `json:"points"`
}

// linesTold sums up the lines that count by product, in the order of the
// receipt: a tray of twelve equal lines is one.
func linesTold(reward campaigns.Reward) []toldLine {
	told, at := []toldLine{}, map[string]int{}
	for _, line := range reward.Lines {
		if line.SKU == "" {
			continue
		}
		i, known := at[line.SKU]
		if !known {
			i = len(told)
			at[line.SKU], told = i, append(told, toldLine{Title: line.Title})
		}
		told[i].Units += line.Units
		told[i].Points += line.Points
	}
	return told
}

func unsure(reward campaigns.Reward) int {
	n := 0
	for _, line := range reward.Lines {
		if line.Unsure {
			n++
		}
	}
	return n
}
