// Package translator drives the library, which runs in one Node process, by lines of JSON.
package translator

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Report is what the library says of one translation.
type Report struct {
	From          string   `json:"from"`
	To            string   `json:"to"`
	InputBytes    int      `json:"inputBytes"`
	OutputBytes   int      `json:"outputBytes"`
	Samples       int      `json:"samples"`
	SampleTypes   []string `json:"sampleTypes"`
	Fidelity      string   `json:"fidelity"`
	Carried       string   `json:"carried"`
	ResidualBytes int      `json:"residualBytes"`
	Proven        bool     `json:"proven"`
	ExactReturn   bool     `json:"exactReturn"`
	Warnings      []string `json:"warnings"`
}

// Error is an error of the library. Its code is stable; `unexpected` means that it was not thrown on purpose.
type Error struct {
	Code    string `json:"code"`
	Stage   string `json:"stage"`
	Path    string `json:"path"`
	Offset  int    `json:"offset"`
	Message string `json:"message"`
	Stack   string `json:"stack"`
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: @%d %s: %s", e.Code, e.Offset, e.Path, e.Message)
	if e.Code == "unexpected" || e.Code == "internal" {
		text += "\n" + e.Stack
	}
	return text
}

// Options are those of the library.
type Options struct {
	Fidelity string            `json:"fidelity,omitempty"`
	Resource map[string]string `json:"resource,omitempty"`
	From     string            `json:"from,omitempty"`
	All      bool              `json:"all,omitempty"`
	// Of pprofs that are made from OTLP.
	Timestamps string `json:"timestamps,omitempty"`
	Split      bool   `json:"split,omitempty"`
}

// Translator is a running library. It does one thing at a time.
type Translator struct {
	mutex   sync.Mutex
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	dir     string
	serial  int
}

// Start starts Node on a driver script.
func Start(script string) (*Translator, error) {
	dir, err := os.MkdirTemp("", "interop-")
	if err != nil {
		return nil, err
	}
	command := exec.Command("node", script)
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	return &Translator{command: command, in: in, out: bufio.NewReader(out), dir: dir}, nil
}

// Stop ends the process.
func (t *Translator) Stop() error {
	return errors.Join(t.in.Close(), t.command.Wait(), os.RemoveAll(t.dir))
}

// ToOTLP translates a pprof.
func (t *Translator) ToOTLP(pprof []byte, options Options) ([]byte, Report, error) {
	answer, err := t.do("toOtlp", pprof, options)
	if err != nil {
		return nil, Report{}, err
	}
	return answer.files[0], answer.Report, nil
}

// ToPprof translates a payload. There is one pprof for each scope that carries a residual, and one for the rest.
func (t *Translator) ToPprof(payload []byte, options Options) ([][]byte, []Report, error) {
	answer, err := t.do("toPprof", payload, options)
	if err != nil {
		return nil, nil, err
	}
	if len(answer.files) != len(answer.Reports) {
		return nil, nil, fmt.Errorf("%d pprofs with %d reports", len(answer.files), len(answer.Reports))
	}
	return answer.files, answer.Reports, nil
}

// Verify proves a round trip.
func (t *Translator) Verify(input []byte) (Report, error) {
	answer, err := t.do("verify", input, Options{})
	if err != nil {
		return Report{}, err
	}
	return answer.Report, nil
}

// Finding is what the library's check says of one rule.
type Finding struct {
	Rule     string  `json:"rule"`
	Severity string  `json:"severity"`
	Count    int     `json:"count"`
	Places   []Place `json:"places"`
}

// Place is where a rule is broken.
type Place struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

// Check finds the rules that a file breaks.
func (t *Translator) Check(input []byte, from string) ([]Finding, error) {
	answer, err := t.do("check", input, Options{From: from, All: true})
	if err != nil {
		return nil, err
	}
	return answer.Findings, nil
}

type answer struct {
	Findings []Finding `json:"findings"`
	Report   Report    `json:"report"`
	Reports  []Report  `json:"reports"`
	Outputs  []string  `json:"outputs"`
	Error    *Error    `json:"error"`
	files    [][]byte
}

func (t *Translator) do(command string, input []byte, options Options) (*answer, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.serial++
	in := filepath.Join(t.dir, fmt.Sprintf("%d.in", t.serial))
	out := filepath.Join(t.dir, fmt.Sprintf("%d.out", t.serial))
	if err := os.WriteFile(in, input, 0o600); err != nil {
		return nil, err
	}
	defer os.Remove(in)
	line, err := json.Marshal(map[string]any{"cmd": command, "in": in, "out": out, "options": options})
	if err != nil {
		return nil, err
	}
	if _, err := t.in.Write(append(line, '\n')); err != nil {
		return nil, err
	}
	text, err := t.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the translator ended: %w", err)
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, err
	}
	if a.Error != nil {
		return nil, a.Error
	}
	if command == "toOtlp" {
		a.Outputs = []string{out}
	}
	for _, path := range a.Outputs {
		file, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		a.files = append(a.files, file)
		os.Remove(path)
	}
	return &a, nil
}
