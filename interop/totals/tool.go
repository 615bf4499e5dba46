package totals

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/google/pprof/profile"
)

// The program behind `go tool pprof`, found once: the go command takes longer than pprof.
var tool = sync.OnceValues(func() (string, error) {
	path, err := exec.Command("go", "tool", "-n", "pprof").Output()
	if err != nil {
		return "", fmt.Errorf("go tool pprof: %w", err)
	}
	return strings.TrimSpace(string(path)), nil
})

// Tool lists where what `go tool pprof` prints of a pprof in a file, by -top, -tags and -raw, does not sum up to want.
// It prints floats, so totals should stay below 2^53.
func Tool(path string, want *Totals) ([]string, error) {
	stored, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, err := profile.ParseData(stored)
	if err != nil {
		return nil, err
	}
	r := report{path: path, profile: p, want: want}
	raw, err := r.raw()
	if err != nil {
		return nil, err
	}
	for i, vt := range p.SampleType {
		t := Type{vt.Type, vt.Unit}
		sums := want.Types[t]
		switch {
		case sums == nil:
			r.differ("%q is no sample type of the payload", t)
			continue
		case raw.columns[i] != t:
			r.differ("-raw names column %d %q, not %q", i, raw.columns[i], t)
		case r.columnsOf(t) > 1:
			// What the payload has for the type is spread over several columns.
			continue
		}
		if raw.totals[i] != sums.Total {
			r.differ("-raw: total of %q: want %d, got %d", t, sums.Total, raw.totals[i])
		}
		if err := errors.Join(r.top(i, t, sums), r.tags(i, t, sums)); err != nil {
			return nil, err
		}
	}
	return r.differences, nil
}

type report struct {
	path        string
	profile     *profile.Profile
	want        *Totals
	differences []string
}

func (r *report) differ(format string, args ...any) {
	r.differences = append(r.differences, fmt.Sprintf(format, args...))
}

func (r *report) columnsOf(t Type) int {
	count := 0
	for _, vt := range r.profile.SampleType {
		if (Type{vt.Type, vt.Unit}) == t {
			count++
		}
	}
	return count
}

// run returns the lines of a report, without the work that needs a network or binaries.
func (r *report) run(args ...string) ([]string, error) {
	path, err := tool()
	if err != nil {
		return nil, err
	}
	var stderr bytes.Buffer
	command := exec.Command(path, append(append([]string{"-symbolize=none"}, args...), r.path)...)
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("pprof %s: %w: %s", strings.Join(args, " "), err, &stderr)
	}
	var lines []string
	for scanner := bufio.NewScanner(bytes.NewReader(out)); scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	return lines, nil
}

// inUnit selects a column of values, to be printed in its own unit.
func inUnit(column int, t Type) []string {
	unit := t.Unit
	if unit == "" {
		unit = "minimum"
	}
	return []string{fmt.Sprintf("-sample_index=%d", column), "-unit=" + strings.ToLower(unit), "-trim=false"}
}

var number = regexp.MustCompile(`^-?\d+(\.\d+)?(e\+\d+)?`)

// value reads a number that is printed with its unit behind it.
func value(text string, t Type) (int64, error) {
	f, err := strconv.ParseFloat(number.FindString(strings.TrimSuffix(text, strings.ToLower(t.Unit))), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no value: %w", text, err)
	}
	return int64(math.Round(f)), nil
}

// raw is what -raw prints: all samples with their values.
type raw struct {
	columns []Type
	totals  []int64
}

var rawSample = regexp.MustCompile(`^\s*(-?\d+(?:\s+-?\d+)*): `)

