// Package account is the commands by which staff let people, partners and programs in.
package account

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/resource"
)

var password = resource.Text("password").Max(256).Required().Doc("The new password, 8 to 256 characters.")

// SetUserPassword and the like give a login its password. A password is in no change row, log or answer.
var (
	SetUserPassword = resource.Command{Name: "setPassword", On: "users", Result: "users", Event: "user.passwordSet", Admin: true,
		Doc: "Gives a member of staff a new password.", Input: resource.Fields{password}}
	SetBuyerPassword = resource.Command{Name: "setPassword", On: "customerUsers", Result: "customerUsers", Event: "customerUser.passwordSet", Admin: true,
		Doc: "Gives a buyer a new password.", Input: resource.Fields{password}}
	SetPartnerLogin = resource.Command{Name: "setLogin", On: "partners", Result: "partners", Event: "partner.loginSet", Admin: true,
		Doc: "Gives a partner its login at the SFTP server, a home and a password.",
		Input: resource.Fields{
			resource.Text("login").Max(64).Required().Eg("sap").Doc("Name at the SFTP server and of the home: letters, digits and _.@-"),
			password,
		}}
)

// Resources are the commands of this package.
func Resources() []resource.Definition {
	return []resource.Definition{SetUserPassword, SetBuyerPassword, SetPartnerLogin}
}

// Bindings ties the commands to their functions.
func Bindings(d *access.Directory) []command.Binding {
	c := &commands{d}
	return []command.Binding{
		{On: SetUserPassword.On, Name: SetUserPassword.Name, Run: c.setPassword(access.User)},
		{On: SetBuyerPassword.On, Name: SetBuyerPassword.Name, Run: c.setPassword(access.CustomerUser)},
		{On: SetPartnerLogin.On, Name: SetPartnerLogin.Name, Run: c.setPartnerLogin},
	}
}

type commands struct{ directory *access.Directory }

func (c *commands) setPassword(kind access.ActorKind) command.Func {
	return func(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
		return call.Target, c.give(ctx, tx, call, kind)
	}
}

// give sets the password and logs that, and by whom, it was set.
func (c *commands) give(ctx context.Context, tx pgx.Tx, call *command.Call, kind access.ActorKind) error {
	subject := access.Subject{Kind: kind, ID: call.Target, Organization: call.Caller.Organization}
	err := c.directory.SetPasswordIn(ctx, tx, call.Caller, subject, call.Value("password"))
	if errors.Is(err, access.ErrPassword) {
		return command.Refuse("invalid_value", "password", "%s.", access.ErrPassword)
	}
	if err != nil {
		return err
	}
	return change.Append(ctx, tx, call.Caller, change.Entry{Resource: call.Command.On, Event: call.Command.Event, IDs: []string{call.Target}})
}

var loginName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$`)

func (c *commands) setPartnerLogin(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	login := call.Value("login")
	if !loginName.MatchString(login) {
		return "", command.Refuse("invalid_value", "login", "A login has 1 to 64 letters, digits and _.@- and begins with a letter or digit.")
	}
	subject := access.Subject{Kind: access.Partner, ID: call.Target, Organization: call.Caller.Organization}
	taken, err := c.directory.SetPartnerLoginIn(ctx, tx, call.Caller, subject, login)
	if err != nil {
		return "", fmt.Errorf("setting the login of partner %s: %w", call.Target, err)
	}
	if taken {
		return "", command.Refuse("already_exists", "login", "The login %q belongs to another partner.", login)
	}
	return call.Target, c.give(ctx, tx, call, access.Partner)
}
