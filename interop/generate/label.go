package generate

// labels makes the labels of a sample, each of a kind that real writers make or that the wire can say.
func (w *pprofWriter) labels() []*message {
	var labels []*message
	add := func(key, str string, num int64, unit string) {
		m := w.layout.message("Label")
		m.scalar(1, w.text(key))
		m.scalar(2, w.text(str))
		m.scalar(3, uint64(num))
		m.scalar(4, w.text(unit))
		labels = append(labels, m)
	}
	r := w.r
	if r.oneIn(2) {
		add("thread", pick(r, "main", "worker"), 0, "")
	}
	if r.oneIn(3) {
		add("bytes", "", 1+r.Int64N(100), "bytes")
	}
	if r.oneIn(5) {
		add("trace_id", pick(r, traceIDs...), 0, "")
		add("span_id", pick(r, spanIDs...), 0, "")
	}
	if w.tidy {
		return labels
	}
	if r.oneIn(4) {
		// Neither text nor number: the empty string, or 0.
		add(pick(r, "thread", "bytes", "empty"), "", 0, "")
	}
	if r.oneIn(6) {
		add("repeated", "a", 0, "")
		add("repeated", pick(r, "a", "b", ""), 0, "")
	}
	if r.oneIn(6) {
		add("numbers", "", r.value(), "bytes")
		add("numbers", "", r.value(), pick(r, "bytes", "kilobytes", ""))
	}
	if r.oneIn(6) {
		add("mixed", "text", 0, "")
		add("mixed", "", r.value(), pick(r, "", "bytes"))
	}
	if r.oneIn(6) {
		add(pick(r, texts...), pick(r, texts...), 0, "")
	}
	if r.oneIn(15) {
		// Two keys that read the same once their bytes are replaced.
		add("\xfekey", "first", 0, "")
		add("\xffkey", "second", 0, "")
	}
	if r.oneIn(12) {
		add("unit only", "", 0, pick(r, "bytes", "\xffbytes"))
	}
	if r.oneIn(20) {
		add("text and number", "text", 7, pick(r, "", "bytes"))
	}
	if r.oneIn(3) {
		r.Shuffle(len(labels), func(i, j int) { labels[i], labels[j] = labels[j], labels[i] })
	}
	return labels
}
