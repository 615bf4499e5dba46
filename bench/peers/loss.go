package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/google/pprof/profile"

	"pprof-otlp.test/interop/pprof"
	"pprof-otlp.test/interop/semantic"
)

// loss is what google/pprof makes of one pprof that it reads and writes without translation.
type loss struct {
	File string `json:"file"`
	// Meaning tells whether samples, frames, labels, types, mappings and the rest mean the same.
	Meaning bool `json:"meaningKept"`
	// Bytes tells whether the uncompressed bytes are the same.
	Bytes bool `json:"bytesKept"`
	// Differences counts what is not the same, by the field of profile.proto.
	Differences map[string]int `json:"differences,omitempty"`
	// Example is the first of them.
	Example string `json:"example,omitempty"`
	// Error is why google/pprof refuses the file.
	Error string `json:"error,omitempty"`
}

func losses(files []string) error {
	out := json.NewEncoder(os.Stdout)
	for _, file := range files {
		stored, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		l, err := lossOf(stored)
		if err != nil {
			l.Error = err.Error()
		}
		l.File = filepath.Base(file)
		if err := out.Encode(l); err != nil {
			return err
		}
	}
	return nil
}

func lossOf(stored []byte) (loss, error) {
	original, err := pprof.Decompress(stored)
	if err != nil {
		return loss{}, err
	}
	want, err := pprof.Read(original)
	if err != nil {
		return loss{}, err
	}
	p, err := profile.Parse(bytes.NewReader(original))
	if err != nil {
		return loss{}, err
	}
	var rewritten bytes.Buffer
	if err := p.WriteUncompressed(&rewritten); err != nil {
		return loss{}, err
	}
	got, err := pprof.Read(rewritten.Bytes())
	if err != nil {
		return loss{}, err
	}
	differences := semantic.Compare(want, got)
	l := loss{Meaning: len(differences) == 0, Bytes: bytes.Equal(original, rewritten.Bytes())}
	for i, d := range differences {
		if i == 0 {
			l.Differences = map[string]int{}
			l.Example = d.String()
		}
		l.Differences[d.Kind]++
	}
	return l, nil
}
