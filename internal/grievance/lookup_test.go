package grievance

import "testing"

func TestLookups(t *testing.T) {
	t.Parallel()
	b := NewBook(BookData{
		Users: []User{{ID: userID("a"), Username: "a"}, {ID: userID("b"), Username: "b"}},
		Appointments: []Appointment{
			{ID: AppointmentID{15: 1}, UserID: userID("a")}, {ID: AppointmentID{15: 2}, UserID: userID("b")},
		},
	})
	if u := b.UserByName("b"); u == nil || u.ID != userID("b") {
		t.Errorf("b is %+v", u)
	}
	if u := b.UserByName("B"); u != nil {
		t.Errorf("B is %+v", u)
	}
	if a, ok := b.Appointment(AppointmentID{15: 2}); !ok || a.UserID != userID("b") {
		t.Errorf("the second appointment is %+v, %v", a, ok)
	}
	if a, ok := b.Appointment(AppointmentID{15: 3}); ok {
		t.Errorf("the third appointment is %+v", a)
	}
}
