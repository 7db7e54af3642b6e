// Judges certificates by revocation lists with crypto/x509, and by OCSP with golang.org/x/crypto/ocsp: a line of
// `../protocol.md` in, a verdict out.
package main

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"
)

var errRevoked = errors.New("revoked")

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		field := strings.Split(lines.Text(), "\t")
		issuer, leaf := read(field[4]), read(field[5])
		var err error
		if field[1] == "ocsp" {
			err = byOcsp(issuer, leaf)
		} else {
			err = byLists(strings.Split(field[2], ","), read(field[3]), issuer, leaf)
		}
		fmt.Printf("%s\t%s\n", field[0], verdict(err))
	}
}

func verdict(err error) string {
	switch {
	case err == nil:
		return "good"
	case errors.Is(err, errRevoked):
		return "revoked"
	}
	return "unknown\t" + strings.Join(strings.Fields(err.Error()), " ")
}

// Every list has to be sound; those of the issuer decide.
func byLists(files []string, root, issuer, leaf *x509.Certificate) error {
	covered := false
	for _, file := range files {
		list, err := x509.ParseRevocationList(contents(file))
		if err != nil {
			return err
		}
		ca := issuer
		if bytes.Equal(list.RawIssuer, root.RawSubject) {
			ca = root
		}
		if err := list.CheckSignatureFrom(ca); err != nil {
			return err
		}
		if time.Now().After(list.NextUpdate) {
			return errors.New("expired")
		}
		if ca == root || !covers(list, leaf) {
			continue
		}
		covered = true
		for _, entry := range list.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(leaf.SerialNumber) == 0 {
				return errRevoked
			}
		}
	}
	if !covered {
		return errors.New("no list covers the certificate")
	}
	return nil
}

// crypto/x509 leaves the issuing distribution point (RFC 5280 section 5.2.5) to its caller.
func covers(list *x509.RevocationList, leaf *x509.Certificate) bool {
	for _, extension := range list.Extensions {
		if extension.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 28}) {
			return bytes.Contains(extension.Value, []byte(leaf.CRLDistributionPoints[0]))
		}
	}
	return true
}

func byOcsp(issuer, leaf *x509.Certificate) error {
	request, err := ocsp.CreateRequest(leaf, issuer, nil)
	if err != nil {
		return err
	}
	response, err := http.Post(leaf.OCSPServer[0], "application/ocsp-request", bytes.NewReader(request))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	answer, err := ocsp.ParseResponseForCert(body, leaf, issuer)
	switch {
	case err != nil:
		return err
	case time.Now().After(answer.NextUpdate):
		return errors.New("expired")
	case answer.Status == ocsp.Revoked:
		return errRevoked
	case answer.Status != ocsp.Good:
		return errors.New("neither good nor revoked")
	}
	return nil
}

func contents(file string) []byte {
	der, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	return der
}

// A certificate that Go cannot read is refused by a panic of the whole run: none of the cases is malformed.
func read(file string) *x509.Certificate {
	certificate, err := x509.ParseCertificate(contents(file))
	if err != nil {
		panic(err)
	}
	return certificate
}
