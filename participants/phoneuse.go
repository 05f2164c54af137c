package participants

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// PhoneUse is who uses the phone of a participant, as far as names tell.
type PhoneUse struct {
	Phone    string // keyed fingerprint of the number; "" without one
	Name     string // keyed fingerprint of the own name; "" without one
	People   int    // different people, see SameName; the own name included
	Families int    // likewise, relatives of one surname counted once, see SameFamily
}

// mostOnPhone bounds how many accounts of a phone are compared with each other.
const mostOnPhone = 100

// PhoneUse compares the names of registered participants with this
// participant's phone, this participant's own included, registered or not. Names are
// opened in memory only. Without a phone only the own name counts.
func (s *Service) PhoneUse(ctx context.Context, g *gorm.DB, participantID int64) (PhoneUse, error) {
	var rows []participantRow
	err := g.WithContext(ctx).Select("id", "phone_mac", "name_mac", "name_sealed").Limit(mostOnPhone).
		Clauses(clause.OrderBy{Expression: clause.Expr{SQL: "CASE WHEN id = ? THEN 0 ELSE 1 END, id", Vars: []any{participantID}}}).
		Find(&rows, "id = ? OR registered_at IS NOT NULL AND phone_mac = (SELECT phone_mac FROM participants WHERE id = ?)", participantID, participantID).Error
	if err == nil && (len(rows) == 0 || rows[0].ID != participantID) {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return PhoneUse{}, fmt.Errorf("names on the phone of participant %d: %w", participantID, err)
	}
	use := PhoneUse{Phone: marked(rows[0].PhoneMac), Name: marked(rows[0].NameMac)}
	names, err := s.names(rows)
	use.People, use.Families = groups(names, SameName), groups(names, sameHousehold)
	return use, err
}

func marked(mac *string) string {
	if mac == nil {
		return ""
	}
	return *mac
}

// OnPhone lists the registered participants with this participant's phone, but
// for this one, at most a hundred.
func (s *Service) OnPhone(ctx context.Context, g *gorm.DB, participantID int64) ([]Participant, error) {
	own, err := take(ctx, g, participantID)
	if err != nil || own.PhoneMac == nil {
		return nil, err
	}
	var ids []int64
	err = g.WithContext(ctx).Model(&participantRow{}).Order("id").Limit(mostOnPhone).
		Where("phone_mac = ? AND registered_at IS NOT NULL AND id <> ?", own.PhoneMac, own.ID).Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("others on the phone of participant %d: %w", participantID, err)
	}
	list := make([]Participant, len(ids))
	for i, id := range ids {
		if list[i], err = s.Get(ctx, g, id); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// names opens the names of the rows that have one.
func (s *Service) names(rows []participantRow) (names []string, err error) {
	for _, row := range rows {
		name, err := s.open(row.NameSealed, namePlace(row.ID))
		if err != nil {
			return nil, err
		}
		if name != "" {
			names = append(names, name)
		}
	}
	return names, nil
}

// sameHousehold are spellings of one person, or relatives.
func sameHousehold(a, b string) bool { return SameName(a, b) || SameFamily(a, b) }

// groups counts how many are left when each name joins the first one that is
// the same. Those that say the most come first: Анна is not the bridge between
// Анна Иванова and Анна Петрова.
func groups(names []string, same func(a, b string) bool) int {
	var firsts []string
	slices.SortStableFunc(names, func(a, b string) int { return readName(b).size() - readName(a).size() })
	for _, name := range names {
		known := false
		for _, first := range firsts {
			known = known || same(name, first)
		}
		if !known {
			firsts = append(firsts, name)
		}
	}
	return len(firsts)
}
