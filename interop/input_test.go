package interop

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pprof-otlp.test/interop/generate"
	"pprof-otlp.test/interop/pprof"
)

// Where real profiles are, seen from this folder. The corpus is not part of the repository.
const (
	fixtures = "../fixtures"
	corpus   = "../../shared/corpus/files"
)

// How many profiles to make from seeds: `go test . -profiles 10000` looks further.
var (
	profiles  = flag.Int("profiles", 450, "number of generated profiles")
	firstSeed = flag.Int("first-seed", 0, "seed of the first of them")
)

// input is one uncompressed pprof.
type input struct {
	name  string
	bytes []byte
	real  bool
}

func files(t *testing.T, dir string) []input {
	t.Helper()
	var inputs []input
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isPprof(entry.Name()) {
			return err
		}
		stored, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		bytes, err := pprof.Decompress(stored)
		inputs = append(inputs, input{filepath.Base(path), bytes, true})
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if len(inputs) == 0 {
		t.Skipf("no profiles in %s", dir)
	}
	return inputs
}

func isPprof(name string) bool {
	if strings.Contains(name, ".otlp") {
		return false
	}
	return strings.HasSuffix(name, ".pb.gz") || strings.HasSuffix(name, ".pb") || strings.Contains(name, ".pprof")
}

func generatedInputs() []input {
	var inputs []input
	for _, c := range generate.Cases(*firstSeed, *profiles) {
		inputs = append(inputs, input{c.Name, c.Bytes, false})
	}
	return inputs
}
