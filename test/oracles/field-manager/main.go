// Replays histories of writes to built-in kinds with the field manager of Kubernetes' own API server and prints what
// each step led to, times left out. Its answers are kept, since it takes minutes to build:
//
//	go run . < ../../../src/controlplane/apply/testdata/histories.json > ../../../src/controlplane/apply/testdata/answers.json
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

type history struct {
	Name       string `json:"name"`
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Steps      []step `json:"steps"`
}

type step struct {
	// Op is create or apply or force with the whole object in Object, or update with a merge patch in it.
	Op          string          `json:"op"`
	Manager     string          `json:"manager"`
	Subresource string          `json:"subresource"`
	Object      json.RawMessage `json:"object"`
}

type outcome struct {
	Error  interface{}     `json:"error,omitempty"`
	Object json.RawMessage `json:"object,omitempty"`
}

type noDefaults struct{}

func (noDefaults) Default(runtime.Object) {}

var converter = applyconfigurations.NewTypeConverter(scheme.Scheme)

func main() {
	var histories []history
	check(json.NewDecoder(os.Stdin).Decode(&histories))
	answers := map[string][]outcome{}
	for _, h := range histories {
		gv, err := schema.ParseGroupVersion(h.APIVersion)
		check(err)
		answers[h.Name] = replay(gv.WithKind(h.Kind), h.Steps)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", " ")
	check(out.Encode(answers))
}

func replay(gvk schema.GroupVersionKind, steps []step) []outcome {
	live := empty(gvk)
	answers := []outcome{}
	for _, s := range steps {
		next, err := take(gvk, live.DeepCopyObject(), s)
		if err != nil {
			answers = append(answers, outcome{Error: refusal(err)})
			continue
		}
		accessor, err := meta.Accessor(next)
		check(err)
		accessor.SetUID("uid")
		live = next
		answers = append(answers, outcome{Object: timeless(live)})
	}
	return answers
}

func take(gvk schema.GroupVersionKind, live runtime.Object, s step) (runtime.Object, error) {
	manager := managerOf(gvk, s.Subresource)
	switch s.Op {
	case "apply", "force":
		applied := &unstructured.Unstructured{}
		check(json.Unmarshal(s.Object, &applied.Object))
		next, err := manager.Apply(live, applied, s.Manager, s.Op == "force")
		if err != nil {
			return nil, err
		}
		return typed(gvk, encode(next)), nil
	case "update":
		patched, err := jsonpatch.MergePatch(encode(live), s.Object)
		check(err)
		return manager.Update(live, typed(gvk, patched), s.Manager)
	default:
		return manager.Update(live, typed(gvk, s.Object), s.Manager)
	}
}

func managerOf(gvk schema.GroupVersionKind, subresource string) *managedfields.FieldManager {
	reset := "status"
	if subresource == "status" {
		reset = "spec"
	}
	version := fieldpath.APIVersion(gvk.GroupVersion().String())
	manager, err := managedfields.NewDefaultFieldManager(converter, scheme.Scheme, noDefaults{}, scheme.Scheme, gvk,
		gvk.GroupVersion(), subresource, fieldpath.NewExcludeFilterSetMap(map[fieldpath.APIVersion]*fieldpath.Set{
			version: fieldpath.NewSet(fieldpath.MakePathOrDie(reset)),
		}))
	check(err)
	return manager
}

func empty(gvk schema.GroupVersionKind) runtime.Object {
	object, err := scheme.Scheme.New(gvk)
	check(err)
	object.GetObjectKind().SetGroupVersionKind(gvk)
	return object
}

func typed(gvk schema.GroupVersionKind, text []byte) runtime.Object {
	object := empty(gvk)
	check(json.Unmarshal(text, object))
	return object
}

func encode(object runtime.Object) []byte {
	text, err := json.Marshal(object)
	check(err)
	return text
}

func timeless(object runtime.Object) json.RawMessage {
	copied := object.DeepCopyObject()
	accessor, err := meta.Accessor(copied)
	check(err)
	entries := accessor.GetManagedFields()
	for i := range entries {
		entries[i].Time = nil
	}
	accessor.SetManagedFields(entries)
	return encode(copied)
}

func refusal(err error) interface{} {
	var status *apierrors.StatusError
	if errors.As(err, &status) {
		return status.ErrStatus
	}
	return err.Error()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
