package dev.heddle.local;

import dev.heddle.kafka.EmbeddedKafkaConfig;
import dev.heddle.process.UntilStopped;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle dev}: runs the whole stack in this process. */
@Command(
        name = "dev",
        description =
                "Run the whole stack in one process, on loopback; prints 'ready http://127.0.0.1:PORT' when it is.")
final class DevCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call().
    private CommandSpec spec;

    @Mixin
    private final DataLocation data = new DataLocation();

    @Option(
            names = "--port",
            defaultValue = "8080",
            converter = Port.class,
            description = "of the edge and the console; 0 for a free one (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--kafka-port",
            defaultValue = "9092",
            converter = Port.class,
            description = "of Kafka; 0 for a free one (default: ${DEFAULT-VALUE})")
    private int kafkaPort;

    @Override
    public Integer call() throws Exception {
        LocalStack stack = LocalStack.start(port, new EmbeddedKafkaConfig(data.directory(), kafkaPort, 1, Map.of()));
        return UntilStopped.serve(stack, () -> ready(stack.url()), stack.failure());
    }

    private void ready(String where) {
        spec.commandLine().getOut().println("ready " + where);
        spec.commandLine().getOut().flush();
    }
}
