import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A client of Kafka that does what it is told, a line each, words between tabs: "send PROPERTIES TOPIC" produces a record
 * and waits until the broker has it; "alter PROPERTIES NAME VALUE" sets a property of broker 1, as kafka-configs does.
 * Answers "ok", or "refused" and why.
 */
public class Client {
  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split("\t");
      Properties properties = new Properties();
      try (FileInputStream file = new FileInputStream(words[1])) {
        properties.load(file);
      }
      try {
        if (words[0].equals("send")) send(properties, words[2]);
        else alter(properties, words[2], words[3]);
        System.out.println("ok");
      } catch (Exception failure) {
        System.out.println("refused " + reason(failure));
      }
    }
  }

  private static void send(Properties properties, String topic) throws Exception {
    StringSerializer text = new StringSerializer();
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties, text, text)) {
      producer.send(new ProducerRecord<>(topic, "an event")).get();
    }
  }

  private static void alter(Properties properties, String name, String value) throws Exception {
    ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    try (Admin admin = Admin.create(properties)) {
      admin.incrementalAlterConfigs(Map.of(broker, List.of(set))).all().get();
    }
  }

  private static String reason(Throwable failure) {
    StringBuilder words = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause())
      words.append(each.getClass().getSimpleName()).append(": ").append(each.getMessage()).append("; ");
    return words.toString().replaceAll("\\s+", " ");
  }
}
