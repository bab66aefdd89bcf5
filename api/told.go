package api

import "strings"

const (
	faultsMost = 100 // faults that a refusal tells, however many there are
	wordMost   = 64  // bytes of a name that a refusal repeats
)

// toldFaults is what a refusal tells of faults: the first hundred, and none of the
// names in a request but plain words. What somebody else may have put there
// reaches no page and no log by way of a refusal.
func toldFaults(faults []Fault) []Fault {
	var told []Fault
	for _, f := range faults[:min(len(faults), faultsMost)] {
		f.Pointer = toldPath(f.Pointer)
		if !plain(f.Parameter) {
			f.Parameter = ""
		}
		told = append(told, f)
	}
	return told
}

// toldPath is a path, or a pointer, up to the first of its parts that is no plain
// word.
func toldPath(path string) string {
	end := 0
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if !plain(part) {
			break
		}
		end += len("/") + len(part)
	}
	return path[:min(end, len(path))]
}

// plain reports whether a name is a word of ASCII letters, digits and _ - . alone.
func plain(name string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
	return name != "" && len(name) <= wordMost && strings.Trim(name, letters) == ""
}
