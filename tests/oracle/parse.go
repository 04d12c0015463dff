package main

import (
	"errors"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type parsed struct {
	// Why the file is refused; empty when it is accepted.
	Error string `json:"error"`
	// The line of that error, from 1; 0 when it names none.
	ErrorLine int `json:"error_line"`
	// The instructions; none when the parser itself gives up.
	Nodes []node `json:"nodes"`
}

type node struct {
	Keyword  string    `json:"keyword"`
	Line     int       `json:"line"`
	EndLine  int       `json:"end_line"`
	Flags    []string  `json:"flags"`
	Heredocs []heredoc `json:"heredocs"`
	// Why this instruction is refused.
	Error string `json:"error"`
	// What it says, by its kind; nil when it is refused.
	Arguments any `json:"arguments"`
}

type heredoc struct {
	Name       string `json:"name"`
	Descriptor uint   `json:"descriptor"`
	Expand     bool   `json:"expand"`
	Chomp      bool   `json:"chomp"`
	Content    string `json:"content"`
}

type fields map[string]any

// lint drops what it finds. Without one, a `check=` comment above an instruction makes BuildKit panic.
var lint = linter.New(&linter.Config{Warn: func(string, string, string, string, []parser.Range) {}})

func parse(text string) parsed {
	result, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return parsed{Error: err.Error(), ErrorLine: lineOf(err), Nodes: []node{}}
	}
	answer := parsed{Nodes: []node{}}
	for _, child := range result.AST.Children {
		answer.Nodes = append(answer.Nodes, describe(child))
	}
	lex := shell.NewLex(result.EscapeToken)
	stages, _, err := instructions.Parse(result.AST, lint)
	if err == nil {
		err = expandAll(result.AST, lex)
	}
	if err == nil && len(stages) == 0 {
		err = errors.New("no stage")
	}
	if err != nil {
		answer.Error, answer.ErrorLine = err.Error(), lineOf(err)
	}
	return answer
}

// allSet has every variable: what is refused with it is refused for its syntax.
type allSet struct{}

func (allSet) Get(string) (string, bool) { return "x", true }
func (allSet) Keys() []string            { return nil }

// expandAll expands the words of all instructions, as the builder does when it comes to them.
func expandAll(ast *parser.Node, lex *shell.Lex) error {
	expand := func(word string) (string, error) {
		result, _, err := lex.ProcessWord(word, allSet{})
		return result, err
	}
	for _, child := range ast.Children {
		command, err := instructions.ParseInstructionWithLinter(child, lint)
		if err != nil {
			return err
		}
		switch c := command.(type) {
		case *instructions.Stage:
			_, err = expand(c.BaseName)
			if err == nil {
				_, err = expand(c.Platform)
			}
		case *instructions.ArgCommand:
			for _, argument := range c.Args {
				if argument.Value != nil && err == nil {
					_, err = expand(*argument.Value)
				}
			}
		case *instructions.ExposeCommand:
			for _, port := range c.Ports {
				if err == nil {
					_, err = lex.ProcessWords(port, allSet{})
				}
			}
		case instructions.SupportsSingleWordExpansion:
			err = c.Expand(expand)
		}
		if err != nil {
			return parser.WithLocation(err, child.Location())
		}
	}
	return nil
}

func lineOf(err error) int {
	var located *parser.LocationError
	if !errors.As(err, &located) {
		return 0
	}
	line := 0
	for _, ranges := range located.Locations {
		for _, r := range ranges {
			if line == 0 || r.Start.Line < line {
				line = r.Start.Line
			}
		}
	}
	return line
}

func describe(n *parser.Node) node {
	d := node{
		Keyword:  strings.ToUpper(n.Value),
		Line:     n.StartLine,
		EndLine:  n.EndLine,
		Flags:    append([]string{}, n.Flags...),
		Heredocs: []heredoc{},
	}
	for _, h := range n.Heredocs {
		d.Heredocs = append(d.Heredocs, heredoc{h.Name, h.FileDescriptor, h.Expand, h.Chomp, h.Content})
	}
	command, err := instructions.ParseInstructionWithLinter(n, lint)
	if err != nil {
		d.Error = err.Error()
		return d
	}
	d.Arguments = arguments(command, n)
	return d
}

func arguments(command any, n *parser.Node) any {
	switch c := command.(type) {
	case *instructions.Stage:
		return fields{"image": c.BaseName, "name": c.Name, "platform": c.Platform}
	case *instructions.RunCommand:
		return commandLine(c.ShellDependantCmdLine)
	case *instructions.CmdCommand:
		return commandLine(c.ShellDependantCmdLine)
	case *instructions.EntrypointCommand:
		return commandLine(c.ShellDependantCmdLine)
	case *instructions.ShellCommand:
		return fields{"exec": c.Shell}
	case *instructions.HealthCheckCommand:
		switch c.Health.Test[0] {
		case "NONE":
			return fields{"none": true}
		case "CMD":
			return fields{"exec": c.Health.Test[1:]}
		}
		return fields{"shell": strings.Join(c.Health.Test[1:], " ")}
	case *instructions.CopyCommand:
		return transfer(c.SourcesAndDest)
	case *instructions.AddCommand:
		return transfer(c.SourcesAndDest)
	case *instructions.EnvCommand:
		return pairs(c.Env)
	case *instructions.LabelCommand:
		return pairs(c.Labels)
	case *instructions.ArgCommand:
		list := [][]*string{}
		for _, argument := range c.Args {
			list = append(list, []*string{&argument.Key, argument.Value})
		}
		return fields{"declarations": list}
	case *instructions.ExposeCommand:
		return fields{"words": c.Ports}
	case *instructions.VolumeCommand:
		return fields{"words": c.Volumes}
	case *instructions.UserCommand:
		return fields{"words": []string{c.User}}
	case *instructions.WorkdirCommand:
		return fields{"words": []string{c.Path}}
	case *instructions.StopSignalCommand:
		return fields{"words": []string{c.Signal}}
	case *instructions.MaintainerCommand:
		return fields{"words": []string{c.Maintainer}}
	case *instructions.OnbuildCommand:
		return fields{"inner": describe(n.Next.Children[0])}
	}
	return nil
}

func commandLine(line instructions.ShellDependantCmdLine) fields {
	if line.PrependShell {
		return fields{"shell": strings.Join(line.CmdLine, " ")}
	}
	return fields{"exec": append([]string{}, line.CmdLine...)}
}

func transfer(t instructions.SourcesAndDest) fields {
	contents := [][]any{}
	for _, content := range t.SourceContents {
		contents = append(contents, []any{content.Path, content.Data, content.Expand})
	}
	return fields{
		"sources":     append([]string{}, t.SourcePaths...),
		"contents":    contents,
		"destination": t.DestPath,
	}
}

func pairs(list instructions.KeyValuePairs) fields {
	result := [][]string{}
	legacy := false
	for _, pair := range list {
		result = append(result, []string{pair.Key, pair.Value})
		legacy = legacy || pair.NoDelim
	}
	return fields{"pairs": result, "legacy": legacy}
}
