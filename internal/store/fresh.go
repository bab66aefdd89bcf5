package store

import "fmt"

// HasCases reports whether the database holds any case at all.
func (s session) HasCases() (bool, error) {
	var ids []string
	if err := s.db.Table("cases").Limit(1).Pluck("id", &ids).Error; err != nil {
		return false, fmt.Errorf("looking for cases: %w", err)
	}
	return len(ids) > 0, nil
}
