package report

import (
	"slices"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Overseers are the roles that read reports and bulletins, of their unit and all
// below it.
var Overseers = []grievance.Role{grievance.RoleSupervisor, grievance.RoleInspector, grievance.RoleLeader, grievance.RoleAdmin}

// BulletinPaths gives the paths of the units whose bulletins, and those of the
// units below, somebody may read.
func BulletinPaths(a grievance.Actor, book *grievance.Book) (paths []string) {
	for _, p := range a.Posts {
		if u := book.Unit(p.UnitID); u != nil && slices.Contains(Overseers, p.Role) {
			paths = append(paths, u.Path)
		}
	}
	return paths
}
