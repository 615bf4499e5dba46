package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pprof-otlp.test/interop/pprof"
)

// Where real profiles are, seen from this folder. The corpus is not part of the repository.
var folders = []string{"../../fixtures", "../../../shared/corpus/files"}

const (
	commandLine = "../../bin/pprof-otlp.js"
	// The payload of this one has some hundred kilobytes.
	largeProfile = "../../fixtures/go-runtime-cpu-labels.pb.gz"
)

// profile is a real pprof.
type profile struct {
	path string
	// bytes are uncompressed.
	bytes   []byte
	samples int
}

// nameOf is a path without what is above its folder: files of fixtures and corpus have the same names.
func nameOf(path string) string {
	return filepath.Base(filepath.Dir(path)) + "/" + filepath.Base(path)
}

// profiles are the pprofs of fixtures and corpus.
func profiles(t *testing.T) []profile {
	t.Helper()
	var found []profile
	for _, path := range files(t, func(name string) bool {
		return !strings.Contains(name, ".otlp") && (strings.Contains(name, ".pb") || strings.Contains(name, ".pprof"))
	}) {
		bytes := stored(t, path)
		read, err := pprof.Read(bytes)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		found = append(found, profile{path, bytes, len(read.Samples)})
	}
	return found
}

// stored are the uncompressed bytes of a file.
func stored(t *testing.T, path string) []byte {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := pprof.Decompress(file)
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// files are those of fixtures and corpus with names of a kind.
func files(t *testing.T, isKind func(name string) bool) []string {
	t.Helper()
	var found []string
	for i, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil && (i == 0 || !os.IsNotExist(err)) {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if !entry.IsDir() && isKind(entry.Name()) {
				found = append(found, filepath.Join(folder, entry.Name()))
			}
		}
	}
	return found
}

// withSamples are the profiles that a Collector passes on: it answers 200 to a payload without samples, and forgets it.
func withSamples(profiles []profile) []profile {
	return slices.DeleteFunc(slices.Clone(profiles), func(p profile) bool { return p.samples == 0 })
}

// small are profiles without those that take as long as all the others together.
func small(profiles []profile) []profile {
	return slices.DeleteFunc(slices.Clone(profiles), func(p profile) bool { return p.samples > 2000 })
}

// comeBack checks that payloads bring back profiles, each as often as it is there, and nothing else.
func comeBack(t *testing.T, payloads [][]byte, want []profile) {
	t.Helper()
	var pprofs [][]byte
	for _, payload := range payloads {
		pprofs = append(pprofs, toPprofs(t, payload)...)
	}
	sameProfiles(t, pprofs, want)
}

func sameProfiles(t *testing.T, pprofs [][]byte, want []profile) {
	t.Helper()
	counts := map[[sha256.Size]byte]int{}
	for _, pprof := range pprofs {
		counts[sha256.Sum256(pprof)]++
	}
	for _, profile := range want {
		t.Run(nameOf(profile.path), func(t *testing.T) {
			sum := sha256.Sum256(profile.bytes)
			if counts[sum] == 0 {
				t.Errorf("does not come back byte for byte")
			}
			counts[sum]--
		})
	}
	for _, count := range counts {
		if count > 0 {
			t.Errorf("%d more than were pushed", count)
		}
	}
}

// toPprofs are the pprofs of a payload, uncompressed, by the command line.
func toPprofs(t *testing.T, payload []byte) [][]byte {
	t.Helper()
	return fileToPprofs(t, toFile(t, payload))
}

func toFile(t *testing.T, payload []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "arrived.otlp")
	if err := os.WriteFile(path, payload, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// report is what the command line says of a pprof.
type report struct {
	Output      string   `json:"output"`
	Samples     int      `json:"samples"`
	SampleTypes []string `json:"sampleTypes"`
	ExactReturn bool     `json:"exactReturn"`
}

// reports are those of the pprofs of a payload, which need not all be proven, by the path of the pprof.
func reports(t *testing.T, payload []byte) map[string]report {
	t.Helper()
	back := filepath.Join(t.TempDir(), "back")
	output, status := tryRun(t, toFile(t, payload), "-o", back+"/", "--format", "json")
	if status > 1 {
		t.Fatalf("status %d\n%s", status, output)
	}
	found := map[string]report{}
	for line := range strings.Lines(output) {
		var r report
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		found[r.Output] = r
	}
	return found
}

// fileToPprofs are the pprofs of a file of payloads.
func fileToPprofs(t *testing.T, path string) [][]byte {
	t.Helper()
	back := filepath.Join(t.TempDir(), "back")
	run(t, path, "-o", back+"/")
	paths, err := filepath.Glob(filepath.Join(back, "*.pb.gz"))
	if err != nil {
		t.Fatal(err)
	}
	var pprofs [][]byte
	for _, path := range paths {
		pprofs = append(pprofs, stored(t, path))
	}
	return pprofs
}

// run runs the command line, which must not fail.
func run(t *testing.T, args ...string) string {
	t.Helper()
	output, status := tryRun(t, args...)
	if status != 0 {
		t.Fatalf("pprof-otlp %s: status %d\n%s", strings.Join(args, " "), status, output)
	}
	return output
}

// tryRun runs the command line.
func tryRun(t *testing.T, args ...string) (output string, status int) {
	t.Helper()
	command := pprofOTLP(args...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), command.ProcessState.ExitCode()
}

// pprofOTLP is the command line, without the resource and the exporter that the environment may speak of.
func pprofOTLP(args ...string) *exec.Cmd {
	command := exec.Command("node", append([]string{commandLine}, args...)...)
	command.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "OTEL_") })
	return command
}

func paths(profiles []profile) []string {
	var paths []string
	for _, profile := range profiles {
		paths = append(paths, profile.path)
	}
	return paths
}
