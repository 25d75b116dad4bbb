package sftp

import (
	"sync"

	wire "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// sessionsOnly passes on the channels that may carry SFTP and refuses the others: forwarded ports, agents, X11.
func (c *session) sessionsOnly(channels <-chan ssh.NewChannel) func(yield func(ssh.NewChannel) bool) {
	return func(yield func(ssh.NewChannel) bool) {
		for offered := range channels {
			if offered.ChannelType() != "session" {
				_ = offered.Reject(ssh.Prohibited, "only the sftp subsystem is served") // the connection's end shows
				continue
			}
			if c.channels.Load() >= maxChannels {
				_ = offered.Reject(ssh.ResourceShortage, "too many channels")
				continue
			}
			if !yield(offered) {
				return
			}
		}
	}
}

// serve answers the requests of one channel: one of the subsystem sftp is granted, all else is refused (shell, exec, pty,
// env, agent forwarding; RFC 4254 section 6).
func (c *session) serve(channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	var serving sync.WaitGroup
	started := false
	for request := range requests {
		granted := !started && isSFTP(request)
		if request.WantReply {
			if err := request.Reply(granted, nil); err != nil {
				break
			}
		}
		if granted {
			started = true
			serving.Go(func() { c.transfer(channel) })
		}
	}
	serving.Wait()
}

func isSFTP(request *ssh.Request) bool {
	var subsystem struct{ Name string }
	return request.Type == "subsystem" && ssh.Unmarshal(request.Payload, &subsystem) == nil && subsystem.Name == "sftp"
}

// transfer speaks SFTP on a channel until the client ends it.
func (c *session) transfer(channel ssh.Channel) {
	defer channel.Close()
	h := &handler{session: c}
	server := wire.NewRequestServer(&watched{Channel: channel, session: c},
		wire.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h}, wire.WithRSAllocator())
	err := server.Serve()
	c.server.cfg.Log.Debug("SFTP channel ended", "partner", c.partner.Code, "error", err)
	_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{0})) // the client may be gone
}

// watched notes each packet of a channel.
type watched struct {
	ssh.Channel
	session *session
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Channel.Read(p)
	w.session.touch()
	return n, err
}

// Write implements io.Writer.
func (w *watched) Write(p []byte) (int, error) {
	n, err := w.Channel.Write(p)
	w.session.touch()
	return n, err
}