func (r *report) raw() (raw, error) {
	var sums raw
	lines, err := r.run("-raw")
	if err != nil {
		return sums, err
	}
	for _, vt := range r.profile.SampleType {
		sums.columns = append(sums.columns, Type{vt.Type, vt.Unit})
	}
	sums.totals = make([]int64, len(sums.columns))
	inSamples, count := false, 0
	for _, line := range lines {
		switch m := rawSample.FindStringSubmatch(line); {
		case line == "Samples:":
			inSamples = true
		case line == "Locations":
			inSamples = false
		case inSamples && m != nil:
			count++
			for i, text := range strings.Fields(m[1]) {
				v, err := strconv.ParseInt(text, 10, 64)
				if err != nil {
					return sums, err
				}
				sums.totals[i] += v
			}
		}
	}
	if count < r.want.Fewest || count > r.want.Most {
		r.differ("-raw: samples: want %d to %d, got %d", r.want.Fewest, r.want.Most, count)
	}
	return sums, nil
}

var topLine = regexp.MustCompile(`^\s*(\S+)\s+\S+%\s+\S+%\s+(\S+)\s+\S+%  (.*?)(?: \((?:partial-)?inline\))?$`)

// top compares flat and cumulative values of functions with names. Code without one goes by other names there.
func (r *report) top(column int, t Type, want *Sums) error {
	lines, err := r.run(append(inUnit(column, t), "-top")...)
	if err != nil {
		return err
	}
	flat, cumulative := map[string]int64{}, map[string]int64{}
	var total, wantTotal int64
	for _, line := range lines {
		m := topLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		f, flatErr := value(m[1], t)
		c, cumErr := value(m[2], t)
		if err := errors.Join(flatErr, cumErr); err != nil {
			return err
		}
		flat[m[3]] += f
		cumulative[m[3]] += c
		total += f
	}
	for name, sum := range want.Cumulative {
		wantTotal += want.Flat[name]
		if name == "" {
			continue
		}
		if flat[name] != want.Flat[name] || cumulative[name] != sum {
			r.differ("-top: %q of %q: want %d, %d, got %d, %d", t, name, want.Flat[name], sum, flat[name], cumulative[name])
		}
	}
	if total != wantTotal {
		r.differ("-top: flat values of %q: want %d, got %d", t, wantTotal, total)
	}
	return nil
}

// Columns are aligned with blanks, but not behind a label that is no text: then tabs stay.
var (
	tagKey   = regexp.MustCompile(`^\s*(.*):\s+Total (\S+) of \S+`)
	tagValue = regexp.MustCompile(`^\s+(\S+)(?: \(.*?%\))?:\s+(.*)$`)
)

// tags compares the values of string labels, and for every key the sum of all its labels.
func (r *report) tags(column int, t Type, want *Sums) error {
	lines, err := r.run(append(inUnit(column, t), "-tags")...)
	if err != nil {
		return err
	}
	texts, keys := map[Label]int64{}, map[string]int64{}
	key := ""
	for _, line := range lines {
		if m := tagKey.FindStringSubmatch(line); m != nil {
			key = m[1]
			if keys[key], err = value(m[2], t); err != nil {
				return err
			}
		} else if m := tagValue.FindStringSubmatch(line); m != nil {
			if texts[Label{Key: key, Text: m[2]}], err = value(m[1], t); err != nil {
				return err
			}
		}
	}
	wantKeys := map[string]int64{}
	numeric := map[string]bool{}
	for label, sum := range want.Labels {
		wantKeys[label.Key] += sum
		numeric[label.Key] = numeric[label.Key] || label.Text == ""
	}
	for label, sum := range want.Labels {
		if got := texts[label]; !r.isOpen(label.Key) && !numeric[label.Key] && got != sum {
			r.differ("-tags: %q of %s: want %d, got %d", t, label, sum, got)
		}
	}
	for key, sum := range wantKeys {
		if !r.isOpen(key) && keys[key] != sum {
			r.differ("-tags: %q of key %q: want %d, got %d", t, key, sum, keys[key])
		}
	}
	return nil
}

func (r *report) isOpen(key string) bool { return r.want.AnyText[key] || r.want.Unknown[key] }
