// Package changes writes the log of changes: of configuration and of permission.
// Who made a unit, gave somebody a post, set a password, rotated a key or opened
// a feed is an event of the record like what happens to a case.
//
// It guarantees that an event is written in the transaction of the change that
// it tells, or neither is; that the events of one subject are numbered without
// gaps however many replicas write; and that none of them holds a word that
// somebody typed in confidence: no password, no token, no key, and of people
// only their ids.
package changes
