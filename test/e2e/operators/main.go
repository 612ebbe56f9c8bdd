// Writes the installation manifests of well-known operators and tools, which their Go packages carry, into a folder: a
// folder for each, its files in the order in which they are to be applied.
//
// Usage: go run . FOLDER
package main

import (
	"embed"
	"io/fs"
	"log"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	cloudnativepg "github.com/cloudnative-pg/cloudnative-pg/releases"
	"k8s.io/minikube/deploy/addons"
)

type tool struct {
	name  string
	files embed.FS
	// Beginnings of the names of its files, in the order in which they are applied; nil means all, as they come.
	only []string
}

var tools = []tool{
	{"cloudnative-pg", cloudnativepg.OperatorManifests, []string{"cnpg-1.27.0.yaml"}},
	{"dashboard", addons.DashboardAssets, []string{"dashboard/dashboard-ns.yaml", "dashboard/"}},
	{"ingress-nginx", addons.IngressAssets, []string{"ingress/ingress-deploy.yaml.tmpl"}},
	{"inspektor-gadget", addons.InspektorGadgetAssets, nil},
	{"kong", addons.KongAssets, nil},
	{"metallb", addons.MetallbAssets, []string{"metallb/metallb.yaml.tmpl"}},
	{"metrics-server", addons.MetricsServerAssets, nil},
	{"operator-lifecycle-manager", addons.OlmAssets, nil},
	{"snapshot-controller", addons.VolumeSnapshotsAssets, []string{"volumesnapshots/snapshot", "volumesnapshots/"}},
	{"volcano", addons.VolcanoAssets, nil},
}

func main() {
	for _, t := range tools {
		if err := t.write(filepath.Join(os.Args[1], t.name)); err != nil {
			log.Fatalf("%s: %v", t.name, err)
		}
	}
}

func (t tool) write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return fs.WalkDir(t.files, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || t.place(file) < 0 {
			return err
		}
		source, err := t.files.ReadFile(file)
		if err != nil {
			return err
		}
		text := string(source)
		if strings.HasSuffix(file, ".tmpl") {
			if text, err = render(text); err != nil {
				return err
			}
		}
		name := string(rune('a'+t.place(file))) + "-" + strings.ReplaceAll(path.Clean(file), "/", "-")
		return os.WriteFile(filepath.Join(folder, strings.TrimSuffix(name, ".tmpl")), []byte(text), 0o644)
	})
}

// The place of a file in the order of the tool's, or -1.
func (t tool) place(file string) int {
	if t.only == nil {
		return 0
	}
	return slices.IndexFunc(t.only, func(prefix string) bool { return strings.HasPrefix(file, prefix) })
}

// What an installer fills in: where images come from, and for what kind of cluster.
type values struct {
	Images, Registries, CustomRegistries                                    map[string]string
	ImageRepository, IngressAPIVersion, ContainerRuntime, CustomIngressCert string
	PreOneTwentyKubernetes, LegacyPodSecurityPolicy                         bool
}

var image = regexp.MustCompile(`\.Images\.(\w+)`)

// Images are not pulled here, so any names will do.
func render(text string) (string, error) {
	images := map[string]string{}
	for _, match := range image.FindAllStringSubmatch(text, -1) {
		images[match[1]] = "registry.example/" + strings.ToLower(match[1]) + ":1"
	}
	data := values{IngressAPIVersion: "v1", ContainerRuntime: "containerd", Images: images}
	functions := template.FuncMap{"default": func(other, value string) string {
		if value == "" {
			return other
		}
		return value
	}}
	parsed, err := template.New("").Option("missingkey=zero").Funcs(functions).Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = parsed.Execute(&out, data)
	return out.String(), err
}
