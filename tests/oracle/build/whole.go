package main

import (
	"context"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/solver/pb"
)

// A RUN, a WORKDIR or one source of a COPY.
type run struct {
	Args []string `json:"args"`
	Env  []string `json:"env"`
	Cwd  string   `json:"cwd"`
	User string   `json:"user"`
}

type folder struct {
	Mkdir string `json:"mkdir"`
	Owned bool   `json:"owned"`
}

type copied struct {
	Src    string   `json:"src"`
	Dest   string   `json:"dest"`
	Mode   int32    `json:"mode"`
	Letter string   `json:"letter"`
	Owned  bool     `json:"owned"`
	Skips  []string `json:"skips"`
	Unpack bool     `json:"unpack"`
}

// The image that a Dockerfile becomes, and what is done for it.
func whole(r request, images *images, result *answer) error {
	opt, err := options(r, images)
	if err != nil {
		return err
	}
	opt.BuildArgs = r.Arguments
	opt.Target = r.Target
	built, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(r.Text), opt)
	if err != nil {
		return err
	}
	result.Image = built.Image
	definition, err := built.State.Marshal(context.Background())
	if err != nil {
		return err
	}
	result.Steps = []any{}
	for _, bytes := range definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(bytes); err != nil {
			return err
		}
		if exec := op.GetExec(); exec != nil {
			result.Steps = append(result.Steps, run{exec.Meta.Args, exec.Meta.Env, exec.Meta.Cwd, exec.Meta.User})
		}
		for _, action := range op.GetFile().GetActions() {
			if mkdir := action.GetMkdir(); mkdir != nil && !strings.HasPrefix(mkdir.Path, "/cache") {
				result.Steps = append(result.Steps, folder{mkdir.Path, mkdir.Owner != nil})
			}
			if c := action.GetCopy(); c != nil {
				result.Steps = append(result.Steps, copied{
					c.Src, c.Dest, c.Mode, c.ModeStr, c.Owner != nil, append([]string{}, c.ExcludePatterns...),
					c.AttemptUnpackDockerCompatibility,
				})
			}
		}
	}
	return nil
}
