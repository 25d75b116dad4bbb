package openapi

import "github.com/hanse-commerce/hanse/internal/access"

// session describes how buyers' programs log in and out; staff's use OAuth tokens.
func (d *description) session() {
	if d.side != access.Storefront {
		return
	}
	login := object{"type": "object", "required": []any{"email", "password"}, "properties": object{
		"email": object{"type": "string", "format": "email"}, "password": object{"type": "string", "format": "password"}}}
	refused := ref("responses", "Errors")
	anyone := []any{object{}}
	d.paths["/session"] = object{
		"post": object{"operationId": "logIn", "tags": []any{"session"}, "security": anyone,
			"summary":     "Logs a buyer in: the answer sets the session's cookie, which the shop's own pages take too.",
			"requestBody": object{"required": true, "content": object{"application/json": object{"schema": login}}},
			"responses": object{"204": object{"description": "Logged in.", "headers": object{"Set-Cookie": object{"schema": object{"type": "string"}}}},
				"400": refused, "401": refused, "403": refused, "415": refused, "429": refused}},
		"delete": object{"operationId": "logOut", "tags": []any{"session"}, "security": anyone, "summary": "Ends the session.",
			"responses": object{"204": object{"description": "Logged out."}, "403": refused}},
	}
}
