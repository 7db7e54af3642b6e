package main

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/elastic/elastic-agent-libs/config"
)

// unpack reads the ssl settings of a YAML document as Elastic's programs do, below the path at.
// Those ignore a key that they do not know; here it is an error, since it would be a mistake of ours.
func unpack[T any](yaml string, at string) (*T, error) {
	root, err := config.NewConfigFrom(yaml)
	if err != nil {
		return nil, err
	}
	if at != "" {
		if root, err = root.Child(at, -1); err != nil {
			return nil, err
		}
	}
	var holder struct {
		TLS *T `config:"ssl"`
	}
	if err := root.Unpack(&holder); err != nil {
		return nil, err
	}
	if holder.TLS == nil {
		return nil, fmt.Errorf("no ssl settings")
	}
	settings, err := root.Child("ssl", -1)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	collectKeys(reflect.TypeFor[T](), known)
	for _, field := range settings.GetFields() {
		if !known[field] {
			return nil, fmt.Errorf("unknown setting ssl.%s", field)
		}
	}
	return holder.TLS, nil
}

func collectKeys(of reflect.Type, known map[string]bool) {
	for i := range of.NumField() {
		field := of.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("config"), ",")
		if options == "inline" {
			collectKeys(field.Type, known)
		} else {
			known[name] = true
		}
	}
}
