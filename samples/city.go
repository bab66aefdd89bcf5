package samples

import "github.com/huiyin/huiyin/internal/calendar"

// Unit is a line of units.csv.
type Unit struct {
	Code       string // area code of 4 to 15 digits, or the superior's code and "-NN"
	Name       string
	Level      string // city, county, township, village or grid
	Kind       string // government, department, station, village or grid
	ParentCode string // empty for the root
	Organ      bool   // may issue decisions and opinions
}

// Category is a line of categories.csv: a node of the three-level subject tree.
type Category struct {
	Code   string // two digits a level, starting with the parent's
	Name   string
	Parent string // empty at the first level
}

// Responsibility is a line of responsibilities.csv (权责清单): the unit that
// answers for a category in an area.
type Responsibility struct {
	CategoryCode string
	AreaCode     string
	UnitCode     string
	Note         string
}

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
