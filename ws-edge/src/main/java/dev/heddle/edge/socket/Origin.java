package dev.heddle.edge.socket;

import io.netty.util.NetUtil;
import java.net.IDN;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A web origin (RFC 6454) in the form in which browsers send it: in lower case, names in punycode, IPv6 addresses in
 * their short form, without a default port.
 *
 * @param host a name, an IPv4 address, or an IPv6 address in brackets
 * @param port -1 where it is the scheme's own, or none is said
 */
record Origin(String scheme, String host, int port) {

    private static final Pattern FORM = Pattern.compile(
            "([A-Za-z][A-Za-z0-9+.-]{0,63})://(\\[[^]]{1,64}]|[^/:?#@\\[\\]]{1,255})(?::([0-9]{1,5}))?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*\\.?");

    /** The form of a name that a browser reads as an IPv4 address, and writes as four numbers. */
    private static final Pattern NUMBER_AT_END = Pattern.compile("(.*\\.)?([0-9]+|0x[0-9a-f]*)\\.?");

    /** The characters on which browsers and java.net.IDN do not agree. */
    private static final Pattern DISPUTED = Pattern.compile("[\u00df\u03c2\u200c\u200d]");

    private static final Map<String, Integer> DEFAULT_PORTS = Map.of("http", 80, "https", 443);

    /** The schemes of no page's origin: a WebSocket's page has an origin of its own, and a file's is {@code null}. */
    private static final Set<String> OF_NO_PAGE = Set.of("ws", "wss", "file", "data", "blob", "about", "javascript");

    private static final int LAST_PORT = 65_535;

    /** The origin as browsers write it. */
    String text() {
        return scheme + "://" + host + (port < 0 ? "" : ":" + port);
    }

    /** Reads an {@code Origin} header or a configured entry in any case and form; null if it is no origin. */
    static @Nullable Origin parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        String scheme = form.group(1).toLowerCase(Locale.ROOT);
        String host = form.group(2).startsWith("[") ? address(form.group(2)) : name(form.group(2));
        int port = form.group(3) == null ? -1 : Integer.parseInt(form.group(3));
        if (host == null || port > LAST_PORT || port == 0) {
            return null;
        }
        Integer usual = DEFAULT_PORTS.get(scheme);
        return new Origin(scheme, host, usual != null && usual == port ? -1 : port);
    }

    private static @Nullable String address(String brackets) {
        String inside = brackets.substring(1, brackets.length() - 1);
        byte[] bytes = NetUtil.isValidIpV6Address(inside) && inside.indexOf('%') < 0
                ? NetUtil.createByteArrayFromIpAddressString(inside)
                : null;
        return bytes == null ? null : "[" + NetUtil.bytesToIpAddress(bytes) + "]";
    }

    private static @Nullable String name(String text) {
        if (DISPUTED.matcher(text).find()) {
            return null;
        }
        try {
            String ascii = IDN.toASCII(text, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
            boolean number = NUMBER_AT_END.matcher(ascii).matches();
            return NAME.matcher(ascii).matches() && (!number || NetUtil.isValidIpV4Address(ascii)) ? ascii : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The origin of an {@code http} or {@code https} URL, with or without a path; null for anything else. */
    static @Nullable Origin ofUrl(String url) {
        int scheme = url.indexOf("://");
        int path = scheme < 0 ? -1 : url.indexOf('/', scheme + 3);
        Origin origin = parse(path < 0 ? url : url.substring(0, path));
        return origin != null && DEFAULT_PORTS.containsKey(origin.scheme()) ? origin : null;
    }

    /**
     * The origin that a configured entry is about.
     *
     * @param text the entry, or the origin within it
     * @throws IllegalArgumentException naming the entry, if no browser ever sends such an origin
     */
    static Origin ofEntry(String entry, String text) {
        String plain = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        Origin origin = parse(plain);
        if (origin == null || OF_NO_PAGE.contains(origin.scheme())) {
            throw new IllegalArgumentException("http.allowedOrigins: '" + entry
                    + "' is no origin that a browser sends: scheme and host, as https://app.example.com,"
                    + " https://*.example.com or capacitor://localhost; or null");
        }
        return origin;
    }
}
