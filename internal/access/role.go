package access

import "github.com/hanse-commerce/hanse/resource"

// Resources are the definitions of roles and API clients.
func Resources() []resource.Definition {
	return []resource.Definition{Roles, UserRoles, APIClients, OnUsers}
}

// Roles are what staff and API clients may do.
var Roles = resource.Type{
	Name: "roles", Table: "role", Area: "access",
	Doc: "What members of staff and API clients may do.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name."),
		resource.Text("name").Required().Doc("Name for people."),
		resource.JSON("permissions").Doc(`By resource and action how far: none, own, businessUnit, organization, global; "*" is every one.`).
			Eg(`{"orders":{"read":"organization"}}`),
	},
	Admin: resource.Full,
	Check: checkRole,
}

func checkRole(t *resource.Type, _, next resource.Record) []resource.Violation {
	v := next[t.At("permissions")]
	if v.State != resource.Set {
		return nil
	}
	if err := NewGrants().Merge([]byte(v.Text)); err != nil {
		return []resource.Violation{{Field: "permissions", Code: "role_permissions", Detail: err.Error()}}
	}
	return nil
}

// UserRoles say which roles a member of staff has.
var UserRoles = resource.Type{
	Name: "userRoles", Table: "user_role", Area: "access",
	Doc: "A role that a member of staff has.",
	Relations: resource.Relations{
		resource.One("user", "users").Required().CreateOnly().Doc("The member of staff."),
		resource.One("role", "roles").Required().CreateOnly().Doc("The role."),
	},
	KeyOf: []string{"user", "role"},
	Admin: resource.Full,
}

// OnUsers shows a user's roles with the user.
var OnUsers = resource.Extend("users").With(
	resource.Many("roles", "userRoles", "user").Owned().Doc("What the user may do."))

// APIClients are programs that use the back-office API.
var APIClients = resource.Type{
	Name: "apiClients", Table: "api_client", Area: "access",
	Doc: "A program that uses the back-office API with an id and a secret of its own.",
	Fields: resource.Fields{
		resource.Text("clientId").Max(64).Key().Doc("The id that the program logs in with; unique in the installation."),
		resource.Text("name").Required().Doc("Name for people."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Unfiltered().Doc("A disabled client gets no token, and its tokens end."),
		resource.JSON("scopes").Doc(`OAuth scopes that it may ask for, such as ["read"]; none means read and write.`),
		resource.JSON("allowlist").Doc(`Networks that it may come from, such as ["192.0.2.0/24"]; none means any.`),
	},
	Relations: resource.Relations{
		resource.One("role", "roles").Doc("What it may do; without a role nothing."),
	},
	Admin: resource.Full,
	Check: checkClient,
}

func checkClient(t *resource.Type, _, next resource.Record) (faults []resource.Violation) {
	if v := next[t.At("allowlist")]; v.State == resource.Set {
		if _, err := ParseNetworks([]byte(v.Text)); err != nil {
			faults = append(faults, resource.Violation{Field: "allowlist", Code: "client_allowlist", Detail: err.Error()})
		}
	}
	if v := next[t.At("scopes")]; v.State == resource.Set {
		if _, err := ParseScopes([]byte(v.Text)); err != nil {
			faults = append(faults, resource.Violation{Field: "scopes", Code: "client_scopes", Detail: err.Error()})
		}
	}
	return faults
}
