// What readers of YAML in Go, and Kubernetes' own $() expansion, make of texts.
//
// Reads one JSON request from its standard input and writes one JSON answer.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/elastic/go-ucfg"
	yamlv2 "gopkg.in/yaml.v2"
	yamlv3 "gopkg.in/yaml.v3"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
	sigs "sigs.k8s.io/yaml"
)

type request struct {
	// Each of one document or several.
	Texts []string `json:"texts"`
	// Values of env, command or args; every variable is defined, NAME as <NAME>.
	Values []string `json:"values"`
	// Values of settings of Elastic's programs; no variable is defined.
	Settings []string `json:"settings"`
}

// By reader, for each text: its documents, or why it can't be read.
type answer struct {
	Readers map[string][]any `json:"readers"`
	Values  []string         `json:"values"`
	// Nil for a setting that can't be read.
	Settings []*string `json:"settings"`
}

func main() {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	told := answer{Readers: map[string][]any{}, Values: []string{}, Settings: []*string{}}
	for _, text := range asked.Texts {
		for name, read := range map[string]func(string) ([]any, error){"v2": v2, "v3": v3, "sigs": kubernetes} {
			documents, err := read(text)
			if err != nil {
				told.Readers[name] = append(told.Readers[name], err.Error())
			} else {
				told.Readers[name] = append(told.Readers[name], documents)
			}
		}
	}
	defined := func(name string) string { return "<" + name + ">" }
	for _, value := range asked.Values {
		told.Values = append(told.Values, expansion.Expand(value, defined))
	}
	for _, value := range asked.Settings {
		told.Settings = append(told.Settings, setting(value))
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		panic(err)
	}
}

// With the options of Beats and agents (elastic-agent-libs, config.go, configOpts).
func setting(value string) *string {
	options := []ucfg.Option{ucfg.PathSep("."), ucfg.ResolveEnv, ucfg.VarExp}
	config, err := ucfg.NewFrom(map[string]any{"setting": value}, options...)
	if err != nil {
		return nil
	}
	var read struct {
		Setting string `config:"setting"`
	}
	if err := config.Unpack(&read, options...); err != nil {
		return nil
	}
	return &read.Setting
}

func v2(text string) ([]any, error) {
	return all(yamlv2.NewDecoder(strings.NewReader(text)).Decode)
}

func v3(text string) ([]any, error) {
	return all(yamlv3.NewDecoder(strings.NewReader(text)).Decode)
}

func all(next func(any) error) ([]any, error) {
	documents := []any{}
	for {
		var document any
		err := next(&document)
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		documents = append(documents, plain(document))
	}
}

// As kubectl: documents are cut apart first, at whole lines (apimachinery, util/yaml, YAMLReader).
func kubernetes(text string) ([]any, error) {
	documents := []any{}
	for _, part := range strings.Split(text, "\n---\n") {
		encoded, err := sigs.YAMLToJSONStrict([]byte(strings.TrimSuffix(part, "\n") + "\n"))
		if err != nil {
			return nil, err
		}
		var document any
		decoder := json.NewDecoder(bytes.NewReader(encoded))
		decoder.UseNumber()
		if err := decoder.Decode(&document); err != nil {
			return nil, err
		}
		documents = append(documents, plain(document))
	}
	return documents, nil
}

// Name and value of each field, so that names stay data on their way.
type fields struct {
	Fields []any `json:"fields"`
}

// JSON has what the documents should have; anything else is shown by its type.
func plain(value any) any {
	switch value := value.(type) {
	case nil, bool, string, int:
		return value
	case []any:
		items := []any{}
		for _, item := range value {
			items = append(items, plain(item))
		}
		return items
	case map[any]any:
		pairs := []any{}
		for key, field := range value {
			name, isString := key.(string)
			if !isString {
				name = fmt.Sprintf("!%T %v", key, key)
			}
			pairs = append(pairs, []any{name, plain(field)})
		}
		return fields{pairs}
	case map[string]any:
		pairs := []any{}
		for name, field := range value {
			pairs = append(pairs, []any{name, plain(field)})
		}
		return fields{pairs}
	case json.Number:
		return value
	default:
		return fields{[]any{[]any{fmt.Sprintf("!%T", value), fmt.Sprint(value)}}}
	}
}
