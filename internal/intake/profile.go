package intake

import (
	"fmt"
	"slices"

	"github.com/huiyin/huiyin/internal/grievance"
)

// registration says what a message is when it is received under a profile: the
// domain chooses the profile by channel and marks, so those are set.
func (m Message) registration(profile, source string) grievance.Registration {
	in := grievance.Registration{
		Source: source, SourceID: m.ID, Channel: grievance.ByWeb, Nature: grievance.Demand,
		ReceivedAt: m.ReceivedAt, Title: m.Title, Body: m.Body, Petitioner: grievance.Party{Name: m.User},
	}
	switch profile {
	case grievance.ProfilePetition:
		in.Petition = true
	case grievance.ProfilePetitionSimple:
		in.Petition, in.SimplePetition = true, true
	case grievance.ProfileHotline:
		in.Channel = grievance.ByHotline
	case grievance.ProfileWall:
		in.Channel = grievance.ByWall
	}
	return in
}

func checkProfile(name string) error {
	if !slices.Contains(grievance.ProfileNames, name) {
		return fmt.Errorf("no profile is called %q: there are %v", name, grievance.ProfileNames)
	}
	return nil
}
