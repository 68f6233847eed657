package dev.heddle.local;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The console at {@code /}: the files that the {@code clients} module packs below {@value #ROOT}, heddle.js among them.
 *
 * <p>Called on the edge's event loops. Each file is read from the jar once and kept; a request for no such file goes on
 * to the next route. The pages may load nothing from other origins.
 */
final class ConsolePages {
    private static final String ROOT = "/dev/heddle/console";

    /**
     * The pattern of a file's path. Each segment begins with a letter or digit, so it is neither {@code ..} nor a
     * hidden file.
     */
    private static final Pattern FILE = Pattern.compile("(/[A-Za-z0-9][A-Za-z0-9._-]*)+");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon");

    private final Map<String, Buffer> files = new ConcurrentHashMap<>();
    private final LoopbackOnly door;

    ConsolePages(LoopbackOnly door) {
        this.door = door;
    }

    void mount(Router router) {
        router.get("/*").handler(context -> {
            Buffer file = find(path(context));
            if (file == null) {
                context.next();
            } else {
                // The door comes after the look, so that the edge's own paths keep their own rules.
                context.put(ROOT, file);
                door.handle(context);
            }
        });
        router.get("/*").handler(context -> {
            Buffer file = context.get(ROOT);
            if (file == null) {
                context.next();
            } else {
                send(context, file);
            }
        });
    }

    private static String path(RoutingContext context) {
        String path = context.normalizedPath();
        return path.equals("/") ? "/index.html" : path;
    }

    private @Nullable Buffer find(String path) {
        if (!FILE.matcher(path).matches() || !TYPES.containsKey(extension(path))) {
            return null;
        }
        Buffer known = files.get(path);
        return known == null ? load(path) : known;
    }

    private @Nullable Buffer load(String path) {
        try (InputStream resource = ConsolePages.class.getResourceAsStream(ROOT + path)) {
            if (resource == null) {
                return null;
            }
            Buffer file = Buffer.buffer(resource.readAllBytes());
            files.put(path, file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(RoutingContext context, Buffer file) {
        String authority = context.request().authority().toString();
        context.response()
                .putHeader("Content-Type", TYPES.getOrDefault(extension(path(context)), "application/octet-stream"))
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cache-Control", "no-cache")
                .putHeader(
                        "Content-Security-Policy",
                        "default-src 'self'; connect-src 'self' ws://" + authority
                                + "; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
                .end(file);
    }

    private static String extension(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
