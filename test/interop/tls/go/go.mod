module fleetseal.invalid/interop-tls

go 1.26.0

require github.com/elastic/elastic-agent-libs v0.47.0

require (
	github.com/elastic/go-ucfg v0.8.5 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	github.com/youmark/pkcs8 v0.0.0-20240726163527-a2c0da244d78 // indirect
	go.elastic.co/ecszap v1.0.2 // indirect
	go.uber.org/multierr v1.11.0 // indirect
	go.uber.org/zap v1.27.0 // indirect
	golang.org/x/crypto v0.45.0 // indirect
	golang.org/x/sys v0.38.0 // indirect
	golang.org/x/text v0.31.0 // indirect
	gopkg.in/yaml.v2 v2.4.0 // indirect
)
