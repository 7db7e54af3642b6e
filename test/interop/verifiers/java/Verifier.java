import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Judges certificates with the JDK's PKIX trust manager, as its TLS does: a line of `../protocol.md` in, a verdict out.
 */
public final class Verifier {
    public static void main(String[] arguments) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var field = line.split("\t");
            try {
                judge(field[1], field[2], Long.parseLong(field[3]), field[4], field[5].split(","));
                out.println(field[0] + "\taccept");
            } catch (java.security.cert.CertificateException refused) {
                out.println(field[0] + "\trefuse\t" + words(refused).replaceAll("\\s+", " "));
            }
        }
        out.flush();
    }

    private static void judge(String purpose, String name, long seconds, String root, String[] files)
            throws Exception {
        var parameters =
                new PKIXBuilderParameters(Set.of(new TrustAnchor(read(root), null)), new X509CertSelector());
        parameters.setRevocationEnabled(false);
        parameters.setDate(new Date(seconds * 1000));
        var factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        var trust = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        var chain = new X509Certificate[files.length];
        for (var i = 0; i < files.length; i++) chain[i] = read(files[i]);
        // "UNKNOWN" is the authentication type of TLS 1.3 for clients and servers.
        var engine = new Handshake(name);
        if (purpose.equals("server")) trust.checkServerTrusted(chain, "UNKNOWN", engine);
        else trust.checkClientTrusted(chain, "UNKNOWN", engine);
    }

    private static String words(Throwable refused) {
        var cause = refused;
        while (cause.getCause() != null) cause = cause.getCause();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private static X509Certificate read(String file) throws Exception {
        try (var in = Files.newInputStream(Path.of(file))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** A handshake that is under way with a peer of this name; the trust manager asks it nothing else. */
    private static final class Handshake extends SSLEngine {
        private final String name;

        Handshake(String name) {
            super(name, 443);
            this.name = name;
        }

        @Override
        public SSLParameters getSSLParameters() {
            var parameters = new SSLParameters();
            if (!name.equals("-")) parameters.setEndpointIdentificationAlgorithm("HTTPS");
            return parameters;
        }

        @Override
        public SSLSession getHandshakeSession() {
            return (SSLSession)
                    java.lang.reflect.Proxy.newProxyInstance(
                            Verifier.class.getClassLoader(),
                            new Class<?>[] {SSLSession.class},
                            (proxy, method, args) ->
                                    switch (method.getName()) {
                                        case "getPeerHost" -> name;
                                        case "getProtocol" -> "TLSv1.3";
                                        default -> throw new UnsupportedOperationException(method.getName());
                                    });
        }

        // What follows is never asked.
        @Override
        public SSLEngineResult wrap(ByteBuffer[] from, int offset, int length, ByteBuffer to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLEngineResult unwrap(ByteBuffer from, ByteBuffer[] to, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Runnable getDelegatedTask() {
            return null;
        }

        @Override
        public void closeInbound() {}

        @Override
        public boolean isInboundDone() {
            return false;
        }

        @Override
        public void closeOutbound() {}

        @Override
        public boolean isOutboundDone() {
            return false;
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return new String[0];
        }

        @Override
        public String[] getEnabledCipherSuites() {
            return new String[0];
        }

        @Override
        public void setEnabledCipherSuites(String[] suites) {}

        @Override
        public String[] getSupportedProtocols() {
            return new String[0];
        }

        @Override
        public String[] getEnabledProtocols() {
            return new String[0];
        }

        @Override
        public void setEnabledProtocols(String[] protocols) {}

        @Override
        public SSLSession getSession() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void beginHandshake() {}

        @Override
        public SSLEngineResult.HandshakeStatus getHandshakeStatus() {
            return SSLEngineResult.HandshakeStatus.NEED_UNWRAP;
        }

        @Override
        public void setUseClientMode(boolean mode) {}

        @Override
        public boolean getUseClientMode() {
            return true;
        }

        @Override
        public void setNeedClientAuth(boolean need) {}

        @Override
        public boolean getNeedClientAuth() {
            return false;
        }

        @Override
        public void setWantClientAuth(boolean want) {}

        @Override
        public boolean getWantClientAuth() {
            return false;
        }

        @Override
        public void setEnableSessionCreation(boolean flag) {}

        @Override
        public boolean getEnableSessionCreation() {
            return false;
        }
    }
}
