// Command gen writes generated pprofs to a directory, for tests in other languages.
//
//	go run ./cmd/gen -o DIR -first 0 -count 400
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"pprof-otlp.test/interop/generate"
)

func main() {
	dir := flag.String("o", "", "directory to write to; it is made when it is not there")
	first := flag.Int("first", 0, "first seed")
	count := flag.Int("count", 400, "number of profiles")
	flag.Parse()
	log.SetFlags(0)
	if *dir == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := os.MkdirAll(*dir, 0o755); err != nil {
		log.Fatal(err)
	}
	for _, c := range generate.Cases(*first, *count) {
		if err := os.WriteFile(filepath.Join(*dir, c.Name+".pb"), c.Bytes, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
