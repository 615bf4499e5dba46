package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pprof-otlp.test/interop/pprof"
	"pprof-otlp.test/interop/totals"
)

// Changes to collector.yaml.
const (
	// Everything waits for the end of the Collector, which then sends one payload.
	oneBatch = "exporters::otlp_http::sending_queue::batch: {flush_timeout: 1h, min_size: 100000000}"
	// A payload for every thousand samples or so. Several profiles of one pprof count on their own.
	smallBatches = "exporters::otlp_http::sending_queue::batch: {flush_timeout: 1h, min_size: 1000}"
	// Payloads so small that pprofs are cut.
	tornBatches = "exporters::otlp_http::sending_queue::batch: {flush_timeout: 1h, sizer: bytes, min_size: 20000, max_size: 20000}"
	// No place for a second request while one waits.
	shortQueue = "exporters::otlp_http::sending_queue: {queue_size: 1, num_consumers: 1, batch: null}"
	// A payload for every request.
	noBatch = "exporters::otlp_http::sending_queue::batch: null"
	// A second exporter that writes JSON.
	jsonToo = `{
		exporters: {
			otlp_http: {endpoint: "${env:BACKEND}/protobuf"},
			otlp_http/json: {endpoint: "${env:BACKEND}/json", encoding: json,
				sending_queue: {batch: {flush_timeout: 1h, min_size: 100000000}}}},
		service: {pipelines: {profiles: {exporters: [otlp_http, otlp_http/json]}}}}`
)

const (
	protobufType = "application/x-protobuf"
	jsonType     = "application/json"
)

// TestMerged sends every profile as a request of its own, in either encoding. The Collector makes one payload of all of
// them, in either encoding.
func TestMerged(t *testing.T) {
	t.Parallel()
	t.Run("corpus", func(t *testing.T) {
		if _, err := os.Stat(folders[1]); err != nil {
			t.Skipf("no profiles in %s: those of fixtures alone", folders[1])
		}
	})
	all := withSamples(profiles(t))
	for _, protocol := range []string{"http/protobuf", "http/json"} {
		t.Run("push "+protocol, func(t *testing.T) {
			backend := listen(t)
			collector := start(t, backend.URL, setup{configs: []string{oneBatch, jsonToo}})
			push(t, collector, protocol, paths(all)...)
			collector.stop(t)
			for base, contentType := range map[string]string{"/protobuf": protobufType, "/json": jsonType} {
				t.Run("export "+base[1:], func(t *testing.T) {
					payloads := backend.payloads(t, base, contentType)
					if len(payloads) != 1 {
						t.Errorf("%d payloads, want one", len(payloads))
					}
					comeBack(t, payloads, all)
				})
			}
		})
	}
}

// TestBatches sends on what comes together by size.
func TestBatches(t *testing.T) {
	t.Parallel()
	all := small(withSamples(profiles(t)))
	backend := listen(t)
	collector := start(t, backend.URL, setup{configs: []string{smallBatches}})
	push(t, collector, "http/protobuf", paths(all)...)
	collector.stop(t)
	payloads := backend.payloads(t, "", protobufType)
	if len(payloads) < 2 || len(payloads) >= len(all) {
		t.Errorf("%d payloads of %d requests", len(payloads), len(all))
	}
	comeBack(t, payloads, all)
}

// TestGateway has a Collector beside the application, which batches, and behind it one for all, over gRPC.
func TestGateway(t *testing.T) {
	t.Parallel()
	all := small(withSamples(profiles(t)))
	backend := listen(t)
	gateway := start(t, backend.URL, setup{configs: []string{oneBatch}})
	agent := start(t, backend.URL, setup{configs: []string{"agent.yaml"}, env: []string{"GATEWAY=" + gateway.grpc}})
	push(t, agent, "http/protobuf", paths(all)...)
	agent.stop(t)
	gateway.stop(t)
	comeBack(t, backend.payloads(t, "", protobufType), all)
}

// TestResource has a Collector say where profiles come from, as many do. It comes home behind each pprof.
func TestResource(t *testing.T) {
	t.Parallel()
	all := small(withSamples(profiles(t)))
	backend := listen(t)
	collector := start(t, backend.URL, setup{configs: []string{oneBatch, "resource.yaml"}})
	push(t, collector, "http/protobuf", paths(all)...)
	collector.stop(t)
	var bare [][]byte
	for _, payload := range backend.payloads(t, "", protobufType) {
		for _, extended := range toPprofs(t, payload) {
			rest, found := pprof.CutExtension(extended)
			if !found {
				t.Error("a pprof without what the Collector added")
			}
			bare = append(bare, rest)
		}
	}
	sameProfiles(t, bare, all)
}

// TestFile keeps profiles in files of every form that the file exporter has.
func TestFile(t *testing.T) {
	t.Parallel()
	all := small(withSamples(profiles(t)))
	for name, gates := range map[string][]string{
		"compression of messages": nil,
		"compression of files":    {"exporter.file.nativeCompression"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			backend := listen(t)
			collector := start(t, backend.URL, setup{
				gates:   gates,
				configs: []string{oneBatch, "files.yaml"},
				env:     []string{"FOLDER=" + folder},
			})
			push(t, collector, "http/protobuf", paths(all)...)
			collector.stop(t)
			for _, file := range []string{"profiles.jsonl", "profiles.pb", "profiles.jsonl.zst", "profiles.pb.zst"} {
				t.Run(file, func(t *testing.T) {
					sameProfiles(t, fileToPprofs(t, filepath.Join(folder, file)), all)
				})
			}
			t.Run("pushed again", func(t *testing.T) {
				backend := listen(t)
				collector := start(t, backend.URL, setup{configs: []string{oneBatch}})
				push(t, collector, "http/protobuf", filepath.Join(folder, "profiles.pb.zst"))
				collector.stop(t)
				comeBack(t, backend.payloads(t, "", protobufType), all)
			})
		})
	}
}

