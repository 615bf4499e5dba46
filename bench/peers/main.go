// Command peers runs the Go peers over a file, so that a benchmark can time them as whole processes.
//
//	peers google-pprof [-repeat N] FILE   parse a pprof, write it again; no translation
//	peers pdata [-repeat N] FILE          unmarshal an OTLP payload, marshal it again; no translation
//	peers loss FILE...                    what google/pprof loses of each pprof, one JSON object a line
//
// Nothing is printed but for -repeat: then the milliseconds of each run within the process, as a JSON array.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/pprof/profile"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

var peers = map[string]func(input []byte) error{
	"google-pprof": func(input []byte) error {
		p, err := profile.Parse(bytes.NewReader(input))
		if err != nil {
			return err
		}
		return p.WriteUncompressed(io.Discard)
	},
	"pdata": func(input []byte) error {
		p, err := (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles(input)
		if err != nil {
			return err
		}
		_, err = (&pprofile.ProtoMarshaler{}).MarshalProfiles(p)
		return err
	},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: peers google-pprof|pdata [-repeat N] FILE, or peers loss FILE...")
	}
	if args[0] == "loss" {
		return losses(args[1:])
	}
	peer := peers[args[0]]
	if peer == nil {
		return fmt.Errorf("no peer %s", args[0])
	}
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	repeat := flags.Int("repeat", 0, "run so often in one process and print the milliseconds of each run")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return fmt.Errorf("%s takes one file", args[0])
	}
	input, err := os.ReadFile(flags.Arg(0))
	if err != nil {
		return err
	}
	if *repeat == 0 {
		return peer(input)
	}
	times := make([]float64, *repeat)
	for i := range times {
		start := time.Now()
		if err := peer(input); err != nil {
			return err
		}
		times[i] = float64(time.Since(start).Microseconds()) / 1000
	}
	return json.NewEncoder(os.Stdout).Encode(times)
}
