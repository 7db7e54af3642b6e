package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/elastic/elastic-agent-libs/logp"
	"github.com/elastic/elastic-agent-libs/transport/tlscommon"
)

// patience is the longest that one side waits for the other, on a machine that is busy with other suites.
const patience = 20 * time.Second

// ownAddress is where the clients of this program dial from. A server keeps the outcome of a connection by the client's
// address and port; clients in other programs ask for none, and the port of one may be used again by a client in this one.
var ownAddress = net.IPv4(127, 0, 0, 2)

// world holds the servers that listen and the clients that were loaded, by name.
type world struct {
	mutex   sync.Mutex
	servers map[string]*server
	clients map[string]*tls.Config
	log     *logp.Logger
}

type server struct {
	listener net.Listener
	config   atomic.Pointer[tls.Config]
	// outcomes by the client's address, each sent once.
	outcomes sync.Map
}

// outcome is what a server saw of a connection.
type outcome struct {
	err  error
	peer string
}

func newWorld() *world {
	return &world{
		servers: map[string]*server{},
		clients: map[string]*tls.Config{},
		log:     logp.NewNopLogger(),
	}
}

func misconfigured(err error) Answer {
	return Answer{Stage: "config", Error: err.Error()}
}

// listen starts a server, as Fleet Server does (internal/pkg/api/server.go). One of that name that runs already takes the
// settings as if restarted, but keeps its socket: no connection is lost while nobody listens.
func (w *world) listen(request Request) Answer {
	settings, err := unpack[tlscommon.ServerConfig](request.YAML, request.At)
	if err != nil {
		return misconfigured(err)
	}
	loaded, err := tlscommon.LoadTLSServerConfig(settings, w.log)
	if err != nil {
		return misconfigured(err)
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	s := w.servers[request.Server]
	if s == nil {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return misconfigured(err)
		}
		s = &server{listener: listener}
		w.servers[request.Server] = s
		defer func() { go s.accept() }()
	}
	s.config.Store(loaded.BuildServerConfig(request.Host))
	return Answer{OK: true, Address: s.listener.Addr().String()}
}

func (s *server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		go func() {
			secure := tls.Server(conn, s.config.Load())
			defer secure.Close()
			seen := outcome{err: serve(secure)}
			if client, ok := conn.RemoteAddr().(*net.TCPAddr); !ok || !client.IP.Equal(ownAddress) {
				return
			}
			if peers := secure.ConnectionState().PeerCertificates; len(peers) > 0 {
				seen.peer = peers[0].Subject.CommonName
			}
			s.outcome(conn.RemoteAddr()) <- seen
		}()
	}
}

func (s *server) outcome(client net.Addr) chan outcome {
	entry, _ := s.outcomes.LoadOrStore(client.String(), make(chan outcome, 1))
	return entry.(chan outcome)
}

// serve sends back the line that it gets.
func serve(conn *tls.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	_, err = io.WriteString(conn, line)
	return err
}

// load makes a client, as an agent does for Fleet Server and its outputs.
func (w *world) load(request Request) Answer {
	settings, err := unpack[tlscommon.Config](request.YAML, request.At)
	if err != nil {
		return misconfigured(err)
	}
	loaded, err := tlscommon.LoadTLSConfig(settings, w.log)
	if err != nil {
		return misconfigured(err)
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.clients[request.Client] = loaded.BuildModuleClientConfig(request.Host, tlscommon.WithLogger(w.log))
	return Answer{OK: true}
}

// dial connects, and exchanges a line: in TLS 1.3 a client learns of its refusal at the first read.
func (w *world) dial(request Request) Answer {
	w.mutex.Lock()
	client, s := w.clients[request.Client], w.servers[request.Server]
	w.mutex.Unlock()
	if client == nil {
		return misconfigured(fmt.Errorf("no client %q", request.Client))
	}
	address := request.Address
	if s != nil {
		address = s.listener.Addr().String()
	}
	dialer := net.Dialer{Timeout: patience, LocalAddr: &net.TCPAddr{IP: ownAddress}, Control: choosePortLate}
	conn, err := dialer.Dial("tcp", address)
	if err != nil {
		return Answer{Stage: "handshake", Error: err.Error()}
	}
	clientError := exchange(tls.Client(conn, client))
	conn.Close()
	answer := Answer{OK: clientError == nil, Stage: "handshake"}
	if clientError != nil {
		answer.Error = clientError.Error()
	}
	if s == nil {
		return answer
	}
	seen := outcome{err: fmt.Errorf("the server never saw the connection")}
	select {
	case seen = <-s.outcome(conn.LocalAddr()):
	case <-time.After(2 * patience):
	}
	s.outcomes.Delete(conn.LocalAddr().String())
	answer.Peer = seen.peer
	if seen.err != nil {
		answer.OK, answer.Server = false, seen.err.Error()
	}
	return answer
}

// choosePortLate leaves the port to connect(), which may take one that an ended connection to another server still holds:
// thousands of handshakes would use up the ports that bind() gives out (IP_BIND_ADDRESS_NO_PORT, ip(7)).
func choosePortLate(_, _ string, conn syscall.RawConn) error {
	const bindAddressNoPort = 24
	var failed error
	err := conn.Control(func(socket uintptr) {
		failed = syscall.SetsockoptInt(int(socket), syscall.IPPROTO_IP, bindAddressNoPort, 1)
	})
	return errors.Join(err, failed)
}

func exchange(conn *tls.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "check-in\n"); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && line != "check-in\n" {
		err = fmt.Errorf("unexpected answer %q", line)
	}
	return err
}

func (w *world) close(request Request) Answer {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	s := w.servers[request.Server]
	if s == nil {
		return misconfigured(fmt.Errorf("no server %q", request.Server))
	}
	delete(w.servers, request.Server)
	s.listener.Close()
	return Answer{OK: true}
}
