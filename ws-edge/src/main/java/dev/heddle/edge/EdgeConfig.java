package dev.heddle.edge;

import dev.heddle.auth.AuthConfig;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.command.CommandConfig;
import dev.heddle.edge.hub.HubConfig;
import dev.heddle.edge.index.IndexConfig;
import dev.heddle.edge.socket.HttpConfig;
import dev.heddle.edge.socket.LimitsConfig;
import dev.heddle.edge.socket.SessionConfig;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.role.ManagementConfig;
import dev.heddle.trace.TraceConfig;

/**
 * The settings of an edge.
 *
 * @param http the public port
 * @param management the address of health and metrics
 * @param kafka the way to Kafka
 * @param topics the expected topics; an edge does not start on others
 * @param auth the verification of tokens
 * @param limits the bounds on clients
 * @param sessions the times of connections
 * @param commands the acceptance of commands
 * @param hub the bounds of delivery
 * @param index the reading of the block index
 * @param start the start of an edge
 * @param tracing the export of traces
 */
public record EdgeConfig(
        HttpConfig http,
        ManagementConfig management,
        KafkaClientSettings kafka,
        TopicLayout topics,
        AuthConfig auth,
        LimitsConfig limits,
        SessionConfig sessions,
        CommandConfig commands,
        HubConfig hub,
        IndexConfig index,
        StartConfig start,
        TraceConfig tracing) {

    /** The defaults. They have no verification key, without which an edge does not start. */
    public static EdgeConfig defaults() {
        return new EdgeConfig(
                HttpConfig.defaults(),
                new ManagementConfig("0.0.0.0", 9464),
                KafkaClientSettings.at("localhost:9092"),
                TopicLayout.production(),
                AuthConfig.defaults(),
                LimitsConfig.defaults(),
                SessionConfig.defaults(),
                CommandConfig.defaults(),
                HubConfig.defaults(),
                IndexConfig.defaults(),
                StartConfig.defaults(),
                TraceConfig.off());
    }
}
