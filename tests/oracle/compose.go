package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/format"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

func init() {
	// Its warnings say nothing that is compared.
	logrus.SetOutput(io.Discard)
}

// What compose makes of a text with variables: no value when it refuses it.
type substituted struct {
	Value *string `json:"value"`
}

func substitute(r request) substituted {
	variables := map[string]string{}
	for _, pair := range r.Env {
		name, value, _ := strings.Cut(pair, "=")
		variables[name] = value
	}
	value, err := template.Substitute(r.Word, func(name string) (string, bool) {
		value, found := variables[name]
		return value, found
	})
	if err != nil {
		return substituted{}
	}
	return substituted{Value: &value}
}

// The parts of a short syntax, in an order that the reader knows; nothing when compose refuses it.
type parts struct {
	Parts []string `json:"parts"`
}

func port(text string) parts {
	configs, err := types.ParsePortConfig(text)
	if err != nil || len(configs) == 0 {
		return parts{}
	}
	low, high := configs[0].Target, configs[0].Target
	for _, config := range configs {
		low, high = min(low, config.Target), max(high, config.Target)
	}
	return parts{Parts: []string{configs[0].HostIP, fmt.Sprint(low), fmt.Sprint(high), configs[0].Protocol}}
}

func mount(text string) parts {
	volume, err := format.ParseVolume(text)
	if err != nil {
		return parts{}
	}
	return parts{Parts: []string{volume.Type, volume.Source, volume.Target, fmt.Sprint(volume.ReadOnly)}}
}

// A project as compose resolves it, or why it refuses it.
type project struct {
	Error    string             `json:"error"`
	Services map[string]service `json:"services"`
	Networks []string           `json:"networks"`
	Volumes  []string           `json:"volumes"`
}

type service struct {
	Image       string             `json:"image"`
	User        string             `json:"user"`
	Context     string             `json:"context"`
	Dockerfile  string             `json:"dockerfile"`
	Target      string             `json:"target"`
	Networks    []string           `json:"networks"`
	DependsOn   map[string]string  `json:"depends_on"`
	Environment map[string]*string `json:"environment"`
	Mounts      []string           `json:"mounts"`
	CapAdd      []string           `json:"cap_add"`
	Command     []string           `json:"command"`
	Profiles    []string           `json:"profiles"`
}

func compose(r request) project {
	var files []types.ConfigFile
	for _, file := range r.Files {
		files = append(files, types.ConfigFile{Filename: file})
	}
	details := types.ConfigDetails{
		WorkingDir:  filepath.Dir(r.Files[0]),
		ConfigFiles: files,
		Environment: types.NewMapping(r.Env),
	}
	loaded, err := loader.LoadWithContext(context.Background(), details, func(options *loader.Options) {
		options.SetProjectName("oracle", true)
		options.Profiles = []string{"*"}
		options.SkipConsistencyCheck = !r.Consistent
		options.SkipNormalization = !r.Consistent
		options.SkipDefaultValues = true
		options.SkipResolveEnvironment = true
	})
	if err != nil {
		return project{Error: err.Error()}
	}
	result := project{Services: map[string]service{}, Networks: keys(loaded.Networks), Volumes: keys(loaded.Volumes)}
	for name, from := range loaded.Services {
		result.Services[name] = describeService(from)
	}
	return result
}

func describeService(from types.ServiceConfig) service {
	to := service{
		Image:       from.Image,
		User:        from.User,
		Networks:    keys(from.Networks),
		DependsOn:   map[string]string{},
		Environment: from.Environment,
		CapAdd:      from.CapAdd,
		Command:     from.Command,
		Profiles:    from.Profiles,
	}
	if from.Build != nil {
		to.Context, to.Dockerfile, to.Target = from.Build.Context, from.Build.Dockerfile, from.Build.Target
	}
	for name, dependency := range from.DependsOn {
		to.DependsOn[name] = dependency.Condition
	}
	for _, volume := range from.Volumes {
		to.Mounts = append(to.Mounts, volume.Type+" "+volume.Source+" "+volume.Target)
	}
	return to
}

func keys[V any](from map[string]V) []string {
	names := []string{}
	for name := range from {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
