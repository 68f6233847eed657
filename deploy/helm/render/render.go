// Renders a Helm chart where there is no helm: with Go's text/template and sprig, which is what Helm itself uses, and the few
// functions that Helm adds. Strict: a value that is not there is an error. It is no Helm: no hooks, no schema, no cluster.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run render.go CHART RELEASE [VALUES.yaml]
//
// Debian: golang-go, golang-github-masterminds-sprig-dev, golang-github-ghodss-yaml-dev.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"github.com/ghodss/yaml"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: render CHART RELEASE [VALUES.yaml]")
		os.Exit(2)
	}
	if err := render(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}

func read(path string) (map[string]interface{}, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	values := map[string]interface{}{}
	return values, yaml.Unmarshal(text, &values)
}

// Maps are joined key by key, everything else is replaced.
func merge(into, from map[string]interface{}) {
	for key, value := range from {
		deep, isMap := value.(map[string]interface{})
		was, wasMap := into[key].(map[string]interface{})
		if isMap && wasMap {
			merge(was, deep)
		} else {
			into[key] = value
		}
	}
}

func render(chart, release string, more []string) error {
	values, err := read(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return err
	}
	for _, file := range more {
		extra, err := read(file)
		if err != nil {
			return err
		}
		merge(values, extra)
	}
	about, err := read(filepath.Join(chart, "Chart.yaml"))
	if err != nil {
		return err
	}
	root := map[string]interface{}{
		"Values":  values,
		"Chart":   map[string]interface{}{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Release": map[string]interface{}{"Name": release, "Namespace": "default", "Service": "Helm"},
	}

	all := template.New("chart").Option("missingkey=error")
	functions := sprig.TxtFuncMap()
	functions["include"] = func(name string, data interface{}) (string, error) {
		var out strings.Builder
		err := all.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	functions["toYaml"] = func(value interface{}) string {
		text, err := yaml.Marshal(value)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(string(text), "\n")
	}
	functions["required"] = func(message string, value interface{}) (interface{}, error) {
		if text, isText := value.(string); value == nil || isText && text == "" {
			return nil, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	all.Funcs(functions)

	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return err
	}
	sort.Strings(files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := all.New(filepath.Base(file)).Parse(string(text)); err != nil {
			return err
		}
	}
	for _, file := range files {
		var out strings.Builder
		if err := all.ExecuteTemplate(&out, filepath.Base(file), root); err != nil {
			return err
		}
		if filepath.Ext(file) == ".yaml" && strings.TrimSpace(out.String()) != "" {
			fmt.Printf("---\n# Source: %s\n%s\n", filepath.Base(file), strings.TrimSpace(out.String()))
		}
	}
	return nil
}
