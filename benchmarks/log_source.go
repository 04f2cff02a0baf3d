// A source of logs for the benchmarks: an API server's few answers, served as it serves them, by Go's net/http over TLS
// with HTTP/2 on offer. Lines are made while they are sent, which costs less than sending them, so that a log may be
// of any length.
//
//	log_source [-pods N] [-containers N] [-lines N] [-idle]
//
// Prints a kubeconfig's path and serves until stdin ends or SIGTERM comes. A container is terminated once its log was
// followed to the end, and its pod Succeeded with the last of them; with -idle they go on, and GET /open answers how
// many follows have got their lines and are open.
package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	stamp   = "2026-01-01T00:00:00.000000000Z "
	request = "GET /api/v1/items/"
	answer  = " HTTP/1.1 200 "
	width   = 130      // of a line, with its stamp and its end
	paced   = 25       // lines that come at once where so many a second are asked for
	block   = 32 << 10 // what io.Copy moves at once in the API server
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// entry is a line of one container's log, a millisecond after the line before it.
type entry [width]byte

// newEntry has the container's own microseconds, so that no two containers write at the same time.
func newEntry(number int) *entry {
	var e entry
	for i := range e {
		e[i] = 'x'
	}
	copy(e[:], stamp+request)
	put(e[23:26], number)
	e[width-1] = '\n'
	return &e
}

// set makes it the line of a number, which must not be smaller than the one before.
func (e *entry) set(number int) {
	put(e[11:13], number/3_600_000)
	put(e[14:16], number/60_000%60)
	put(e[17:19], number/1000%60)
	put(e[20:23], number%1000)
	end := len(strconv.AppendInt(e[:len(stamp)+len(request)], int64(number), 10))
	copy(e[end:], answer)
}

func put(field []byte, number int) {
	for i := len(field) - 1; i >= 0; i-- {
		field[i] = byte('0' + number%10)
		number /= 10
	}
}

type object = map[string]any

// source is everything that is served.
type source struct {
	pods, containers, lines int
	rate                    int // lines a second of a followed container; 0: as fast as they are read
	idle                    bool
	open                    atomic.Int64 // idle follows

	mutex   sync.Mutex
	ended   map[[2]int]bool // pod and container
	changes []object        // pods as they became, from resourceVersion 2 on
	changed chan struct{}   // closed with the next change
}

func (s *source) handler() http.Handler {
	const pods = "GET /api/v1/namespaces/default/pods"
	mux := http.NewServeMux()
	fixed := map[string]object{
		"/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.0"},
		"/api":     {"kind": "APIVersions", "versions": []string{"v1"}},
		"/apis":    {"kind": "APIGroupList", "apiVersion": "v1", "groups": []string{}},
		"/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": []object{{
			"name": "pods", "singularName": "pod", "namespaced": true, "kind": "Pod", "shortNames": []string{"po"},
			"verbs": []string{"get", "list", "watch"},
		}}},
	}
	for path, document := range fixed {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { send(w, document) })
	}
	mux.HandleFunc(pods, s.list)
	mux.HandleFunc(pods+"/{pod}", s.one)
	mux.HandleFunc(pods+"/{pod}/log", s.log)
	mux.HandleFunc("GET /open", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s.open.Load()) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { notFound(w) })
	return mux
}

func send(w http.ResponseWriter, document object) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(document)
}

func notFound(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotFound)
	json.NewEncoder(w).Encode(object{
		"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404, "reason": "NotFound", "message": "not found",
	})
}

func (s *source) list(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("watch") != "" {
		s.watch(w, r)
		return
	}
	s.mutex.Lock()
	items := make([]object, s.pods)
	for pod := range items {
		items[pod] = s.pod(pod)
	}
	version := s.version()
	s.mutex.Unlock()
	send(w, object{
		"kind": "PodList", "apiVersion": "v1", "metadata": object{"resourceVersion": version}, "items": items,
	})
}

