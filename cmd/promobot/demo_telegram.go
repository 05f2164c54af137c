package main

import (
	"net"
	"net/http"

	"promobot/bot/telegram/tgsim"
	"promobot/internal/config"
)

// demoTelegram starts the messenger's simulator on a socket of its own and
// points the product's client at it. With --telegram the server is another's,
// and sim is nil; so it is where only files are answered.
func demoTelegram(c *config.Config, f demoFlags) (sim *tgsim.Sim, stop func(), err error) {
	if f.receipt {
		c.Telegram = config.Telegram{}
		return nil, func() {}, nil
	}
	if c.Telegram.Token == "" {
		c.Telegram.Token = tgsim.DefaultToken
	}
	c.Telegram.Mode = "poll"
	if f.telegram != "" {
		c.Telegram.Endpoint = f.telegram
		return nil, func() {}, nil
	}
	c.Telegram.Token = tgsim.DefaultToken
	sim = tgsim.New(tgsim.Options{Username: "promobot_demo_bot", Name: "Промобот"})
	url, closeSocket, err := serveSimulator(sim)
	c.Telegram.Endpoint = url
	return sim, func() { closeSocket(); sim.Close() }, err
}

// serveSimulator opens a socket on this machine for a simulator.
func serveSimulator(handler http.Handler) (url string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", func() {}, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headTimeout}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}
