package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/gofrs/uuid/v5"
)

// A desk that has sent in an accusation of itself gets its receipt again when it asks
// once more, and learns nothing of what becomes of it.
func TestTheAccusedDeskLearnsNothingBySendingAgain(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := uuid.Must(uuid.NewV7()).String()
		more := fmt.Sprintf(`,"nature":"accusation","id":%q,"others":[{"kind":"named","user_id":%q}]`, id, s.user("leader"))
		first := s.register(more)
		if again := s.register(more); again.ReceiptNumber != first.ReceiptNumber || again.QueryCode != first.QueryCode {
			t.Errorf("sent again: %+v", again)
		}
		s.refuses("clerk", http.MethodGet, v1+"/cases/"+id, "", 404, "not_found")
		s.act("inspector", id, "/accept", `{}`)
		s.refuses("clerk", http.MethodPost, v1+"/cases", grievanceOf(more), 409, "case.id_taken")
	})
}