// watch sends the changes after a resourceVersion, until the client leaves.
func (s *source) watch(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	version, err := strconv.Atoi(r.FormValue("resourceVersion"))
	if err != nil || version < 1 {
		version = 1
	}
	seen := version - 1
	encoder, flusher := json.NewEncoder(w), http.NewResponseController(w)
	for {
		s.mutex.Lock()
		news, changed := s.changes[min(seen, len(s.changes)):], s.changed
		s.mutex.Unlock()
		for _, pod := range news {
			encoder.Encode(object{"type": "MODIFIED", "object": pod})
		}
		seen += len(news)
		flusher.Flush()
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

func (s *source) one(w http.ResponseWriter, r *http.Request) {
	pod, ok := index(r.PathValue("pod"), "web-", s.pods)
	if !ok {
		notFound(w)
		return
	}
	s.mutex.Lock()
	document := s.pod(pod)
	s.mutex.Unlock()
	send(w, document)
}

// index is the number in a name.
func index(name, prefix string, below int) (int, bool) {
	if len(name) <= len(prefix) || name[:len(prefix)] != prefix {
		return 0, false
	}
	number, err := strconv.Atoi(name[len(prefix):])
	return number, err == nil && number >= 0 && number < below
}

// version is called with the mutex held.
func (s *source) version() string { return strconv.Itoa(1 + len(s.changes)) }

// pod is a pod as it is now. It is called with the mutex held.
func (s *source) pod(pod int) object {
	var containers, statuses []object
	phase := "Succeeded"
	for container := range s.containers {
		name := fmt.Sprintf("c%d", container)
		id := fmt.Sprintf("containerd://%d-%d", pod, container)
		began := epoch.Format(time.RFC3339)
		status := object{"name": name, "image": "app:1", "imageID": "", "restartCount": 0, "containerID": id}
		if s.ended[[2]int{pod, container}] {
			status["ready"] = false
			status["state"] = object{"terminated": object{
				"exitCode": 0, "reason": "Completed", "startedAt": began, "containerID": id,
				"finishedAt": epoch.Add(time.Duration(s.lines) * time.Millisecond).Format(time.RFC3339),
			}}
		} else {
			phase = "Running"
			status["ready"] = true
			status["state"] = object{"running": object{"startedAt": began}}
		}
		containers = append(containers, object{"name": name, "image": "app:1"})
		statuses = append(statuses, status)
	}
	return object{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": object{
			"name": fmt.Sprintf("web-%d", pod), "namespace": "default", "uid": fmt.Sprintf("uid-%d", pod),
			"labels": object{"app": "web"}, "resourceVersion": s.version(),
			"creationTimestamp": epoch.Format(time.RFC3339),
		},
		"spec":   object{"nodeName": "n1", "restartPolicy": "Never", "containers": containers},
		"status": object{"phase": phase, "containerStatuses": statuses},
	}
}

// log sends line by line when it is followed, as a kubelet does, and else in blocks, as the API server copies them.
func (s *source) log(w http.ResponseWriter, r *http.Request) {
	pod, ok := index(r.PathValue("pod"), "web-", s.pods)
	container, known := index(r.FormValue("container"), "c", s.containers)
	if !ok || !known {
		notFound(w)
		return
	}
	first := 0
	if since, err := time.Parse(time.RFC3339, r.FormValue("sinceTime")); err == nil {
		first = max(0, int(since.Truncate(time.Second).Sub(epoch).Milliseconds()))
	}
	without := len(stamp)
	if r.FormValue("timestamps") == "true" {
		without = 0
	}
	follow := r.FormValue("follow") == "true"
	w.Header().Set("Content-Type", "text/plain")
	flusher := http.NewResponseController(w)
	line := newEntry(pod*s.containers + container)
	if follow {
		began := time.Now()
		for number := first; number < s.lines; number++ {
			if s.rate > 0 && number%paced == 0 {
				time.Sleep(time.Until(began.Add(time.Duration(number-first) * time.Second / time.Duration(s.rate))))
			}
			line.set(number)
			if _, err := w.Write(line[without:]); err != nil {
				return
			}
			flusher.Flush()
		}
	} else {
		blocks := bufio.NewWriterSize(w, block)
		for number := first; number < s.lines; number++ {
			line.set(number)
			if _, err := blocks.Write(line[without:]); err != nil {
				return
			}
		}
		blocks.Flush()
	}
	if !follow {
		return
	}
	if s.idle {
		s.open.Add(1)
		defer s.open.Add(-1)
		<-r.Context().Done()
		return
	}
	s.end(pod, container)
}

// end marks a container as terminated.
func (s *source) end(pod, container int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if key := [2]int{pod, container}; !s.ended[key] {
		s.ended[key] = true
		s.changes = append(s.changes, nil)
		s.changes[len(s.changes)-1] = s.pod(pod)
		close(s.changed)
		s.changed = make(chan struct{})
	}
}

// identity is a key with a self-signed certificate for 127.0.0.1, which comes as PEM as well.
func identity() (tls.Certificate, []byte) {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "log-source"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// kubeconfig is in JSON, which is YAML as well. Without a token, kubectl would ask for a user's name.
func kubeconfig(address net.Addr, authority []byte) []byte {
	cluster := object{"server": "https://" + address.String(), "certificate-authority-data": authority}
	return must(json.Marshal(object{
		"apiVersion": "v1", "kind": "Config", "current-context": "source",
		"clusters": []object{{"name": "source", "cluster": cluster}},
		"contexts": []object{{"name": "source", "context": object{"cluster": "source", "user": "nobody"}}},
		"users":    []object{{"name": "nobody", "user": object{"token": "any"}}},
	}))
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	s := &source{ended: map[[2]int]bool{}, changed: make(chan struct{})}
	flag.IntVar(&s.pods, "pods", 1, "pods, web-0 and so on, with the label app=web")
	flag.IntVar(&s.containers, "containers", 8, "containers of each, c0 and so on; 1,000 in all at most")
	flag.IntVar(&s.lines, "lines", 1000, "lines of each container")
	flag.IntVar(&s.rate, "rate", 0, "lines a second of each container that is followed; 0: as fast as they are read")
	flag.BoolVar(&s.idle, "idle", false, "a follow stays open after its lines")
	flag.Parse()

	certificate, authority := identity()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	folder := must(os.MkdirTemp("", "log-source-"))
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "kubeconfig")
	if err := os.WriteFile(path, kubeconfig(listener.Addr(), authority), 0o600); err != nil {
		log.Fatal(err)
	}
	server := &http.Server{
		Handler:   s.handler(),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}},
		// The API server's own bound, see SecureServingInfo.Serve.
		HTTP2:    &http.HTTP2Config{MaxConcurrentStreams: 100},
		ErrorLog: log.New(io.Discard, "", 0), // clients that leave in the middle
	}
	go server.ServeTLS(listener, "", "")
	fmt.Println(path)

	ending, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	<-ending.Done()
	server.Close()
}
