import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS servers that ask for a client certificate and check it as Java does (PKIX), with the files that Logstash
 * ({@code pem}: certificate, PKCS#8 key, CAs) or Elasticsearch ({@code pkcs12}: keystore, truststore) is given.
 *
 * <p>Reads a command per line, words separated by tabs, and answers each with a line:
 *
 * <ul>
 *   <li>{@code listen pem CERTIFICATE KEY CAS} or {@code listen pkcs12 KEYSTORE TRUSTSTORE PASSWORD}: the port, or {@code
 *       ! words}
 *   <li>{@code outcome}: of the next connection, {@code accepted SUBJECT} or {@code refused words}
 * </ul>
 */
public final class Server {
  private static final int PATIENCE_MS = 5_000;
  private static final char[] IN_MEMORY = "in memory".toCharArray();
  private static final BlockingQueue<String> OUTCOMES = new LinkedBlockingQueue<>();

  public static void main(String[] arguments) throws Exception {
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      System.out.println(answer(line.split("\t")));
    }
    System.exit(0);
  }

  private static String answer(String[] words) throws InterruptedException {
    if (words[0].equals("outcome")) {
      String outcome = OUTCOMES.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
      return outcome == null ? "refused no connection was seen" : outcome;
    }
    try {
      return words[1].equals("pem")
          ? listen(keysOfPem(words[2], words[3]), trustOfPem(words[4]), IN_MEMORY)
          : listen(load(words[2], words[4]), load(words[3], words[4]), words[4].toCharArray());
    } catch (GeneralSecurityException | IOException error) {
      return "! " + oneLine(error);
    }
  }

  private static String listen(KeyStore keys, KeyStore trust, char[] password)
      throws GeneralSecurityException, IOException {
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(keys, password);
    TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(trust);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    SSLServerSocket socket = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 10, loopback);
    socket.setNeedClientAuth(true);
    Thread acceptor = new Thread(() -> accept(socket));
    acceptor.setDaemon(true);
    acceptor.start();
    return Integer.toString(socket.getLocalPort());
  }

  private static void accept(SSLServerSocket server) {
    while (true) {
      try (SSLSocket socket = (SSLSocket) server.accept()) {
        OUTCOMES.add(serve(socket));
      } catch (IOException error) {
        OUTCOMES.add("refused " + oneLine(error));
      }
    }
  }

  /** Sends back the line that it gets. */
  private static String serve(SSLSocket socket) throws IOException {
    socket.setSoTimeout(PATIENCE_MS);
    socket.startHandshake();
    BufferedReader input = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    String line = input.readLine();
    if (line == null) {
      return "refused the client left";
    }
    socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    return "accepted " + socket.getSession().getPeerPrincipal().getName();
  }

  private static KeyStore keysOfPem(String certificate, String key) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    Certificate[] chain = certificates(certificate).toArray(new Certificate[0]);
    store.setKeyEntry("server", pkcs8(Files.readString(Path.of(key)), chain[0]), IN_MEMORY, chain);
    return store;
  }

  /** Logstash takes PKCS#8 alone; the algorithm is that of the certificate. */
  private static PrivateKey pkcs8(String pem, Certificate certificate) throws GeneralSecurityException {
    String begin = "-----BEGIN PRIVATE KEY-----";
    if (!pem.startsWith(begin)) {
      throw new InvalidKeySpecException("not a PKCS#8 key");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.substring(begin.length(), pem.indexOf("-----END")));
    String algorithm = certificate.getPublicKey().getAlgorithm();
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  private static KeyStore trustOfPem(String path) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    for (Certificate root : certificates(path)) {
      store.setCertificateEntry("ca-" + store.size(), root);
    }
    return store;
  }

  private static List<Certificate> certificates(String path) throws GeneralSecurityException, IOException {
    try (FileInputStream file = new FileInputStream(path)) {
      return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(file));
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static KeyStore load(String path, String password) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (FileInputStream file = new FileInputStream(path)) {
      store.load(file, password.toCharArray());
    }
    return store;
  }

  private static String oneLine(Exception error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause).replaceAll("\\s+", " ");
  }
}
