package samples

import "github.com/huiyin/huiyin/internal/calendar"

// User is an account of users.json. One without posts belongs to a petitioner.
type User struct {
	Account    string `json:"account"`
	Name       string `json:"name"`
	Petitioner bool   `json:"petitioner,omitzero"`
	Posts      []Post `json:"posts"`
}

// Post is what a user has been appointed to (任职). None has ended.
type Post struct {
	UnitCode string        `json:"unit_code"`
	Role     string        `json:"role"`
	Head     bool          `json:"head,omitzero"`
	Duty     bool          `json:"duty,omitzero"` // the unit's duty clerk (值班)
	From     calendar.Date `json:"from"`
}
