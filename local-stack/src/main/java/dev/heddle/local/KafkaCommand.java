package dev.heddle.local;

import dev.heddle.kafka.EmbeddedKafka;
import dev.heddle.kafka.EmbeddedKafkaConfig;
import dev.heddle.kafka.EmbeddedKafkaException;
import dev.heddle.process.UntilStopped;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle kafka}: runs only the embedded Kafka, for roles that run as processes of their own. */
@Command(
        name = "kafka",
        description = "Run only the embedded Kafka, on loopback; prints 'ready HOST:PORT[,...]' when it is.")
final class KafkaCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call().
    private CommandSpec spec;

    @Mixin
    private final DataLocation data = new DataLocation();

    @Option(
            names = "--port",
            defaultValue = "9092",
            description = "the first broker's port, the others follow; 0 for free ones (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--brokers",
            defaultValue = "1",
            description = "1 to " + EmbeddedKafkaConfig.MAX_BROKERS + " (default: ${DEFAULT-VALUE})")
    private int brokers;

    @Override
    public Integer call() {
        EmbeddedKafka kafka = EmbeddedKafka.start(config());
        return UntilStopped.serve(kafka, () -> ready(kafka.bootstrapServers()), kafka.failure());
    }

    private void ready(String where) {
        spec.commandLine().getOut().println("ready " + where);
        spec.commandLine().getOut().flush();
    }

    private EmbeddedKafkaConfig config() {
        try {
            return new EmbeddedKafkaConfig(data.directory(), port, brokers, Map.of());
        } catch (EmbeddedKafkaException e) {
            throw new ParameterException(spec.commandLine(), "--port, --brokers: " + e.getMessage(), e);
        }
    }
}
