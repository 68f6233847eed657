package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The steps of a run by themselves, in front of a log that acknowledges at once: what they add to Kafka's own time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RunBenchmark {

    private static final RunAddress ADDRESS = new RunAddress(UserKey.of("user-1"), "t", "r", "a");
    private static final ObjectNode SCHEMA =
            json("{'type':'object','properties':{'n':{'type':'integer'},'text':{'type':'string'}},'required':['n']}");

    /** Acknowledges each record where it is handed over. */
    private record Immediately(RecordMetadata metadata) implements RecordSink {
        @Override
        public void send(ProducerRecord<byte[], byte[]> record, Callback done) {
            done.onCompletion(metadata, null);
        }

        @Override
        public void close(Duration patience) {}
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AgentRegistry agents =
            AgentRegistry.of(new AgentSpec("approval", "Does nothing.", () -> (context, out) -> {})
                    .withTools(Tool.of("nothing", SCHEMA, made -> "done")));
    private final Publisher publisher = new Publisher(
            new Immediately(new RecordMetadata(new TopicPartition("log", 0), 0, 0, 0, 0, 0)),
            PublisherSettings.defaults().withPartitions(1),
            InstantSource.fixed(Instant.EPOCH),
            new SimpleMeterRegistry());
    private final RunEmitter out = publisher.run(ADDRESS);
    private final TextStream message = out.message();
    private final Tools tools = tools();
    private final ObjectNode arguments = json("{'n':1,'text':'hello'}");
    private int call;

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }

    private Tools tools() {
        Cancellation cancellation = new Cancellation(InstantSource.system(), Instant.MAX);
        RunContext context = new RunContext(ADDRESS, 0, new RunInput(json("{}")), cancellation);
        ToolRunner.Limits limits = new ToolRunner.Limits(
                Duration.ofMinutes(1),
                Integer.MAX_VALUE,
                ToolRunner.Limits.defaults().resultBytes());
        ToolRunner runner = new ToolRunner(threads, limits, (status, took) -> {});
        return new ToolDispatcher(List.of(Tool.of("nothing", SCHEMA, made -> "done")), context, out, runner);
    }

    @TearDown
    public void stop() {
        threads.shutdownNow();
    }

    /** From an agent's id to a new agent with its context and tools. */
    @Benchmark
    public Object agentCreation() {
        AgentSpec spec = agents.find("approval").orElseThrow();
        RunEmitter emitter = publisher.run(ADDRESS);
        RunContext bare = new RunContext(
                ADDRESS, 0, new RunInput(arguments), new Cancellation(InstantSource.system(), Instant.MAX));
        Tools own = new ToolDispatcher(
                spec.tools(),
                bare,
                emitter,
                new ToolRunner(threads, ToolRunner.Limits.defaults(), (status, took) -> {}));
        return List.of(spec.factory().get(), bare.withTools(own));
    }

    /** A whole call: checked, told, given to a thread, its result told. */
    @Benchmark
    public ToolResult toolDispatch() throws InterruptedException {
        return tools.call(new ToolRequest("call-" + call++, "nothing", arguments));
    }

    /** One delta through the emitter. */
    @Benchmark
    public void delta() {
        message.write(" token");
    }
}
