// Package casework holds the operations on cases: the Desk.
//
// It guarantees that existing cases are changed in one way only (changeAll):
// read and locked, decided by a method of the domain at one instant, and
// written with their events, clocks, texts and the answer to the request, all in
// one transaction; that a request which is sent again with its key has its
// effect once and gets its first answer again; and that what the actor may not
// see does not exist. The engine takes the same way as people do.
package casework
