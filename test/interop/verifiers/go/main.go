// Judges certificates with Go's crypto/x509: a line of `../protocol.md` in, a verdict out.
package main

import (
	"bufio"
	"crypto/x509"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		field := strings.Split(lines.Text(), "\t")
		if err := judge(field[1], field[2], field[3], field[4], strings.Split(field[5], ",")); err != nil {
			fmt.Printf("%s\trefuse\t%s\n", field[0], strings.Join(strings.Fields(err.Error()), " "))
		} else {
			fmt.Printf("%s\taccept\n", field[0])
		}
	}
}

func judge(purpose, name, seconds, root string, chain []string) error {
	at, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return err
	}
	usage := map[string]x509.ExtKeyUsage{"server": x509.ExtKeyUsageServerAuth, "client": x509.ExtKeyUsageClientAuth}[purpose]
	options := x509.VerifyOptions{
		Roots:         x509.NewCertPool(),
		Intermediates: x509.NewCertPool(),
		CurrentTime:   time.Unix(at, 0),
		KeyUsages:     []x509.ExtKeyUsage{usage},
	}
	if name != "-" {
		options.DNSName = name
	}
	options.Roots.AddCert(read(root))
	for _, file := range chain[1:] {
		options.Intermediates.AddCert(read(file))
	}
	_, err = read(chain[0]).Verify(options)
	return err
}

// A certificate that Go cannot read is refused by a panic of the whole run: none of the cases is malformed.
func read(file string) *x509.Certificate {
	der, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return certificate
}
