package grievance

// KeyScope is what a machine's key may be used for. It only narrows: what the
// key's owner may not do, the key may not either.
type KeyScope string

// The scopes of keys. None of them reaches what a person alone does: signing,
// deciding, and seeing who a petitioner is.
const (
	ScopeCasesRead         KeyScope = "cases:read"
	ScopeCasesWrite        KeyScope = "cases:write"
	ScopeReportsRead       KeyScope = "reports:read"
	ScopeOrganisationRead  KeyScope = "organisation:read"
	ScopeOrganisationWrite KeyScope = "organisation:write"
	ScopeEngineRun         KeyScope = "engine:run"
)

// KeyScopes lists the scopes that a key can have.
var KeyScopes = []KeyScope{
	ScopeCasesRead, ScopeCasesWrite, ScopeReportsRead, ScopeOrganisationRead, ScopeOrganisationWrite, ScopeEngineRun,
}
