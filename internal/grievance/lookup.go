package grievance

// UserByName gives a user by username, or nil.
func (b *Book) UserByName(name string) *User {
	for _, u := range b.users {
		if u.Username == name {
			return u
		}
	}
	return nil
}

// Appointment gives an appointment by id, whether or not it has ended; false
// when nobody ever had it.
func (b *Book) Appointment(id AppointmentID) (Appointment, bool) {
	for _, held := range b.byUser {
		for _, a := range held {
			if a.ID == id {
				return a, true
			}
		}
	}
	return Appointment{}, false
}
