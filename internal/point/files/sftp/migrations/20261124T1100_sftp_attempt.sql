-- +goose Up
-- Failed SFTP logins, counted by where they came from and the user they named, for all nodes. The row goes with a good
-- login, or once neither its tries nor its ban matter any more.
create table sftp_attempt (
	network      inet not null, -- an IPv4 address or an IPv6 /64
	login        text not null, -- as the client gave it, whether there is such a partner or not
	tries        integer not null,
	since        timestamptz not null, -- of the first try counted
	banned_until timestamptz,
	primary key (network, login)
);

-- +goose Down
drop table sftp_attempt;
