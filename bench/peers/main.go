// Command peers runs the Go peers over files, so that a benchmark can time them as whole processes.
//
//	peers google-pprof [-repeat N] [-o PATH] FILE...   parse a pprof, write it uncompressed; no translation
//	peers pdata [-repeat N] [-o PATH] FILE...          unmarshal an OTLP payload, marshal it; no translation
//	peers loss FILE...                                 what google/pprof loses of each pprof, one JSON object a line
//
// A FILE of google-pprof may be gzip; one of pdata that begins with a brace is OTLP/JSON. PATH is what the output is written
// to, with several files a directory that exists; without it the output is dropped. Nothing is printed but for -repeat: then
// the milliseconds of each run over all files within the process, from bytes to bytes, as a JSON array.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/pprof/profile"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

type peer func(input []byte, output io.Writer) error

var peers = map[string]peer{
	"google-pprof": googlePprof,
	"pdata":        pdata,
}

func googlePprof(input []byte, output io.Writer) error {
	p, err := profile.ParseData(input)
	if err != nil {
		return err
	}
	return p.WriteUncompressed(output)
}

func pdata(input []byte, output io.Writer) error {
	marshaled, err := pdataAgain(input)
	if err != nil {
		return err
	}
	_, err = output.Write(marshaled)
	return err
}

func pdataAgain(input []byte) ([]byte, error) {
	if len(input) > 0 && input[0] == '{' {
		p, err := (&pprofile.JSONUnmarshaler{}).UnmarshalProfiles(input)
		if err != nil {
			return nil, err
		}
		return (&pprofile.JSONMarshaler{}).MarshalProfiles(p)
	}
	p, err := (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles(input)
	if err != nil {
		return nil, err
	}
	return (&pprofile.ProtoMarshaler{}).MarshalProfiles(p)
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: peers google-pprof|pdata [-repeat N] [-o PATH] FILE..., or peers loss FILE...")
	}
	if args[0] == "loss" {
		return losses(args[1:])
	}
	p := peers[args[0]]
	if p == nil {
		return fmt.Errorf("no peer %s", args[0])
	}
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	repeat := flags.Int("repeat", 0, "run so often in one process and print the milliseconds of each run")
	output := flags.String("o", "", "file to write to; with several files, directory")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	files := flags.Args()
	if len(files) == 0 {
		return fmt.Errorf("%s takes a file", args[0])
	}
	if *repeat > 0 {
		return measure(p, files, *repeat)
	}
	for _, file := range files {
		to := *output
		if to != "" && len(files) > 1 {
			to = filepath.Join(to, filepath.Base(file))
		}
		if err := convert(p, file, to); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func convert(p peer, file, to string) error {
	input, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if to == "" {
		return p(input, io.Discard)
	}
	output, err := os.Create(to)
	if err != nil {
		return err
	}
	return errors.Join(p(input, output), output.Close())
}

func measure(p peer, files []string, repeat int) error {
	inputs := make([][]byte, len(files))
	for i, file := range files {
		input, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		inputs[i] = input
	}
	times := make([]float64, repeat)
	for i := range times {
		start := time.Now()
		for at, input := range inputs {
			if err := p(input, io.Discard); err != nil {
				return fmt.Errorf("%s: %w", files[at], err)
			}
		}
		times[i] = float64(time.Since(start).Microseconds()) / 1000
	}
	return json.NewEncoder(os.Stdout).Encode(times)
}
