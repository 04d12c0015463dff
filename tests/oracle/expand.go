package main

import (
	"errors"
	"sort"
	"unicode/utf8"

	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type expansion struct {
	Value     *string  `json:"value"`
	Words     []string `json:"words"`
	Matched   []string `json:"matched"`
	Unmatched []string `json:"unmatched"`
	Error     string   `json:"error"`
}

func expand(r request) (expansion, error) {
	escape, _ := utf8.DecodeRuneInString(r.Escape)
	if escape == utf8.RuneError {
		return expansion{}, errors.New("no escape character")
	}
	lex := shell.NewLex(escape)
	lex.SkipProcessQuotes = !r.Quotes
	env := shell.EnvsFromSlice(r.Env)
	result, err := lex.ProcessWordWithMatches(r.Word, env)
	if err != nil {
		return expansion{Error: err.Error()}, nil
	}
	return expansion{
		Value:     &result.Result,
		Words:     append([]string{}, result.Words...),
		Matched:   names(result.Matched),
		Unmatched: names(result.Unmatched),
	}, nil
}

func names(set map[string]struct{}) []string {
	list := []string{}
	for name := range set {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}
