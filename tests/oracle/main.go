// Answers for the reference implementations of Dockerfiles and compose files: requests as JSON lines on standard input,
// one answer per request, in order, as JSON lines on standard output. See README.md.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type request struct {
	// "parse", "expand", "cases", "ignore", "glob", "substitute", "port", "mount" or "compose".
	Kind string `json:"kind"`
	// parse: the Dockerfile; ignore: the ignore file.
	Text string `json:"text"`
	// expand: the word, its variables, the escape character, whether quotes are special.
	Word   string   `json:"word"`
	Env    []string `json:"env"`
	Escape string   `json:"escape"`
	Quotes bool     `json:"quotes"`
	// cases: the folder of the BuildKit module.
	Module string `json:"module"`
	// ignore, glob: the paths; glob: the pattern is the word.
	// compose: the files of the project, each laid over those before it, and whether names must be declared.
	Files      []string `json:"files"`
	Consistent bool     `json:"consistent"`
}

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

func serve() error {
	requests := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := bufio.NewWriter(os.Stdout)
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for requests.More() {
		var r request
		if err := requests.Decode(&r); err != nil {
			return err
		}
		answer, err := answer(r)
		if err != nil {
			return err
		}
		if err := answers.Encode(answer); err != nil {
			return err
		}
	}
	return out.Flush()
}

func answer(r request) (any, error) {
	switch r.Kind {
	case "parse":
		return parse(r.Text), nil
	case "expand":
		return expand(r)
	case "cases":
		return cases(r.Module)
	case "ignore":
		return ignore(r), nil
	case "glob":
		return glob(r), nil
	case "substitute":
		return substitute(r), nil
	case "port":
		return port(r.Word), nil
	case "mount":
		return mount(r.Word), nil
	case "compose":
		return compose(r), nil
	}
	return nil, fmt.Errorf("unknown request %q", r.Kind)
}
