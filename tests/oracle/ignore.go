package main

import (
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

type ignored struct {
	// Why the file is refused; empty when it is accepted.
	Error string `json:"error"`
	// For each path whether it is left out of the context.
	Ignored []bool `json:"ignored"`
}

// ignore says which paths an ignore file leaves out, each reached through its folders as the transfer of a context does.
func ignore(r request) ignored {
	patterns, err := ignorefile.ReadAll(strings.NewReader(r.Text))
	if err != nil {
		return ignored{Error: err.Error()}
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return ignored{Error: err.Error()}
	}
	found := []bool{}
	for _, path := range r.Files {
		parts := strings.Split(path, "/")
		info := patternmatcher.MatchInfo{}
		match := false
		for i := range parts {
			match, info, err = matcher.MatchesUsingParentResults(strings.Join(parts[:i+1], "/"), info)
			if err != nil {
				return ignored{Error: err.Error()}
			}
		}
		found = append(found, match)
	}
	return ignored{Ignored: found}
}

type globbed struct {
	Error   string `json:"error"`
	Matches []bool `json:"matches"`
}

// glob says which paths a source of COPY matches.
func glob(r request) globbed {
	found := []bool{}
	for _, path := range r.Files {
		match, err := filepath.Match(r.Word, path)
		if err != nil {
			return globbed{Error: err.Error()}
		}
		found = append(found, match)
	}
	return globbed{Matches: found}
}
