// Answers for BuildKit's build of a Dockerfile: Dockerfiles as JSON lines on standard input, one answer per Dockerfile,
// in order, as JSON lines on standard output. Nothing is built or fetched: every image is taken for an empty one.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

type request struct {
	Text string `json:"text"`
}

type answer struct {
	// Why the file is refused; empty when it is accepted.
	Error string `json:"error"`
	// What BuildKit's own checks find, in all stages.
	Warnings []warning `json:"warnings"`
	// The images that stages start from or copy from, sorted.
	Images []string `json:"images"`
	// The configuration of the shipped image; nil when the file is refused.
	Config *config `json:"config"`
}

type warning struct {
	Rule    string `json:"rule"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

type config struct {
	User    string   `json:"user"`
	Workdir string   `json:"workdir"`
	Env     []string `json:"env"`
	Shell   []string `json:"shell"`
}

func main() {
	requests := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := bufio.NewWriter(os.Stdout)
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for requests.More() {
		var r request
		err := requests.Decode(&r)
		if err == nil {
			err = answers.Encode(build(r.Text))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "oracle:", err)
			os.Exit(1)
		}
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

func build(text string) (result answer) {
	defer func() {
		// Some broken files make this code panic where the daemon would catch it.
		if p := recover(); p != nil {
			result = answer{Error: fmt.Sprint("panic: ", p), Warnings: []warning{}, Images: []string{}}
		}
	}()
	result.Warnings = []warning{}
	images := &emptyImages{names: map[string]bool{}}
	lint := options(text, images)
	lint.AllStages = true
	lint.Warn = func(rule, _, _, message string, location []parser.Range) {
		line := 0
		if len(location) > 0 {
			line = location[0].Start.Line
		}
		result.Warnings = append(result.Warnings, warning{rule, line, message})
	}
	if _, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(text), lint); err != nil {
		result.Error = err.Error()
	}
	result.Images = images.sorted()
	if result.Error != "" {
		return result
	}
	built, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(text), options(text, images))
	if err != nil {
		result.Error = err.Error()
		return result
	}
	c := built.Image.Config
	result.Config = &config{c.User, c.WorkingDir, append([]string{}, c.Env...), append([]string{}, c.Shell...)}
	return result
}

func options(text string, images *emptyImages) dockerfile2llb.ConvertOpt {
	return dockerfile2llb.ConvertOpt{
		MetaResolver:   images,
		TargetPlatform: &ocispecs.Platform{OS: "linux", Architecture: "amd64"},
		SourceMap:      llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", []byte(text)),
	}
}

// emptyImages knows every image, and each of them is empty.
type emptyImages struct {
	mutex sync.Mutex
	names map[string]bool
}

func (e *emptyImages) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	if strings.TrimSpace(ref) == "" {
		return "", "", nil, errors.New("no image")
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.names[ref] = true
	return ref, "", []byte(`{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers"}}`), nil
}

func (e *emptyImages) sorted() []string {
	list := []string{}
	for name := range e.names {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}
