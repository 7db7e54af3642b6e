import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS servers that check a client's certificate as Java does (PKIX), with the files that Logstash and Elasticsearch
 * ({@code pem}: certificate, PKCS#8 key, CAs, client authentication) or Kafka ({@code properties}) is given.
 *
 * <p>Reads a command per line, words separated by tabs, and answers each with a line:
 *
 * <ul>
 *   <li>{@code listen pem CERTIFICATE KEY CAS AUTHENTICATION} or {@code listen properties FILE PREFIX}: the
 *       port, or {@code ! words}
 *   <li>{@code outcome}: of the next connection, {@code accepted SUBJECT} or {@code refused words}
 * </ul>
 */
public final class Server {
  private static final int PATIENCE_MS = 20_000;
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", Pattern.DOTALL);
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
          ? listen(keysOfPem(words[2], Files.readString(Path.of(words[3]))), trustOfPem(words[4]), words[5])
          : listenLikeKafka(words[3], properties(words[2]));
    } catch (GeneralSecurityException | IOException error) {
      return "! " + oneLine(error);
    }
  }

  /** The names of KIP-651 under the prefix of one listener (KIP-103); one file holds the key and its certificates. */
  private static String listenLikeKafka(String prefix, Properties settings)
      throws GeneralSecurityException, IOException {
    for (String store : List.of("ssl.keystore", "ssl.truststore")) {
      if (!"PEM".equals(settings.getProperty(prefix + store + ".type"))) {
        throw new IOException(prefix + store + ".type is not PEM");
      }
    }
    String keystore = settings.getProperty(prefix + "ssl.keystore.location");
    return listen(
        keysOfPem(keystore, Files.readString(Path.of(keystore))),
        trustOfPem(settings.getProperty(prefix + "ssl.truststore.location")),
        settings.getProperty(prefix + "ssl.client.auth"));
  }

  private static Properties properties(String path) throws IOException {
    Properties settings = new Properties();
    try (FileInputStream file = new FileInputStream(path)) {
      settings.load(file);
    }
    return settings;
  }

  private static String listen(KeyStore keys, KeyStore trust, String clientAuthentication)
      throws GeneralSecurityException, IOException {
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(keys, IN_MEMORY);
    TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(trust);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    SSLServerSocket socket = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 10, loopback);
    switch (clientAuthentication) {
      case "required" -> socket.setNeedClientAuth(true);
      case "optional", "requested" -> socket.setWantClientAuth(true);
      default -> socket.setNeedClientAuth(false);
    }
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
    store.setKeyEntry("server", pkcs8(key, chain[0]), IN_MEMORY, chain);
    return store;
  }

  /** They take PKCS#8; the algorithm is that of the certificate. */
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
    Matcher blocks = CERTIFICATE.matcher(Files.readString(Path.of(path)));
    List<Certificate> found = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    while (blocks.find()) {
      found.add(factory.generateCertificate(new ByteArrayInputStream(blocks.group().getBytes(StandardCharsets.US_ASCII))));
    }
    return found;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
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
