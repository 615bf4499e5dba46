package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// asCollector makes of the test program the Collector: one program to link instead of two.
const asCollector = "PPROF_OTLP_TEST_COLLECTOR"

func TestMain(m *testing.M) {
	if os.Getenv(asCollector) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// patience is how long anything may take that usually takes well under a second.
const patience = 2 * time.Minute

// collector is a running Collector.
type collector struct {
	http, grpc string
	command    *exec.Cmd
	mutex      sync.Mutex
	faults     []string
	log        []string
	ended      chan error
}

// logLine is a line of the Collector's log as JSON.
type logLine struct {
	Level    string `json:"level"`
	Message  string `json:"msg"`
	Endpoint string `json:"endpoint"`
	Error    string `json:"error"`
}

// setup is what a Collector is started with.
type setup struct {
	// gates are feature gates on top of that for profiles.
	gates []string
	// configs are files, or changes, `a::b: value` in YAML, on top of collector.yaml.
	configs []string
	// env are the variables in them.
	env []string
}

// start starts a Collector that sends to a backend, and waits until it is ready. Its ports are free ones of the loopback
// interface, which it says in its log.
func start(t *testing.T, backend string, with setup) *collector {
	t.Helper()
	gates := append([]string{"service.profilesSupport"}, with.gates...)
	args := []string{"--feature-gates=" + strings.Join(gates, ",")}
	for _, config := range slices.Concat([]string{"collector.yaml", "service::telemetry::logs::encoding: json"}, with.configs) {
		if !strings.HasSuffix(config, ".yaml") {
			config = "yaml:" + config
		}
		args = append(args, "--config="+config)
	}
	command := exec.Command(os.Args[0], args...)
	command.Env = slices.Concat(os.Environ(), with.env,
		[]string{asCollector + "=1", "OTLP_HTTP=127.0.0.1:0", "OTLP_GRPC=127.0.0.1:0", "BACKEND=" + backend})
	out, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	c := &collector{command: command, ended: make(chan error, 1)}
	ready := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			c.read(lines.Text(), ready)
		}
		c.ended <- command.Wait()
	}()
	t.Cleanup(func() {
		command.Process.Kill()
		if t.Failed() {
			c.mutex.Lock()
			defer c.mutex.Unlock()
			t.Logf("the Collector's log:\n%s", strings.Join(c.log, "\n"))
		}
	})
	select {
	case <-ready:
	case err := <-c.ended:
		t.Fatalf("the Collector ended: %v", err)
	case <-time.After(patience):
		t.Fatal("the Collector does not get ready")
	}
	return c
}

func (c *collector) read(text string, ready chan struct{}) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var line logLine
	if json.Unmarshal([]byte(text), &line) != nil {
		c.log = append(c.log, text)
		c.faults = append(c.faults, text)
		return
	}
	said := strings.Join(strings.Fields(line.Level+": "+line.Message+" "+line.Endpoint+" "+line.Error), " ")
	c.log = append(c.log, said)
	switch {
	case line.Message == "Starting HTTP server":
		c.http = line.Endpoint
	case line.Message == "Starting GRPC server":
		c.grpc = line.Endpoint
	case strings.HasPrefix(line.Message, "Everything is ready"):
		close(ready)
	case line.Level != "info":
		c.faults = append(c.faults, said)
	}
}

// stop ends the Collector, which sends on what it still has. What it warned of fails the test, unless it is known.
func (c *collector) stop(t *testing.T, known ...string) {
	t.Helper()
	if err := c.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-c.ended:
		if err != nil {
			t.Fatalf("the Collector ended: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the Collector does not end")
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, fault := range c.faults {
		if slices.ContainsFunc(known, func(part string) bool { return strings.Contains(fault, part) }) {
			continue
		}
		t.Errorf("the Collector said %s", fault)
	}
}
