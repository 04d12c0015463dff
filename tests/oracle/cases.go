package main

import (
	"os"
	"path/filepath"
	"strings"
)

// What BuildKit's own tests check, read from its module folder.
type tables struct {
	Variables   []wordCase       `json:"variables"`
	Words       []wordCase       `json:"words"`
	Dockerfiles []dockerfileCase `json:"dockerfiles"`
}

type wordCase struct {
	Line  int      `json:"line"`
	Word  string   `json:"word"`
	Env   []string `json:"env"`
	Error bool     `json:"error"`
	// One string for a variable case, the split words for a word case.
	Expected []string `json:"expected"`
}

type dockerfileCase struct {
	Name     string `json:"name"`
	Text     string `json:"text"`
	Negative bool   `json:"negative"`
}

func cases(module string) (tables, error) {
	base := filepath.Join(module, "frontend", "dockerfile")
	variables, err := variableCases(filepath.Join(base, "shell", "envVarTest"))
	if err != nil {
		return tables{}, err
	}
	words, err := splitCases(filepath.Join(base, "shell", "wordsTest"))
	if err != nil {
		return tables{}, err
	}
	result := tables{Variables: variables, Words: words}
	for folder, negative := range map[string]bool{"testfiles": false, "testfiles-negative": true, "testfile-line": false} {
		pattern := filepath.Join(base, "parser", folder, "*", "Dockerfile")
		if folder == "testfile-line" {
			pattern = filepath.Join(base, "parser", folder, "Dockerfile")
		}
		paths, err := filepath.Glob(pattern)
		if err != nil {
			return tables{}, err
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return tables{}, err
			}
			name, err := filepath.Rel(filepath.Join(base, "parser"), path)
			if err != nil {
				return tables{}, err
			}
			result.Dockerfiles = append(result.Dockerfiles, dockerfileCase{filepath.ToSlash(name), string(text), negative})
		}
	}
	return result, nil
}

func lines(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), nil
}

// Lines of `platform | word | value`.
func variableCases(path string) ([]wordCase, error) {
	all, err := lines(path)
	if err != nil {
		return nil, err
	}
	env := []string{"PWD=/home", "SHELL=bash", "KOREAN=한국어", "NULL="}
	result := []wordCase{}
	for i, line := range all {
		parts := strings.Split(line, "|")
		if strings.HasPrefix(line, "#") || len(parts) != 3 || strings.TrimSpace(parts[0]) == "W" {
			continue
		}
		expected := strings.TrimSpace(parts[2])
		result = append(result, wordCase{i + 1, strings.TrimSpace(parts[1]), env, expected == "error", []string{expected}})
	}
	return result, nil
}

// Lines of `word | words, separated by commas`, and `ENV name=value` for all lines after it.
func splitCases(path string) ([]wordCase, error) {
	all, err := lines(path)
	if err != nil {
		return nil, err
	}
	env := []string{}
	result := []wordCase{}
	for i, line := range all {
		if name, found := strings.CutPrefix(line, "ENV "); found {
			env = append(env, strings.TrimLeft(name, " "))
			continue
		}
		word, expected, found := strings.Cut(line, "|")
		if strings.HasPrefix(line, "#") || !found {
			continue
		}
		list := strings.Split(strings.TrimLeft(expected, " "), ",")
		isError := len(list) == 1 && list[0] == "error"
		result = append(result, wordCase{i + 1, strings.TrimSpace(word), append([]string{}, env...), isError, list})
	}
	return result, nil
}
