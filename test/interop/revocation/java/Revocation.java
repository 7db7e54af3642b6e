import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Judges certificates with the JDK's PKIXRevocationChecker: a line of `../protocol.md` in, a verdict out. */
public final class Revocation {
    public static void main(String[] arguments) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var field = line.split("\t");
            out.println(field[0] + "\t" + verdict(field[1], field[3], List.of(read(field[5]), read(field[4]))));
        }
        out.flush();
    }

    private static String verdict(String by, String root, List<X509Certificate> chain) throws Exception {
        var validator = CertPathValidator.getInstance("PKIX");
        var checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        // Without SOFT_FAIL: what cannot be decided is refused.
        checker.setOptions(
                by.equals("ocsp")
                        ? EnumSet.of(PKIXRevocationChecker.Option.NO_FALLBACK)
                        : EnumSet.of(
                                PKIXRevocationChecker.Option.PREFER_CRLS,
                                PKIXRevocationChecker.Option.NO_FALLBACK));
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(read(root), null)));
        parameters.addCertPathChecker(checker);
        try {
            validator.validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
            return "good";
        } catch (CertPathValidatorException refused) {
            var state = refused.getReason() == CertPathValidatorException.BasicReason.REVOKED ? "revoked" : "unknown";
            return state + "\t" + String.valueOf(refused.getMessage()).replaceAll("\\s+", " ");
        }
    }

    private static X509Certificate read(String file) throws Exception {
        try (var in = Files.newInputStream(Path.of(file))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
