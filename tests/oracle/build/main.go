// Answers for BuildKit's build of a Dockerfile: Dockerfiles as JSON lines on standard input, one answer per Dockerfile,
// in order, as JSON lines on standard output. Nothing is built or fetched: an image is what the request says of it, and
// empty where it says nothing.
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
	"github.com/moby/buildkit/frontend/dockerui"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	gatewaypb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

type request struct {
	Text string `json:"text"`
	// The operating system to build for; Linux where it is not said.
	OS string `json:"os"`
	// What is known of base images, by their full names.
	Images map[string]config `json:"images"`
	// The content of `.dockerignore`; without it there is no context.
	Ignore string `json:"ignore"`
	// Whether the whole image is asked for, and what is done for it.
	Whole bool `json:"whole"`
	// With it: the arguments of the build, the stage, and the configuration document of every image.
	Arguments map[string]string `json:"arguments"`
	Target    string            `json:"target"`
	Base      json.RawMessage   `json:"base"`
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
	// The whole configuration document, and the operations in no order, where they are asked for.
	Image any   `json:"image"`
	Steps []any `json:"steps"`
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
			err = answers.Encode(build(r))
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

func build(r request) (result answer) {
	defer func() {
		// Some broken files make this code panic where the daemon would catch it.
		if p := recover(); p != nil {
			result = answer{Error: fmt.Sprint("panic: ", p), Warnings: []warning{}, Images: []string{}}
		}
	}()
	result.Warnings = []warning{}
	images := &images{known: r.Images, names: map[string]bool{}, base: r.Base}
	if r.Whole {
		if err := whole(r, images, &result); err != nil {
			result.Error = err.Error()
		}
		result.Images = images.sorted()
		return result
	}
	lint, err := options(r, images)
	if err != nil {
		result.Error = err.Error()
		return result
	}
	lint.AllStages = true
	lint.Warn = func(rule, _, _, message string, location []parser.Range) {
		line := 0
		if len(location) > 0 {
			line = location[0].Start.Line
		}
		result.Warnings = append(result.Warnings, warning{rule, line, message})
	}
	if _, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(r.Text), lint); err != nil {
		result.Error = err.Error()
	}
	result.Images = images.sorted()
	if result.Error != "" {
		return result
	}
	again, err := options(r, images)
	if err != nil {
		result.Error = err.Error()
		return result
	}
	built, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(r.Text), again)
	if err != nil {
		result.Error = err.Error()
		return result
	}
	c := built.Image.Config
	result.Config = &config{c.User, c.WorkingDir, append([]string{}, c.Env...), append([]string{}, c.Shell...)}
	return result
}

func options(r request, images *images) (dockerfile2llb.ConvertOpt, error) {
	system := r.OS
	if system == "" {
		system = "linux"
	}
	opt := dockerfile2llb.ConvertOpt{
		MetaResolver:   images,
		TargetPlatform: &ocispecs.Platform{OS: system, Architecture: "amd64"},
		SourceMap:      llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", []byte(r.Text)),
	}
	if r.Ignore != "" {
		client, err := dockerui.NewClient(ignoring{ignore: r.Ignore})
		if err != nil {
			return opt, err
		}
		opt.Client = client
	}
	return opt, nil
}

// images knows every image; those that the request says nothing of are empty.
type images struct {
	known map[string]config
	mutex sync.Mutex
	names map[string]bool
	base  json.RawMessage
}

func (i *images) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	if strings.TrimSpace(ref) == "" {
		return "", "", nil, errors.New("no image")
	}
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.names[ref] = true
	if len(i.base) > 0 {
		return ref, "", i.base, nil
	}
	known := i.known[ref]
	image := ocispecs.Image{Platform: ocispecs.Platform{OS: "linux", Architecture: "amd64"}}
	// Every image comes for every platform.
	if opt.ImageOpt != nil && opt.ImageOpt.Platform != nil {
		image.Platform = *opt.ImageOpt.Platform
	}
	image.Config.User = known.User
	image.Config.WorkingDir = known.Workdir
	image.Config.Env = known.Env
	image.RootFS.Type = "layers"
	raw, err := json.Marshal(struct {
		ocispecs.Image
		Config any `json:"config"`
	}{image, struct {
		ocispecs.ImageConfig
		Shell []string `json:",omitempty"`
	}{image.Config, known.Shell}})
	return ref, "", raw, err
}

func (i *images) sorted() []string {
	list := []string{}
	for name := range i.names {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

// ignoring is a client with a context of which nothing but `.dockerignore` is ever read.
type ignoring struct {
	gateway.Client
	ignore string
}

func (c ignoring) BuildOpts() gateway.BuildOpts {
	return gateway.BuildOpts{
		Opts:    map[string]string{},
		LLBCaps: pb.Caps.CapSet(pb.Caps.All()),
		Caps:    gatewaypb.Caps.CapSet(gatewaypb.Caps.All()),
	}
}

func (c ignoring) Inputs(context.Context) (map[string]llb.State, error) {
	return nil, nil
}

func (c ignoring) Solve(context.Context, gateway.SolveRequest) (*gateway.Result, error) {
	result := gateway.NewResult()
	result.SetRef(ignoreFile{ignore: c.ignore})
	return result, nil
}

type ignoreFile struct {
	gateway.Reference
	ignore string
}

func (f ignoreFile) ReadFile(context.Context, gateway.ReadRequest) ([]byte, error) {
	return []byte(f.ignore), nil
}
