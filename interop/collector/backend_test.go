package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const profilesPath = "/v1development/profiles"

// backend is what a Collector exports to: it keeps what is posted.
type backend struct {
	*httptest.Server
	mutex sync.Mutex
	posts []post
	// Requests wait until held is closed.
	held chan struct{}
}

// post is one request of an exporter.
type post struct {
	// base is what comes before the path of OTLP/HTTP.
	base        string
	contentType string
	payload     []byte
}

func listen(t *testing.T) *backend {
	t.Helper()
	b := &backend{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		posted, err := read(r)
		if err != nil {
			t.Errorf("the backend: %v", err)
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		b.mutex.Lock()
		held := b.held
		b.mutex.Unlock()
		if held != nil {
			<-held
		}
		b.mutex.Lock()
		b.posts = append(b.posts, posted)
		b.mutex.Unlock()
		w.Header().Set("Content-Type", posted.contentType)
		if posted.contentType == "application/json" {
			io.WriteString(w, "{}")
		}
	}))
	t.Cleanup(b.Close)
	return b
}

// hold lets all requests wait until release.
func (b *backend) hold() (release func()) {
	held := make(chan struct{})
	b.mutex.Lock()
	b.held = held
	b.mutex.Unlock()
	return sync.OnceFunc(func() { close(held) })
}

func read(r *http.Request) (post, error) {
	base, found := strings.CutSuffix(r.URL.Path, profilesPath)
	if !found || r.Method != http.MethodPost {
		return post{}, fmt.Errorf("%s %s", r.Method, r.URL.Path)
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "gzip" {
		return post{}, fmt.Errorf("encoding %q", encoding)
	}
	body, err := gzip.NewReader(r.Body)
	if err != nil {
		return post{}, err
	}
	payload, err := io.ReadAll(body)
	return post{base, r.Header.Get("Content-Type"), payload}, err
}

// payloads are what was posted below a base, all of one content type.
func (b *backend) payloads(t *testing.T, base, contentType string) [][]byte {
	t.Helper()
	b.mutex.Lock()
	defer b.mutex.Unlock()
	var payloads [][]byte
	for _, post := range b.posts {
		if post.base != base {
			continue
		}
		if post.contentType != contentType {
			t.Errorf("%s%s: content type %q", base, profilesPath, post.contentType)
		}
		if isJSON := bytes.HasPrefix(post.payload, []byte("{")); isJSON != (contentType == "application/json") {
			t.Errorf("%s%s: not %s", base, profilesPath, contentType)
		}
		payloads = append(payloads, post.payload)
	}
	return payloads
}

// wait waits until there are a number of posts.
func (b *backend) wait(t *testing.T, count int) []post {
	t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		b.mutex.Lock()
		posts := b.posts
		b.mutex.Unlock()
		if len(posts) >= count {
			return posts
		}
	}
	t.Fatalf("%d posts do not arrive", count)
	return nil
}
