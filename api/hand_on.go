package api

import "context"

// handOn passes the open cases of whoever has just left on at once. What fails
// here is left to the engine, which looks for the same.
func (s *server) handOn(ctx context.Context) {
	if _, err := s.Desk.HandOnAll(ctx); err != nil {
		s.Log.WarnContext(ctx, "handing cases on is left to the engine", "error", err)
	}
}
