module fleetseal.invalid/interop-text

go 1.26.0

require (
	github.com/elastic/go-ucfg v0.8.5
	gopkg.in/yaml.v2 v2.4.0
	gopkg.in/yaml.v3 v3.0.1
	// The last without a go.mod: later ones need a replacement for each of thirty modules. What it expands has not changed
	// since, but that 1.36 keeps a character of several bytes after a dollar sign whole.
	k8s.io/kubernetes v1.14.10
	sigs.k8s.io/yaml v1.6.0
)

require (
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/kr/pretty v0.3.1 // indirect
	go.yaml.in/yaml/v2 v2.4.4 // indirect
	go.yaml.in/yaml/v3 v3.0.4 // indirect
	gopkg.in/check.v1 v1.0.0-20201130134442-10cb98267c6c // indirect
	k8s.io/apimachinery v0.37.2 // indirect
)
