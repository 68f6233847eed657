package dev.heddle.bench.process;

import dev.heddle.bench.BenchFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;

/** A reading of an edge's {@code /metrics}: each metric's value, summed over its labels. */
public record EdgeMetrics(Map<String, Double> values) {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Reads the metrics of the edge with this management port. */
    public static EdgeMetrics of(int managementPort) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/metrics"))
                .build();
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            Map<String, Double> values = new HashMap<>();
            answer.body()
                    .lines()
                    .filter(line -> !line.startsWith("#") && line.lastIndexOf(' ') > 0)
                    .forEach(line -> values.merge(
                            line.split("[{ ]", 2)[0],
                            Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)),
                            Double::sum));
            return new EdgeMetrics(Map.copyOf(values));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailedException("interrupted", e);
        }
    }

    /** A metric's value by its Prometheus name; fails if the edge has no such metric. */
    public long get(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no metric " + name + " among " + values.keySet());
        }
        return value.longValue();
    }

    /** The increase of each metric since an earlier reading. */
    public EdgeMetrics since(EdgeMetrics earlier) {
        Map<String, Double> added = new HashMap<>();
        values.forEach((name, value) -> added.put(name, value - earlier.values.getOrDefault(name, 0.0)));
        return new EdgeMetrics(Map.copyOf(added));
    }

    public long catchUpBytes() {
        return get("heddle_edge_catchup_bytes_total");
    }

    public long tailBytes() {
        return get("heddle_edge_tail_bytes_total");
    }
}