// TestForeign sends OTLP that other programs wrote. It arrives with the same sums.
func TestForeign(t *testing.T) {
	t.Parallel()
	backend := listen(t)
	collector := start(t, backend.URL, setup{configs: []string{noBatch}})
	isOTLP := func(name string) bool { return strings.HasSuffix(name, ".otlp.pb") }
	for _, path := range files(t, isOTLP) {
		t.Run(nameOf(path), func(t *testing.T) {
			payload, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			before := len(backend.wait(t, 0))
			push(t, collector, "http/protobuf", path)
			arrived := backend.wait(t, before+1)[before].payload
			pprofs := toPprofs(t, arrived)
			if len(pprofs) != 1 {
				t.Fatalf("%d pprofs", len(pprofs))
			}
			want, err := totals.OfOTLP(payload)
			if err != nil {
				t.Fatal(err)
			}
			got, err := totals.OfPprof(pprofs[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, difference := range totals.Compare(want, got) {
				t.Error(difference)
			}
		})
	}
	collector.stop(t)
}

// TestNoSamples holds what the documentation says: a Collector takes a payload without samples and passes nothing on.
func TestNoSamples(t *testing.T) {
	t.Parallel()
	backend := listen(t)
	collector := start(t, backend.URL, setup{configs: []string{oneBatch}})
	pushed := 0
	for _, profile := range profiles(t) {
		if profile.samples == 0 {
			push(t, collector, "http/protobuf", profile.path)
			pushed++
		}
	}
	collector.stop(t)
	if pushed == 0 {
		t.Fatal("no profile without samples")
	}
	if payloads := backend.payloads(t, "", protobufType); len(payloads) > 0 {
		t.Errorf("%d payloads of %d profiles without samples", len(payloads), pushed)
	}
}

// TestTorn has the Collector cut what one pprof became, because of max_size. That cannot come back, and whatever does not
// come back is said.
func TestTorn(t *testing.T) {
	t.Parallel()
	some := small(withSamples(profiles(t)))
	pushed := map[string]bool{}
	for _, profile := range some {
		pushed[string(profile.bytes)] = true
	}
	backend := listen(t)
	collector := start(t, backend.URL, setup{configs: []string{tornBatches}})
	push(t, collector, "http/protobuf", paths(some)...)
	collector.stop(t, "Failed to split request", "Exporting failed")
	exact, torn := 0, 0
	for _, payload := range backend.payloads(t, "", protobufType) {
		for path, report := range reports(t, payload) {
			back := stored(t, path)
			if report.ExactReturn != pushed[string(back)] {
				t.Errorf("%d samples of %q: exact return: %t, and it is not so", report.Samples, report.SampleTypes, report.ExactReturn)
			}
			if report.ExactReturn {
				exact++
			} else {
				torn++
			}
		}
	}
	if exact == 0 || torn == 0 {
		t.Errorf("%d pprofs came back, %d in pieces", exact, torn)
	}
}

// TestTooLarge has push say how large a payload was that the Collector refused for its size.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	backend := listen(t)
	collector := start(t, backend.URL, setup{configs: []string{"receivers::otlp::protocols::http::max_request_body_size: 20000"}})
	for _, compression := range []string{"gzip", "none"} {
		output, status := tryRun(t, pushArgs(collector, "http/protobuf", "--compression", compression, largeProfile)...)
		if status != 5 || !strings.Contains(output, "the request has 162902 bytes") || !strings.Contains(output, "max_request_body_size") {
			t.Errorf("compression %s: status %d\n%s", compression, status, output)
		}
	}
	collector.stop(t)
	if posts := backend.wait(t, 0); len(posts) > 0 {
		t.Errorf("%d payloads", len(posts))
	}
}

// TestFullQueue has the Collector refuse while its queue is full. Push comes again with what was refused, and with
// nothing else.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	some := withSamples(profiles(t))[:5]
	backend := listen(t)
	release := backend.hold()
	collector := start(t, backend.URL, setup{configs: []string{shortQueue}})
	command := pprofOTLP(pushArgs(collector, "http/protobuf", paths(some)...)...)
	out, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said = append(said, lines.Text())
		if strings.Contains(lines.Text(), "trying again") {
			release()
		}
	}
	// It could not end without.
	release()
	if err := command.Wait(); err != nil {
		t.Errorf("push: %v\n%s", err, strings.Join(said, "\n"))
	}
	if !strings.Contains(strings.Join(said, "\n"), "503 Service Unavailable") {
		t.Errorf("nothing was refused\n%s", strings.Join(said, "\n"))
	}
	collector.stop(t, "sending queue is full")
	comeBack(t, backend.payloads(t, "", protobufType), some)
}

// push sends files to a Collector, each as one request, compressed.
func push(t *testing.T, collector *collector, protocol string, paths ...string) {
	t.Helper()
	run(t, pushArgs(collector, protocol, append([]string{"--compression", "gzip"}, paths...)...)...)
}

func pushArgs(collector *collector, protocol string, more ...string) []string {
	return append([]string{"push", "--endpoint", "http://" + collector.http, "--protocol", protocol, "--timeout", "60s"}, more...)
}
