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
 * @param http how it listens
 * @param management where health and metrics are served
 * @param kafka how to reach Kafka
 * @param topics what the topics are expected to be; an edge does not start on others
 * @param auth how tokens are verified
 * @param limits what clients may do
 * @param sessions how long connections live
 * @param commands how commands are taken
 * @param hub the bounds of delivery
 * @param index how the block index is read
 * @param start what comes before an edge is ready
 * @param tracing whether and where traces are exported
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
