// Package samples holds the demo city: units, accounts, subject tree,
// responsibility list and grievances of a place that does not exist, written
// for this project. Load decodes the JSON files strictly into plain structs: an
// unknown field or a malformed value is an error, never a default.
// That the files agree with each other is proved by this package's tests, not
// on every start.
package samples

import (
	"embed"
	"fmt"

	"github.com/go-json-experiment/json"
)

// Files holds the sample files as they are committed.
//
//go:embed units.csv users.json categories.csv responsibilities.csv messages.json
var Files embed.FS

// City is the demo city's users and grievances. The other files package office
// reads, as it reads any.
type City struct {
	Users    []User
	Messages []Message
}

// Load decodes the JSON files.
func Load() (*City, error) {
	users, err := loadJSON[User]("users.json")
	if err != nil {
		return nil, err
	}
	messages, err := loadJSON[Message]("messages.json")
	if err != nil {
		return nil, err
	}
	return &City{users, messages}, nil
}

// loadJSON decodes a file that is one array of T. Duplicate and unknown keys,
// bad UTF-8 and trailing data are errors.
func loadJSON[T any](name string) ([]T, error) {
	data, err := Files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading sample %s: %w", name, err)
	}
	return decodeJSON[T](name, data)
}

func decodeJSON[T any](name string, data []byte) ([]T, error) {
	var all []T
	if err := json.Unmarshal(data, &all, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("decoding sample %s: %w", name, err)
	}
	return all, nil
}
