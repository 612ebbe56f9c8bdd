// Replays histories of applies and updates with structured-merge-diff, the library behind Kubernetes' server-side
// apply, so that tests can compare. Reads a list of histories as JSON and answers what each step led to.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/merge"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

type history struct {
	// Schema is structured-merge-diff's own YAML; the object's type in it is "root".
	Schema string `json:"schema"`
	Steps  []step `json:"steps"`
}

type step struct {
	Op      string      `json:"op"` // apply, force or update
	Manager string      `json:"manager"`
	Object  interface{} `json:"object"`
}

type outcome struct {
	Error     string                     `json:"error,omitempty"`
	Conflicts []string                   `json:"conflicts,omitempty"`
	Object    interface{}                `json:"object"`
	Managers  map[string]json.RawMessage `json:"managers"`
}

type oneVersion struct{}

func (oneVersion) Convert(object *typed.TypedValue, _ fieldpath.APIVersion) (*typed.TypedValue, error) {
	return object, nil
}

func (oneVersion) IsMissingVersionError(error) bool { return false }

func main() {
	var histories []history
	check(json.NewDecoder(os.Stdin).Decode(&histories))
	answers := make([][]outcome, len(histories))
	parsers := map[string]*typed.Parser{}
	for i, h := range histories {
		parser, ok := parsers[h.Schema]
		if !ok {
			var err error
			parser, err = typed.NewParser(typed.YAMLObject(h.Schema))
			check(err)
			parsers[h.Schema] = parser
		}
		answers[i] = replay(parser.Type("root"), h.Steps)
	}
	check(json.NewEncoder(os.Stdout).Encode(answers))
}

func replay(kind typed.ParseableType, steps []step) []outcome {
	updater := (&merge.UpdaterBuilder{Converter: oneVersion{}}).BuildUpdater()
	live, err := kind.FromUnstructured(map[string]interface{}{})
	check(err)
	managers := fieldpath.ManagedFields{}
	answers := []outcome{}
	for _, s := range steps {
		next, left, err := take(updater, kind, live, managers.Copy(), s)
		answer := outcome{}
		if err == nil {
			live, managers = next, left
		} else if conflicts, ok := err.(merge.Conflicts); ok {
			for _, c := range conflicts {
				answer.Conflicts = append(answer.Conflicts, c.Manager+" "+c.Path.String())
			}
			sort.Strings(answer.Conflicts)
		} else {
			answer.Error = err.Error()
		}
		answer.Object = value.NewValueInterface(live.AsValue().Unstructured()).Unstructured()
		answer.Managers = encode(managers)
		answers = append(answers, answer)
	}
	return answers
}

func take(updater *merge.Updater, kind typed.ParseableType, live *typed.TypedValue, managers fieldpath.ManagedFields, s step) (*typed.TypedValue, fieldpath.ManagedFields, error) {
	if s.Op == "update" {
		object, err := kind.FromUnstructured(s.Object, typed.AllowDuplicates)
		if err != nil {
			return nil, nil, err
		}
		const self = "current-operation"
		next, left, err := updater.Update(live, object, "v1", managers, self)
		if err != nil {
			return nil, nil, err
		}
		if own, ok := left[self]; ok {
			delete(left, self)
			id := s.Manager + " Update"
			set := own.Set()
			if previous, ok := left[id]; ok {
				set = set.Union(previous.Set())
			}
			left[id] = fieldpath.NewVersionedSet(set, "v1", false)
		}
		return next, left, nil
	}
	object, err := kind.FromUnstructured(s.Object)
	if err != nil {
		return nil, nil, err
	}
	next, left, err := updater.Apply(live, object, "v1", managers, s.Manager+" Apply", s.Op == "force")
	if err != nil {
		return nil, nil, err
	}
	if next == nil {
		next = live
	}
	return next, left, nil
}

func encode(managers fieldpath.ManagedFields) map[string]json.RawMessage {
	encoded := map[string]json.RawMessage{}
	for id, fields := range managers {
		text, err := fields.Set().ToJSON()
		check(err)
		encoded[id] = text
	}
	return encoded
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
