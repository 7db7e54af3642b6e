// Plays Elastic Agent and Fleet Server with the TLS library of both, github.com/elastic/elastic-agent-libs.
// It reads a request per line from standard input, a JSON object, and writes an answer per line; see Request and Answer.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// Request asks for one step. Names are the caller's own.
type Request struct {
	ID int `json:"id"`
	// Op is "listen" (a server), "load" (a client), "dial" (a handshake and one line each way) or "close" (a server).
	Op string `json:"op"`
	// Server is its name, for listen, dial and close.
	Server string `json:"server"`
	// Client is its name, for load and dial.
	Client string `json:"client"`
	// YAML holds the ssl settings, for listen and load.
	YAML string `json:"yaml"`
	// At is the path in the YAML below which "ssl" is; empty for its root.
	At string `json:"at"`
	// Host is the name that the client expects and sends, or that the server has.
	Host string `json:"host"`
	// Address is dialed where the server is not one of ours.
	Address string `json:"address"`
}

// Answer says how far it came. A client's and a server's error are apart: in TLS 1.3 each side learns its own.
type Answer struct {
	ID int  `json:"id"`
	OK bool `json:"ok"`
	// Stage is "config", or "handshake", which includes the exchange of a line.
	Stage  string `json:"stage,omitempty"`
	Error  string `json:"error,omitempty"`
	Server string `json:"serverError,omitempty"`
	// Address is the listener's.
	Address string `json:"address,omitempty"`
	// Peer is the common name that the server saw.
	Peer string `json:"peer,omitempty"`
}

func main() {
	world := newWorld()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	var output sync.Mutex
	var running sync.WaitGroup
	for lines.Scan() {
		var request Request
		if err := json.Unmarshal(lines.Bytes(), &request); err != nil {
			fmt.Fprintln(os.Stderr, "not a request:", err)
			os.Exit(2)
		}
		running.Go(func() {
			answer := world.do(request)
			answer.ID = request.ID
			text, _ := json.Marshal(answer)
			output.Lock()
			defer output.Unlock()
			fmt.Println(string(text))
		})
	}
	running.Wait()
}

func (w *world) do(request Request) Answer {
	switch request.Op {
	case "listen":
		return w.listen(request)
	case "load":
		return w.load(request)
	case "dial":
		return w.dial(request)
	case "close":
		return w.close(request)
	}
	return Answer{Stage: "config", Error: "no such op: " + request.Op}
}
